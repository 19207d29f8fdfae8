/*
 * loop_cases.h: a test case run over a loop of every strategy; for the suites about the loop.
 */
#ifndef TESTS_CORE_LOOP_CASES_H
#define TESTS_CORE_LOOP_CASES_H

#include <stdint.h>

#include "core/loop.h"
#include "core/wait/wait.h"

#define WG_TEST_TICK_NS WG_NS_PER_MS /* keeps polling strategies quick */

typedef void (*wg_loop_case_fn)(struct wg_loop *loop, const struct wg_wait_ops *ops);

/* Can this machine make it? If not, prints its name. */
int wg_test_has_wait(const struct wg_wait_ops *ops);

struct wg_loop *wg_test_loop(const struct wg_wait_ops *ops, unsigned workers);

/* Run fn with a new loop of each strategy and an empty trace. workers 0: the default. */
void wg_test_over_all(unsigned workers, wg_loop_case_fn fn);

/* Submit, wait, and return the result. */
int64_t wg_test_await(struct wg_loop *loop, struct wg_op *op);

#endif
