/*
 * both_readers.c: see both_readers.h.
 */
#include "tests/harness/both_readers.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "traces/read/read.h"

static _Atomic unsigned ours; /* folders that our decoder opened */

static void note_ours(const char *line)
{
	if (strstr(line, "wakegap's own decoder"))
		atomic_fetch_add(&ours, 1);
}

/* The part of an event that depends on what it is. */
static void print_record(char *text, size_t len, const struct wg_event *e)
{
	switch (e->record) {
	case WG_RECORD_WAIT:
		(void)snprintf(text, len, "%" PRId64 " %" PRId64 " %" PRId64 " %u %d %d",
			e->thread_wait.timeout_ns, e->thread_wait.cpu_ns, e->thread_wait.calls,
			e->thread_wait.site, (int)e->thread_wait.how, (int)e->thread_wait.did);
		break;
	case WG_RECORD_WAKE:
		(void)snprintf(text, len, "%" PRId64 " %" PRId64 " %" PRId64 " '%s' %u %u %u %u %u",
			e->thread_wake.ret, e->thread_wake.waking_ns, e->thread_wake.oncpu_ns,
			e->thread_wake.by_call, e->thread_wake.by_pid, e->thread_wake.by_tid,
			e->thread_wake.by_site, e->thread_wake.reason, e->thread_wake.certainty);
		break;
	case WG_RECORD_NOTIFY:
		(void)snprintf(text, len, "%" PRId64 " %" PRId64 " %u %d", e->thread_notify.value,
			e->thread_notify.woke, e->thread_notify.site, (int)e->thread_notify.how);
		break;
	case WG_RECORD_OBJECT:
		(void)snprintf(text, len, "%d %d %u", (int)e->object.kind, e->object.fd,
			e->object.generation);
		break;
	case WG_RECORD_SITE:
		(void)snprintf(text, len, "'%s' '%s' '%s' %" PRIu64 " %u", e->site.module,
			e->site.build_id, e->site.symbol, e->site.offset, e->site.id);
		break;
	default: break;
	}
}

static void print_loop(char *text, size_t len, const struct wg_event *e)
{
	switch (e->type) {
	case WG_EV_LOOP:
		(void)snprintf(text, len, "'%s' %" PRId64, e->loop_.wait, e->loop_.tick_ns);
		break;
	case WG_EV_SUBMIT:
		(void)snprintf(text, len, "%d %" PRId64, (int)e->submit.kind, e->submit.arg);
		break;
	case WG_EV_START: (void)snprintf(text, len, "%u", e->start.worker); break;
	case WG_EV_DONE:
	case WG_EV_DELIVER: (void)snprintf(text, len, "%" PRId64, e->done.result); break;
	case WG_EV_NOTIFY: (void)snprintf(text, len, "%u", e->notify.sent); break;
	case WG_EV_WAIT:
		(void)snprintf(text, len, "%" PRId64 " %u", e->wait.timeout_ns, e->wait.ready);
		break;
	case WG_EV_WAKE:
		(void)snprintf(text, len, "%d %u", (int)e->wake.reason, e->wake.ready);
		break;
	case WG_EV_POLL: (void)snprintf(text, len, "%u", e->poll.found); break;
	case WG_EV_LOST:
		(void)snprintf(text, len, "%" PRId64 " %" PRIu64, e->lost.begin_ns, e->lost.count);
		break;
	default:
		if (e->record != WG_RECORD_NONE)
			print_record(text, len, e);
		else if (e->never_ends.call)
			(void)snprintf(
				text, len, "'%s' '%s'", e->never_ends.call, e->never_ends.why);
	}
}

void both_readers_print(char *text, size_t len, const struct wg_event *e)
{
	int used = snprintf(text, len,
		"%" PRId64 " %d.%d cpu %u pid %u.%u '%s' loop %" PRIu64 " op %" PRIu64
		" time %" PRId64 " %d space %u: ",
		e->ts_ns, (int)e->type, (int)e->record, e->cpu, e->pid, e->tid, e->procname,
		e->loop, e->op, e->cpu_time_ns, (int)e->has_cpu_time, e->space);

	if (used > 0 && (size_t)used < len)
		print_loop(text + used, len - (size_t)used, e);
}

/* The same, told at once for most events. Not printed alike: this may still say no. */
static bool is_same(const struct wg_event *x, const struct wg_event *y)
{
	struct wg_event copy = *y;

	/* These have names behind pointers. */
	if (x->type == WG_EV_LOOP || x->type == WG_EV_OTHER || x->record != WG_RECORD_NONE ||
		strcmp(x->procname, y->procname) != 0)
		return false;
	copy.procname = x->procname;
	return memcmp(x, &copy, sizeof(copy)) == 0;
}

