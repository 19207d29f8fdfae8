/*
 * threads.c: see threads.h.
 */
#include "viz/stats/threads.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "traces/base/units.h"

/* A column a class; those that no thread has are left out. */
static const struct {
	enum wg_wake_class class;
	const char *title;
} columns[] = {
	{ WG_CLASS_NOTIFIED, "notified" },
	{ WG_CLASS_IDLE_WORKER, "worker" },
	{ WG_CLASS_INPUT, "input" },
	{ WG_CLASS_TIMER_ACTED, "acted" },
	{ WG_CLASS_TIMER_EMPTY, "empty" },
	{ WG_CLASS_TIMER, "timer" },
	{ WG_CLASS_LATE, "late" },
	{ WG_CLASS_ZERO_POLL, "zero" },
	{ WG_CLASS_SPIN, "spin" },
	{ WG_CLASS_LOCK, "lock" },
	{ WG_CLASS_INTERRUPTED, "signal" },
	{ WG_CLASS_UNKNOWN, "unknown" },
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

static void print_row(
	const struct wg_threads *threads, const struct wg_thread_stats *s, const bool *has)
{
	char period[32] = "-", asleep[32] = "-";
	size_t i;

	if (s->wakes_per_s >= 0)
		printf("%9.1f", s->wakes_per_s);
	else
		printf("%9s", "-");
	if (s->period_ns >= 0)
		(void)wg_format_time(period, sizeof(period), s->period_ns);
	if (wg_threads_have_times(threads) && s->last_ns > s->first_ns && s->asleep_ns >= 0)
		(void)wg_format_time(asleep, sizeof(asleep), s->asleep_ns);
	printf(" %8" PRIu64 " %9s %9s", s->wakes, period, asleep);
	for (i = 0; i < COLUMNS; i++) {
		if (has[i])
			printf(" %8" PRIu64, s->class[columns[i].class]);
	}
	if (s->tid)
		printf("  %s %" PRIu32 "\n", *s->name ? s->name : "thread", s->tid);
	else
		printf("  %s\n", *s->name ? s->name : "main thread");
}

static void print_table(const struct wg_threads *threads, size_t rows)
{
	const struct wg_thread_stats *s;
	bool has[COLUMNS] = { false };
	size_t i, k, count = 0;

	for (i = 0; (s = wg_thread_at(threads, i)); i++) {
		count += s->waits > 0;
		for (k = 0; k < COLUMNS; k++)
			has[k] |= s->class[columns[k].class] > 0;
	}
	printf("%9s %8s %9s %9s", "wakes/s", "wakes", "period", "asleep");
	for (k = 0; k < COLUMNS; k++) {
		if (has[k])
			printf(" %8s", columns[k].title);
	}
	printf("  thread\n");
	for (i = 0; (s = wg_thread_at(threads, i)) && i < rows; i++) {
		if (s->waits)
			print_row(threads, s, has);
	}
	if (count > rows)
		printf("%zu more thread%s less often\n", count - rows,
			count - rows == 1 ? " wakes" : "s wake");
}

/* From a notify to the wake that it caused; of the threads that have such pairs. */
static void print_pairs(const struct wg_threads *threads, size_t rows)
{
	const struct wg_thread_stats *s;
	char p50[32], p99[32];
	size_t i;

	for (i = 0; (s = wg_thread_at(threads, i)) && i < rows; i++) {
		if (s->notify_to_wake.count == 0 || !wg_threads_have_times(threads) ||
			wg_threads_are_coarse(threads))
			continue;
		printf("thread %" PRIu32 ": notify to wake p50 %s, p99 %s (%zu pair%s, %" PRIu64
		       " exact, %" PRIu64 " likely)\n",
			s->tid, wg_format_time(p50, sizeof(p50), s->notify_to_wake.p50),
			wg_format_time(p99, sizeof(p99), s->notify_to_wake.p99),
			s->notify_to_wake.count, wg_s(s->notify_to_wake.count),
			s->certainty[WG_CERTAINTY_EXACT], s->certainty[WG_CERTAINTY_LIKELY]);
	}
}

int wg_threads_print(const struct wg_threads *threads, size_t rows)
{
	struct wg_thread_finding *findings;
	size_t count, i;
	int rc;

	if (!wg_thread_at(threads, 0)) {
		printf("no thread waited\n");
		return 0;
	}
	rc = wg_thread_findings(threads, &findings, &count);
	if (rc < 0)
		return rc;
	print_table(threads, rows);
	print_pairs(threads, rows);
	if (count)
		printf("\n");
	for (i = 0; i < count && i < rows; i++)
		printf("%2zu. %s\n", i + 1, findings[i].text);
	if (count > rows)
		printf("%zu more finding%s\n", count - rows, wg_s(count - rows));
	wg_thread_findings_free(findings, count);
	return 0;
}
