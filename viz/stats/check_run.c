/*
 * check_run.c: asks the bounds of every loop and thread of every trace, and says what it finds.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "viz/stats/check.h"
#include "traces/base/say.h"
#include "traces/base/units.h"
#include "traces/measure/many.h"
#include "viz/stats/junit.h"

/* A run while it goes on. */
struct state {
	struct check *check;
	struct junit junit;
	struct wg_summary *summary; /* of the trace at hand */
	bool is_alone;		    /* one trace with one loop: lines need not say which */
	bool is_unread;		    /* the report went to a pipe that nobody reads */
	size_t loops, threads, broken, failed, inconclusive;
	uint64_t ops;
};

static void add_case(struct state *st, const struct junit_case *c)
{
	if (st->check->junit_path)
		junit_add(&st->junit, c);
}

/* "late wakes are not observable: no deliver events": a bound of a loop of which that is so. */
static bool has_unseen(
	const struct wg_bounds *bounds, const struct wg_measure *m, char *buf, size_t len)
{
	struct wg_answer answers[WG_BOUND_COUNT];
	const struct wg_loop_stats *loop;
	char why[64];
	size_t i, k, count;

	for (i = 0; (loop = wg_measure_loop(m, i)); i++) {
		count = wg_check_loop(bounds, loop, answers);
		for (k = 0; k < count; k++) {
			if (!answers[k].is_unseen)
				continue;
			(void)snprintf(buf, len, "%s are %s", wg_sees_name(answers[k].unseen),
				wg_stats_unseen(why, sizeof(why), loop, answers[k].unseen));
			return true;
		}
	}
	return false;
}

/* The same of a thread's bound. */
static bool has_unseen_thread(
	const struct wg_thread_bounds *bounds, const struct wg_threads *t, char *buf, size_t len)
{
	struct wg_thread_answer answers[WG_THREAD_BOUND_COUNT];
	const struct wg_thread_stats *s;
	size_t i, k, count;

	for (i = 0; t && (s = wg_thread_at(t, i)); i++) {
		count = wg_check_thread(bounds, s, answers);
		for (k = 0; k < count; k++) {
			if (!answers[k].is_unseen)
				continue;
			(void)snprintf(buf, len,
				"%s of %s %" PRIu32 " are not observable: what followed %" PRIu64
				" of its timer wakes is not in the trace",
				wg_thread_bound_info(answers[k].bound)->name, s->name, s->tid,
				answers[k].hidden);
			return true;
		}
	}
	return false;
}

/* Why the figures of this trace are not whole, or NULL. */
static const char *fault_of(
	const struct wg_summary *s, const struct check *check, char *buf, size_t len)
{
	uint64_t discarded = wg_measure_discarded(s->measure);

	/* A hole of unknown size counts 1, and a note says more of it. */
	if (discarded > s->fault_count)
		(void)snprintf(buf, len, "%" PRIu64 " event%s discarded", discarded,
			discarded == 1 ? " was" : "s were");
	else if (s->fault_count > 1)
		(void)snprintf(buf, len, "%s (and %zu more)", s->notes[0], s->fault_count - 1);
	else if (s->fault_count == 1)
		(void)snprintf(buf, len, "%s", s->notes[0]);
	else if (wg_bounds_count(&check->bounds) && !wg_measure_loop(s->measure, 0))
		(void)snprintf(buf, len, "no loop was seen");
	else if (wg_thread_bounds_count(&check->thread_bounds) && !s->threads)
		(void)snprintf(buf, len, "no record of a thread's waits was seen");
	else if (!has_unseen(&check->bounds, s->measure, buf, len) &&
		 !has_unseen_thread(&check->thread_bounds, s->threads, buf, len))
		return NULL;
	return buf;
}

