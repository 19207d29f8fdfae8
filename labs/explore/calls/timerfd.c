/*
 * timerfd.c: timers as descriptors, on the virtual clock.
 */
#include <errno.h>
#include <sys/timerfd.h>

#include "labs/explore/calls/clocks.h"
#include "labs/explore/calls/files.h"
#include "labs/explore/engine/record.h"
#include "labs/explore/calls/wrap.h"

#define NS 1000000000

LX_WRAP(int, timerfd_create, int clock, int flags)
{
	int fd = lx_file_create(LX_TIMERFD, flags & TFD_NONBLOCK);

	(void)clock; /* a jump of the wall clock moves no timer here */
	lx_remark_call("timerfd_create", LX_CALLER());
	return fd < 0 ? lx_failed(EMFILE) : fd;
}

LX_WRAP(int, timerfd_settime, int fd, int flags, const struct itimerspec *to,
	struct itimerspec *ret_old)
{
	struct lx_file *f = lx_file_of(fd);
	int64_t first = to->it_value.tv_sec * NS + to->it_value.tv_nsec;

	if (!f || f->kind != LX_TIMERFD)
		return lx_failed(f ? EINVAL : EBADF);
	if (ret_old)
		lx_fail_and_end("not-modelled", "the old value of timerfd_settime()");
	lx_point_fd("timerfd_settime", f, fd, NULL, LX_NEVER, LX_CALLER());
	f->count = 0;
	f->interval_ns = to->it_interval.tv_sec * NS + to->it_interval.tv_nsec;
	if (first == 0)
		f->expiry_ns = LX_NEVER;
	else
		f->expiry_ns = flags & TFD_TIMER_ABSTIME
				       ? lx_deadline(CLOCK_MONOTONIC, &to->it_value)
				       : lx_after(first);
	return 0;
}
