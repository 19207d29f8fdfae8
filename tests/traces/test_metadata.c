/*
 * test_metadata.c: what is concluded from metadata that a stranger wrote, before the library reads
 * it: where LTTng's packets have their fields, and whether an event may ask for more memory than it
 * has bytes.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"
#include "tests/harness/support.h"
#include "tests/harness/trace_files.h"
#include "traces/read/budget.h"
#include "traces/read/packets.h"

/* What can ask for more memory than its bytes is read by a child first; LTTng's own is not. */
static void arrays_of_arrays_are_doubtful(void)
{
	static const struct {
		const char *from, *to;
		bool is_plain;
	} edits[] = {
		{ "_procname[17];", "_procname[17];", true },
		{ "_procname[17];", "_procname[4096];", true },
		{ "_procname[17];", "_procname[4097];", false },
		{ "_procname[17];", "_procname[17][17];", false },
		{ "_procname[17];", "_procname[17] [17];", false },
		{ "_procname[17];", "_procname[0x11];", false },
		{ "_procname[17];", "_procname[_vpid];", false },
		{ "uuid[16];", "uuid[16]; struct { uint8_t a[9]; } b[9];", false },
		{ "uuid[16];", "uuid[16]; struct integer { uint8_t a; } b[9];", false },
		{ "uuid[16];", "uuid[16]; struct uint8_t b[9];", false },
		{ "uuid[16];", "uuid[16]; struct /**/ uint8_t b[9];", false },
		{ "uuid[16];", "uuid[16]; other_t b[9];", false },
		{ "\ntrace {", "\ntypealias struct { uint8_t a[9]; } := uint9_t;\ntrace {", false },
		{ "\ntrace {", "\ntypedef uint8_t uint9_t[9];\ntrace {", false },
	};
	struct wg__metadata metadata;
	struct wg_error err;
	size_t i;

	for (i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		const char *dir = wg_copy_sample("packets");

		wg_edit_metadata(dir, edits[i].from, edits[i].to);
		CU_ASSERT_EQUAL_FATAL(wg__metadata_check(dir, &metadata, &err), 0);
		if (metadata.is_plain != edits[i].is_plain)
			printf("# %s\n", edits[i].to);
		CU_ASSERT_EQUAL(metadata.is_plain, edits[i].is_plain);
	}
}

/* A header of 4 GiB would end where it begins again, and its fields lie far outside of it. */
static void a_header_may_claim_any_length(void)
{
	static const char field[] = "uint64_t far[4096];\n",
			  at[] = "uint64_clock_monotonic_t timestamp_begin;";
	const size_t times = (UINT64_C(1) << 32) / (4096 * 8) / 2;
	const char *dir = wg_copy_sample("packets");
	char *fields = malloc(2 * times * (sizeof(field) - 1) + sizeof(at)), *end = fields;
	struct wg__metadata metadata;
	struct wg_error err;
	size_t i;

	CU_ASSERT_PTR_NOT_NULL_FATAL(fields);
	for (i = 0; i <= 2 * times; i++)
		end = stpcpy(end, i == times ? at : field);
	wg_edit_metadata(dir, at, fields);
	free(fields);
	CU_ASSERT_EQUAL(wg__metadata_check(dir, &metadata, &err), 0);
	CU_ASSERT(!metadata.has_lttng_packets);
}

/* Fields without a bit, each of which the library makes an object of: 80 MiB in a packet. */
static void ask_for_memory(const char *dir)
{
	static const char at[] = "uint64_clock_monotonic_t timestamp_begin;";

	wg_edit_metadata(
		dir, at, "struct { } many[150000]; uint64_clock_monotonic_t timestamp_begin;");
}

/* What other traces of this process have taken is not there any more, and is said. */
static void traces_share_one_budget(void)
{
	const uint64_t others = WG__BUDGET_BYTES - (8u << 20);
	const char *dir = wg_copy_sample("packets");
	struct wg_reading all, refused;

	ask_for_memory(dir);
	wg__budget_take(others); /* first: what is freed is there for the next one */
	wg_read_all(dir, &refused);
	CU_ASSERT_EQUAL(wg__budget_left(), 8u << 20);
	wg__budget_give_back(others);
	wg_read_all(dir, &all);
	CU_ASSERT(all.rc == 0 && all.events > 500 && all.lost == 0);
	/* It is its own as long as it is open. */
	CU_ASSERT_EQUAL(wg__budget_left(), WG__BUDGET_BYTES);
	CU_ASSERT(refused.events < all.events);
	CU_ASSERT(wg_has(refused.text, "of the 1024 MiB that all traces may take together"));
}

/* One that asks for nothing is read all the same. */
static void a_plain_trace_needs_no_budget(void)
{
	struct wg_reading all;

	wg__budget_take(WG__BUDGET_BYTES);
	wg_read_all(wg_copy_sample("packets"), &all);
	wg__budget_give_back(WG__BUDGET_BYTES);
	CU_ASSERT(all.rc == 0 && all.events > 500);
}

void suite_metadata(void)
{
	WG_TEST_IF(WG_COUNTS_BYTES, "a sanitizer takes all its memory at the start",
		traces_share_one_budget);
	WG_TEST(a_plain_trace_needs_no_budget);
	WG_TEST(arrays_of_arrays_are_doubtful);
	WG_TEST(a_header_may_claim_any_length);
}
