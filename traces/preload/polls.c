/*
 * polls.c: waits for several descriptors at once: epoll, poll, select.
 */
#include <errno.h>

#include "traces/preload/fds.h"
#include "traces/preload/put.h"
#include "traces/preload/real.h"

#define READY_MAX 32 /* of one wait */

/* What was ready beyond the first two, five in a record. */
static void put_more(const uint64_t *ready, int count, unsigned flags)
{
	struct wg_preload_record *r;
	int i, j;

	if (!wg__enter())
		return;
	for (i = 0; i < count; i += 5) {
		r = wg__put(WG_PRELOAD_READY);
		if (!r)
			break;
		for (j = 0; j < 5; j++) {
			uint64_t value = i + j < count ? ready[i + j] : 0;

			if (j < 3)
				r->more[j] = value;
			else
				r->ab[j - 3] = value;
		}
		r->ret = count - i < 5 ? count - i : 5;
		r->flags = (uint8_t)flags;
		wg__put_done(r);
	}
	wg__leave();
}

static inline void tell_ready(struct wg__sleep *w, const uint64_t *ready, int count, unsigned flags)
{
	w->a = count > 0 ? ready[0] : 0;
	w->b = count > 1 ? ready[1] : 0;
	w->flags = (uint8_t)flags;
	if (count > 2 && w->is_on)
		put_more(ready + 2, count - 2, flags);
}

/* --- epoll --- */

/*
 * The data of what somebody here may notify: a set without false negatives. Of the sockets that are
 * ready, which nobody does, the first is enough: a busy server has dozens each time.
 */
#define NOTABLE_BITS 12
static _Atomic uint64_t notable[(1u << NOTABLE_BITS) / 64];
static _Atomic uint64_t notable_few; /* the same with 64 bits, for a first look */

static uint64_t hash(uint64_t data)
{
	return data * UINT64_C(0x9e3779b97f4a7c15);
}

static void note(uint64_t data)
{
	unsigned at = hash(data) >> (64 - NOTABLE_BITS);

	/* relaxed: a bit alone; a wait that ends meanwhile may have it or not. */
	(void)atomic_fetch_or_explicit(
		&notable[at / 64], UINT64_C(1) << at % 64, memory_order_relaxed);
	/* relaxed: likewise. */
	(void)atomic_fetch_or_explicit(
		&notable_few, UINT64_C(1) << (hash(data) >> 58), memory_order_relaxed);
}

static bool is_notable(uint64_t data)
{
	unsigned at = hash(data) >> (64 - NOTABLE_BITS);

	/* relaxed: as above. */
	return atomic_load_explicit(&notable[at / 64], memory_order_relaxed) >> at % 64 & 1;
}

/* The first two, those that are notable, and one that is not. */
static int collect(uint64_t *ready, const struct epoll_event *events, int count, uint64_t few)
{
	const struct epoll_event *e = events, *end = events + count;
	bool has_other = false;
	int n = 0;

	for (; e < end && n < READY_MAX && (n < 2 || !has_other); e++) {
		has_other |= !is_notable(e->data.u64);
		ready[n++] = e->data.u64;
	}
	for (; e < end && n < READY_MAX; e++) {
		if (few >> (hash(e->data.u64) >> 58) & 1 && is_notable(e->data.u64))
			ready[n++] = e->data.u64;
	}
	return n;
}

static __attribute__((noinline)) void tell_notable(
	struct wg__sleep *w, const struct epoll_event *events, int count, uint64_t few)
{
	uint64_t ready[READY_MAX] = { 0 };

	tell_ready(w, ready, collect(ready, events, count, few), WG_PRELOAD_EPOLL);
}

/* Hardly ever: a busy server has many sockets ready, and nothing else. */
static bool may_be_notable(const struct epoll_event *events, int count, uint64_t few)
{
	uint64_t is = 0;
	int i;

	for (i = 0; i < count; i++)
		is |= few >> (hash(events[i].data.u64) >> 58);
	return is & 1;
}

static int end_epoll(struct wg__sleep *w, const struct epoll_event *events, int rc)
{
	/* relaxed: as above. */
	uint64_t few = atomic_load_explicit(&notable_few, memory_order_relaxed);

	if (!w->is_on)
		return rc;
	if (rc > 2 && few && may_be_notable(events, rc, few)) {
		tell_notable(w, events, rc, few);
	} else if (rc > 0) {
		w->a = events[0].data.u64;
		w->b = rc > 1 ? events[1].data.u64 : 0;
		w->flags = WG_PRELOAD_EPOLL;
	}
	return wg__sleep_errno(w, rc);
}

FRONT int epoll_wait(int ep, struct epoll_event *events, int max, int ms)
{
	struct wg__sleep w;

	wg__sleep_begin(&w, WG_IN_EPOLL, wg__fd_object(ep), wg__ms_ns(ms), SITE);
	return end_epoll(&w, events, REAL(epoll_wait)(ep, events, max, ms));
}

FRONT int epoll_pwait(int ep, struct epoll_event *events, int max, int ms, const sigset_t *mask)
{
	struct wg__sleep w;

	wg__sleep_begin(&w, WG_IN_EPOLL, wg__fd_object(ep), wg__ms_ns(ms), SITE);
	return end_epoll(&w, events, REAL(epoll_pwait)(ep, events, max, ms, mask));
}

FRONT int epoll_pwait2(int ep, struct epoll_event *events, int max, const struct timespec *timeout,
	const sigset_t *mask)
{
	struct wg__sleep w;

	wg__sleep_begin(&w, WG_IN_EPOLL, wg__fd_object(ep), wg__timespec_ns(timeout), SITE);
	return end_epoll(&w, events, REAL(epoll_pwait2)(ep, events, max, timeout, mask));
}

