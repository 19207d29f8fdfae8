/*
 * syscalls.c: see syscalls.h.
 *
 * Sorted by name, for a binary search. What acts is what section "timer, acted" of the design
 * counts: it wrote, woke somebody, read bytes, or made or ended a thread. Changes to files are
 * writes here: a wake that renames one was not for nothing.
 */
#include "traces/import/syscalls.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

static const struct wg__syscall table[] = {
	{ "_newselect", WG__CALL_WAIT, WG_IN_SELECT, WG__TIMEOUT_TIMEVAL, 4 },
	{ "accept", WG__CALL_WAIT | WG__CALL_SLOW | WG__CALL_ACTS | WG__CALL_MAKES, WG_IN_READ,
		WG__TIMEOUT_NONE, 0 },
	{ "accept4", WG__CALL_WAIT | WG__CALL_SLOW | WG__CALL_ACTS | WG__CALL_MAKES, WG_IN_READ,
		WG__TIMEOUT_NONE, 0 },
	{ "bind", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "chmod", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "chown", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "clock_nanosleep", WG__CALL_WAIT, WG_IN_SLEEP, WG__TIMEOUT_TIMESPEC, 2 },
	{ "clock_nanosleep_time64", WG__CALL_WAIT, WG_IN_SLEEP, WG__TIMEOUT_TIMESPEC, 2 },
	{ "clone", WG__CALL_BIRTH | WG__CALL_MOVES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "clone3", WG__CALL_BIRTH | WG__CALL_MOVES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "close", WG__CALL_MAKES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "close_range", WG__CALL_MAKES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "connect", WG__CALL_WAIT | WG__CALL_SLOW | WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE,
		0 },
	{ "copy_file_range", WG__CALL_MOVES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "creat", WG__CALL_MAKES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "dup", WG__CALL_MAKES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "dup2", WG__CALL_MAKES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "dup3", WG__CALL_MAKES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "epoll_create", WG__CALL_MAKES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "epoll_create1", WG__CALL_MAKES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "epoll_ctl", WG__CALL_MAKES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "epoll_pwait", WG__CALL_WAIT, WG_IN_EPOLL, WG__TIMEOUT_MS, 3 },
	{ "epoll_pwait2", WG__CALL_WAIT, WG_IN_EPOLL, WG__TIMEOUT_TIMESPEC, 3 },
	{ "epoll_wait", WG__CALL_WAIT, WG_IN_EPOLL, WG__TIMEOUT_MS, 3 },
	{ "eventfd", WG__CALL_MAKES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "eventfd2", WG__CALL_MAKES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "execve", WG__CALL_NAMES | WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "execveat", WG__CALL_NAMES | WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "exit", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "exit_group", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "fallocate", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "fchmod", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "fchmodat", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "fchown", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "fchownat", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "fcntl", WG__CALL_WAIT | WG__CALL_SLOW | WG__CALL_MAKES, WG_IN_LOCK, WG__TIMEOUT_NONE,
		0 },
	{ "fcntl64", WG__CALL_WAIT | WG__CALL_SLOW | WG__CALL_MAKES, WG_IN_LOCK, WG__TIMEOUT_NONE,
		0 },
	{ "fdatasync", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "flock", WG__CALL_WAIT | WG__CALL_SLOW, WG_IN_LOCK, WG__TIMEOUT_NONE, 0 },
	{ "fork", WG__CALL_BIRTH | WG__CALL_MOVES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "fsync", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "ftruncate", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "futex", WG__CALL_FUTEX | WG__CALL_MOVES, WG_IN_FUTEX, WG__TIMEOUT_TIMESPEC, 3 },
	{ "futex_time64", WG__CALL_FUTEX | WG__CALL_MOVES, WG_IN_FUTEX, WG__TIMEOUT_TIMESPEC, 3 },
	{ "futex_wait", WG__CALL_WAIT, WG_IN_FUTEX, WG__TIMEOUT_HIDDEN, 0 },
	{ "futex_waitv", WG__CALL_WAIT, WG_IN_FUTEX, WG__TIMEOUT_HIDDEN, 0 },
	{ "futex_wake", WG__CALL_MOVES, WG_IN_FUTEX, WG__TIMEOUT_NONE, 0 },
	{ "inotify_init", WG__CALL_MAKES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "inotify_init1", WG__CALL_MAKES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "io_getevents", WG__CALL_WAIT | WG__CALL_MOVES, WG_IN_OTHER, WG__TIMEOUT_TIMESPEC, 4 },
	{ "io_pgetevents", WG__CALL_WAIT | WG__CALL_MOVES, WG_IN_OTHER, WG__TIMEOUT_TIMESPEC, 4 },
	{ "io_pgetevents_time64", WG__CALL_WAIT | WG__CALL_MOVES, WG_IN_OTHER, WG__TIMEOUT_TIMESPEC,
		4 },
	{ "io_submit", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "io_uring_enter", WG__CALL_WAIT | WG__CALL_MOVES, WG_IN_URING, WG__TIMEOUT_HIDDEN, 0 },
	{ "kill", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "link", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "linkat", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "listen", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "memfd_create", WG__CALL_MAKES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "mkdir", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "mkdirat", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "mq_timedreceive", WG__CALL_WAIT | WG__CALL_MOVES, WG_IN_OTHER, WG__TIMEOUT_HIDDEN, 0 },
	{ "mq_timedreceive_time64", WG__CALL_WAIT | WG__CALL_MOVES, WG_IN_OTHER, WG__TIMEOUT_HIDDEN,
		0 },
	{ "mq_timedsend", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "mq_timedsend_time64", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "msgrcv", WG__CALL_WAIT | WG__CALL_MOVES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "msgsnd", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "msync", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "nanosleep", WG__CALL_WAIT, WG_IN_SLEEP, WG__TIMEOUT_TIMESPEC, 0 },
	{ "open", WG__CALL_MAKES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "openat", WG__CALL_MAKES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "openat2", WG__CALL_MAKES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "pause", WG__CALL_WAIT, WG_IN_SIGNAL, WG__TIMEOUT_NONE, 0 },
	{ "pidfd_send_signal", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "pipe", WG__CALL_MAKES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "pipe2", WG__CALL_MAKES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "poll", WG__CALL_WAIT, WG_IN_POLL, WG__TIMEOUT_MS, 2 },
	{ "ppoll", WG__CALL_WAIT, WG_IN_POLL, WG__TIMEOUT_TIMESPEC, 2 },
	{ "ppoll_time64", WG__CALL_WAIT, WG_IN_POLL, WG__TIMEOUT_TIMESPEC, 2 },
	{ "prctl", WG__CALL_NAMES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "pread64", WG__CALL_WAIT | WG__CALL_SLOW | WG__CALL_READS | WG__CALL_MOVES, WG_IN_READ,
		WG__TIMEOUT_NONE, 0 },
	{ "preadv", WG__CALL_WAIT | WG__CALL_SLOW | WG__CALL_READS | WG__CALL_MOVES, WG_IN_READ,
		WG__TIMEOUT_NONE, 0 },
	{ "preadv2", WG__CALL_WAIT | WG__CALL_SLOW | WG__CALL_READS | WG__CALL_MOVES, WG_IN_READ,
		WG__TIMEOUT_NONE, 0 },
	{ "process_vm_writev", WG__CALL_MOVES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "pselect6", WG__CALL_WAIT, WG_IN_SELECT, WG__TIMEOUT_TIMESPEC, 4 },
	{ "pselect6_time64", WG__CALL_WAIT, WG_IN_SELECT, WG__TIMEOUT_TIMESPEC, 4 },
	{ "pwrite64", WG__CALL_NOTIFIES | WG__CALL_MOVES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "pwritev", WG__CALL_NOTIFIES | WG__CALL_MOVES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "pwritev2", WG__CALL_NOTIFIES | WG__CALL_MOVES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "read", WG__CALL_WAIT | WG__CALL_SLOW | WG__CALL_READS | WG__CALL_MOVES, WG_IN_READ,
		WG__TIMEOUT_NONE, 0 },
	{ "readv", WG__CALL_WAIT | WG__CALL_SLOW | WG__CALL_READS | WG__CALL_MOVES, WG_IN_READ,
		WG__TIMEOUT_NONE, 0 },
	{ "recv", WG__CALL_WAIT | WG__CALL_SLOW | WG__CALL_READS | WG__CALL_MOVES, WG_IN_READ,
		WG__TIMEOUT_NONE, 0 },
	{ "recvfrom", WG__CALL_WAIT | WG__CALL_SLOW | WG__CALL_READS | WG__CALL_MOVES, WG_IN_READ,
		WG__TIMEOUT_NONE, 0 },
	{ "recvmmsg", WG__CALL_WAIT | WG__CALL_SLOW | WG__CALL_READS | WG__CALL_MOVES, WG_IN_READ,
		WG__TIMEOUT_NONE, 0 },
	{ "recvmmsg_time64", WG__CALL_WAIT | WG__CALL_SLOW | WG__CALL_READS | WG__CALL_MOVES,
		WG_IN_READ, WG__TIMEOUT_NONE, 0 },
	{ "recvmsg", WG__CALL_WAIT | WG__CALL_SLOW | WG__CALL_READS | WG__CALL_MOVES, WG_IN_READ,
		WG__TIMEOUT_NONE, 0 },
	{ "rename", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "renameat", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "renameat2", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "restart_syscall", WG__CALL_WAIT, WG_IN_OTHER, WG__TIMEOUT_HIDDEN, 0 },
	{ "rmdir", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "rt_sigqueueinfo", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "rt_sigsuspend", WG__CALL_WAIT, WG_IN_SIGNAL, WG__TIMEOUT_NONE, 0 },
	{ "rt_sigtimedwait", WG__CALL_WAIT, WG_IN_SIGNAL, WG__TIMEOUT_TIMESPEC, 2 },
	{ "rt_sigtimedwait_time64", WG__CALL_WAIT, WG_IN_SIGNAL, WG__TIMEOUT_TIMESPEC, 2 },
	{ "rt_tgsigqueueinfo", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "select", WG__CALL_WAIT, WG_IN_SELECT, WG__TIMEOUT_TIMEVAL, 4 },
	{ "semop", WG__CALL_WAIT | WG__CALL_SLOW | WG__CALL_ACTS, WG_IN_SEM, WG__TIMEOUT_NONE, 0 },
	{ "semtimedop", WG__CALL_WAIT, WG_IN_SEM, WG__TIMEOUT_TIMESPEC, 3 },
	{ "semtimedop_time64", WG__CALL_WAIT, WG_IN_SEM, WG__TIMEOUT_TIMESPEC, 3 },
	{ "send", WG__CALL_NOTIFIES | WG__CALL_MOVES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "sendfile", WG__CALL_MOVES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "sendfile64", WG__CALL_MOVES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "sendmmsg", WG__CALL_NOTIFIES | WG__CALL_MOVES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "sendmsg", WG__CALL_NOTIFIES | WG__CALL_MOVES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "sendto", WG__CALL_NOTIFIES | WG__CALL_MOVES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "shutdown", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "signalfd", WG__CALL_MAKES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "signalfd4", WG__CALL_MAKES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "socket", WG__CALL_MAKES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "socketpair", WG__CALL_MAKES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "splice", WG__CALL_MOVES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "symlink", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "symlinkat", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "sync", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "sync_file_range", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "tee", WG__CALL_MOVES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "tgkill", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "timerfd_create", WG__CALL_MAKES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "tkill", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "truncate", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "unlink", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "unlinkat", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "utimensat", WG__CALL_ACTS, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "vfork", WG__CALL_BIRTH | WG__CALL_MOVES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "vmsplice", WG__CALL_MOVES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "wait4", WG__CALL_WAIT | WG__CALL_MOVES, WG_IN_CHILD, WG__TIMEOUT_NONE, 0 },
	{ "waitid", WG__CALL_WAIT, WG_IN_CHILD, WG__TIMEOUT_NONE, 0 },
	{ "waitpid", WG__CALL_WAIT | WG__CALL_MOVES, WG_IN_CHILD, WG__TIMEOUT_NONE, 0 },
	{ "write", WG__CALL_NOTIFIES | WG__CALL_MOVES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
	{ "writev", WG__CALL_NOTIFIES | WG__CALL_MOVES, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 },
};

static const struct wg__syscall unknown = { "", 0, WG_IN_OTHER, WG__TIMEOUT_NONE, 0 };

static int compare(struct wg__span name, const char *other)
{
	size_t len = wg__span_len(name), other_len = strlen(other);
	int rc = memcmp(name.p, other, len < other_len ? len : other_len);

	return rc ? rc : (len > other_len) - (len < other_len);
}

const struct wg__syscall *wg__syscall_find(struct wg__span name)
{
	size_t low = 0, high = ARRAY_LEN(table);

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int rc = compare(name, table[mid].name);

		if (rc == 0)
			return &table[mid];
		if (rc < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return &unknown;
}

bool wg__syscall_makes(const struct wg__syscall *is, enum wg_object_kind *ret)
{
	static const struct {
		const char *begin;
		enum wg_object_kind kind;
	} kinds[] = {
		{ "eventfd", WG_OBJECT_EVENTFD },
		{ "timerfd", WG_OBJECT_TIMERFD },
		{ "epoll_create", WG_OBJECT_EPOLL },
		{ "accept", WG_OBJECT_SOCKET },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(kinds); i++) {
		if (strncmp(is->name, kinds[i].begin, strlen(kinds[i].begin)) == 0) {
			*ret = kinds[i].kind;
			return true;
		}
	}
	*ret = WG_OBJECT_SOCKET;
	return strcmp(is->name, "socket") == 0;
}
