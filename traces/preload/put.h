/*
 * put.h: one record into the memory of the calling thread, from any function that stands in front
 * of the C library's.
 *
 *	struct wg__sleep w;
 *	wg__sleep_begin(&w, WG_IN_SEM, address, timeout_ns, SITE);
 *	rc = REAL(sem_wait)(sem);
 *	wg__sleep_end(&w, rc < 0 ? -errno : rc);
 *
 * What it promises to the program:
 *   A1. errno is as it was. No memory is allocated, no descriptor stays open, no thread is made.
 *   A2. A signal handler may call anything at any moment: what it does while this thread is in
 *       here is not recorded, and nothing breaks.
 *   A3. It never waits. Without room, records are counted as lost.
 *   A4. After fork, the child has chunks of its own in the same arena.
 */
#ifndef TRACES_PRELOAD_PUT_H
#define TRACES_PRELOAD_PUT_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "traces/preload/arena.h"

/* The place from which the program called us. */
#define SITE ((uint64_t)(uintptr_t)__builtin_return_address(0))

#define WG__THREAD_LOCAL __thread __attribute__((tls_model("initial-exec")))

struct wg__sleep {
	int64_t begin_ns, timeout_ns, cpu_ns;
	uint64_t object, site;
	uint64_t a, b; /* what was ready, if its end knows */
	uint8_t how, did, flags;
	bool is_on;
	struct wg_preload_open around; /* the wait that a signal handler interrupted */
};

/* True: record, and wg__leave() at the end. False: not now. */
bool wg__enter(void);
/* Nothing will be recorded any more, or nothing is. */
bool wg__is_over(void);
void wg__leave(void);

int64_t wg__clock(clockid_t clock);
static inline int64_t wg__now(void)
{
	return wg__clock(CLOCK_MONOTONIC);
}

/* From now until that time; never negative but for no time: WG_FOR_EVER. */
int64_t wg__until(clockid_t clock, const struct timespec *time);
/* Longer than 200 years is for ever, and no number. */
static inline int64_t wg__timespec_ns(const struct timespec *time)
{
	return time && time->tv_sec < INT64_MAX / 1000000000 - 2000000000
		       ? (int64_t)time->tv_sec * 1000000000 + time->tv_nsec
		       : WG_FOR_EVER;
}
static inline int64_t wg__ms_ns(int ms)
{
	return ms < 0 ? WG_FOR_EVER : (int64_t)ms * 1000000;
}

void wg__sleep_begin(struct wg__sleep *w, enum wg_wait_in how, uint64_t object, int64_t timeout_ns,
	uint64_t site);
void wg__sleep_end(struct wg__sleep *w, int64_t ret);
/* Its result is -1 with errno, or ret; returns it. */
static inline int wg__sleep_errno(struct wg__sleep *w, int ret)
{
	wg__sleep_end(w, ret < 0 ? -errno : ret);
	return ret;
}

/*
 * The program is about to confine itself (seccomp), and any call that its filter does not know may
 * kill it: from now on the recording makes no system call. What it would need one for is not
 * recorded: other descriptors, other threads, whether a read waits, CPU time.
 */
void wg__fence(void);
extern _Atomic bool wg__fenced;
static inline bool wg__is_fenced(void)
{
	/* relaxed: a flag alone, which is set before the kernel is asked to confine. */
	return atomic_load_explicit(&wg__fenced, memory_order_relaxed);
}

/* A record of its own; between enter and leave. NULL: it is lost. Its time is now. */
struct wg_preload_record *wg__put(enum wg_preload_type type);
void wg__put_done(struct wg_preload_record *r);

/*
 * A notify of that object. woke: so many were woken, or -1: not known. is_nobody: nobody seems to
 * be asleep. at_ns: just before the call, or 0: now.
 */
struct wg__notified {
	enum wg_wait_in how;
	int32_t woke;
	uint64_t object, site;
	int64_t value, at_ns;
	bool is_nobody;
};
void wg__notify(const struct wg__notified *n);

/* What this thread did since its last wake. */
extern WG__THREAD_LOCAL uint8_t wg__my_did;
static inline void wg__acted(void)
{
	wg__my_did = WG_DID_ACTED;
}
static inline bool wg__has_acted(void)
{
	return wg__my_did == WG_DID_ACTED;
}

/* For the descriptors: a number that no other object of this arena has; 0 without an arena. */
uint64_t wg__new_object(void);

#endif
