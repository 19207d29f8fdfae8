/*
 * loop_cases.c: see loop_cases.h.
 */
#include "tests/core/loop_cases.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/harness/harness.h"
#include "tests/core/trace_test.h"

int wg_test_has_wait(const struct wg_wait_ops *ops)
{
	struct wg_waiter *w;
	int rc = ops->create(0, &w);

	if (rc == 0)
		ops->destroy(w);
	else
		printf("# %s is not available here: %s\n", ops->name, strerror(-rc));
	return rc == 0;
}

struct wg_loop *wg_test_loop(const struct wg_wait_ops *ops, unsigned workers)
{
	struct wg_loop_options o = {
		.wait = ops->name, .tick_ns = WG_TEST_TICK_NS, .workers = workers
	};
	struct wg_loop *loop = NULL;

	CU_ASSERT_EQUAL_FATAL(wg_loop_create(&o, &loop), 0);
	return loop;
}

void wg_test_over_all(unsigned workers, wg_loop_case_fn fn)
{
	const struct wg_wait_ops *ops;
	size_t i;

	for (i = 0; (ops = wg_wait_at(i)); i++) {
		struct wg_loop *loop;

		if (!wg_test_has_wait(ops))
			continue;
		wg_trace_test_reset();
		loop = wg_test_loop(ops, workers);
		fn(loop, ops);
		wg_loop_destroy(loop);
	}
}

int64_t wg_test_await(struct wg_loop *loop, struct wg_op *op)
{
	int64_t result = -EIO;

	CU_ASSERT_EQUAL_FATAL(wg_loop_submit(loop, op), 0);
	CU_ASSERT_EQUAL_FATAL(wg_loop_wait_result(loop, op, &result), 0);
	return result;
}
