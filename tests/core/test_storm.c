/*
 * test_storm.c: `storm` sees what it is for: results that are lost, come twice, are wrong or out of
 * order. No loop of ours makes them, so they are delivered by hand.
 */
#include "core/workload/workload.h"
#include "tests/harness/harness.h"
#include "tests/harness/support.h"

#define wg_workload_repeat(job) ((void)(job), 1) /* without passes */
#include "core/workload/storm.c"

#define OPS 6

/* Results of an operation that this worker did as its nth one. */
struct delivery {
	uint64_t number, nth;
	int64_t result;
};

static int deliver(const struct delivery *d)
{
	const struct wg_workload w = { .wait = "a way", .ops = OPS };
	struct storm s = { .job = { .w = &w }, .next = OPS }; /* none is left to submit */
	unsigned char times[OPS] = { 0 };

	s.times = times;
	for (; d->number < OPS; d++) {
		struct slot slot = { .storm = &s, .number = d->number, .nth = d->nth };

		if (d->number % 2)
			wg_op_close(&slot.op, -1);
		else
			wg_op_work(&slot.op, do_nothing, &slot);
		done(&slot.op, d->result);
	}
	return check(&s, &(struct wg_pass){ .ops = OPS });
}

#define DELIVER(...) deliver((const struct delivery[]){ __VA_ARGS__, { .number = OPS } })
#define CLOSED                                                                                     \
	{ 1, 0, -EBADF }, { 3, 0, -EBADF },                                                        \
	{                                                                                          \
		5, 0, -EBADF                                                                       \
	}

static void keep_all_promises(void)
{
	CU_ASSERT_EQUAL(DELIVER(CLOSED, { 0, 0, 0 }, { 2, 1, 2 }, { 4, 2, 4 }), 0);
}

static void break_each(void)
{
	(void)DELIVER(CLOSED, { 0, 0, 0 }, { 4, 1, 4 });
	(void)DELIVER(CLOSED, { 0, 0, 0 }, { 2, 1, 2 }, { 4, 2, 4 }, { 5, 0, -EBADF });
	(void)DELIVER(CLOSED, { 0, 0, 0 }, { 2, 1, 3 }, { 4, 2, 4 });
	(void)DELIVER({ 1, 0, 0 }, { 3, 0, -EBADF }, { 5, 0, -EBADF }, { 0, 0, 0 }, { 2, 1, 2 },
		{ 4, 2, 4 });
	(void)DELIVER(CLOSED, { 0, 1, 0 }, { 2, 0, 2 }, { 4, 2, 4 });
}

#define BROKE "wakegap: 'a way' broke a promise: of 6 operations "

static void each_broken_promise_is_named(void)
{
	keep_all_promises();
	wg_child_says(break_each, 0,
		BROKE "1 were lost, 0 came twice, 0 had a wrong result, 0 were out of order\n" BROKE
		      "0 were lost, 1 came twice, 0 had a wrong result, 0 were out of order\n" BROKE
		      "0 were lost, 0 came twice, 1 had a wrong result, 0 were out of order\n" BROKE
		      "0 were lost, 0 came twice, 1 had a wrong result, 0 were out of order\n" BROKE
		      "0 were lost, 0 came twice, 0 had a wrong result, 2 were out of order\n");
}

void suite_storm(void)
{
	WG_TEST(each_broken_promise_is_named);
}
