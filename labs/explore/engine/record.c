/*
 * record.c: see record.h.
 */
#include "labs/explore/engine/record.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "labs/explore/engine/id.h"

/* ---- checks ---- */

void lx_checks_forget(void)
{
	memset(lx.shared->check, 0, sizeof(lx.shared->check));
	lx.shared->check_count = 0;
}

void lx_checks_begin(void)
{
	uint32_t i;

	for (i = 0; i < lx.shared->check_count; i++)
		lx.shared->check[i].is_new = false;
	lx.shared->step_count = 0;
	lx.shared->blocked_count = 0;
	lx.shared->event_count = 0;
}

static struct lx_check *check_of(const char *id)
{
	struct lx_shared *s = lx.shared;
	uint32_t i;

	for (i = 0; i < s->check_count; i++) {
		if (strncmp(s->check[i].id, id, sizeof(s->check[i].id) - 1) == 0)
			return &s->check[i];
	}
	if (s->check_count == LX_CHECKS)
		return NULL;
	memset(&s->check[i], 0, sizeof(s->check[i]));
	(void)snprintf(s->check[i].id, sizeof(s->check[i].id), "%s", id);
	s->check_count++;
	return &s->check[i];
}

void lx_check_exists(const char *id)
{
	(void)check_of(id);
}

/* Fewer switches are easier to read than fewer steps. */
static bool is_shorter(const struct lx_check *check)
{
	uint32_t switches = lx.shared->log.count;

	if (check->failing == 0 || switches != check->switches)
		return check->failing == 0 || switches < check->switches;
	return lx.steps < check->steps;
}

void lx_fail_v(const char *id, const char *message, va_list args)
{
	struct lx_check *check = check_of(id);

	if (!check || check->is_new)
		return; /* the first failure of a schedule counts */
	check->is_new = true;
	(void)vsnprintf(check->latest, sizeof(check->latest), message, args);
	lx_note("check `%s` is broken: %s", id, check->latest);
}

void lx_fail(const char *id, const char *message, ...)
{
	va_list args;

	va_start(args, message);
	lx_fail_v(id, message, args);
	va_end(args);
}

void lx_fail_and_end(const char *id, const char *message, ...)
{
	va_list args;

	va_start(args, message);
	lx_fail_v(id, message, args);
	va_end(args);
	lx_end(LX_RAN);
}

void lx_only_in_a_schedule(const char *call)
{
	if (lx.self)
		return;
	(void)snprintf(lx.shared->trouble, sizeof(lx.shared->trouble),
		"the lab calls %s() while it is being loaded", call);
	_exit(3);
}

void lx_checks_keep_shorter(void)
{
	uint32_t i;

	for (i = 0; i < lx.shared->check_count; i++) {
		struct lx_check *check = &lx.shared->check[i];

		if (!check->is_new || !is_shorter(check))
			continue;
		(void)lx_id_print(&lx.shared->log, check->schedule, sizeof(check->schedule));
		memcpy(check->message, check->latest, sizeof(check->message));
		check->switches = lx.shared->log.count;
		check->steps = lx.steps;
	}
}

bool lx_checks_end(void)
{
	bool is_broken = false;
	uint32_t i;

	lx_checks_keep_shorter();
	for (i = 0; i < lx.shared->check_count; i++) {
		struct lx_check *check = &lx.shared->check[i];

		is_broken = is_broken || check->is_new;
		check->failing += check->is_new;
		check->is_new = false;
	}
	return is_broken;
}

/* ---- steps ---- */

void lx_step_fill(
	struct lx_step *step, const struct lx_thread *t, const char *call, const void *caller)
{
	*step = (struct lx_step){
		.tid = (uint32_t)t->id, .place = lx_place(caller), .ts_ns = lx.ts_ns
	};
	(void)snprintf(step->thread, sizeof(step->thread), "%s", t->name);
	(void)snprintf(step->call, sizeof(step->call), "%s", call);
}

static uint16_t waiting_for(const void *mutex, int owner)
{
	uint16_t set = 0;
	int i;

	for (i = 0; i < lx.thread_count; i++) {
		const struct lx_thread *t = &lx.thread[i];

		/* One that sleeps in a condition waits for a notify, and only then for its mutex.
		 */
		if (t->is_live && i != owner && !t->cond && t->op.object == mutex &&
			t->op.is_ready && !t->op.is_ready(t))
			set |= (uint16_t)(1u << i);
	}
	return set;
}

