/*
 * test_differ.c: our decoder and libbabeltrace2 say the same of every trace, whole or damaged.
 *
 * Most damage is found when a trace is opened, and then libbabeltrace2 reads it anyhow. So what is
 * tried most here is what only decoding finds: the bytes of events.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness/both_readers.h"
#include "tests/harness/harness.h"
#include "tests/harness/trace_files.h"
#include "traces/read/read.h"
#include "traces/write/ctf.h"

#define HEADER_BYTES 84

static const char *const samples[] = { "tick", "packets", "eventfd", "lossy", "foreign" };
#define SAMPLES (sizeof(samples) / sizeof(*samples))

/* They agree on it; did ours read it? */
static bool agree(const char *dir, const char *what)
{
	char why[5000];
	bool is_ours = wg_both_readers(dir, why, sizeof(why));

	if (*why)
		(void)fprintf(stderr, "%s: %s\n", what, why);
	CU_ASSERT_STRING_EQUAL(why, "");
	return is_ours;
}

static void whole_traces(void)
{
	size_t i;

	for (i = 0; i < SAMPLES; i++) {
		bool has_sequences = strcmp(samples[i], "foreign") == 0;

		CU_ASSERT_EQUAL(agree(wg_sample(samples[i]), samples[i]), !has_sequences);
	}
}

/* Bytes of one stream are others, at places that are the same in every run. */
static void other_bytes(void)
{
	static const char *const files[] = { "wakegap_0", "wakegap_1" };
	unsigned seed = 1;
	size_t i, k;

	for (i = 0; i < 4; i++) {
		const char *dir = wg_copy_sample(samples[i]);

		for (k = 0; k < 24; k++) {
			const char *file = files[k % 2];
			size_t bytes = wg_file_bytes(dir, file), at;
			char what[64];
			uint8_t byte;

			if (bytes <= HEADER_BYTES)
				continue;
			seed = seed * 1103515245 + 12345;
			at = k < 16 ? HEADER_BYTES + (seed >> 8) % (4096 - HEADER_BYTES)
				    : (seed >> 8) % bytes;
			byte = (uint8_t)(seed >> 4);
			wg_overwrite(dir, file, at, &byte, 1);
			(void)snprintf(what, sizeof(what), "%s/%s byte %zu = %u", samples[i], file,
				at, byte);
			(void)agree(dir, what);
			(void)wg_restore(dir, samples[i], file);
		}
	}
}

/* Large enough for threads, in two streams; half of the times are in both. */
static void a_long_trace(void)
{
	const char *dir = wg_tmpdir();
	struct wg_ctf_about about = { .tracer = "wakegap-import" };
	struct wg_ctf *ctf = NULL;
	struct wg_error err = { 0 };
	unsigned i;
	uint8_t byte = 0xee;

	CU_ASSERT_EQUAL_FATAL(wg_ctf_create(dir, &about, &ctf, &err), 0);
	for (i = 0; i < WG_CTF_RUN + WG_CTF_RUN / 16; i++) {
		struct wg_event ev = { .type = WG_EV_OTHER, .record = WG_RECORD_NOTIFY };

		ev.ts_ns = 1000 + i % (WG_CTF_RUN / 4);
		ev.pid = 1;
		ev.tid = i % 7;
		ev.procname = i % 3 ? "one" : "other";
		ev.op = i;
		ev.thread_notify.how = (enum wg_wait_in)(i % WG_IN_COUNT);
		CU_ASSERT_EQUAL_FATAL(wg_ctf_add(ctf, &ev), 0);
	}
	CU_ASSERT_EQUAL_FATAL(wg_ctf_finish(ctf, true, &err), 0);
	CU_ASSERT(agree(dir, "a long trace"));
	/* Broken in the middle, while threads are ahead. */
	wg_overwrite(dir, "wakegap_0", 40 * 65536 + HEADER_BYTES, &byte, 1);
	CU_ASSERT(agree(dir, "a long trace, broken"));
}

/* LTTng writes them so for a program that it knew before its session. */
static void events_stand_before_their_stream(void)
{
	static const char cut[] = "awk '/^stream /{ s = 1 } s { print > \"../stream\"; s = !/^};/; "
				  "next } 1' metadata "
				  ">../rest && cat ../rest >metadata";
	const char *dir = wg_copy_sample("tick");

	wg_edit_metadata(dir, "\nstream {", "\nstream {"); /* plain text from now on */
	CU_ASSERT_EQUAL(wg_sh_in(dir, cut), 0);
	CU_ASSERT(!agree(dir, "events of no stream"));
	CU_ASSERT_EQUAL(wg_sh_in(dir, "cat ../stream >>metadata"), 0);
	CU_ASSERT(agree(dir, "events before their stream"));
}

void suite_differ(void)
{
	WG_TEST(a_long_trace);
	WG_TEST(whole_traces);
	WG_TEST(other_bytes);
	WG_TEST(events_stand_before_their_stream);
}
