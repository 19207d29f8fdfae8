/*
 * planted.h: how often each plan of planted.c waits and notifies.
 */
#ifndef TESTS_PLANTED_PLANTED_H
#define TESTS_PLANTED_PLANTED_H

#include <semaphore.h>
#include <stdint.h>

#include "traces/read/schema.h"

struct plan {
	const char *name; /* of the thread that sleeps; at most 13 characters */
	enum wg_wait_in how;
	enum wg_object_kind object;
	unsigned notified, timed_out, nobody;
};

static const struct plan plans[] = {
	{ "epoll", WG_IN_EPOLL, WG_OBJECT_EVENTFD, 50, 20, 5 },
	{ "poll", WG_IN_POLL, WG_OBJECT_PIPE, 50, 20, 5 },
	{ "select", WG_IN_SELECT, WG_OBJECT_SOCKETPAIR, 50, 20, 5 },
	{ "cond", WG_IN_COND, WG_OBJECT_COND, 50, 20, 5 },
	{ "sem", WG_IN_SEM, WG_OBJECT_SEM, 50, 20, 5 },
	{ "futex", WG_IN_FUTEX, WG_OBJECT_FUTEX, 50, 20, 5 },
	{ "cnd", WG_IN_COND, WG_OBJECT_COND, 50, 20, 5 },
	{ "cond-clock", WG_IN_COND, WG_OBJECT_COND, 50, 20, 5 },
	{ "sem-clock", WG_IN_SEM, WG_OBJECT_SEM, 50, 20, 5 },
	{ "timerfd", WG_IN_EPOLL, WG_OBJECT_TIMERFD, 0, 20, 0 },
	{ "epoll-pwait2", WG_IN_EPOLL, WG_OBJECT_EVENTFD, 50, 20, 5 },
	{ "ppoll", WG_IN_POLL, WG_OBJECT_PIPE, 50, 20, 5 },
	{ "pselect", WG_IN_SELECT, WG_OBJECT_SOCKETPAIR, 50, 20, 5 },
	{ "poll-chk", WG_IN_POLL, WG_OBJECT_PIPE, 50, 20, 5 },
	{ "read", WG_IN_READ, WG_OBJECT_PIPE, 50, 0, 0 },
};

#define PLANS (sizeof(plans) / sizeof(plans[0]))

/* Of the program alone: how the i-th plan does that. */
struct work {
	void (*set_up)(void);
	void (*wait)(int64_t ns); /* negative: for ever */
	void (*notify)(void);
	void (*drain)(void); /* or NULL, as set_up and notify */
};

extern const struct work works[];
extern sem_t planted_sem; /* nobody posts it outside the plans */
void planted_set_up(void);

#endif
