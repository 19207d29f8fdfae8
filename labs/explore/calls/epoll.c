/*
 * epoll.c: epoll and poll over modelled descriptors.
 *
 * As in Linux: a watch is listed when something happens, or if the descriptor is ready when the
 * watch is added. An edge-triggered watch is reported once each time it is listed, the others as
 * long as they are ready. EPOLLHUP and EPOLLERR are always reported.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>

#include "labs/explore/calls/clocks.h"
#include "labs/explore/calls/files.h"
#include "labs/explore/calls/loops.h"
#include "labs/explore/calls/memory.h"
#include "labs/explore/engine/record.h"
#include "labs/explore/calls/wrap.h"

#define ALWAYS (EPOLLHUP | EPOLLERR)

/* ---- watches ---- */

static struct lx_watch *watch_of(struct lx_file *ep, int fd)
{
	int i;

	for (i = 0; i < LX_WATCHES; i++) {
		if (ep->watch[i].fd == fd)
			return &ep->watch[i];
	}
	return NULL;
}

static struct lx_file *epoll_of(int fd)
{
	struct lx_file *f = lx_file_of(fd);

	return f && f->kind == LX_EPOLL ? f : NULL;
}

void lx_file_edge(const struct lx_file *f, uint32_t events)
{
	int fd = lx_fd_of(f), e;

	for (e = LX_FD_FIRST; e < LX_FD_FIRST + LX_FILES; e++) {
		struct lx_file *ep = epoll_of(e);
		struct lx_watch *w = ep ? watch_of(ep, fd) : NULL;

		if (w && (events & (w->events | ALWAYS)))
			w->is_listed = true;
	}
}

void lx_epoll_forget(int fd)
{
	int e;

	for (e = LX_FD_FIRST; e < LX_FD_FIRST + LX_FILES; e++) {
		struct lx_file *ep = epoll_of(e);
		struct lx_watch *w = ep ? watch_of(ep, fd) : NULL;

		if (w)
			*w = (struct lx_watch){ 0 };
	}
}

/* The events that this watch reports now; 0: none. */
static uint32_t due(const struct lx_watch *w)
{
	const struct lx_file *f = w->fd ? lx_file_of(w->fd) : NULL;

	if (!f || w->is_off || ((w->events & EPOLLET) && !w->is_listed))
		return 0;
	return lx_file_ready(f) & (w->events | ALWAYS);
}

static bool has_events(const struct lx_thread *t)
{
	const struct lx_file *ep = t->op.object;
	int i;

	if (t->wake != LX_ASLEEP || t->op.arg == 0)
		return true;
	for (i = 0; i < LX_WATCHES; i++) {
		if (due(&ep->watch[i]))
			return true;
	}
	return false;
}

/* Report what is due, beginning after the last one reported, so that none is starved. */
static int report(struct lx_file *ep, struct epoll_event *events, int max)
{
	int i, count = 0, at = ep->next_watch;

	for (i = 0; i < LX_WATCHES && count < max; i++, at = (at + 1) % LX_WATCHES) {
		struct lx_watch *w = &ep->watch[at];
		uint32_t found = due(w);

		if (!found)
			continue;
		events[count++] = (struct epoll_event){ found, w->data };
		w->is_listed = false;
		w->is_off = w->events & EPOLLONESHOT;
		ep->next_watch = (at + 1) % LX_WATCHES;
		lx_note("fd %d is ready", w->fd);
	}
	/* The kernel promises nothing about the rest: who reads it must not find what looks right.
	 */
	if (count > 0)
		memset(&events[count], 0xa5, (size_t)(max - count) * sizeof(*events));
	return count;
}

static bool reports_eventfd(const struct lx_file *ep)
{
	int i;

	for (i = 0; i < LX_WATCHES; i++) {
		if (due(&ep->watch[i]) && lx_file_of(ep->watch[i].fd)->kind == LX_EVENTFD)
			return true;
	}
	return false;
}

static int64_t ns_of(int timeout_ms)
{
	return timeout_ms < 0 ? -1 : (int64_t)timeout_ms * 1000000;
}

static int64_t deadline_of(int timeout_ms)
{
	return timeout_ms < 0 ? LX_NEVER : lx_after(ns_of(timeout_ms));
}

/* The wait ends with `count` descriptors; returns what the call returns. */
static int end_wait(int count, bool by_eventfd)
{
	enum lx_wake *wake = &lx.self->wake;

	if (*wake == LX_ASLEEP && count == 0)
		*wake = LX_TIMED_OUT; /* timeout 0 */
	if (*wake == LX_TIMED_OUT && count == 0)
		lx_note("times out");
	lx_wait_end(count == 0	 ? *wake
		    : by_eventfd ? LX_NOTIFIED
				 : LX_ASLEEP,
		count > 0 && !by_eventfd);
	return *wake == LX_INTERRUPTED ? lx_failed(EINTR) : count;
}

