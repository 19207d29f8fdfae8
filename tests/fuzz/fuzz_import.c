/*
 * fuzz_import.c: the logs of other tools, read to their end, counted and put in words.
 *
 * Checked besides crashes: the times of a thread never go back, a wake follows a wait of the same
 * thread, and every object is told before it is named (I1 to I3 of traces/import/import.h).
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/fuzz/targets.h"
#include "traces/base/map.h"
#include "traces/import/import.h"
#include "traces/measure/threads.h"

struct reading {
	struct wg_threads *threads;
	struct wg__map times, asleep, objects;
};

static int on_event(void *user, const struct wg_event *ev)
{
	struct reading *r = user;
	size_t last = wg__map_get(&r->times, ev->pid, ev->tid);

	if (ev->type == WG_EV_LOST) {
		if (ev->lost.begin_ns < 0 || ev->lost.begin_ns > ev->ts_ns)
			abort();
		return 0;
	}
	if (last != WG__MAP_NONE && (int64_t)last > ev->ts_ns)
		abort(); /* I1 */
	if (ev->record == WG_RECORD_WAKE && wg__map_get(&r->asleep, ev->pid, ev->tid) != 1)
		abort(); /* I2 */
	if (ev->record == WG_RECORD_OBJECT)
		(void)wg__map_put(&r->objects, 0, ev->op, 1);
	else if (ev->op && wg__map_get(&r->objects, 0, ev->op) != 1)
		abort(); /* I3 */
	if (ev->record == WG_RECORD_WAIT || ev->record == WG_RECORD_WAKE)
		(void)wg__map_put(
			&r->asleep, ev->pid, ev->tid, ev->record == WG_RECORD_WAIT ? 1 : 0);
	if (ev->ts_ns < 0 || wg__map_put(&r->times, ev->pid, ev->tid, (size_t)ev->ts_ns) < 0)
		abort();
	return wg_threads_feed(r->threads, ev);
}

static int on_row(void *user, const char *name, uint64_t calls, uint64_t errors, double seconds)
{
	(void)user;
	(void)calls;
	(void)errors;
	if (!*name || !(seconds >= 0))
		abort();
	return 0;
}

static void read_log(const uint8_t *data, size_t len, enum wg_import_format from)
{
	struct reading r = { 0 };
	struct wg_import_sink sink = { on_event, on_row, &r };
	struct wg_import_stats stats;
	struct wg_error err = { 0 };
	struct wg_thread_finding *findings = NULL;
	size_t count = 0;

	if (wg_threads_create(&r.threads) < 0)
		abort();
	if (wg_import_bytes(data, len, from, &sink, &stats, &err) < 0 && !err.text[0])
		abort(); /* refused without a reason */
	if (stats.is_coarse)
		wg_threads_coarse(r.threads, stats.has_spent);
	wg_threads_finish(r.threads, stats.has_times);
	if (wg_thread_findings(r.threads, &findings, &count) < 0)
		abort();
	wg_thread_findings_free(findings, count);
	wg_threads_destroy(r.threads);
	wg__map_fini(&r.times);
	wg__map_fini(&r.asleep);
	wg__map_fini(&r.objects);
}

static void run_strace(const uint8_t *data, size_t len, const char *dir)
{
	(void)dir;
	read_log(data, len, WG_IMPORT_STRACE);
	read_log(data, len, WG_IMPORT_ANY);
}

static void run_perf(const uint8_t *data, size_t len, const char *dir)
{
	(void)dir;
	read_log(data, len, WG_IMPORT_PERF);
	read_log(data, len, WG_IMPORT_ANY);
}

const struct fuzz_target fuzz_perf = { "perf", run_perf, NULL };
const struct fuzz_target fuzz_strace = { "strace", run_strace, NULL };
