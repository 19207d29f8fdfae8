/*
 * test_window.c: the stages of an operation and their sights, and parts of a trace: windows, kinds,
 * loops.
 *
 * Parts are tested by what must hold of every trace: what was counted in two windows that share a
 * border is what was counted in both together.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"
#include "tests/harness/trace_files.h"
#include "traces/measure/part.h"
#include "traces/measure/measure.h"
#include "traces/read/read.h"
#include "traces/measure/summary.h"

struct step {
	int64_t at;
	enum wg_event_type type;
	uint64_t n; /* the operation, or found; from 100 on a timer */
	enum wg_reason reason;
	uint32_t loop;
};

static struct wg_event event_of(const struct step *step)
{
	struct wg_event ev = { .ts_ns = step->at,
		.type = step->type,
		.pid = 7,
		.tid = 7,
		.loop = step->loop ? step->loop : 1,
		.procname = "prog" };

	if (ev.type == WG_EV_WAKE) {
		ev.wake.reason = step->reason;
	} else if (ev.type == WG_EV_POLL) {
		ev.poll.found = (uint32_t)step->n;
	} else if (ev.type == WG_EV_LOST) {
		ev.lost.count = step->n;
		ev.lost.begin_ns = ev.ts_ns - 1;
	} else if (ev.type != WG_EV_WAIT) {
		ev.op = step->n;
	}
	if (ev.type == WG_EV_SUBMIT)
		ev.submit.kind = step->n >= 100 ? WG_KIND_TIMER : WG_KIND_READ;
	return ev;
}

#define TIMEOUT	 WG_REASON_TIMEOUT
#define NOTIFIED WG_REASON_NOTIFIED

/* A complete read; one delivered without a wake; a timer; an empty wake. */
static const struct step life[] = {
	{ 0, WG_EV_SUBMIT, 1, 0, 0 },
	{ 10, WG_EV_START, 1, 0, 0 },
	{ 12, WG_EV_WAIT, 0, 0, 0 },
	{ 30, WG_EV_DONE, 1, 0, 0 },
	{ 100, WG_EV_WAKE, 0, TIMEOUT, 0 },
	{ 103, WG_EV_POLL, 1, 0, 0 },
	{ 105, WG_EV_DELIVER, 1, 0, 0 },
	{ 110, WG_EV_SUBMIT, 2, 0, 0 },
	{ 115, WG_EV_START, 2, 0, 0 },
	{ 120, WG_EV_DONE, 2, 0, 0 },
	{ 128, WG_EV_DELIVER, 2, 0, 0 },
	{ 130, WG_EV_SUBMIT, 100, 0, 0 },
	{ 140, WG_EV_WAIT, 0, 0, 0 },
	{ 150, WG_EV_DONE, 100, 0, 0 },
	{ 160, WG_EV_WAKE, 0, NOTIFIED, 0 },
	{ 163, WG_EV_DELIVER, 100, 0, 0 },
	{ 170, WG_EV_WAIT, 0, 0, 0 },
	{ 180, WG_EV_WAKE, 0, TIMEOUT, 0 },
	{ 181, WG_EV_POLL, 0, 0, 0 },
	{ 190, WG_EV_WAIT, 0, 0, 0 },
	{ 195, WG_EV_SUBMIT, 3, 0, 0 },
	{ 200, WG_EV_DONE, 3, 0, 0 },
	{ 260, WG_EV_NOTIFY, 3, 0, 0 },
};

static struct wg_measure *run(const struct step *steps, size_t count, const struct wg_part *part)
{
	struct wg_parting parting = { .part = part };
	struct wg_measure *m = NULL;
	size_t i;

	CU_ASSERT_EQUAL_FATAL(wg_measure_create(NULL, &m), 0);
	if (part && part->kinds)
		wg_measure_select(m, part->kinds);
	for (i = 0; i < count; i++) {
		struct wg_event ev = event_of(&steps[i]);

		CU_ASSERT_EQUAL(wg_part_feed(&parting, m, &ev), 0);
	}
	wg_part_finish(&parting, m);
	return m;
}

#define RUN(steps, part) run(steps, sizeof(steps) / sizeof((steps)[0]), part)

