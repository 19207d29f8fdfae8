/*
 * test_schema.c: names and numbers of events, kinds and reasons lead to each other.
 */
#include <string.h>

#include "tests/harness/harness.h"
#include "traces/read/schema.h"

static void every_name_leads_back(void)
{
	int i;

	for (i = 0; i < WG_EV_LOST; i++)
		CU_ASSERT_EQUAL(
			(int)wg_event_type_of(wg_event_type_name((enum wg_event_type)i)), (int)i);
	for (i = 0; i < WG_KIND_COUNT; i++)
		CU_ASSERT_EQUAL((int)wg_kind_of(wg_kind_name((enum wg_kind)i)), i);
	for (i = 0; i < WG_REASON_COUNT; i++)
		CU_ASSERT_EQUAL((int)wg_reason_of(wg_reason_name((enum wg_reason)i)), i);
}

static void names_are_those_of_the_trace(void)
{
	CU_ASSERT_STRING_EQUAL(wg_event_type_name(WG_EV_SUBMIT), "submit");
	CU_ASSERT_STRING_EQUAL(wg_event_type_name(WG_EV_DELIVER), "deliver");
	CU_ASSERT_STRING_EQUAL(wg_kind_name(WG_KIND_RECV), "recv");
	CU_ASSERT_STRING_EQUAL(wg_reason_name(WG_REASON_NOTIFIED), "notified");
	CU_ASSERT_STRING_EQUAL(wg_reason_name(WG_REASON_INTERRUPTED), "interrupted");
}

static void strange_names_are_unknown(void)
{
	static const char *const strange[] = { "", "Submit", "submit ", "loop2", "unknown", "?" };
	size_t i;

	for (i = 0; i < sizeof(strange) / sizeof(strange[0]); i++) {
		CU_ASSERT_EQUAL(wg_event_type_of(strange[i]), WG_EV_OTHER);
		CU_ASSERT_EQUAL(wg_kind_of(strange[i]), WG_KIND_UNKNOWN);
		CU_ASSERT_EQUAL(wg_reason_of(strange[i]), WG_REASON_UNKNOWN);
	}
	/* A hole is made by the reader only: an event of this name is somebody's own. */
	CU_ASSERT_EQUAL(wg_event_type_of("lost"), WG_EV_OTHER);
}

static void numbers_out_of_range_have_a_name(void)
{
	CU_ASSERT_STRING_EQUAL(wg_event_type_name(WG_EV_COUNT), "?");
	CU_ASSERT_STRING_EQUAL(wg_kind_name((enum wg_kind) - 1), "?");
	CU_ASSERT_STRING_EQUAL(wg_reason_name((enum wg_reason)99), "?");
}

void suite_schema(void)
{
	WG_TEST(every_name_leads_back);
	WG_TEST(names_are_those_of_the_trace);
	WG_TEST(strange_names_are_unknown);
	WG_TEST(numbers_out_of_range_have_a_name);
}
