/*
 * test_ahead.c: A1 to A3 of traces/read/ahead.h: the same events with a thread and without, and an
 * end at any moment.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/faults.h"
#include "tests/harness/harness.h"
#include "tests/harness/trace_files.h"
#include "traces/read/ahead.h"
#include "traces/read/read.h"

#define COPIES 40 /* of a sample: more events than all batches hold */

/* A trace of many parts, all of one time; made once. */
static const char *long_trace(void)
{
	static const char *dir;
	char part[512];
	int i;

	if (dir)
		return dir;
	dir = wg_tmpdir();
	for (i = 0; i < COPIES; i++) {
		(void)snprintf(part, sizeof(part), "%s/%02d", dir, i);
		CU_ASSERT_EQUAL_FATAL(rename(wg_copy_sample("packets"), part), 0);
		wg_another_boot(part, i); /* copies of one would be counted once */
	}
	return dir;
}

static bool is_same(const struct wg_event *a, const struct wg_event *b)
{
	return a->type == b->type && a->ts_ns == b->ts_ns && a->pid == b->pid && a->tid == b->tid &&
	       a->loop == b->loop && a->op == b->op && strcmp(a->procname, b->procname) == 0;
}

/* Read path both ways; how many events they have in common, and all their notes. */
static size_t compare(const char *path)
{
	struct wg_error err = { 0 }, err_ahead = { 0 };
	struct wg_reader *reader = NULL, *ended;
	struct wg__ahead *ahead = NULL;
	const struct wg_event *other;
	struct wg_event ev;
	const char *note;
	size_t count = 0, i;
	int rc, rc_ahead;

	CU_ASSERT_EQUAL_FATAL(wg_reader_open(path, &reader, &err), 0);
	CU_ASSERT_EQUAL_FATAL(wg__ahead_open(path, &ahead, &err_ahead), 0);
	do {
		rc = wg_reader_next(reader, &ev, &err);
		rc_ahead = wg__ahead_next(ahead, &other, &err_ahead);
		CU_ASSERT_EQUAL_FATAL(rc, rc_ahead);
		if (rc > 0)
			CU_ASSERT_FATAL(is_same(&ev, other));
		count += rc > 0;
	} while (rc > 0);
	CU_ASSERT_EQUAL(wg__ahead_next(ahead, &other, &err_ahead), 0);
	ended = wg__ahead_stop(ahead);
	for (i = 0; (note = wg_reader_note(reader, i)); i++)
		CU_ASSERT_STRING_EQUAL(note, wg_reader_note(ended, i));
	CU_ASSERT_PTR_NULL(wg_reader_note(ended, i));
	wg__ahead_close(ahead);
	wg_reader_close(reader);
	return count;
}

static void it_is_the_reader(void)
{
	const char *path = long_trace(), *cut = wg_copy_sample("packets");
	size_t threaded = compare(path);

	CU_ASSERT(threaded > 10000);
	CU_ASSERT(compare(wg_sample("lossy")) > 10);
	wg_cut(cut, "wakegap_0", 1000);
	CU_ASSERT(compare(cut) > 10);
	wg_fault_threads(1);
	CU_ASSERT_EQUAL(compare(path), threaded);
	wg_fault_threads(WG_FAULT_NEVER);
}

static void it_ends_at_any_moment(void)
{
	static const size_t moments[] = { 0, 1, 2047, 2048, 2049, 4096, 6144, 9000 };
	const char *path = long_trace();
	const struct wg_event *ev;
	struct wg_error err;
	size_t i, n;

	for (i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {
		struct wg__ahead *ahead = NULL;

		CU_ASSERT_EQUAL_FATAL(wg__ahead_open(path, &ahead, &err), 0);
		for (n = 0; n < moments[i]; n++)
			CU_ASSERT_EQUAL_FATAL(wg__ahead_next(ahead, &ev, &err), 1);
		wg__ahead_close(ahead);
	}
	wg__ahead_close(NULL);
}

static void what_cannot_be_opened_is_reported(void)
{
	struct wg__ahead *ahead = NULL;
	struct wg_error err = { 0 };

	CU_ASSERT_EQUAL(wg__ahead_open("/nowhere", &ahead, &err), -ENOENT);
	CU_ASSERT(wg_has(err.text, "/nowhere"));
	CU_ASSERT_PTR_NULL(ahead);
}

void suite_ahead(void)
{
	WG_TEST(it_is_the_reader);
	WG_TEST(it_ends_at_any_moment);
	WG_TEST(what_cannot_be_opened_is_reported);
}
