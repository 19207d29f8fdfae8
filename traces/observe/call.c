/*
 * call.c: see call.h. The table has the calls in which programs wait; all others are only numbers.
 */
#include "traces/observe/call.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/futex.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

#include "traces/observe/proc.h"

/* How the timeout is given. */
enum how_long {
	NEVER,	  /* there is none */
	HIDDEN,	  /* an option of the socket may set one */
	MS,	  /* an int, negative: none */
	TIMESPEC, /* a pointer, NULL: none */
	TIMEVAL,
	REALTIME, /* a timespec too, but a moment */
	FUTEX,	  /* depends on the operation */
	FUTEX2,	  /* a moment, and the clock in the next argument */
	CLOCK,	  /* depends on the flags */
	URING,	  /* in a structure of its own */
};

struct row {
	long number;
	const char *name;
	enum wg_wait_in how;
	enum wg__on on;
	enum how_long how_long;
	int arg; /* which one is the timeout */
};

#define ROW(name, how, on, how_long, arg)                                                          \
	{                                                                                          \
		SYS_##name, #name, WG_IN_##how, WG__ON_##on, how_long, arg                         \
	}

static const struct row rows[] = {
	ROW(epoll_pwait, EPOLL, FD, MS, 3),
	ROW(epoll_pwait2, EPOLL, FD, TIMESPEC, 3),
	ROW(ppoll, POLL, POLLFDS, TIMESPEC, 2),
	ROW(pselect6, SELECT, FDSETS, TIMESPEC, 4),
#ifdef SYS_epoll_wait
	ROW(epoll_wait, EPOLL, FD, MS, 3),
	ROW(poll, POLL, POLLFDS, MS, 2),
	ROW(select, SELECT, FDSETS, TIMEVAL, 4),
	ROW(pause, SIGNAL, NOTHING, NEVER, 0),
#endif
	ROW(futex, FUTEX, FUTEX, FUTEX, 3),
	ROW(futex_waitv, FUTEX, NOTHING, FUTEX2, 3),
	ROW(nanosleep, SLEEP, NOTHING, TIMESPEC, 0),
	ROW(clock_nanosleep, SLEEP, NOTHING, CLOCK, 2),
	ROW(read, READ, FD, NEVER, 0),
	ROW(readv, READ, FD, NEVER, 0),
	ROW(write, OTHER, FD, NEVER, 0),
	ROW(writev, OTHER, FD, NEVER, 0),
	ROW(recvfrom, READ, FD, HIDDEN, 0),
	ROW(recvmsg, READ, FD, HIDDEN, 0),
	ROW(recvmmsg, READ, FD, HIDDEN, 0),
	ROW(sendto, OTHER, FD, HIDDEN, 0),
	ROW(sendmsg, OTHER, FD, HIDDEN, 0),
	ROW(accept, READ, FD, HIDDEN, 0),
	ROW(accept4, READ, FD, HIDDEN, 0),
	ROW(connect, OTHER, FD, HIDDEN, 0),
	ROW(wait4, CHILD, NOTHING, NEVER, 0),
	ROW(waitid, CHILD, NOTHING, NEVER, 0),
	ROW(rt_sigtimedwait, SIGNAL, NOTHING, TIMESPEC, 2),
	ROW(rt_sigsuspend, SIGNAL, NOTHING, NEVER, 0),
	ROW(io_uring_enter, URING, FD, URING, 4),
	ROW(io_getevents, OTHER, NOTHING, TIMESPEC, 4),
	ROW(semop, SEM, NOTHING, NEVER, 0),
	ROW(semtimedop, SEM, NOTHING, TIMESPEC, 3),
	ROW(msgrcv, READ, NOTHING, NEVER, 0),
	ROW(mq_timedreceive, READ, FD, REALTIME, 4),
	ROW(mq_timedsend, OTHER, FD, REALTIME, 4),
	ROW(flock, LOCK, FD, NEVER, 0),
	ROW(fcntl, LOCK, FD, NEVER, 0),
	/* Not waits, but threads are found in them. */
	ROW(ioctl, OTHER, FD, HIDDEN, 0),
	ROW(pread64, READ, FD, HIDDEN, 0),
	ROW(pwrite64, OTHER, FD, HIDDEN, 0),
	ROW(fsync, OTHER, FD, HIDDEN, 0),
	ROW(fdatasync, OTHER, FD, HIDDEN, 0),
	ROW(sendfile, OTHER, FD, HIDDEN, 0),
	ROW(splice, OTHER, FD, HIDDEN, 0),
	ROW(close, OTHER, FD, HIDDEN, 0),
	ROW(openat, OTHER, NOTHING, HIDDEN, 0),
	ROW(unlinkat, OTHER, NOTHING, HIDDEN, 0),
	ROW(mmap, OTHER, NOTHING, HIDDEN, 0),
	ROW(munmap, OTHER, NOTHING, HIDDEN, 0),
	ROW(madvise, OTHER, NOTHING, HIDDEN, 0),
	ROW(execve, OTHER, NOTHING, HIDDEN, 0),
	ROW(clone, OTHER, NOTHING, HIDDEN, 0),
	ROW(clone3, OTHER, NOTHING, HIDDEN, 0),
	ROW(exit_group, OTHER, NOTHING, HIDDEN, 0),
	ROW(sched_yield, OTHER, NOTHING, HIDDEN, 0),
	ROW(restart_syscall, OTHER, NOTHING, HIDDEN, 0),
};

