/*
 * perf_numbers.c: see perf_numbers.h. The numbers are the kernel's: of x86-64, and the generic ones
 * of arm64 and others; -1: that machine has no such call.
 */
#include "traces/import/perf_numbers.h"

static const struct {
	const char *name;
	int16_t x86_64, arm64;
} numbers[] = {
	{ "accept", 43, 202 },
	{ "accept4", 288, 242 },
	{ "bind", 49, 200 },
	{ "chmod", 90, -1 },
	{ "chown", 92, -1 },
	{ "clock_nanosleep", 230, 115 },
	{ "clone", 56, 220 },
	{ "clone3", 435, 435 },
	{ "close", 3, 57 },
	{ "close_range", 436, 436 },
	{ "connect", 42, 203 },
	{ "copy_file_range", 326, 285 },
	{ "creat", 85, -1 },
	{ "dup", 32, 23 },
	{ "dup2", 33, -1 },
	{ "dup3", 292, 24 },
	{ "epoll_create", 213, -1 },
	{ "epoll_create1", 291, 20 },
	{ "epoll_ctl", 233, 21 },
	{ "epoll_pwait", 281, 22 },
	{ "epoll_pwait2", 441, 441 },
	{ "epoll_wait", 232, -1 },
	{ "eventfd", 284, -1 },
	{ "eventfd2", 290, 19 },
	{ "execve", 59, 221 },
	{ "execveat", 322, 281 },
	{ "exit", 60, 93 },
	{ "exit_group", 231, 94 },
	{ "fallocate", 285, 47 },
	{ "fchmod", 91, 52 },
	{ "fchmodat", 268, 53 },
	{ "fchown", 93, 55 },
	{ "fchownat", 260, 54 },
	{ "fcntl", 72, 25 },
	{ "fdatasync", 75, 83 },
	{ "flock", 73, 32 },
	{ "fork", 57, -1 },
	{ "fsync", 74, 82 },
	{ "ftruncate", 77, 46 },
	{ "futex", 202, 98 },
	{ "futex_wait", 455, 455 },
	{ "futex_waitv", 449, 449 },
	{ "futex_wake", 454, 454 },
	{ "inotify_init", 253, -1 },
	{ "inotify_init1", 294, 26 },
	{ "io_getevents", 208, 4 },
	{ "io_pgetevents", 333, 292 },
	{ "io_submit", 209, 2 },
	{ "io_uring_enter", 426, 426 },
	{ "kill", 62, 129 },
	{ "link", 86, -1 },
	{ "linkat", 265, 37 },
	{ "listen", 50, 201 },
	{ "memfd_create", 319, 279 },
	{ "mkdir", 83, -1 },
	{ "mkdirat", 258, 34 },
	{ "mq_timedreceive", 243, 183 },
	{ "mq_timedsend", 242, 182 },
	{ "msgrcv", 70, 188 },
	{ "msgsnd", 69, 189 },
	{ "msync", 26, 227 },
	{ "nanosleep", 35, 101 },
	{ "open", 2, -1 },
	{ "openat", 257, 56 },
	{ "openat2", 437, 437 },
	{ "pause", 34, -1 },
	{ "pidfd_send_signal", 424, 424 },
	{ "pipe", 22, -1 },
	{ "pipe2", 293, 59 },
	{ "poll", 7, -1 },
	{ "ppoll", 271, 73 },
	{ "prctl", 157, 167 },
	{ "pread64", 17, 67 },
	{ "preadv", 295, 69 },
	{ "preadv2", 327, 286 },
	{ "process_vm_writev", 311, 271 },
	{ "pselect6", 270, 72 },
	{ "pwrite64", 18, 68 },
	{ "pwritev", 296, 70 },
	{ "pwritev2", 328, 287 },
	{ "read", 0, 63 },
	{ "readv", 19, 65 },
	{ "recvfrom", 45, 207 },
	{ "recvmmsg", 299, 243 },
	{ "recvmsg", 47, 212 },
	{ "rename", 82, -1 },
	{ "renameat", 264, 38 },
	{ "renameat2", 316, 276 },
	{ "restart_syscall", 219, 128 },
	{ "rmdir", 84, -1 },
	{ "rt_sigqueueinfo", 129, 138 },
	{ "rt_sigsuspend", 130, 133 },
	{ "rt_sigtimedwait", 128, 137 },
	{ "rt_tgsigqueueinfo", 297, 240 },
	{ "select", 23, -1 },
	{ "semop", 65, 193 },
	{ "semtimedop", 220, 192 },
	{ "sendfile", 40, 71 },
	{ "sendmmsg", 307, 269 },
	{ "sendmsg", 46, 211 },
	{ "sendto", 44, 206 },
	{ "shutdown", 48, 210 },
	{ "signalfd", 282, -1 },
	{ "signalfd4", 289, 74 },
	{ "socket", 41, 198 },
	{ "socketpair", 53, 199 },
	{ "splice", 275, 76 },
	{ "symlink", 88, -1 },
	{ "symlinkat", 266, 36 },
	{ "sync", 162, 81 },
	{ "sync_file_range", 277, 84 },
	{ "tee", 276, 77 },
	{ "tgkill", 234, 131 },
	{ "timerfd_create", 283, 85 },
	{ "tkill", 200, 130 },
	{ "truncate", 76, 45 },
	{ "unlink", 87, -1 },
	{ "unlinkat", 263, 35 },
	{ "utimensat", 280, 88 },
	{ "vfork", 58, -1 },
	{ "vmsplice", 278, 75 },
	{ "wait4", 61, 260 },
	{ "waitid", 247, 95 },
	{ "write", 1, 64 },
	{ "writev", 20, 66 },
};

bool wg__machine_of(struct wg__span name, enum wg__machine *ret)
{
	bool is_arm = wg__span_is(name, "aarch64") || wg__span_is(name, "arm64") ||
		      wg__span_is(name, "riscv64") || wg__span_is(name, "loongarch64");

	if (!is_arm && !wg__span_is(name, "x86_64"))
		return false;
	*ret = is_arm ? WG__MACHINE_ARM64 : WG__MACHINE_X86_64;
	return true;
}

enum wg__machine wg__machine_here(void)
{
#ifdef __x86_64__
	return WG__MACHINE_X86_64;
#else
	return WG__MACHINE_ARM64;
#endif
}

void wg__numbers_fill(enum wg__machine machine, const struct wg__syscall *ret[WG__NUMBERS])
{
	struct wg__span none = { "", "" };
	size_t i;

	for (i = 0; i < WG__NUMBERS; i++)
		ret[i] = wg__syscall_find(none);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		const char *name = numbers[i].name;
		int number = machine == WG__MACHINE_ARM64 ? numbers[i].arm64 : numbers[i].x86_64;

		if (number >= 0)
			ret[number] =
				wg__syscall_find((struct wg__span){ name, name + strlen(name) });
	}
}