static void time_goes_into_stages(void)
{
	struct wg_measure *m = RUN(life, NULL);
	const struct wg_loop_stats *s = wg_measure_loop(m, 0);

	CU_ASSERT_EQUAL(s->queued.count, 2);
	CU_ASSERT_EQUAL(s->queued.sum, 10 + 5);
	CU_ASSERT_EQUAL(s->service.sum, 20 + 5);
	CU_ASSERT_EQUAL(s->asleep.count, 3);
	CU_ASSERT_EQUAL(s->asleep.sum, 70 + 0 + 10);
	CU_ASSERT_EQUAL(s->delivery.count, 3);
	CU_ASSERT_EQUAL(s->delivery.sum, 5 + 8 + 3);
	CU_ASSERT_EQUAL(s->whole.count, 3);
	CU_ASSERT_EQUAL(s->whole.sum, 105 + 18 + 33);
	CU_ASSERT_EQUAL(s->longest[WG_STAGE_WHOLE].op, 1);
	CU_ASSERT_EQUAL(s->longest[WG_STAGE_WHOLE].at_ns, 105);
	CU_ASSERT_EQUAL(s->longest[WG_STAGE_ASLEEP].for_ns, 70);
	wg_measure_destroy(m);
}

static void what_is_counted_can_be_looked_up(void)
{
	struct wg_measure *m = RUN(life, NULL);
	const struct wg_loop_stats *s = wg_measure_loop(m, 0);

	CU_ASSERT_EQUAL(s->longest_gap.at_ns, 100);
	CU_ASSERT_EQUAL(s->longest_gap.for_ns, 70);
	CU_ASSERT_EQUAL(s->longest_gap.op, 1);
	CU_ASSERT_EQUAL(s->longest_gap.kind, WG_KIND_READ);
	CU_ASSERT_EQUAL(s->first_late_wake.at_ns, 100);
	CU_ASSERT_EQUAL(s->first_late_wake.for_ns, 70);
	CU_ASSERT_EQUAL(s->first_empty_wake.at_ns, 180);
	CU_ASSERT_EQUAL(s->first_empty_wake.for_ns, 10);
	CU_ASSERT_EQUAL(s->first_empty_poll.at_ns, 181);
	CU_ASSERT_FALSE(s->first_spurious.seen);
	CU_ASSERT_EQUAL(s->stuck_at.at_ns, 200);
	CU_ASSERT_EQUAL(s->stuck_at.for_ns, 60);
	CU_ASSERT_EQUAL(s->stuck_at.op, 3);
	wg_measure_destroy(m);
}

/* Delivered by another thread while the loop sleeps: the gap is counted, its operation is gone. */
static void delivered_while_asleep(void)
{
	static const struct step steps[] = {
		{ 0, WG_EV_SUBMIT, 1, 0, 0 },
		{ 10, WG_EV_WAIT, 0, 0, 0 },
		{ 20, WG_EV_DONE, 1, 0, 0 },
		{ 30, WG_EV_DELIVER, 1, 0, 0 },
		{ 50, WG_EV_WAKE, 0, NOTIFIED, 0 },
	};
	struct wg_measure *m = RUN(steps, NULL);
	const struct wg_loop_stats *s = wg_measure_loop(m, 0);

	CU_ASSERT_EQUAL(s->gap.count, 1);
	CU_ASSERT_EQUAL(s->longest_gap.op, 1);
	CU_ASSERT_EQUAL(s->asleep.count, 0);
	CU_ASSERT_EQUAL(s->whole.sum, 30);
	wg_measure_destroy(m);
}

