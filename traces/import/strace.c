/*
 * strace.c: see strace.h. Lines and times; strace_threads.c has the threads, strace_call.c says
 * what a call means.
 *
 * Without times a record's time is the number of its line, which keeps the order and is no
 * duration.
 *
 * Whole seconds (-t) are too early, by less than a second each. With -T a call is over so much
 * after it began, and what stands below it came later; so the time goes on within the second, which
 * keeps the lengths of waits exact and each moment within its second.
 */
#include "traces/import/strace.h"

#include <errno.h>
#include <stdlib.h>

#include "traces/import/strace_impl.h"

#define DAY_NS	  INT64_C(86400000000000)
#define SECOND_NS INT64_C(1000000000)

/* --- times --- */

static void take_time(struct wg__strace *s, const struct wg__strace_line *line)
{
	int64_t ns = line->time_ns;

	switch (line->clock) {
	case WG__CLOCK_NONE: /* the number of the line keeps the order */
		if (!s->stats->has_times)
			s->now_ns = s->said_ns = (int64_t)s->stats->lines;
		return;
	case WG__CLOCK_DELTA:
		if (!s->stats->has_times)
			s->now_ns = 0;
		ns = s->now_ns > INT64_MAX / 2 - ns ? s->now_ns : s->now_ns + ns;
		break;
	case WG__CLOCK_DAY: /* past midnight */
		if (s->stats->has_times && ns + s->day_ns < s->now_ns - DAY_NS / 2 &&
			s->day_ns < INT64_MAX / 4)
			s->day_ns += DAY_NS;
		ns += s->day_ns;
		break;
	case WG__CLOCK_EPOCH: s->stats->is_epoch = true; break;
	}
	s->stats->has_times = true;
	s->stats->is_coarse |= line->is_coarse;
	s->said_ns = ns;
	if (!line->is_coarse || ns >= s->now_ns || s->now_ns - ns >= SECOND_NS)
		s->now_ns = ns;
}

/* Whole seconds and the length of a call: when it was over, and when it had begun. */
static void refine_times(struct wg__strace *s, struct wg__strace_whole *call)
{
	int64_t spent_ns = call->text.spent_ns;

	if (call->begin_ns > INT64_MAX / 2 - spent_ns)
		return;
	call->end_ns = call->begin_ns + spent_ns;
	if (call->end_ns < s->now_ns)
		call->end_ns = s->now_ns;
	call->begin_ns = call->end_ns - spent_ns;
	s->now_ns = call->end_ns;
}

/* --- calls --- */

/* The thread is in no call any more. */
static void leave_call(struct wg__strace *s, struct wg__strace_thread *t)
{
	if (t->is_open && t->call->is & WG__CALL_BIRTH)
		s->births--;
	t->is_open = false;
}

static int begin_call(struct wg__strace *s, struct wg__strace_thread *t,
	const struct wg__syscall *is, struct wg__span args)
{
	size_t len = wg__span_len(args) < WG__ARGS_KEPT ? wg__span_len(args) : WG__ARGS_KEPT;

	while (t->args_cap <= len) { /* also of length 0: a null pointer is no span */
		if (wg__grow(&t->args, &t->args_cap, t->args_cap, 1) < 0)
			return -ENOMEM;
	}
	if (len)
		memcpy(t->args, args.p, len);
	if (t->is_open)
		s->stats->halves++;
	leave_call(s, t);
	t->args_len = len;
	t->is_open = true;
	t->call = is;
	s->births += is->is & WG__CALL_BIRTH ? 1 : 0;
	t->open_ns = s->now_ns;
	t->open_line = s->stats->lines;
	return wg__strace_begun(s, t);
}

static int whole_call(struct wg__strace *s, struct wg__strace_thread *t,
	const struct wg__syscall *is, struct wg__span text, bool was_open)
{
	struct wg__strace_whole call = { .thread = t,
		.is = is,
		.begin_ns = was_open ? t->open_ns : s->now_ns,
		.end_ns = was_open ? s->now_ns : -1,
		.line = was_open ? t->open_line : s->stats->lines,
		.was_open = was_open };

	if (!wg__strace_result(text, &call.text))
		return 1;
	leave_call(s, t);
	if (call.text.spent_ns >= 0) {
		s->stats->has_spent = true;
		if (!was_open && s->stats->has_times)
			call.end_ns = call.begin_ns + call.text.spent_ns;
		if (s->stats->is_coarse)
			refine_times(s, &call);
	}
	return wg__strace_whole_call(s, &call);
}

/* The rest of a call that began in an earlier line. */
static int resume(struct wg__strace *s, struct wg__strace_thread *t, struct wg__span rest)
{
	size_t len = t->args_len + wg__span_len(rest);

	if (!t->is_open) {
		s->stats->halves++;
		return 0;
	}
	if (s->joined_cap <= len) {
		char *grown = realloc(s->joined, len + 1);

		if (!grown)
			return -ENOMEM;
		s->joined = grown;
		s->joined_cap = len + 1;
	}
	if (t->args_len)
		memcpy(s->joined, t->args, t->args_len);
	if (wg__span_len(rest))
		memcpy(s->joined + t->args_len, rest.p, wg__span_len(rest));
	return whole_call(s, t, t->call, (struct wg__span){ s->joined, s->joined + len }, true);
}