/* One bound of one loop, to the report and, if it is broken, to the user. */
static void say_finding(struct state *st, size_t trace, const struct wg_loop_stats *loop,
	const struct wg_answer *f, const char *fault)
{
	const struct wg_measure *m = st->summary->measure;
	char line[320], limit[32], name[80], class_name[160], why[640], again[16] = "";
	struct junit_case c = {
		.suite = trace, .class_name = class_name, .name = name, .outcome = JUNIT_PASSED
	};

	(void)wg_answer_text(line, sizeof(line), f, wg_measure_origin_ns(m));
	(void)wg_answer_limit(limit, sizeof(limit), f);
	(void)snprintf(name, sizeof(name), "%s %s %s", wg_bound_info(f->bound)->name,
		wg_bound_info(f->bound)->is_min ? ">=" : "<=", limit);
	if (loop->life > 1)
		(void)snprintf(again, sizeof(again), " #%" PRIu32, loop->life);
	(void)snprintf(class_name, sizeof(class_name), "%s %" PRIu32 "%s loop %" PRIu64 " (%s)",
		loop->process, loop->pid, again, loop->loop, loop->wait);
	if (f->is_broken) {
		c.outcome = JUNIT_FAILED;
		c.message = line;
		st->broken++;
		if (!st->is_alone)
			(void)fprintf(st->check->out, "%s: %s %" PRIu32 "%s loop %" PRIu64 ": ",
				st->check->paths[trace], loop->process, loop->pid, again,
				loop->loop);
		(void)fprintf(st->check->out, "%s\n", line);
	} else if (fault) {
		(void)snprintf(why, sizeof(why), "inconclusive: %s", fault);
		c.outcome = JUNIT_SKIPPED;
		c.message = why;
	}
	add_case(st, &c);
}

/* The same for a thread. */
static void say_thread(struct state *st, size_t trace, const struct wg_thread_stats *s,
	const struct wg_thread_answer *a, const char *fault)
{
	const struct wg_thread_bound_info *info = wg_thread_bound_info(a->bound);
	char line[320], name[80], class_name[160], why[640];
	struct junit_case c = {
		.suite = trace, .class_name = class_name, .name = name, .outcome = JUNIT_PASSED
	};

	(void)snprintf(name, sizeof(name), "%s <= %" PRIu64, info->name, a->limit);
	(void)snprintf(class_name, sizeof(class_name), "%s thread %" PRIu32 " of %" PRIu32, s->name,
		s->tid, s->pid);
	if (a->is_broken) {
		(void)snprintf(line, sizeof(line), "%s: %.*f > %" PRIu64, info->name,
			a->bound == WG_THREAD_BOUND_WAKES_PER_S ? 2 : 0, a->value, a->limit);
		c.outcome = JUNIT_FAILED;
		c.message = line;
		st->broken++;
		(void)fprintf(
			st->check->out, "%s: %s: %s\n", st->check->paths[trace], class_name, line);
	} else if (fault) {
		(void)snprintf(why, sizeof(why), "inconclusive: %s", fault);
		c.outcome = JUNIT_SKIPPED;
		c.message = why;
	}
	add_case(st, &c);
}

static void check_threads(
	struct state *st, size_t trace, const struct wg_threads *threads, const char *fault)
{
	const struct wg_thread_bounds *bounds = &st->check->thread_bounds;
	struct wg_thread_answer answers[WG_THREAD_BOUND_COUNT];
	const struct wg_thread_stats *s;
	size_t i, k, count;

	for (i = 0; threads && (s = wg_thread_at(threads, i)); i++) {
		st->threads++;
		count = wg_check_thread(bounds, s, answers);
		for (k = 0; k < count; k++)
			say_thread(st, trace, s, &answers[k], fault);
	}
}

