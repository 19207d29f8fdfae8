/*
 * test_explore_engine.c: parts of the explorer's engine, tested without a lab.
 */
#include <errno.h>
#include <stdio.h>

#include "labs/explore/engine/fiber.h"
#include "tests/harness/faults.h"
#include "tests/harness/harness.h"

#define STACKS 100

static long mapped_pages(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	long pages = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_EQUAL(fscanf(f, "%ld", &pages), 1);
	(void)fclose(f);
	return pages;
}

static void never(void)
{
}

/* Without its guard page a stack is given back. */
static void a_stack_without_a_guard_is_no_stack(void)
{
	struct lx_fiber fiber = { 0 };
	long before;
	int i;

	(void)mapped_pages(); /* what reading takes is taken now */
	before = mapped_pages();
	wg_fault_mprotect(true);
	for (i = 0; i < STACKS; i++)
		CU_ASSERT_EQUAL(lx_fiber_init(&fiber, never), -ENOMEM);
	wg_fault_mprotect(false);
	CU_ASSERT_PTR_NULL(fiber.stack);
	CU_ASSERT(mapped_pages() - before < STACKS);
}

void suite_explore_engine(void)
{
	WG_TEST(a_stack_without_a_guard_is_no_stack);
}