static void ends_that_were_not_seen(void)
{
	static const struct step steps[] = {
		{ 10, WG_EV_START, 1, 0, 0 }, /* no submit */
		{ 20, WG_EV_DELIVER, 1, 0, 0 },
		{ 21, WG_EV_DONE, 1, 0, 0 }, /* written late */
		{ 30, WG_EV_SUBMIT, 2, 0, 0 },
		{ 40, WG_EV_DONE, 2, 0, 0 },
		{ 50, WG_EV_LOST, 3, 0, 0 }, /* there may have been a wake in here */
		{ 60, WG_EV_DELIVER, 2, 0, 0 },
	};
	struct wg_measure *m = RUN(steps, NULL);
	const struct wg_loop_stats *s = wg_measure_loop(m, 0);

	CU_ASSERT_EQUAL(s->queued.count, 0);
	CU_ASSERT_EQUAL(s->service.sum, 11);
	CU_ASSERT_EQUAL(s->asleep.count, 0);
	CU_ASSERT_EQUAL(s->delivery.count, 0);
	CU_ASSERT_EQUAL(s->whole.sum, 30);
	wg_measure_destroy(m);
}

static void cpu_time_is_that_of_the_thread_that_waits(void)
{
	struct wg_event ev = { .type = WG_EV_WAIT, .pid = 7, .tid = 7, .loop = 1, .procname = "" };
	const struct wg_loop_stats *s;
	struct wg_measure *m = NULL;
	int i;

	CU_ASSERT_EQUAL_FATAL(wg_measure_create(NULL, &m), 0);
	for (i = 0; i < 4; i++) {
		ev.type = i % 2 ? WG_EV_WAKE : WG_EV_WAIT;
		ev.ts_ns = 10 * i;
		ev.has_cpu_time = true;
		ev.cpu_time_ns = 1000 + 7 * i;
		CU_ASSERT_EQUAL(wg_measure_feed(m, &ev), 0);
	}
	ev.type = WG_EV_SUBMIT; /* of another thread: not the loop's time */
	ev.tid = 8;
	ev.cpu_time_ns = 90000;
	CU_ASSERT_EQUAL(wg_measure_feed(m, &ev), 0);
	wg_measure_finish(m);
	s = wg_measure_loop(m, 0);
	CU_ASSERT_EQUAL(s->cpu_ns, 21);
	CU_ASSERT_EQUAL(s->cpu_samples, 3);
	wg_measure_destroy(m);
	m = RUN(life, NULL);
	CU_ASSERT_EQUAL(wg_measure_loop(m, 0)->cpu_samples, 0);
	wg_measure_destroy(m);
}

/* A sample whose context vpid is called a task clock: the same number everywhere. */
static void cpu_time_is_read_from_its_context(void)
{
	const char *const argv[] = { "/usr/bin/babeltrace2", "--output-format=ctf-metadata",
		wg_sample("tick"), NULL };
	const char *dir = wg_copy_sample("tick");
	struct wg_summary *s = NULL;
	struct wg_error err = { 0 };
	char *text = NULL, *at, path[256];
	FILE *out;

	if (wg_run(&text, NULL, argv) != 0 || !(at = strstr(text, "_vpid;"))) {
		wg_skip("the program babeltrace2");
		free(text);
		return;
	}
	(void)snprintf(path, sizeof(path), "%s/metadata", dir);
	out = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	fprintf(out, "%.*s_perf_thread_task_clock;%s", (int)(at - text), text, at + 6);
	(void)fclose(out);
	CU_ASSERT_EQUAL(wg_summary_load(dir, NULL, false, &s, &err), 0);
	if (s) {
		CU_ASSERT_EQUAL(wg_measure_loop(s->measure, 0)->cpu_samples, 23);
		CU_ASSERT_EQUAL(wg_measure_loop(s->measure, 0)->cpu_ns, 0);
	}
	wg_summary_free(s);
	free(text);
}

static void kinds_are_counted_apart(void)
{
	const struct wg_part timers = { .kinds = 1u << WG_KIND_TIMER };
	struct wg_measure *m = RUN(life, &timers);
	const struct wg_loop_stats *s = wg_measure_loop(m, 0);

	CU_ASSERT_EQUAL(s->submitted, 1);
	CU_ASSERT_EQUAL(s->done, 1);
	CU_ASSERT_EQUAL(s->delivered, 1);
	CU_ASSERT_EQUAL(s->gap.count, 1);
	CU_ASSERT_EQUAL(s->wasted_ns, 10);
	CU_ASSERT_EQUAL(s->late_wakes, 0);
	CU_ASSERT_EQUAL(s->stuck, 0);
	/* What the loop does has no kind; a read that came is no empty wake. */
	CU_ASSERT_EQUAL(s->waits, 4);
	CU_ASSERT_EQUAL(s->empty_wakes, 1);
	wg_measure_destroy(m);
}