/* timeout_ns: -1 for ever. */
static int epoll(
	int fd, struct epoll_event *events, int max, int64_t timeout_ns, const void *caller)
{
	struct lx_file *ep = epoll_of(fd);
	bool by_eventfd;
	int count;

	if (!ep || max <= 0) {
		lx_remark_call("epoll_wait", caller);
		return lx_failed(ep ? EINVAL : EBADF);
	}
	lx_wait_begin(timeout_ns);
	lx_point_fd("epoll_wait", ep, timeout_ns, has_events,
		timeout_ns < 0 ? LX_NEVER : lx_after(timeout_ns), caller);
	by_eventfd = reports_eventfd(ep);
	count = lx.self->wake == LX_INTERRUPTED ? 0 : report(ep, events, max);
	return end_wait(count, by_eventfd);
}

LX_WRAP(int, epoll_create1, int flags)
{
	int fd = lx_file_create(LX_EPOLL, false);

	(void)flags;
	lx_remark_call("epoll_create1", LX_CALLER());
	return fd < 0 ? lx_failed(-fd) : fd;
}

LX_WRAP(int, epoll_ctl, int fd, int what, int of, struct epoll_event *event)
{
	struct lx_file *ep = epoll_of(fd), *f = lx_file_of(of);
	struct lx_watch *w;

	if (!ep || !f) {
		lx_remark_call("epoll_ctl", LX_CALLER());
		return lx_failed(EBADF);
	}
	lx_point_fd("epoll_ctl", ep, of, NULL, LX_NEVER, LX_CALLER());
	w = watch_of(ep, of);
	if (what == EPOLL_CTL_ADD ? w != NULL : w == NULL)
		return lx_failed(w ? EEXIST : ENOENT);
	if (!w)
		w = watch_of(ep, 0);
	if (!w)
		return lx_failed(ENOSPC);
	if (what == EPOLL_CTL_DEL)
		*w = (struct lx_watch){ 0 };
	else
		*w = (struct lx_watch){ of, event->events, event->data,
			(lx_file_ready(f) & (event->events | ALWAYS)) != 0, false };
	return 0;
}

LX_WRAP(int, epoll_wait, int fd, struct epoll_event *events, int max, int timeout_ms)
{
	return epoll(fd, events, max, ns_of(timeout_ms), LX_CALLER());
}

LX_WRAP(int, epoll_pwait, int fd, struct epoll_event *events, int max, int timeout_ms,
	const sigset_t *mask)
{
	if (mask)
		lx_fail_and_end("not-modelled", "epoll_pwait() with a signal mask");
	return epoll(fd, events, max, ns_of(timeout_ms), LX_CALLER());
}

LX_WRAP(int, epoll_pwait2, int fd, struct epoll_event *events, int max,
	const struct timespec *timeout, const sigset_t *mask)
{
	if (mask)
		lx_fail_and_end("not-modelled", "epoll_pwait2() with a signal mask");
	return epoll(fd, events, max,
		timeout ? timeout->tv_sec * INT64_C(1000000000) + timeout->tv_nsec : -1,
		LX_CALLER());
}

/* ---- poll ---- */

static int poll_now(struct pollfd *p, nfds_t n)
{
	int count = 0;
	nfds_t i;

	for (i = 0; i < n; i++) {
		const struct lx_file *f = p[i].fd >= 0 ? lx_file_of(p[i].fd) : NULL;
		uint32_t wanted = (uint32_t)(unsigned short)p[i].events | POLLHUP | POLLERR;

		/* POLLIN and its like have the values of EPOLLIN and its like. */
		if (f)
			p[i].revents = (short)(lx_file_ready(f) & wanted);
		else
			p[i].revents = p[i].fd >= 0 ? POLLNVAL : 0;
		count += p[i].revents != 0;
	}
	return count;
}

static bool has_polled(const struct lx_thread *t)
{
	struct pollfd *p = (struct pollfd *)(uintptr_t)t->op.object;

	return t->wake != LX_ASLEEP || poll_now(p, (nfds_t)t->op.arg) > 0;
}

LX_WRAP(int, poll, struct pollfd *p, nfds_t n, int timeout_ms)
{
	bool by_eventfd = false;
	int count;
	nfds_t i;

	for (i = 0; i < n; i++) {
		if (p[i].fd >= 0 && !lx_is_ours(p[i].fd))
			lx_fail_and_end("not-modelled", "poll() of descriptor %d", p[i].fd);
	}
	lx_wait_begin(ns_of(timeout_ms));
	lx_point_fd("poll", p, (int64_t)n, timeout_ms == 0 ? NULL : has_polled,
		deadline_of(timeout_ms), LX_CALLER());
	count = poll_now(p, n);
	for (i = 0; i < n; i++)
		by_eventfd = by_eventfd || (p[i].revents && lx_file_of(p[i].fd) &&
						   lx_file_of(p[i].fd)->kind == LX_EVENTFD);
	if (count > 0)
		lx_note("%d ready", count);
	return end_wait(count, by_eventfd);
}
