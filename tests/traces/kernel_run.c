/*
 * kernel_run.c: see kernel_run.h.
 */
#include "tests/traces/kernel_run.h"

#include <stdio.h>
#include <string.h>

#include "tests/harness/harness.h"
#include "traces/read/read.h"

static struct wg_reader *reader; /* of the last one: names live as long as it */

void kernel_done(struct wg_threads *threads)
{
	wg_threads_destroy(threads);
	wg_reader_close(reader);
	reader = NULL;
}

struct wg_threads *kernel_measure(const char *dir)
{
	struct wg_threads *threads = NULL;
	struct wg_error err = { 0 };
	struct wg_event ev;
	int rc;

	CU_ASSERT_EQUAL_FATAL(wg_threads_create(&threads), 0);
	CU_ASSERT_EQUAL_FATAL(wg_reader_open(dir, &reader, &err), 0);
	while ((rc = wg_reader_next(reader, &ev, &err)) > 0)
		CU_ASSERT_EQUAL(wg_threads_feed(threads, &ev), 0);
	CU_ASSERT_EQUAL(rc, 0);
	wg_threads_finish(threads, true);
	return threads;
}

const struct wg_thread_stats *kernel_thread(const struct wg_threads *threads, const char *name)
{
	const struct wg_thread_stats *t;
	size_t i;

	for (i = 0; (t = wg_thread_at(threads, i)); i++) {
		if (strcmp(t->name, name) == 0)
			return t;
	}
	return NULL;
}

int kernel_record(const char *dir, const char *const argv[], int64_t for_ms, bool has_calls,
	struct wg_kernel_result *result)
{
	struct wg_kernel_options options = { .dir = dir,
		.argv = (char *const *)(uintptr_t)argv,
		.has_calls = has_calls,
		.for_ms = for_ms };
	struct wg_error err = { 0 };
	int rc = wg_kernel_record(&options, result, &err);

	if (rc < 0)
		printf("# %s\n", err.text);
	return rc;
}