static void check_trace(struct state *st, size_t trace)
{
	const struct wg_summary *s = st->summary;
	struct wg_answer findings[WG_BOUND_COUNT];
	const struct wg_loop_stats *loop;
	char buf[600];
	const char *fault = fault_of(s, st->check, buf, sizeof(buf));
	size_t before = st->broken, i, k, count;

	for (i = 0; (loop = wg_measure_loop(s->measure, i)); i++) {
		st->loops++;
		st->ops += loop->delivered;
		count = wg_check_loop(&st->check->bounds, loop, findings);
		for (k = 0; k < count; k++)
			say_finding(st, trace, loop, &findings[k], fault);
	}
	check_threads(st, trace, s->threads, fault);
	if (!fault) {
		st->failed += st->broken > before;
		return;
	}
	st->inconclusive++;
	(void)fprintf(st->check->out, "INCONCLUSIVE: %s: %s%s\n", st->check->paths[trace], fault,
		st->broken > before ? "; the bounds named above are broken in any case"
				    : "; no bound is confirmed");
}

/* It could not be read. */
static void say_unread(struct state *st, size_t trace, const struct wg_error *err)
{
	st->failed++;
	wg_say("%s", err->text);
	add_case(st, &(struct junit_case){ .suite = trace,
			     .class_name = "wakegap",
			     .name = "read the trace",
			     .message = err->text,
			     .outcome = JUNIT_ERROR });
}

/* One after the other, in their order; meanwhile others are read. */
static int check_all(struct state *st)
{
	const struct check *check = st->check;
	struct wg_many *many;
	struct wg_error err = { 0 };
	size_t i;

	if (wg_many_start(
		    check->paths, check->count, check->jobs, &check->part, false, &many, &err) < 0)
		return wg_say("%s", err.text);
	for (i = 0; i < check->count; i++) {
		const struct wg_measure *m;

		st->junit.suites[i].name = check->paths[i];
		if (wg_many_take(many, &st->summary, &err) < 0) {
			say_unread(st, i, &err);
			continue;
		}
		m = st->summary->measure;
		st->junit.suites[i].duration_ns = wg_measure_end_ns(m) - wg_measure_begin_ns(m);
		st->is_alone = check->count == 1 && !wg_measure_loop(m, 1);
		check_trace(st, i);
		wg_summary_free(st->summary);
	}
	wg_many_destroy(many);
	return 0;
}

static void write_report(struct state *st)
{
	struct wg_error err = { 0 };

	int rc = junit_write(&st->junit, st->check->junit_path, &err);

	st->is_unread = rc == -EPIPE && strcmp(st->check->junit_path, "-") == 0;
	if (rc < 0 && !st->is_unread) {
		wg_say("%s", err.text);
		st->failed++;
	}
}

static void say_ok(const struct state *st)
{
	size_t loops = wg_bounds_count(&st->check->bounds);
	size_t bounds = loops + wg_thread_bounds_count(&st->check->thread_bounds);
	FILE *out = st->check->out;

	(void)fprintf(out, "ok: %zu bound%s for ", bounds, bounds == 1 ? " holds" : "s hold");
	if (bounds > loops)
		(void)fprintf(out, "%zu thread%s%s", st->threads, wg_s(st->threads),
			loops ? " and " : "\n");
	if (loops)
		(void)fprintf(out, "%zu loop%s, %" PRIu64 " operation%s delivered\n", st->loops,
			wg_s(st->loops), st->ops, wg_s(st->ops));
}

int wg_check_run(struct check *check)
{
	struct state st = { .check = check };
	int rc;

	st.junit.suites = calloc(check->count, sizeof(*st.junit.suites));
	if (!st.junit.suites)
		return wg_say("out of memory");
	st.junit.name = "wakegap check";
	st.junit.suite_count = check->count;
	if (check->junit_path && strcmp(check->junit_path, "-") == 0)
		check->out = wg_say_plain(stderr);
	rc = check_all(&st);
	if (rc == 0 && check->junit_path)
		write_report(&st);
	if (rc == 0 && st.failed == 0 && st.inconclusive == 0)
		say_ok(&st);
	junit_fini(&st.junit);
	free(st.junit.suites);
	if (rc || st.failed)
		return WG_EXIT_FAILED;
	if (st.is_unread)
		return WG_EXIT_PIPE;
	return st.inconclusive ? WG_EXIT_SKIPPED : WG_EXIT_OK;
}
