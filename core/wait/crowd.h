/*
 * crowd.h: are there more runnable threads than processors? Then spinning steals.
 *
 * A spinner uses a processor while it waits. If the thread it waits for has no other processor to
 * run on, the spin delays exactly what it waits for. Not thread-safe: one owner each.
 */
#ifndef CORE_WAIT_CROWD_H
#define CORE_WAIT_CROWD_H

#include <stdbool.h>
#include <stdint.h>

struct wg_crowd {
	int fd;		  /* /proc/loadavg, or -1 */
	int64_t valid_ns; /* until when the answer below may be used */
	bool is_crowded;
};

/* Never fails: without /proc the answer is always "crowded", and nobody spins. */
void wg_crowd_init(struct wg_crowd *crowd);
void wg_crowd_fini(struct wg_crowd *crowd);

/*
 * True if more threads are runnable than this one may use processors, or if it may use only one.
 * Asks the kernel at most once a millisecond (about 2 us); the answer may be that old.
 */
bool wg_is_crowded(struct wg_crowd *crowd, int64_t now_ns);

#endif
