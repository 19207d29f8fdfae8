/*
 * test_chunks.c: recordings in chunks: each can be read alone, all are the recording, and with
 * --max-size the newest stay.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"
#include "tests/harness/trace_files.h"
#include "traces/read/read.h"

/* The target works until its recording has so many finished chunks, the last of that number; or
 * until it is clear that there will be none. */
static int record(
	const char *dir, const char *number, const char *rotate, const char *max, char **err)
{
	char script[2048], trace[512];
	const char *argv[] = { wg_build_path("wakegap"), "record", "-o", trace, "--rotate", rotate,
		"sh", "-c", script, NULL, NULL, NULL };

	(void)snprintf(trace, sizeof(trace), "%s/trace", dir);
	(void)snprintf(script, sizeof(script),
		"i=0; until ls %s/archives 2>/dev/null | grep -q -- '-%s$' || [ $i = 100 ]; do "
		"%s storm --wait eventfd --passes 1 >/dev/null; i=$((i + 1)); sleep 0.1; done",
		trace, number, wg_build_path("wakegap-workload"));
	if (max) {
		memmove(argv + 8, argv + 6, 3 * sizeof(argv[0]));
		argv[6] = "--max-size";
		argv[7] = max;
	}
	return wg_run(NULL, err, argv);
}

/*
 * A rotation ends one stream after the other. What one CPU recorded between the two ends is in the
 * next chunk, and lacks there what the other CPU did meanwhile: read alone, it is left out and
 * said.
 */
static size_t left_out(const struct wg_reading *chunk)
{
	const char *at = strstr(chunk->text, "more than on others: ");
	size_t n = 0;

	if (at)
		CU_ASSERT_EQUAL(
			sscanf(at, "more than on others: %zu events from before all have some", &n),
			1);
	return n;
}

static void chunks_are_traces_alone_and_together(void)
{
	const char *dir = wg_tmpdir();
	char below[600], *err = NULL;
	struct wg_reading all, one;
	struct wg_recordings chunks = { 0 };
	size_t events = 0, i;

	CU_ASSERT_EQUAL(record(dir, "1", "1s", NULL, &err), 0);
	CU_ASSERT(wg_has(err, " chunks in "));
	free(err);
	(void)snprintf(below, sizeof(below), "%s/trace", dir);
	wg_read_all(below, &all);
	CU_ASSERT_EQUAL(all.rc, 0);
	CU_ASSERT_EQUAL(all.holes, 0);
	(void)strcat(below, "/archives");
	CU_ASSERT_EQUAL_FATAL(wg_recordings_find(below, &chunks), 0);
	CU_ASSERT(chunks.count >= 2);
	for (i = 0; i < chunks.count; i++) {
		wg_read_all(chunks.path[i], &one);
		CU_ASSERT_EQUAL(one.rc, 0);
		CU_ASSERT_EQUAL(one.holes, 0);
		events += one.events + left_out(&one);
	}
	CU_ASSERT(events > 0);
	CU_ASSERT_EQUAL(events, all.events);
	wg_recordings_fini(&chunks);
}

static void the_newest_chunks_are_kept(void)
{
	const char *dir = wg_tmpdir();
	char *err = NULL;

	CU_ASSERT_EQUAL(record(dir, "2", "1M", "3M", &err), 0);
	CU_ASSERT(wg_has(err, "to keep within --max-size, the oldest "));
	free(err);
	CU_ASSERT_EQUAL(wg_sh_in(dir, "! ls trace/archives | grep -q -- '-0$'"), 0);
	CU_ASSERT_EQUAL(wg_sh_in(dir, "ls trace/archives | grep -q -- '-[1-9]'"), 0);
}

/* A chunk of ten minutes would take more than all of it. */
static void a_long_chunk_is_within_the_size(void)
{
	const char *dir = wg_tmpdir();
	char *err = NULL;

	CU_ASSERT_EQUAL(record(dir, "1", "10m", "2M", &err), 0);
	free(err);
	CU_ASSERT_EQUAL(wg_sh_in(dir, "ls trace/archives | grep -q -- '-[1-9]'"), 0);
}

static void wrong_calls_are_one_line(void)
{
	static const struct {
		const char *args[6], *says;
		int status;
	} table[] = {
		{ { "--rotate", "x", "true" }, "--rotate wants a size of at least 1M or a time",
			2 },
		{ { "--rotate", "10ms", "true" }, "at least 1s", 2 },
		{ { "--rotate", "1K", "true" }, "at least 1M", 2 },
		{ { "--rotate", "1s", "--flight-recorder", "true" }, "keeps in memory", 2 },
		{ { "--rotate", "1s", "--with", "preload", "true" },
			"--rotate is for programs that "
			"emit wakegap events",
			1 },
		{ { "--rotate", "1s", "--live", "--to=net://h", "true" }, "LTTng cannot do both",
			2 },
		{ { "--rotate", "1M", "--to=net://h", "true" }, "name a time", 2 },
	};
	size_t i, k;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const char *argv[10] = { wg_build_path("wakegap"), "record" };
		char *err = NULL;

		for (k = 0; k < 6 && table[i].args[k]; k++)
			argv[k + 2] = table[i].args[k];
		CU_ASSERT_EQUAL(wg_run(NULL, &err, argv), table[i].status);
		CU_ASSERT(wg_has(err, table[i].says));
		free(err);
	}
}

void suite_chunks(void)
{
	WG_TEST(chunks_are_traces_alone_and_together);
	WG_TEST(the_newest_chunks_are_kept);
	WG_TEST(a_long_chunk_is_within_the_size);
	WG_TEST(wrong_calls_are_one_line);
}
