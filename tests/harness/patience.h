/*
 * patience.h: deadlines for what hangs.
 *
 * A deadline in seconds of the clock fails on a busy machine, where all is only slow. These seconds
 * are those that the machine gives: where three times as many threads want to run as there are
 * processors, a second counts as a third of one. So what is slow is waited for, and what hangs
 * still ends.
 */
#ifndef TESTS_HARNESS_PATIENCE_H
#define TESTS_HARNESS_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>

struct wg_patience {
	int64_t left_ns, last_ns;
};

struct wg_patience wg_patience(int seconds);

/* Count what has passed since the last call, at most a second of it: call it that often. False once
 * nothing is left. */
bool wg_patience_lasts(struct wg_patience *p);

/* The same after 5 ms: for a loop that looks whether something has come. */
bool wg_patience_waits(struct wg_patience *p);

/* Until the descriptor can be read, or has an end; false if that does not come. */
bool wg_patience_reads(struct wg_patience *p, int fd);

/* For their test: what so long a time counts as. */
int64_t wg_patience_share(int64_t ns, int running, int processors);

#endif