static size_t times_said(const struct wg_reader *r, const char *note)
{
	size_t i, count = 0;

	for (i = 0; wg_reader_note(r, i); i++)
		count += strcmp(wg_reader_note(r, i), note) == 0;
	return count;
}

static void compare_notes(struct wg_reader *a, struct wg_reader *b, char *why, size_t len)
{
	size_t i;

	if (wg_reader_foreign(a) != wg_reader_foreign(b))
		(void)snprintf(why, len, "foreign events: %" PRIu64 " and %" PRIu64,
			wg_reader_foreign(a), wg_reader_foreign(b));
	if (wg_reader_faults(a) != wg_reader_faults(b))
		(void)snprintf(
			why, len, "faults: %zu and %zu", wg_reader_faults(a), wg_reader_faults(b));
	/* In any order: libbabeltrace2 may notice damage later. */
	for (i = 0; !*why; i++) {
		const char *x = wg_reader_note(a, i), *y = wg_reader_note(b, i);

		if (!x && !y)
			return;
		if (!x || !y || times_said(a, x) != times_said(b, x))
			(void)snprintf(why, len, "note %zu: %s | %s", i, x ? x : "-", y ? y : "-");
	}
}

/* Events of a reader, some one by one and some as many as there are: it makes no difference. */
struct mixed {
	struct wg_reader *reader;
	const struct wg_event *const *events;
	size_t count, singles;
};

static int next(
	struct mixed *m, const struct wg_event **ret, struct wg_event *room, struct wg_error *err)
{
	int rc;

	*ret = room;
	if (m->count == 0 && m->singles) {
		m->singles--;
		return wg_reader_next(m->reader, room, err);
	}
	if (m->count == 0) {
		rc = wg_reader_events(m->reader, &m->events, &m->count, err);
		if (rc <= 0)
			return rc;
		m->singles = m->count % 3;
	}
	*ret = *m->events++;
	m->count--;
	return 1;
}

static void compare_events(struct wg_reader *a, struct wg_reader *b, char *why, size_t len)
{
	struct mixed of_b = { .reader = b };
	struct wg_error x_err = { 0 }, y_err = { 0 };
	unsigned long n;

	for (n = 0; !*why; n++) {
		char x_text[2048], y_text[2048];
		struct wg_event x, room;
		const struct wg_event *y;
		int x_rc = wg_reader_next(a, &x, &x_err), y_rc = next(&of_b, &y, &room, &y_err);

		if (x_rc > 0 && y_rc > 0 && is_same(&x, y))
			continue;
		x_text[0] = y_text[0] = '\0';
		if (x_rc > 0)
			both_readers_print(x_text, sizeof(x_text), &x);
		if (y_rc > 0)
			both_readers_print(y_text, sizeof(y_text), y);
		if (x_rc != y_rc || strcmp(x_text, y_text) != 0 ||
			strcmp(x_err.text, y_err.text) != 0)
			(void)snprintf(why, len, "event %lu: %d %s%s | %d %s%s", n, x_rc, x_text,
				x_err.text, y_rc, y_text, y_err.text);
		if (x_rc <= 0)
			break;
	}
}

bool wg_both_readers(const char *dir, char *why, size_t len)
{
	struct wg_reader *a = NULL, *b = NULL;
	struct wg_error a_err = { 0 }, b_err = { 0 };
	unsigned before = atomic_load(&ours);
	int a_rc, b_rc;

	*why = '\0';
	wg_reader_tell(note_ours);
	wg_reader_choose(WG_READER_BABELTRACE);
	a_rc = wg_reader_open(dir, &a, &a_err);
	wg_reader_choose(WG_READER_ANY);
	b_rc = wg_reader_open(dir, &b, &b_err);
	if (a_rc != b_rc || strcmp(a_err.text, b_err.text) != 0)
		(void)snprintf(
			why, len, "opened: %d %s | %d %s", a_rc, a_err.text, b_rc, b_err.text);
	if (a_rc == 0 && b_rc == 0) {
		compare_events(a, b, why, len);
		if (!*why)
			compare_notes(a, b, why, len);
	}
	wg_reader_close(a);
	wg_reader_close(b);
	wg_reader_tell(NULL);
	return atomic_load(&ours) != before;
}