static void loops_can_be_left_out(void)
{
	static const struct step steps[] = {
		{ 0, WG_EV_SUBMIT, 1, 0, 1 },
		{ 10, WG_EV_WAIT, 0, 0, 2 },
		{ 20, WG_EV_WAKE, 0, NOTIFIED, 2 },
		{ 90, WG_EV_DONE, 1, 0, 1 },
	};
	const struct wg_part second = { .loops = { { 0, 2 } }, .loop_count = 1 };
	const struct wg_part other = { .loops = { { 8, 2 } }, .loop_count = 1 };
	struct wg_measure *m = RUN(steps, &second);

	CU_ASSERT_EQUAL(wg_measure_loop(m, 0)->loop, 2);
	CU_ASSERT_PTR_NULL(wg_measure_loop(m, 1));
	CU_ASSERT_EQUAL(wg_measure_events(m), 2);
	/* Times are those of the trace, not of what is left of it. */
	CU_ASSERT_EQUAL(wg_measure_origin_ns(m), 0);
	CU_ASSERT_EQUAL(wg_measure_end_ns(m), 90);
	wg_measure_destroy(m);
	m = RUN(steps, &other);
	CU_ASSERT_PTR_NULL(wg_measure_loop(m, 0));
	wg_measure_destroy(m);
}

static void a_window_does_not_forget_what_goes_on(void)
{
	/* From amid the first gap to amid the last sleep. */
	const struct wg_part f = {
		.has_since = true, .since_ns = 50, .has_until = true, .until_ns = 240
	};
	struct wg_measure *m = RUN(life, &f);
	const struct wg_loop_stats *s = wg_measure_loop(m, 0);

	CU_ASSERT_EQUAL(s->longest_gap.for_ns, 70); /* whole, although it began before */
	CU_ASSERT_EQUAL(s->late_wakes, 1);
	CU_ASSERT_EQUAL(s->stuck, 0); /* it sleeps at 240, and who knows */
	CU_ASSERT_EQUAL(s->submitted, 3);
	CU_ASSERT_EQUAL(s->delivered, 3);
	CU_ASSERT_EQUAL(wg_measure_begin_ns(m), 50);
	CU_ASSERT_EQUAL(wg_measure_end_ns(m), 240);
	wg_measure_destroy(m);
}

/* --- two windows and the whole --- */

static bool same_sum(const struct wg_dist *a, const struct wg_dist *b, const struct wg_dist *whole)
{
	return (a ? a->count : 0) + b->count == whole->count &&
	       (a ? a->sum : 0) + b->sum == whole->sum;
}

/* a may be NULL: the loop came later. */
static bool adds_up(
	const struct wg_loop_stats *a, const struct wg_loop_stats *b, const struct wg_loop_stats *w)
{
	static const struct wg_loop_stats none;
	size_t i;
	bool ok = true;

	a = a ? a : &none;
#define ADDS(field) ok = ok && a->field + b->field == w->field
	ADDS(submitted);
	ADDS(started);
	ADDS(done);
	ADDS(delivered);
	ADDS(notifies_sent);
	ADDS(notifies_coalesced);
	ADDS(waits);
	ADDS(unclosed_waits);
	ADDS(asleep_ns);
	for (i = 0; i < WG_REASON_COUNT; i++)
		ADDS(wakes[i]);
	ADDS(empty_wakes);
	ADDS(late_wakes);
	ADDS(polls);
	ADDS(empty_polls);
	ADDS(wasted_ns);
	ADDS(working_ns);
	ADDS(stuck); /* the first window does not reach the end */
#undef ADDS
	ok = ok && same_sum(&a->gap, &b->gap, &w->gap);
	for (i = 0; i < WG_STAGE_COUNT; i++)
		ok = ok && same_sum(wg_stage_dist(a, (enum wg_stage)i),
				   wg_stage_dist(b, (enum wg_stage)i),
				   wg_stage_dist(w, (enum wg_stage)i));
	return ok;
}