FRONT int epoll_create(int size)
{
	int fd = REAL(epoll_create)(size);

	wg__fd_made(fd, WG_OBJECT_EPOLL, false);
	return fd;
}

FRONT int epoll_create1(int flags)
{
	int fd = REAL(epoll_create1)(flags);

	wg__fd_made(fd, WG_OBJECT_EPOLL, false);
	return fd;
}

FRONT int epoll_ctl(int ep, int op, int fd, struct epoll_event *event)
{
	int rc = REAL(epoll_ctl)(ep, op, fd, event), error = errno;
	uint64_t of, object;
	struct wg_preload_record *r;

	if (rc < 0 || op == EPOLL_CTL_DEL || !event)
		return rc;
	of = wg__fd_object(ep);
	object = wg__fd_object(fd);
	if (!(wg__fd_look(fd) & WG__FD_SOCKET))
		note(event->data.u64);
	if (of && object && wg__enter()) {
		if ((r = wg__put(WG_PRELOAD_WATCH))) {
			r->object = of;
			r->a = object;
			r->b = event->data.u64;
			wg__put_done(r);
		}
		wg__leave();
	}
	errno = error;
	return rc;
}

/* --- poll --- */

/* The header says that poll() only writes to its array, which is not so. */
struct polled {
	const struct pollfd *fds;
	nfds_t count;
};

static uint64_t poll_object(const struct polled *p)
{
	uint64_t set = 0;
	nfds_t i, n = 0;
	int only = -1;

	for (i = 0; i < p->count; i++) {
		if (p->fds[i].fd < 0)
			continue;
		only = p->fds[i].fd;
		set = wg__fd_set(set, only, n++ == 0);
	}
	return n == 1 ? wg__fd_object(only) : set;
}

static int end_poll(struct wg__sleep *w, const struct pollfd *fds, nfds_t count, int rc)
{
	uint64_t ready[READY_MAX];
	int n = 0;
	nfds_t i;

	for (i = 0; rc > 0 && w->is_on && i < count && n < READY_MAX; i++) {
		if (fds[i].fd >= 0 && fds[i].revents)
			ready[n++] = wg__fd_object(fds[i].fd);
	}
	tell_ready(w, ready, n, 0);
	return wg__sleep_errno(w, rc);
}

#define POLL(ns, call)                                                                             \
	struct polled p = { fds, count };                                                          \
	struct wg__sleep w;                                                                        \
                                                                                                   \
	wg__sleep_begin(&w, WG_IN_POLL, poll_object(&p), ns, SITE);                                \
	return end_poll(&w, fds, count, call)

FRONT int poll(struct pollfd *fds, nfds_t count, int ms)
{
	POLL(wg__ms_ns(ms), REAL(poll)(fds, count, ms));
}

FRONT int __poll_chk(struct pollfd *fds, nfds_t count, int ms, size_t len)
{
	POLL(wg__ms_ns(ms), REAL(__poll_chk)(fds, count, ms, len));
}

FRONT int ppoll(
	struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
	POLL(wg__timespec_ns(timeout), REAL(ppoll)(fds, count, timeout, mask));
}

FRONT int __ppoll_chk(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
	const sigset_t *mask, size_t len)
{
	POLL(wg__timespec_ns(timeout), REAL(__ppoll_chk)(fds, count, timeout, mask, len));
}

/* --- select --- */

struct sets {
	int count;
	fd_set *in[3];
};

static bool is_in(const struct sets *sets, int fd)
{
	return (sets->in[0] && FD_ISSET(fd, sets->in[0])) ||
	       (sets->in[1] && FD_ISSET(fd, sets->in[1])) ||
	       (sets->in[2] && FD_ISSET(fd, sets->in[2]));
}

static int end_of(const struct sets *sets)
{
	return sets->count < FD_SETSIZE ? sets->count : FD_SETSIZE;
}

static uint64_t select_object(const struct sets *sets)
{
	uint64_t set = 0;
	int fd, n = 0, only = -1;

	for (fd = 0; fd < end_of(sets); fd++) {
		if (!is_in(sets, fd))
			continue;
		only = fd;
		set = wg__fd_set(set, fd, n++ == 0);
	}
	return n == 1 ? wg__fd_object(only) : set;
}

static int end_select(struct wg__sleep *w, const struct sets *sets, int rc)
{
	uint64_t ready[READY_MAX];
	int n = 0, fd;

	for (fd = 0; rc > 0 && w->is_on && fd < end_of(sets) && n < READY_MAX; fd++) {
		if (is_in(sets, fd))
			ready[n++] = wg__fd_object(fd);
	}
	tell_ready(w, ready, n, 0);
	return wg__sleep_errno(w, rc);
}

FRONT int select(int count, fd_set *read, fd_set *write, fd_set *other, struct timeval *timeout)
{
	struct sets sets = { count, { read, write, other } };
	struct timespec time = { 0 };
	struct wg__sleep w;

	if (timeout)
		time = (struct timespec){ timeout->tv_sec, timeout->tv_usec * 1000 };
	wg__sleep_begin(&w, WG_IN_SELECT, select_object(&sets),
		wg__timespec_ns(timeout ? &time : NULL), SITE);
	return end_select(&w, &sets, REAL(select)(count, read, write, other, timeout));
}

FRONT int pselect(int count, fd_set *read, fd_set *write, fd_set *other,
	const struct timespec *timeout, const sigset_t *mask)
{
	struct sets sets = { count, { read, write, other } };
	struct wg__sleep w;

	wg__sleep_begin(&w, WG_IN_SELECT, select_object(&sets), wg__timespec_ns(timeout), SITE);
	return end_select(&w, &sets, REAL(pselect)(count, read, write, other, timeout, mask));
}
