/*
 * crowd.h: are there more runnable threads than processors? Then spinning steals.
 *
 * A spinner uses a processor while it waits. If the thread it waits for has no other processor to
 * run on, the spin delays exactly what it is waiting for. Not thread-safe: one owner each.
 */
#ifndef CORE_WAIT_CROWD_H
#define CORE_WAIT_CROWD_H

#include <stdbool.h>
#include <stdint.h>

struct wg_crowd {
	int fd;		  /* /proc/loadavg, or -1 */
	int64_t valid_ns; /* when the answer below grows old */
	bool is_crowded;
};

/* Never fails: without /proc it is always crowded, and nobody spins. */
void wg_crowd_init(struct wg_crowd *crowd);
void wg_crowd_fini(struct wg_crowd *crowd);

/*
 * True if more threads want to run than this one may use processors, or only one processor is
 * allowed. Asks the kernel at most once a millisecond (about 2 us); the answer is that old.
 */
bool wg_is_crowded(struct wg_crowd *crowd, int64_t now_ns);

#endif