void lx_step_locks(void)
{
	struct lx_shared *s = lx.shared;
	struct lx_step *step;
	int i, k;

	if (!lx.is_recording || s->step_count == 0)
		return;
	step = &s->step[s->step_count - 1];
	step->held_count = 0;
	for (i = 0; i < lx.thread_count; i++) {
		for (k = 0; k < lx.thread[i].held_count && step->held_count < LX_LOCKS; k++) {
			const void *mutex = lx.thread[i].held[k];

			step->held[step->held_count++] =
				(struct lx_held){ .data = lx.parts->data(mutex),
					.owner = (uint8_t)i,
					.waiting = waiting_for(mutex, i) };
		}
	}
}

void lx_step_begin(const struct lx_thread *t, const char *call, const void *caller)
{
	struct lx_shared *s = lx.shared;

	if (!lx.is_recording)
		return;
	if (t == lx.self)
		lx.parts->take_printed();
	if (s->step_count < LX_STEPS)
		lx_step_fill(&s->step[s->step_count++], t, call, caller);
}

/* UTF-8 stays; what would move a cursor does not. */
static size_t escape(unsigned char byte, char *ret, size_t len)
{
	bool is_text = byte == '\n' || (byte >= ' ' && byte != 0x7f && byte != '\\');
	int n = is_text	       ? snprintf(ret, len, "%c", byte)
		: byte == '\t' ? snprintf(ret, len, "\\t")
		: byte == '\\' ? snprintf(ret, len, "\\\\")
			       : snprintf(ret, len, "\\x%02x", byte);

	return (size_t)n;
}

void lx_step_prints(const struct lx_thread *t, const char *bytes, size_t len)
{
	struct lx_shared *s = lx.shared;
	struct lx_step *step;
	size_t used, i;

	if (!lx.is_recording || len == 0)
		return;
	if (s->step_count == 0 || s->step[s->step_count - 1].tid != (uint32_t)t->id)
		lx_step_begin(t, "(start)", (const char *)(uintptr_t)t->start + 1);
	if (s->step_count == 0)
		return;
	step = &s->step[s->step_count - 1];
	used = strlen(step->printed);
	for (i = 0; i < len && !step->is_cut; i++) {
		char text[8];
		size_t n = escape((unsigned char)bytes[i], text, sizeof(text));

		if (used + n >= sizeof(step->printed)) {
			step->is_cut = true;
			break;
		}
		memcpy(step->printed + used, text, n + 1);
		used += n;
	}
}

void lx_rename(struct lx_thread *t, const char *name)
{
	struct lx_shared *s = lx.shared;
	uint32_t i;

	(void)snprintf(t->name, sizeof(t->name), "%s", name);
	for (i = 0; lx.is_recording && i < s->step_count; i++) {
		if (s->step[i].tid == (uint32_t)t->id)
			(void)snprintf(s->step[i].thread, sizeof(s->step[i].thread), "%s", name);
	}
}

void lx_remark_call(const char *call, const void *caller)
{
	if (lx.is_recording && lx.self)
		lx_step_begin(lx.self, call, caller);
}

void lx_note_v(const char *text, va_list args)
{
	struct lx_shared *s = lx.shared;
	struct lx_step *step;
	char *cut_place;
	size_t used;

	if (!lx.is_recording || s->step_count == 0)
		return;
	step = &s->step[s->step_count - 1];
	used = strlen(step->note);
	if (used > 0 && used + 3 < sizeof(step->note))
		used += (size_t)snprintf(step->note + used, sizeof(step->note) - used, "; ");
	(void)vsnprintf(step->note + used, sizeof(step->note) - used, text, args);
	cut_place = strrchr(step->note, '{');
	if (cut_place && !strchr(cut_place, '}')) /* the note was full */
		*cut_place = '\0';
}

void lx_note(const char *text, ...)
{
	va_list args;

	if (!lx.is_recording)
		return;
	va_start(args, text);
	lx_note_v(text, args);
	va_end(args);
}

int lx_failed(int error)
{
	lx_note("%s", strerrorname_np(error));
	errno = error;
	return -1;
}

void lx_event(
	enum lx_event_type type, uint32_t loop, uint64_t op, int64_t a, int64_t b, const char *text)
{
	struct lx_shared *s = lx.shared;
	struct lx_event *ev;

	if (!lx.is_recording || s->event_count == LX_EVENTS)
		return;
	ev = &s->event[s->event_count++];
	*ev = (struct lx_event){ .type = type,
		.ts_ns = lx.ts_ns++,
		.tid = (uint32_t)lx.self->id,
		.loop = loop,
		.op = op,
		.a = a,
		.b = b };
	(void)snprintf(ev->thread, sizeof(ev->thread), "%s", lx.self->name);
	(void)snprintf(ev->text, sizeof(ev->text), "%s", text ? text : "");
}
