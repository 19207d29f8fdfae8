/*
 * signals.c: see signals.h.
 *
 * sigtimedwait(2), not signalfd(2): there is only one source to wait for, and si_code tells Ctrl-C
 * on the terminal (SI_KERNEL, which the command got as well) from kill(1).
 */
#include "traces/base/signals.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

/* Those that ask for an end, and a descriptor for them. */
static void watch_ends(struct wg__signals *s, int also)
{
	struct sigaction old;

	s->first = 0;
	(void)sigemptyset(&s->watched);
	(void)sigaddset(&s->watched, SIGINT);
	(void)sigaddset(&s->watched, SIGTERM);
	if (sigaction(SIGHUP, NULL, &old) != 0 || old.sa_handler != SIG_IGN)
		(void)sigaddset(&s->watched, SIGHUP);
	if (also)
		(void)sigaddset(&s->watched, also);
	s->fd = signalfd(-1, &s->watched, SFD_CLOEXEC);
}

/* What is pending is fetched. */
static void unwatch(struct wg__signals *s)
{
	(void)wg__signals_interrupted(s);
	if (s->fd >= 0)
		(void)close(s->fd);
	s->fd = -1;
}

void wg__signals_start(struct wg__signals *s)
{
	struct sigaction dfl;

	memset(&dfl, 0, sizeof(dfl));
	dfl.sa_handler = SIG_DFL;
	watch_ends(s, 0);
	(void)sigaddset(&s->watched, SIGCHLD);
	(void)sigaddset(&s->watched, SIGIO);
	(void)pthread_sigmask(SIG_BLOCK, &s->watched, &s->saved_mask);
	(void)sigaction(SIGCHLD, &dfl, &s->saved_chld);
}

void wg__signals_stop(struct wg__signals *s)
{
	unwatch(s);
	(void)sigaction(SIGCHLD, &s->saved_chld, NULL);
	(void)pthread_sigmask(SIG_SETMASK, &s->saved_mask, NULL);
}

void wg__signals_hold(struct wg__signals *s)
{
	watch_ends(s, SIGQUIT);
	(void)pthread_sigmask(SIG_BLOCK, &s->watched, &s->saved_mask);
}

int wg__signals_let_go(struct wg__signals *s)
{
	unwatch(s);
	(void)pthread_sigmask(SIG_SETMASK, &s->saved_mask, NULL);
	return s->first;
}

int wg__signals_next(struct wg__signals *s, int64_t timeout_ms, siginfo_t *ret_info)
{
	int64_t deadline = timeout_ms < 0 ? -1 : wg__now_ms() + timeout_ms;
	int sig;

	for (;;) {
		struct timespec left = { 0, 0 };
		int64_t ms = deadline < 0 ? 0 : deadline - wg__now_ms();

		if (ms > 0) {
			left.tv_sec = ms / 1000;
			left.tv_nsec = ms % 1000 * 1000000;
		}
		sig = sigtimedwait(&s->watched, ret_info, deadline < 0 ? NULL : &left);
		if (sig > 0)
			break;
		/* EINTR: stopped and continued, or a handler of the caller's ran. */
		if (errno != EINTR)
			return 0;
	}
	if (sig != SIGCHLD && sig != SIGIO && !s->first)
		s->first = sig;
	return sig;
}

int wg__signals_interrupted(struct wg__signals *s)
{
	siginfo_t info;

	while (wg__signals_next(s, 0, &info))
		;
	return s->first;
}

int wg__poll_until_signal(
	int (*is_over)(void), struct pollfd *fds, size_t count, int64_t timeout_ms)
{
	struct timespec limit = { timeout_ms / 1000, timeout_ms % 1000 * 1000000 };
	sigset_t watched, was;
	int rc;

	(void)sigemptyset(&watched);
	(void)sigaddset(&watched, SIGINT);
	(void)sigaddset(&watched, SIGTERM);
	(void)sigaddset(&watched, SIGHUP);
	(void)pthread_sigmask(SIG_BLOCK, &watched, &was);
	rc = is_over() ? -EINTR : ppoll(fds, count, timeout_ms < 0 ? NULL : &limit, &was);
	if (rc == -1)
		rc = -errno;
	(void)pthread_sigmask(SIG_SETMASK, &was, NULL);
	return rc;
}

void wg__end_with_parent(pid_t parent, int signo)
{
	(void)prctl(PR_SET_PDEATHSIG, signo);
	if (getppid() != parent)
		_exit(128 + signo);
}

int64_t wg__now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void wg__pause_ms(int64_t ms)
{
	struct timespec left = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&left, &left) != 0 && errno == EINTR)
		;
}
