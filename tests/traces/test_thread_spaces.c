/*
 * test_thread_spaces.c: numbers of threads, objects and sites mean something in one recording only:
 * two below one folder are kept apart.
 */
#include <stdio.h>
#include <sys/stat.h>

#include "tests/harness/fake_threads.h"
#include "tests/harness/harness.h"
#include "traces/measure/threads.h"
#include "traces/model/model.h"

/* Two recordings below one folder have equal pids, tids, objects and sites: none is the other's. */
static void recordings_do_not_share_threads(void)
{
	const char *dir = wg_tmpdir();
	struct wg_error err = { 0 };
	struct wg_thread_finding *findings;
	char path[2][256];
	struct wg_trace *trace = fake_finish(fake_threads(), "threads"), *t;
	size_t i, k, count, one;

	for (i = 0; i < 2; i++) {
		(void)snprintf(path[i], sizeof(path[i]), "%s/%zu", dir, i);
		CU_ASSERT_FATAL(mkdir(path[i], 0700) == 0);
		fake_threads_write_later(path[i], (int64_t)i);
	}
	CU_ASSERT_FATAL(wg_trace_load(dir, &t, &err) == 0);
	CU_ASSERT_FATAL(t->lane_count == 10 && t->process_count == 4);
	CU_ASSERT_EQUAL(t->wait_count, 2 * trace->wait_count);
	for (i = 0; wg_thread_at(t->threads, i); i++) {
		const struct wg_thread_stats *s = wg_thread_at(t->threads, i);
		const struct wg_thread_stats *alone =
			wg_thread_of(trace->threads, trace->lanes[0].space, s->pid, s->tid);

		CU_ASSERT_FATAL(alone != NULL);
		CU_ASSERT(s->waits == alone->waits && s->wakes == alone->wakes);
		for (k = 0; k < WG_CLASS_COUNT; k++)
			CU_ASSERT_EQUAL(s->class[k], alone -> class[k]);
		CU_ASSERT_EQUAL(s->wasted_ns, alone->wasted_ns);
	}
	CU_ASSERT_EQUAL(i, 10);
	for (i = 0; i < t->wait_count; i++) {
		const struct wg_wait_rec *rec = WG_WAIT(t, i);
		struct wg_pair pair;

		if (wg_wait_pair(t, rec, &pair) && pair.from_lane != SIZE_MAX)
			CU_ASSERT_EQUAL(t->lanes[pair.from_lane].space,
				t->lanes[wg_wait_lane(t, rec)].space);
	}
	CU_ASSERT_FATAL(wg_thread_findings(trace->threads, &findings, &one) == 0);
	wg_thread_findings_free(findings, one);
	CU_ASSERT_FATAL(wg_thread_findings(t->threads, &findings, &count) == 0);
	CU_ASSERT_EQUAL(count, 2 * one);
	wg_thread_findings_free(findings, count);
	wg_trace_free(t);
	fake_trace_free(trace);
}

void suite_thread_spaces(void)
{
	WG_TEST(recordings_do_not_share_threads);
}
