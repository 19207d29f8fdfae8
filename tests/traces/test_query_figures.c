/*
 * test_query_figures.c: figures that SQL makes of rows are those of `wakegap stats`, to the
 * nanosecond.
 */
#include <stdio.h>

#include "tests/harness/fake_ctf.h"
#include "tests/harness/fake_threads.h"
#include "tests/harness/harness.h"
#include "tests/harness/support.h"
#include "tests/traces/query_run.h"
#include "traces/measure/summary.h"

#define WITHOUT "built without SQLite"

/* What is compared: if two numbers differ, both are shown. */
static void same(long long sql, long long stats, const char *what)
{
	CU_ASSERT_EQUAL(sql, stats);
	if (sql != stats)
		(void)fprintf(stderr, "# %s: %lld in SQL, %lld in stats\n", what, sql, stats);
}

static void same_dist(struct wg_query *q, const struct wg_dist *d, const char *column,
	const char *from, const char *what)
{
	static const char *const functions[] = { "count(%s)", "min(%s)", "p50(%s)", "p90(%s)",
		"p99(%s)", "percentile(%s, 99.9)", "max(%s)", "sum(%s)" };
	const int64_t figures[] = { (int64_t)d->count, d->min, d->p50, d->p90, d->p99, d->p999,
		d->max, d->sum };
	char call[80];
	size_t i;

	for (i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		(void)snprintf(call, sizeof(call), functions[i], column);
#pragma GCC diagnostic pop
		same(query_number(q, "SELECT ifnull(%s, 0) FROM %s", call, from), figures[i], what);
	}
}

static void same_stages(struct wg_query *q, const struct wg_loop_stats *s, const char *where)
{
	static const char *const columns[] = { "queued_ns", "service_ns", "asleep_ns",
		"delivery_ns", "whole_ns" };
	char from[120];
	size_t i;

	(void)snprintf(from, sizeof(from), "ops WHERE %s", where);
	for (i = 0; i < WG_STAGE_COUNT; i++) {
		if (wg_stats_sees(s, wg_dist_sees(i)))
			same_dist(q, wg_stage_dist(s, (enum wg_stage)i), columns[i], from,
				columns[i]);
	}
}

/* The figure of a lane, and the rows that it is the count or sum of, if it is observable. */
static void same_figure(struct wg_query *q, long long lane, bool is_seen, uint64_t figure,
	const char *column, const char *rows)
{
	if (!is_seen) {
		same(query_number(
			     q, "SELECT %s IS NULL FROM lanes WHERE lane = %lld", column, lane),
			1, column);
		return;
	}
	same(query_number(q, "SELECT %s FROM lanes WHERE lane = %lld", column, lane),
		(long long)figure, column);
	if (rows)
		same(query_number(q, "SELECT %s AND lane = %lld", rows, lane), (long long)figure,
			rows);
}

static void same_loop(struct wg_query *q, const struct wg_loop_stats *s, long long lane)
{
	char where[80];
	int i;

#define FIGURE(sees, field, column, rows)                                                          \
	same_figure(q, lane, wg_stats_sees(s, sees), (uint64_t)(field), column, rows)
	FIGURE(WG_SEES_SUBMITTED, s->submitted, "submitted",
		"count(*) FROM events WHERE event = 'submit'");
	FIGURE(WG_SEES_WAITS, s->waits, "waits", "count(*) FROM waits WHERE 1");
	FIGURE(WG_SEES_ASLEEP, s->asleep_ns, "asleep_ns",
		"ifnull(sum(asleep_ns), 0) FROM waits WHERE open = 0");
	FIGURE(WG_SEES_EMPTY_WAKES, s->empty_wakes, "empty_wakes",
		"count(*) FROM wakes WHERE empty = 1");
	FIGURE(WG_SEES_LATE_WAKES, s->late_wakes, "late_wakes",
		"count(*) FROM wakes WHERE late = 1");
	FIGURE(WG_SEES_POLLS, s->polls, "polls", "count(*) FROM events WHERE event = 'poll'");
	FIGURE(WG_SEES_POLLS, s->empty_polls, "empty_polls",
		"count(*) FROM events WHERE event = 'poll' AND found = 0");
	FIGURE(WG_SEES_GAPS, s->wasted_ns, "wasted_ns",
		"ifnull(sum(gap_ns), 0) FROM waits WHERE 1");
	FIGURE(WG_SEES_STUCK, s->stuck, "stuck", NULL);
#undef FIGURE
	for (i = 0; i < WG_REASON_COUNT; i++)
		same(query_number(q,
			     "SELECT count(*) FROM wakes WHERE lane = %lld AND reason = '%s'", lane,
			     wg_reason_name((enum wg_reason)i)),
			(long long)s->wakes[i], "wakes");
	(void)snprintf(where, sizeof(where), "waits WHERE lane = %lld", lane);
	if (wg_stats_sees(s, WG_SEES_GAPS))
		same_dist(q, &s->gap, "gap_ns", where, "gap_ns of waits");
	(void)snprintf(where, sizeof(where), "lane = %lld", lane);
	same_stages(q, s, where);
}