static const struct row *find_row(long number)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].number == number)
			return &rows[i];
	}
	return NULL;
}

int wg__at_parse(const char *line, struct wg__at *ret)
{
	struct wg__at at = { .state = WG__AT_CALL };
	uint64_t *a = at.arg;

	if (strncmp(line, "running", 7) == 0)
		at.state = WG__AT_RUNNING;
	else if (sscanf(line, "-1 %" SCNx64 " %" SCNx64, &at.sp, &at.pc) == 2)
		at.state = WG__AT_OTHER;
	else if (sscanf(line,
			 "%ld %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64
			 " %" SCNx64 " %" SCNx64,
			 &at.number, &a[0], &a[1], &a[2], &a[3], &a[4], &a[5], &at.sp, &at.pc) != 9)
		return -EINVAL;
	*ret = at;
	return 0;
}

bool wg__at_is_still(int dir, const char *line)
{
	char now[256];

	return wg__proc_read(dir, "syscall", now, sizeof(now)) > 0 && strcmp(now, line) == 0;
}

/* Beyond 200 years from now: for ever. */
#define LONG_S (INT64_MAX / 1000000000 - 2000000000)

/* Seconds and a fraction: what a program gave may be any numbers. */
static int64_t total_ns(int64_t seconds, int64_t fraction, int64_t unit)
{
	if (seconds < 0 || fraction < 0 || fraction > 1000000000)
		return WG_NOT_OBSERVABLE;
	return seconds > LONG_S ? WG_FOR_EVER : seconds * 1000000000 + fraction * unit;
}

/* Whose memory, and when it was looked at. */
struct from {
	pid_t tid;
	const struct wg__kept_time *kept; /* NULL: now */
};

static int64_t time_at(const struct from *from, uint64_t address, int64_t unit)
{
	int64_t t[2];

	if (!address)
		return WG_FOR_EVER;
	if (from->kept && from->kept->at == address)
		return total_ns(from->kept->value[0], from->kept->value[1], unit);
	if (wg__proc_memory(from->tid, address, t, sizeof(t)) < sizeof(t))
		return WG_NOT_OBSERVABLE;
	return total_ns(t[0], t[1], unit);
}

/* What a clock showed then. */
static int64_t time_of(clockid_t clock, const struct from *from)
{
	struct timespec now, mono;

	if (from->kept && clock == CLOCK_MONOTONIC)
		return from->kept->mono_ns;
	if (clock_gettime(clock, &now) < 0)
		return -1;
	if (!from->kept)
		return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
	(void)clock_gettime(CLOCK_MONOTONIC, &mono);
	return ((int64_t)now.tv_sec - mono.tv_sec) * 1000000000 + (now.tv_nsec - mono.tv_nsec) +
	       from->kept->mono_ns;
}

/* A moment: what is left of it. Another time namespace's clock is off by its offset. */
static void until(clockid_t clock, const struct from *from, uint64_t address, struct wg__call *call)
{
	int64_t moment = time_at(from, address, 1), now = -1;

	call->timeout_ns = moment;
	if (moment < 0)
		return;
	call->timeout_ns = WG_NOT_OBSERVABLE; /* as of a clock that counts processor time */
	if (clock == CLOCK_MONOTONIC || clock == CLOCK_REALTIME || clock == CLOCK_BOOTTIME ||
		clock == CLOCK_TAI)
		now = time_of(clock, from);
	if (now < 0)
		return;
	call->deadline_ns = moment;
	call->timeout_ns = moment - now;
	if (call->timeout_ns < 0)
		call->timeout_ns = 0;
}

static void futex_time(const struct wg__at *at, const struct from *from, struct wg__call *call)
{
	bool is_realtime = at->arg[1] & FUTEX_CLOCK_REALTIME;

	switch (at->arg[1] & FUTEX_CMD_MASK) {
	case FUTEX_WAIT: call->timeout_ns = time_at(from, at->arg[3], 1); break;
	case FUTEX_LOCK_PI:
		is_realtime = true;
		/* fall through */
	case FUTEX_LOCK_PI2: call->how = WG_IN_LOCK; /* fall through */
	case FUTEX_WAIT_BITSET:
	case FUTEX_WAIT_REQUEUE_PI:
		until(is_realtime ? CLOCK_REALTIME : CLOCK_MONOTONIC, from, at->arg[3], call);
		break;
	default: call->timeout_ns = WG_NOT_OBSERVABLE; break;
	}
}

