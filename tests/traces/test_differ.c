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

void suite_differ(void)
{
	WG_TEST(whole_traces);
	WG_TEST(other_bytes);
}
