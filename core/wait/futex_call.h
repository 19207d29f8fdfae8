/*
 * futex_call.h: the two futex calls that the strategies here need.
 *
 * A futex is not a lock. It is "sleep if this word still holds that value", with check and sleep in
 * one step inside the kernel. That step makes a lost wake-up impossible; condition variables are
 * built from it. The word is private to the process.
 */
#ifndef CORE_WAIT_FUTEX_CALL_H
#define CORE_WAIT_FUTEX_CALL_H

#include <errno.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/clock.h"

/*
 * Sleep while *word == expected, until woken up or the absolute monotonic deadline.
 * 0 woken up (or for no reason), -EAGAIN *word differed, -ETIMEDOUT, -EINTR.
 */
static inline int wg_futex_wait(_Atomic uint32_t *word, uint32_t expected, int64_t deadline_ns)
{
	struct timespec ts = wg_timespec(deadline_ns);
	long rc;

	/* WAIT_BITSET: its timeout is absolute, so a wait after EINTR keeps its end. */
	rc = syscall(SYS_futex, word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, expected,
		deadline_ns == WG_FOREVER ? NULL : &ts, NULL, FUTEX_BITSET_MATCH_ANY);
	return rc < 0 ? -errno : 0;
}

/* Wake up one sleeper of word, if there is one. Async-signal-safe. */
static inline void wg_futex_wake(_Atomic uint32_t *word)
{
	(void)syscall(SYS_futex, word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0);
}

#endif