static void same_kinds(struct wg_query *q, const struct wg_measure *m)
{
	const struct wg_loop_stats *s;
	char from[80], where[40];
	int i;

	for (i = 0; i < WG_KIND_COUNT; i++) {
		s = wg_measure_kind(m, (enum wg_kind)i);
		(void)snprintf(where, sizeof(where), "kind = '%s'", wg_kind_name((enum wg_kind)i));
		(void)snprintf(from, sizeof(from), "gaps WHERE %s", where);
		if (s && wg_stats_sees(s, WG_SEES_GAPS))
			same_dist(q, &s->gap, "gap_ns", from, "gaps of a kind");
		else
			same(query_number(q, "SELECT count(*) FROM %s", from), 0, "no such gaps");
	}
}

static void same_thread(struct wg_query *q, const struct wg_thread_stats *s)
{
	char where[60];
	int i;

	(void)snprintf(where, sizeof(where), "pid = %u AND tid = %u", s->pid, s->tid);
#define FIGURE(field, column, rows)                                                                \
	same(query_number(q, "SELECT " column " FROM threads WHERE %s", where),                    \
		(long long)(field), column);                                                       \
	same(query_number(q, "SELECT " rows " AND %s", where), (long long)(field), rows)
	FIGURE(s->waits, "waits", "count(*) FROM waits WHERE 1");
	FIGURE(s->wakes, "wakes", "count(*) FROM wakes WHERE 1");
	FIGURE(s->asleep_ns, "asleep_ns", "ifnull(sum(asleep_ns), 0) FROM wakes WHERE 1");
	FIGURE(s->wasted_ns, "wasted_ns", "ifnull(sum(gap_ns), 0) FROM gaps WHERE 1");
	FIGURE(s->notify_to_wake.count, "notify_to_wake_count",
		"count(notify_to_wake_ns) FROM wakes WHERE 1");
	FIGURE(s->notify_to_wake.max, "notify_to_wake_max_ns",
		"ifnull(max(notify_to_wake_ns), 0) FROM wakes WHERE 1");
	FIGURE(s->certainty[WG_CERTAINTY_EXACT], "exact",
		"count(*) FROM wakes WHERE certainty = 'exact' AND reason <> 'timeout'");
#undef FIGURE
	for (i = 0; i < WG_CLASS_COUNT; i++) {
		const char *class = wg_wake_class_name((enum wg_wake_class)i);

		same(query_number(q, "SELECT count(*) FROM waits WHERE class = '%s' AND %s", class,
			     where),
			(long long)s->class[i], class);
		same(query_number(q, "SELECT %s FROM threads WHERE %s", class, where),
			(long long)s->class[i], class);
	}
}

/* How many loops and threads were compared. */
static size_t same_as_stats(const char *path)
{
	struct wg_error err = { 0 };
	struct wg_query *q = query_open(path);
	struct wg_summary *summary;
	const struct wg_loop_stats *s;
	const struct wg_thread_stats *t;
	size_t i, count = 0;

	CU_ASSERT_EQUAL_FATAL(wg_summary_load(path, NULL, true, &summary, &err), 0);
	same(query_number(q, "SELECT events FROM traces"),
		(long long)wg_measure_events(summary->measure), "events");
	same(query_number(q, "SELECT count(*) FROM events WHERE event <> 'lost'"),
		(long long)wg_measure_events(summary->measure), "rows of events");
	same(query_number(q, "SELECT discarded FROM traces"),
		(long long)wg_measure_discarded(summary->measure), "discarded");
	for (i = 0; (s = wg_measure_loop(summary->measure, i)); i++, count++)
		same_loop(q, s,
			query_number(q,
				"SELECT lane FROM lanes WHERE type = 'loop' ORDER BY lane "
				"LIMIT 1 OFFSET %zu",
				i));
	same_kinds(q, summary->measure);
	for (i = 0; summary->threads && (t = wg_thread_at(summary->threads, i)); i++, count++)
		same_thread(q, t);
	wg_summary_free(summary);
	wg_query_close(q);
	return count;
}