static void check_split(const struct wg_measure *a, const struct wg_measure *b,
	const struct wg_measure *whole, int64_t at)
{
	const struct wg_loop_stats *w;
	size_t i;
	bool ok = wg_measure_events(a) + wg_measure_events(b) == wg_measure_events(whole);

	for (i = 0; (w = wg_measure_loop(whole, i)); i++)
		ok = ok && wg_measure_loop(b, i) &&
		     adds_up(wg_measure_loop(a, i), wg_measure_loop(b, i), w);
	if (!ok)
		printf("  split at %" PRId64 " ns does not add up\n", at);
	CU_ASSERT(ok);
}

static void two_windows_add_up_by_hand(void)
{
	struct wg_measure *whole = RUN(life, NULL);
	int64_t at;

	for (at = 1; at <= 260; at++) {
		const struct wg_part before = { .has_until = true, .until_ns = at };
		const struct wg_part after = { .has_since = true, .since_ns = at };
		struct wg_measure *a = RUN(life, &before), *b = RUN(life, &after);

		check_split(a, b, whole, at);
		wg_measure_destroy(a);
		wg_measure_destroy(b);
	}
	wg_measure_destroy(whole);
}

static void split_sample(const char *path, int parts)
{
	struct wg_summary *whole = NULL;
	struct wg_error err;
	int64_t length;
	int i;

	CU_ASSERT_EQUAL_FATAL(wg_summary_load(path, NULL, false, &whole, &err), 0);
	length = wg_measure_end_ns(whole->measure) - wg_measure_begin_ns(whole->measure);
	for (i = 1; i < parts; i++) {
		int64_t at = length / parts * i;
		const struct wg_part before = { .has_until = true, .until_ns = at };
		const struct wg_part after = { .has_since = true, .since_ns = at };
		struct wg_summary *a = NULL, *b = NULL;

		CU_ASSERT_EQUAL_FATAL(wg_summary_load(path, &before, false, &a, &err), 0);
		CU_ASSERT_EQUAL_FATAL(wg_summary_load(path, &after, false, &b, &err), 0);
		check_split(a->measure, b->measure, whole->measure, at);
		wg_summary_free(a);
		wg_summary_free(b);
	}
	wg_summary_free(whole);
}

static void two_windows_add_up_on_samples(void)
{
	split_sample(wg_sample("tick"), 23);
	split_sample(wg_sample("eventfd"), 23);
	split_sample(wg_sample("packets"), 5);
}

static void nothing_left_is_an_error(void)
{
	const struct wg_part late = { .has_since = true, .since_ns = INT64_C(3600000000000) };
	const struct wg_part other = { .loops = { { 0, 99 } }, .loop_count = 1 };
	struct wg_summary *s = NULL;
	struct wg_error err = { 0 };

	CU_ASSERT(wg_summary_load(wg_sample("tick"), &late, false, &s, &err) < 0);
	CU_ASSERT(wg_has(err.text, "has no event in that part of its time"));
	CU_ASSERT(wg_summary_load(wg_sample("tick"), &other, false, &s, &err) < 0);
	CU_ASSERT(wg_has(err.text, "has no loop of that number"));
	CU_ASSERT(wg_summary_load(wg_sample("foreign"), &other, false, &s, &err) < 0);
	CU_ASSERT(wg_has(err.text, "has no wakegap events"));
}

void suite_window(void)
{
	WG_TEST(time_goes_into_stages);
	WG_TEST(what_is_counted_can_be_looked_up);
	WG_TEST(delivered_while_asleep);
	WG_TEST(ends_that_were_not_seen);
	WG_TEST(cpu_time_is_that_of_the_thread_that_waits);
	WG_TEST(cpu_time_is_read_from_its_context);
	WG_TEST(kinds_are_counted_apart);
	WG_TEST(loops_can_be_left_out);
	WG_TEST(a_window_does_not_forget_what_goes_on);
	WG_TEST(two_windows_add_up_by_hand);
	WG_TEST(two_windows_add_up_on_samples);
	WG_TEST(nothing_left_is_an_error);
}