/* "NAME(..." : whole, or only begun. 1: neither. */
static int call_line(struct wg__strace *s, struct wg__strace_thread *t, struct wg__span rest)
{
	struct wg__span name;
	const struct wg__syscall *is;
	const char *cut;
	int rc;

	if (!wg__strace_name(&rest, &name))
		return 1;
	is = wg__syscall_find(name);
	cut = wg__span_find(rest, " <unfinished ...>");
	if (!cut)
		cut = wg__span_find(rest, " <detached ...>");
	if (!cut || cut + 20 < rest.end) { /* not at the end: inside a string, say */
		rc = whole_call(s, t, is, rest, false);
		if (rc != 1)
			return rc;
		cut = rest.end; /* cut by what the program itself printed, or by the end */
	}
	return begin_call(s, t, is, (struct wg__span){ rest.p, cut });
}

/* Frames follow their call. */
static int stack_line(struct wg__strace *s, struct wg__span frame)
{
	struct wg__strace_thread *t = s->last;

	s->stats->has_stacks = true;
	return t && t->is_held && !t->wait.thread_wait.site ? wg__strace_site(s, t, frame) : 0;
}

static int thread_line(struct wg__strace *s, struct wg__strace_thread *t, struct wg__span rest)
{
	const char *at;
	int64_t by;

	if (wg__span_take(&rest, "+++ ")) {
		leave_call(s, t);
		if (wg__span_take(&rest, "superseded by execve in pid ") &&
			wg__span_number(&rest, &by) && by <= INT32_MAX)
			return wg__strace_superseded(s, t, (uint32_t)by);
		return wg__strace_thread_end(s, t);
	}
	if (wg__span_begins(rest, "--- "))
		return 0;
	if (wg__span_begins(rest, "<... ") && (at = wg__span_find(rest, " resumed>")))
		return resume(s, t, (struct wg__span){ at + strlen(" resumed>"), rest.end });
	if (wg__span_begins(rest, ")"))
		return t->is_open ? resume(s, t, rest) : 1;
	return call_line(s, t, rest);
}

/* "Process 4711 attached" */
static int about_process(struct wg__strace *s, struct wg__span text)
{
	struct wg__strace_thread *t;
	int64_t tid;

	(void)wg__span_take(&text, "strace: ");
	if (!wg__span_take(&text, "Process ") || !wg__span_number(&text, &tid) || tid <= 0 ||
		tid > INT32_MAX || !wg__span_begins(text, " attached"))
		return 0;
	s->roots += s->births == 0;
	s->stats->are_apart = s->roots > 1;
	return wg__strace_thread(s, (uint32_t)tid, &t);
}

int wg__strace_line(struct wg__strace *s, struct wg__span text)
{
	struct wg__strace_line line;
	struct wg__strace_thread *t;
	struct wg__span frame = wg__span_trim(text);
	int rc;

	if (wg__span_len(frame) == 0)
		return 0;
	if (wg__span_take(&frame, "> "))
		return stack_line(s, frame);
	if (wg__span_begins(frame, "strace: ") || wg__span_begins(frame, "Process "))
		return about_process(s, frame);
	if (!wg__strace_prefix(text, &line))
		return 1;
	take_time(s, &line);
	if (wg__span_begins(line.rest, "strace: ") || wg__span_len(line.rest) == 0)
		return wg__span_len(line.rest) == 0;
	rc = wg__strace_thread(s, line.tid, &t);
	if (rc < 0 || !t)
		return rc;
	if (line.clock != WG__CLOCK_NONE && s->said_ns < t->line_ns)
		s->stats->times_back++;
	t->line_ns = s->said_ns;
	rc = wg__strace_release(s, t, s->now_ns);
	if (rc == 0 && wg__span_len(line.comm))
		rc = wg__interned_name(&s->names, line.comm, &t->comm);
	if (rc == 0)
		rc = thread_line(s, t, line.rest);
	s->last = t;
	return rc;
}

int wg__strace_end(struct wg__strace *s)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < s->thread_count && rc >= 0; i++) {
		struct wg__strace_thread *t = s->thread[i];

		rc = wg__strace_release(s, t, s->now_ns);
		if (rc == 0 && !t->is_gone && t->is_open) {
			s->stats->unended++;
			rc = wg__strace_unended(s, t);
		}
	}
	return rc;
}

struct wg__strace *wg__strace_create(
	const struct wg_import_sink *sink, struct wg_import_stats *stats)
{
	struct wg__strace *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->sink = sink;
	s->stats = stats;
	s->bare = WG__MAP_NONE;
	if (wg__interned_init(&s->names) < 0) {
		free(s);
		return NULL;
	}
	return s;
}

void wg__strace_destroy(struct wg__strace *s)
{
	size_t i;

	if (!s)
		return;
	for (i = 0; i < s->thread_count; i++) {
		free(s->thread[i]->args);
		free(s->thread[i]);
	}
	for (i = 0; i < s->process_count; i++)
		wg__process_fini(&s->objects, &s->process[i]);
	free(s->thread);
	free(s->process);
	free(s->joined);
	wg__map_fini(&s->by_tid);
	wg__map_fini(&s->sites);
	wg__objects_fini(&s->objects);
	wg__interned_fini(&s->names);
	free(s);
}