/* struct io_uring_getevents_arg: a set of signals, its size, and at 16 the timeout. */
static void uring_time(const struct wg__at *at, const struct from *from, struct wg__call *call)
{
	enum { EXT_ARG = 1u << 3, ABS_TIMER = 1u << 5 };
	uint64_t arg[3];

	call->timeout_ns = WG_FOR_EVER;
	if (!(at->arg[3] & EXT_ARG))
		return;
	call->timeout_ns = WG_NOT_OBSERVABLE;
	if (from->kept)
		arg[2] = from->kept->at;
	else if (wg__proc_memory(from->tid, at->arg[4], arg, sizeof(arg)) < sizeof(arg))
		return;
	if (at->arg[3] & ABS_TIMER)
		until(CLOCK_MONOTONIC, from, arg[2], call);
	else
		call->timeout_ns = time_at(from, arg[2], 1);
}

static void decode_time(const struct row *row, const struct wg__at *at, const struct from *from,
	struct wg__call *call)
{
	uint64_t arg = at->arg[row->arg];

	switch (row->how_long) {
	case NEVER: call->timeout_ns = WG_FOR_EVER; break;
	case HIDDEN: break;
	case MS:
		call->timeout_ns = (int32_t)arg < 0 ? WG_FOR_EVER : (int64_t)(int32_t)arg * 1000000;
		break;
	case TIMESPEC: call->timeout_ns = time_at(from, arg, 1); break;
	case TIMEVAL: call->timeout_ns = time_at(from, arg, 1000); break;
	case REALTIME: until(CLOCK_REALTIME, from, arg, call); break;
	case FUTEX: futex_time(at, from, call); break;
	case FUTEX2: until((clockid_t)at->arg[4], from, arg, call); break;
	case CLOCK:
		if (at->arg[1] & TIMER_ABSTIME)
			until((clockid_t)at->arg[0], from, arg, call);
		else
			call->timeout_ns = time_at(from, arg, 1);
		break;
	case URING: uring_time(at, from, call); break;
	}
}

/*
 * A signal that is ignored, or a stop, makes the kernel begin some calls anew as restart_syscall.
 * The arguments stay in their registers, and the instruction in front of the program counter's
 * may still say which call it was.
 */
static long number_of(const struct wg__at *at, pid_t tid)
{
#ifdef __x86_64__
	unsigned char code[7]; /* mov $NUMBER, %eax; syscall */
	uint32_t number;

	if (at->number == SYS_restart_syscall &&
		wg__proc_memory(tid, at->pc - sizeof(code), code, sizeof(code)) == sizeof(code) &&
		code[0] == 0xb8 && code[5] == 0x0f && code[6] == 0x05) {
		memcpy(&number, code + 1, sizeof(number));
		return (long)number;
	}
#else
	(void)tid;
#endif
	return at->number;
}

const char *wg__call_name(long number)
{
	static const struct {
		long number;
		const char *name;
	} others[] = {
		{ SYS_kill, "kill" },
		{ SYS_tkill, "tkill" },
		{ SYS_tgkill, "tgkill" },
		{ SYS_rt_sigqueueinfo, "rt_sigqueueinfo" },
		{ SYS_exit, "exit" },
		{ SYS_shutdown, "shutdown" },
		{ SYS_sendmmsg, "sendmmsg" },
		{ SYS_timerfd_settime, "timerfd_settime" },
		{ SYS_dup2, "dup2" },
		{ SYS_dup3, "dup3" },
	};
	const struct row *row = find_row(number);
	size_t i;

	for (i = 0; !row && i < sizeof(others) / sizeof(others[0]); i++) {
		if (others[i].number == number)
			return others[i].name;
	}
	return row ? row->name : NULL;
}

enum wg_wait_in wg__call_futex_how(const char *function)
{
	static const struct {
		const char *begins;
		enum wg_wait_in how;
	} known[] = {
		{ "pthread_cond_", WG_IN_COND },
		{ "cnd_", WG_IN_COND },
		{ "sem_", WG_IN_SEM },
		{ "pthread_mutex_", WG_IN_LOCK },
		{ "pthread_rwlock_", WG_IN_LOCK },
		{ "mtx_", WG_IN_LOCK },
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strncmp(function, known[i].begins, strlen(known[i].begins)) == 0)
			return known[i].how;
	}
	return WG_IN_FUTEX;
}

void wg__call_decode(
	const struct wg__at *at, pid_t tid, const struct wg__kept_time *kept, struct wg__call *ret)
{
	const struct from from = { tid, kept };
	const struct row *row = at->state == WG__AT_CALL ? find_row(number_of(at, tid)) : NULL;

	*ret = (struct wg__call){ .how = WG_IN_NONE, .timeout_ns = WG_NOT_OBSERVABLE };
	if (at->state == WG__AT_CALL)
		ret->how = WG_IN_OTHER;
	if (!row)
		return;
	ret->name = row->name;
	ret->how = row->how;
	ret->on = row->on;
	decode_time(row, at, &from, ret);
}
