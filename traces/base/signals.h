/*
 * signals.h: while a recording lasts, signals are read one at a time instead of interrupting.
 *
 * SIGINT, SIGTERM, SIGHUP, SIGCHLD and SIGIO are blocked between start and stop; next() and
 * interrupted() fetch them. A descriptor with O_ASYNC raises SIGIO when somebody asks there. So no
 * signal can end this process and leave a session behind. A SIGHUP that was ignored at the start
 * (nohup) stays ignored.
 */
#ifndef TRACES_BASE_SIGNALS_H
#define TRACES_BASE_SIGNALS_H

#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct wg__signals {
	sigset_t watched;    /* what next() fetches */
	sigset_t saved_mask; /* the caller's, given back by stop(); the command gets it too */
	struct sigaction saved_chld; /* the caller's: SIG_IGN would lose the command's status */
	int first;		     /* the first SIGINT, SIGTERM or SIGHUP that came, or 0 */
	int fd; /* readable while one of those is still to be fetched; -1: there is none */
};

/* Main thread only: the mask is this thread's alone. */
void wg__signals_start(struct wg__signals *s);

/* Fetches what is still pending first, so that it does not hit the caller on return. */
void wg__signals_stop(struct wg__signals *s);

/*
 * Wait for the next signal, at most timeout_ms (without limit if negative). Returns its number and
 * fills *ret_info, or 0 when the time is over.
 */
int wg__signals_next(struct wg__signals *s, int64_t timeout_ms, siginfo_t *ret_info);

/* The first signal that asked for an end until now, or 0; does not block. */
int wg__signals_interrupted(struct wg__signals *s);

/*
 * The same for a time in which something runs and nobody has been told yet that it runs on without
 * us: only signals that end this process wait, SIGQUIT too. A screen with handlers unblocks them
 * and blocks them again. let_go() returns the first that came and had no effect yet, or 0. Main
 * thread only; all other threads block signals.
 */
void wg__signals_hold(struct wg__signals *s);
int wg__signals_let_go(struct wg__signals *s);

/*
 * For programs whose handlers of SIGINT, SIGTERM and SIGHUP set a flag, which is_over() reads: poll
 * for at most timeout_ms (-1: without limit). As poll(2); -EINTR if a signal came, before or
 * meanwhile. The signals are blocked from the look at the flag until the sleep, so none is lost in
 * between.
 */
int wg__poll_until_signal(
	int (*is_over)(void), struct pollfd *fds, size_t count, int64_t timeout_ms);

/*
 * In a forked child: let the kernel send it signo when its parent ends; also if that has happened
 * already, between the fork and now. parent: getpid() before the fork. Stays across exec.
 */
void wg__end_with_parent(pid_t parent, int signo);

/* CLOCK_MONOTONIC in milliseconds, for deadlines. */
int64_t wg__now_ms(void);

/* Sleep for ms in a poll loop; signals that are blocked do not shorten it. */
void wg__pause_ms(int64_t ms);

#endif
