/*
 * sleeps.c: waits for time, for signals, for children and for other threads; raw system calls.
 */
#include <errno.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <stdarg.h>
#include <sys/syscall.h>

#include "traces/preload/fds.h"
#include "traces/preload/put.h"
#include "traces/preload/real.h"

/* --- time --- */

int64_t wg__until(clockid_t clock, const struct timespec *time)
{
	int64_t ns;

	ns = wg__timespec_ns(time);
	if (ns == WG_FOR_EVER)
		return ns;
	ns -= wg__clock(clock);
	return ns > 0 ? ns : 0;
}

FRONT int nanosleep(const struct timespec *time, struct timespec *left)
{
	struct wg__sleep w;

	wg__sleep_begin(&w, WG_IN_SLEEP, 0, wg__timespec_ns(time), SITE);
	return wg__sleep_errno(&w, REAL(nanosleep)(time, left));
}

FRONT int clock_nanosleep(
	clockid_t clock, int flags, const struct timespec *time, struct timespec *left)
{
	struct wg__sleep w;
	int rc;

	wg__sleep_begin(&w, WG_IN_SLEEP, 0,
		flags & TIMER_ABSTIME ? wg__until(clock, time) : wg__timespec_ns(time), SITE);
	rc = REAL(clock_nanosleep)(clock, flags, time, left);
	wg__sleep_end(&w, -rc);
	return rc;
}

FRONT int usleep(useconds_t us)
{
	struct wg__sleep w;

	wg__sleep_begin(&w, WG_IN_SLEEP, 0, (int64_t)us * 1000, SITE);
	return wg__sleep_errno(&w, REAL(usleep)(us));
}

FRONT unsigned sleep(unsigned seconds)
{
	struct wg__sleep w;
	unsigned left;

	wg__sleep_begin(&w, WG_IN_SLEEP, 0, (int64_t)seconds * 1000000000, SITE);
	left = REAL(sleep)(seconds);
	wg__sleep_end(&w, left ? -EINTR : 0);
	return left;
}

FRONT int thrd_sleep(const struct timespec *time, struct timespec *left)
{
	struct wg__sleep w;
	int rc;

	wg__sleep_begin(&w, WG_IN_SLEEP, 0, wg__timespec_ns(time), SITE);
	rc = REAL(thrd_sleep)(time, left);
	wg__sleep_end(&w, rc == 0 ? 0 : -EINTR);
	return rc;
}

/* --- signals --- */

FRONT int pause(void)
{
	struct wg__sleep w;

	wg__sleep_begin(&w, WG_IN_SIGNAL, 0, WG_FOR_EVER, SITE);
	return wg__sleep_errno(&w, REAL(pause)());
}

FRONT int sigsuspend(const sigset_t *mask)
{
	struct wg__sleep w;

	wg__sleep_begin(&w, WG_IN_SIGNAL, 0, WG_FOR_EVER, SITE);
	return wg__sleep_errno(&w, REAL(sigsuspend)(mask));
}

FRONT int sigwait(const sigset_t *set, int *ret_signal)
{
	struct wg__sleep w;
	int rc;

	wg__sleep_begin(&w, WG_IN_SIGNAL, 0, WG_FOR_EVER, SITE);
	rc = REAL(sigwait)(set, ret_signal);
	wg__sleep_end(&w, -rc);
	return rc;
}

FRONT int sigwaitinfo(const sigset_t *set, siginfo_t *info)
{
	struct wg__sleep w;

	wg__sleep_begin(&w, WG_IN_SIGNAL, 0, WG_FOR_EVER, SITE);
	return wg__sleep_errno(&w, REAL(sigwaitinfo)(set, info));
}

FRONT int sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *timeout)
{
	struct wg__sleep w;

	wg__sleep_begin(&w, WG_IN_SIGNAL, 0, wg__timespec_ns(timeout), SITE);
	return wg__sleep_errno(&w, REAL(sigtimedwait)(set, info, timeout));
}

/* --- children and threads --- */

#define CHILD(is_nowait, call)                                                                     \
	struct wg__sleep w;                                                                        \
                                                                                                   \
	w.is_on = false;                                                                           \
	if (!(is_nowait))                                                                          \
		wg__sleep_begin(&w, WG_IN_CHILD, 0, WG_FOR_EVER, SITE);                            \
	return wg__sleep_errno(&w, call)

FRONT pid_t wait(int *status)
{
	CHILD(false, REAL(wait)(status));
}

FRONT pid_t waitpid(pid_t pid, int *status, int options)
{
	CHILD(options & WNOHANG, REAL(waitpid)(pid, status, options));
}

FRONT pid_t wait3(int *status, int options, struct rusage *usage)
{
	CHILD(options & WNOHANG, REAL(wait3)(status, options, usage));
}

