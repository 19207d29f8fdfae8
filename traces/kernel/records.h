/*
 * records.h: what the program in the kernel tells, as records of threads.
 *
 * Who woke whom, by the first sched_waking since the thread went to sleep:
 *
 *   K1. The waker ran a system call on its own stack: it did it. Notified, and exact. Was that call
 *       one that sends a signal, or that ends the process, the wait was interrupted.
 *   K2. A timer for the timeout of this wait ran, or one of a descriptor or io_uring: timeout.
 *   K3. An interrupt on the back of a thread that sends to a socket, and the wait may be about one:
 *       notified, and likely.
 *   K4. Else input: a device, another machine, a process that ended.
 *   K5. No waking was seen: a timeout if the wait lasted that long; else not known.
 *   K6. The full form knows what the call returned: a timeout, an interruption, or that something
 *       was ready, and K1 to K4 say only who made it so. A call that never slept found it ready.
 *
 * Not observable in the light form: what the call returned, what the thread did with its wake,
 * polls that never slept, notifies that woke nobody. In neither: a notify that made no system
 * call, as pthread_cond_signal() when nobody waits.
 */
#ifndef TRACES_KERNEL_RECORDS_H
#define TRACES_KERNEL_RECORDS_H

#include <stddef.h>
#include <stdint.h>

#include "traces/kernel/raw.h"
#include "traces/read/schema.h"

struct wg__records;

/* Each event is the sink's until it returns: 0, or a negative errno that ends all. */
struct wg__records *wg__records_create(
	int (*sink)(void *user, const struct wg_event *event), void *user); /* NULL: no memory */
void wg__records_destroy(struct wg__records *records);			    /* NULL is fine */

/* A wg__light_taker; user is the struct wg__records. */
int wg__records_take(void *user, const struct wg_raw_head *raw, size_t bytes);

/* Waits and wakes so far. */
uint64_t wg__records_count(const struct wg__records *records);

#endif
