/*
 * waiting.h: what a thread waits in, and times that are none: the words of a wait for all who see
 * one, from /proc as in a trace.
 */
#ifndef TRACES_BASE_WAITING_H
#define TRACES_BASE_WAITING_H

#include <stdint.h>

enum wg_wait_in {
	WG_IN_EPOLL,
	WG_IN_POLL,
	WG_IN_SELECT,
	WG_IN_COND,
	WG_IN_SEM,
	WG_IN_FUTEX,
	WG_IN_LOCK,
	WG_IN_SLEEP,
	WG_IN_READ,
	WG_IN_CHILD,
	WG_IN_URING,
	WG_IN_SIGNAL,
	WG_IN_OTHER,
	WG_IN_COUNT
};

#define WG_IN_NONE WG_IN_COUNT /* it did not wait in a call, or that cannot be seen */

#define WG_FOR_EVER	  INT64_C(-1) /* a timeout */
#define WG_NOT_OBSERVABLE INT64_C(-2) /* a time or a count that this observer cannot see */

/* "epoll", as it stands in a trace; "?" for WG_IN_NONE. Static. */
const char *wg_wait_in_name(enum wg_wait_in how);

/* The value of a name; WG_IN_OTHER where it is unknown. */
enum wg_wait_in wg_wait_in_of(const char *name);

#endif