static void figures_of_samples_are_those_of_stats(void)
{
	CU_ASSERT_EQUAL(same_as_stats(wg_sample("tick")), 1);
	CU_ASSERT_EQUAL(same_as_stats(wg_sample("eventfd")), 1);
	CU_ASSERT(same_as_stats(wg_sample("lossy")) >= 1);
	CU_ASSERT(same_as_stats(wg_sample("packets")) >= 1);
}

static void figures_of_threads_are_those_of_stats(void)
{
	const char *dir = wg_tmpdir();

	fake_threads_write(dir);
	CU_ASSERT(same_as_stats(dir) >= 4);
}

static void figures_of_imports_are_those_of_stats(void)
{
	static const char log[] =
		"100 1700000000.000000 epoll_wait(5, [], 16, 10) = 0 <0.010050>\n"
		"100 1700000000.010100 epoll_wait(5, [], 16, 10) = 0 <0.010060>\n"
		"100 1700000000.020200 epoll_wait(5, [{events=EPOLLIN, data={u32=6}}], 16, 10) = 1 "
		"<0.001000>\n"
		"100 1700000000.021300 read(6, \"x\", 8) = 1 <0.000005>\n"
		"101 1700000000.021400 futex(0x7f0000000000, FUTEX_WAIT_PRIVATE, 0, NULL) = 0 "
		"<0.002000>\n"
		"100 1700000000.023300 futex(0x7f0000000000, FUTEX_WAKE_PRIVATE, 1) = 1 "
		"<0.000010>\n"
		"100 1700000000.024000 nanosleep({tv_sec=0, tv_nsec=5000000}, NULL) = 0 "
		"<0.005070>\n";
	char *dir = wg_tmpdir(), file[512], to[512];
	const char *const argv[] = { wg_build_path("wakegap"), "import", file, "-o", to, NULL };
	FILE *out;

	(void)snprintf(file, sizeof(file), "%s/log", dir);
	(void)snprintf(to, sizeof(to), "%s/trace", dir);
	out = fopen(file, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	(void)fputs(log, out);
	(void)fclose(out);
	CU_ASSERT_EQUAL_FATAL(wg_run(NULL, NULL, argv), 0);
	CU_ASSERT_EQUAL(same_as_stats(to), 2);
}

/* Any order of events, possible or not: of kinds that overlap, results that nobody waited for,
 * waits without wakes. */
static void random_trace(const char *dir, unsigned seed)
{
	struct fake *fake = fake_create();
	int64_t t = 1000;
	unsigned i, r = seed * 2654435761u + 1;

	fake_loop(fake, t, 1, "tick", 10000000);
	fake_loop(fake, t, 2, "eventfd", 0);
	for (i = 0; i < 400; i++) {
		uint32_t loop;
		uint64_t op;

		r = r * 1103515245u + 12345u;
		t += (r >> 8) % 50;
		loop = 1 + (r >> 14) % 2;
		op = 1 + (r >> 16) % 12 + 100 * loop;
		switch ((r >> 20) % 9) {
		case 0:
			fake_event(
				fake, &(struct wg_event){ .ts_ns = t,
					      .type = WG_EV_SUBMIT,
					      .pid = 4242,
					      .tid = 4242,
					      .procname = "fake",
					      .loop = loop,
					      .op = op,
					      .submit = { (enum wg_kind)((r >> 24) % 12), 4096 } });
			break;
		case 1: fake_start(fake, t, loop, op, (r >> 24) % 3); break;
		case 2:
		case 3: fake_done(fake, t, loop, op); break;
		case 4: fake_notify(fake, t, loop, op); break;
		case 5: fake_wait(fake, t, loop, 10000000, 0); break;
		case 6: fake_wake(fake, t, loop, (enum wg_reason)((r >> 24) % 5), 0); break;
		case 7: fake_poll(fake, t, loop, (r >> 24) % 2); break;
		default: fake_deliver(fake, t, loop, op); break;
		}
	}
	fake_write(fake, dir);
}

static void figures_of_random_traces_are_those_of_stats(void)
{
	unsigned seed = wg_seed(), i;

	for (i = 0; i < 6; i++) {
		const char *dir = wg_tmpdir();

		random_trace(dir, seed + i);
		CU_ASSERT_EQUAL(same_as_stats(dir), 2);
	}
}

void suite_query_figures(void)
{
	bool have = wg_query_available();

	WG_TEST_IF(have, WITHOUT, figures_of_samples_are_those_of_stats);
	WG_TEST_IF(have, WITHOUT, figures_of_threads_are_those_of_stats);
	WG_TEST_IF(have, WITHOUT, figures_of_imports_are_those_of_stats);
	WG_TEST_IF(have, WITHOUT, figures_of_random_traces_are_those_of_stats);
}