FRONT pid_t wait4(pid_t pid, int *status, int options, struct rusage *usage)
{
	CHILD(options & WNOHANG, REAL(wait4)(pid, status, options, usage));
}

FRONT int waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
	CHILD(options & WNOHANG, REAL(waitid)(type, id, info, options));
}

FRONT int pthread_join(pthread_t thread, void **ret_value)
{
	struct wg__sleep w;
	int rc;

	wg__sleep_begin(&w, WG_IN_OTHER, 0, WG_FOR_EVER, SITE);
	rc = REAL(pthread_join)(thread, ret_value);
	wg__sleep_end(&w, -rc);
	return rc;
}

/* --- syscall(2) --- */

static int64_t futex_timeout(int op, const struct timespec *time)
{
	clockid_t clock = op & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC;

	return (op & FUTEX_CMD_MASK) == FUTEX_WAIT ? wg__timespec_ns(time) : wg__until(clock, time);
}

static long futex(const long a[6], uint64_t site)
{
	int op = (int)a[1], command = op & FUTEX_CMD_MASK;
	struct wg__sleep w;
	struct wg__notified n = { WG_IN_FUTEX, 0, (uint64_t)a[0], site, a[2], wg__now(), false };
	long rc;

	w.is_on = false;
	if (command == FUTEX_WAIT || command == FUTEX_WAIT_BITSET) {
		const struct timespec *time = (const void *)(uintptr_t)a[3];

		wg__sleep_begin(&w, WG_IN_FUTEX, (uint64_t)a[0], futex_timeout(op, time), site);
	}
	rc = REAL(syscall)(SYS_futex, a[0], a[1], a[2], a[3], a[4], a[5]);
	if (w.is_on)
		wg__sleep_end(&w, rc < 0 ? -errno : rc);
	n.woke = (int32_t)rc;
	n.is_nobody = rc == 0;
	if (rc >= 0 && (command == FUTEX_WAKE || command == FUTEX_WAKE_BITSET))
		wg__notify(&n);
	return rc;
}

/*
 * struct io_uring_getevents_arg: a set of signals, its size, and at 16 the address of a timeout.
 * liburing makes this call itself, and then nobody here sees it.
 */
static int64_t uring_timeout(const long a[6])
{
	enum { EXT_ARG = 1 << 3, ABS_TIMER = 1 << 5, EXT_ARG_REG = 1 << 6 };
	const uint64_t *arg = (const void *)(uintptr_t)a[4];

	if (!(a[3] & EXT_ARG))
		return WG_FOR_EVER;
	if (a[3] & (ABS_TIMER | EXT_ARG_REG) || !arg)
		return WG_NOT_OBSERVABLE;
	return wg__timespec_ns((const void *)(uintptr_t)arg[2]);
}

static long uring_enter(const long a[6], uint64_t site)
{
	enum { GETEVENTS = 1 };
	struct wg__sleep w;
	long rc;

	w.is_on = false;
	if (a[3] & GETEVENTS && a[2] > 0)
		wg__sleep_begin(&w, WG_IN_URING, 0, uring_timeout(a), site);
	rc = REAL(syscall)(SYS_io_uring_enter, a[0], a[1], a[2], a[3], a[4], a[5]);
	if (w.is_on)
		wg__sleep_end(&w, rc < 0 ? -errno : rc);
	return rc;
}

/* Of seccomp(2). Without a filter it only asks whether there are some; others ask, too. */
static bool confines(const long a[6])
{
	return a[0] == SECCOMP_SET_MODE_STRICT || (a[0] == SECCOMP_SET_MODE_FILTER && a[2]);
}

FRONT int prctl(int option, ...)
{
	va_list args;
	unsigned long a[4];
	int i;

	va_start(args, option);
	for (i = 0; i < 4; i++)
		a[i] = va_arg(args, unsigned long);
	va_end(args);
	if (option == PR_SET_SECCOMP && (a[0] != SECCOMP_MODE_FILTER || a[1]))
		wg__fence();
	return REAL(prctl)(option, a[0], a[1], a[2], a[3]);
}

FRONT long syscall(long number, ...)
{
	va_list args;
	long a[6];
	int i;

	va_start(args, number);
	for (i = 0; i < 6; i++)
		a[i] = va_arg(args, long);
	va_end(args);
	if (number == SYS_futex)
		return futex(a, SITE);
	if (number == SYS_io_uring_enter)
		return uring_enter(a, SITE);
	if ((number == SYS_seccomp && confines(a)) ||
		(number == SYS_prctl && a[0] == PR_SET_SECCOMP))
		wg__fence();
	return REAL(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
