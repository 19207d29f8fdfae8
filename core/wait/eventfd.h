/*
 * eventfd.h: the waiter that eventfd.c and eventfd_fds.c share.
 */
#ifndef CORE_WAIT_EVENTFD_H
#define CORE_WAIT_EVENTFD_H

#include <sys/epoll.h>

#include "core/wait/wait.h"

#define WG__EVENTFD_BATCH 64 /* descriptors that one sleep reports; the next reports more */

struct wg__eventfd {
	struct wg_waiter base;

	int epfd, efd; /* immutable after create */

	/* the loop's thread: what the last sleep reported; data.ptr is NULL for efd */
	struct epoll_event ev[WG__EVENTFD_BATCH];
	int ev_count;

	/* atomic */
	_Atomic uint64_t notifies; /* calls of notify() so far */
	_Atomic int pending;	   /* 1: efd was written, or is about to be */
};

/* How it waits for other descriptors; see fds.h. */
extern const struct wg_wait_fds wg__eventfd_fds;

#endif
