/*
 * test_timer_heap.c: the timers' heap where chance does not lead: a place in the middle that is
 * filled from below, and an array that cannot grow.
 */
#include <errno.h>
#include <string.h>

#include "core/clock.h"
#include "core/op.h"
#include "core/timers.h"
#include "tests/harness/faults.h"
#include "tests/harness/harness.h"

/* The last one takes a cancelled one's place and sinks there: among the children of that place. The
 * keys are the heap's order, so each stays where it is pushed. */
static void what_takes_a_place_sinks_among_its_children(void)
{
	struct wg__timers timers;
	struct wg_op op[46];
	int64_t last = 0;
	int i, wrong = 0;

	memset(op, 0, sizeof(op));
	wg__timers_init(&timers);
	for (i = 0; i < 46; i++) {
		/* Below 1 all is late, below 2 all is early; 8 is the last below 1. 45 goes there.
		 */
		bool is_late = i == 1 || (i >= 5 && i <= 8) || (i >= 21 && i <= 36) || i == 45;

		wrong += wg__timers_push(&timers, &op[i], (is_late ? 1000 : 10) + i) != 0;
		wrong += op[i].heap_idx != (size_t)i;
	}
	wg__timers_remove(&timers, &op[8]);
	for (i = 0; i < 45; i++) {
		int64_t next = wg__timers_next_ns(&timers);

		wrong += next < last || !wg__timers_pop_due(&timers, next);
		last = next;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_PTR_NULL(wg__timers_pop_due(&timers, WG_FOREVER));
	wg__timers_fini(&timers);
}

/* The array cannot grow: the one is refused, and the others stay. */
static void a_refused_timer_leaves_the_others(void)
{
	struct wg__timers timers;
	struct wg_op op[64];
	int i, armed = 0, fired = 0, rc = 0;

	memset(op, 0, sizeof(op));
	wg__timers_init(&timers);
	CU_ASSERT_EQUAL_FATAL(wg__timers_push(&timers, &op[armed++], 1), 0);
	wg_fault_alloc(1);
	for (i = 1; i < 64 && rc == 0; i++) {
		rc = wg__timers_push(&timers, &op[i], 1);
		armed += rc == 0;
	}
	wg_fault_alloc(WG_FAULT_NEVER);
	CU_ASSERT_EQUAL(rc, -ENOMEM);
	while (wg__timers_pop_due(&timers, 1))
		fired++;
	CU_ASSERT_EQUAL(fired, armed);
	wg__timers_fini(&timers);
}

/* Those of one moment fire as they were pushed, however many came before. */
static void a_moment_is_in_order_past_2_to_32(void)
{
	struct wg__timers timers;
	struct wg_op op[3];
	int i;

	memset(op, 0, sizeof(op));
	wg__timers_init(&timers);
	timers.next_seq = UINT32_MAX - 1;
	for (i = 0; i < 3; i++)
		CU_ASSERT_EQUAL_FATAL(wg__timers_push(&timers, &op[i], 1), 0);
	for (i = 0; i < 3; i++)
		CU_ASSERT_PTR_EQUAL(wg__timers_pop_due(&timers, 1), &op[i]);
	wg__timers_fini(&timers);
}

void suite_timer_heap(void)
{
	WG_TEST(what_takes_a_place_sinks_among_its_children);
	WG_TEST(a_refused_timer_leaves_the_others);
	WG_TEST(a_moment_is_in_order_past_2_to_32);
}
