/*
 * planted.h: how often each plan of planted.c waits and notifies.
 *
 * What of it a recorder can see: the library in LD_PRELOAD all, but for io_uring, where it does not
 * see who woke whom; the kernel's light form the waits that slept; its full form all, but for
 * notifies that make no system call, as of a condition for which nobody waits.
 */
#ifndef TESTS_PLANTED_PLANTED_H
#define TESTS_PLANTED_PLANTED_H

#include <features.h> /* __GLIBC__ */
#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "traces/read/schema.h"

struct plan {
	const char *name; /* of the thread that sleeps; at most 13 characters */
	enum wg_wait_in how;
	enum wg_object_kind object; /* as the preload library sees it */
	enum wg_object_kind whole;  /* as the kernel does: what the call is about */
	const char *site;	    /* the function that waits */
	unsigned notified, timed_out;
	unsigned nobody; /* notifies while nobody sleeps */
	unsigned early;	 /* waits that find what those left, and need not sleep */
};

#define FD_PLAN(name, how, object, whole, site)                                                    \
	{                                                                                          \
		name, WG_IN_##how, WG_OBJECT_##object, WG_OBJECT_##whole, site, 50, 20, 5, 5       \
	}
#define WORD_PLAN(name, how, object, site)                                                         \
	{                                                                                          \
		name, WG_IN_##how, WG_OBJECT_##object, WG_OBJECT_##object, site, 50, 20, 5, 0      \
	}

static const struct plan plans[] = {
	FD_PLAN("epoll", EPOLL, EVENTFD, EPOLL, "epoll_waits"),
	FD_PLAN("poll", POLL, PIPE, PIPE, "poll_waits"),
	FD_PLAN("select", SELECT, SOCKETPAIR, SOCKET, "select_waits"),
	WORD_PLAN("cond", COND, COND, "cond_waits"),
	WORD_PLAN("sem", SEM, SEM, "sem_waits"),
	WORD_PLAN("futex", FUTEX, FUTEX, "futex_waits"),
	WORD_PLAN("cnd", COND, COND, "cnd_waits"),
#ifdef __GLIBC__
	WORD_PLAN("cond-clock", COND, COND, "clock_waits"),
	WORD_PLAN("sem-clock", SEM, SEM, "sem_clock_waits"),
	{ "barrier", WG_IN_FUTEX, WG_OBJECT_FUTEX, WG_OBJECT_FUTEX, "barrier_waits", 50, 0, 0, 0 },
#endif
	{ "timerfd", WG_IN_EPOLL, WG_OBJECT_TIMERFD, WG_OBJECT_EPOLL, "timer_waits", 0, 20, 0, 0 },
	FD_PLAN("epoll-pwait2", EPOLL, EVENTFD, EPOLL, "epoll_pwait2_waits"),
	FD_PLAN("ppoll", POLL, PIPE, PIPE, "ppoll_waits"),
	FD_PLAN("pselect", SELECT, SOCKETPAIR, SOCKET, "pselect_waits"),
	FD_PLAN("poll-chk", POLL, PIPE, SET, "poll_chk_waits"),
	{ "read", WG_IN_READ, WG_OBJECT_PIPE, WG_OBJECT_PIPE, "read_waits", 50, 0, 0, 0 },
	{ "uring", WG_IN_URING, WG_OBJECT_OTHER, WG_OBJECT_OTHER, "uring_waits", 50, 20, 5, 0 },
	{ "uring-timer", WG_IN_URING, WG_OBJECT_OTHER, WG_OBJECT_OTHER, "uring_timer_waits", 50, 20,
		5, 0 },
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
/* planted.c: does that thread stand in a system call that waits so? */
long planted_call_of(pid_t tid); /* in which it sleeps; -1: none */
bool planted_is_asleep(pid_t tid, enum wg_wait_in how);
/* gaps.c */
int planted_gap(bool of_processor, int64_t ms);
/* rare.c */
int planted_rare(void);
/* confined.c */
int planted_confined(void);
/* reused.c */
int planted_reused(void);
/* uring.c */
bool uring_works(void); /* the kernel may refuse it */
void uring_set_up(void);
void uring_waits(int64_t ns);
void uring_timer_waits(int64_t ns);
extern int planted_event_fd;

extern sem_t planted_sem; /* nobody posts it outside the plans */
void planted_set_up(void);

#endif
