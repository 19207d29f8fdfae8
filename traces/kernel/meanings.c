/*
 * meanings.c: see meanings.h.
 *
 * What acts is what the table of traces/import says (syscalls.c), which has names and not numbers;
 * a test compares them. Of a futex the operation decides, of io_uring_enter whether it slept.
 */
#include "traces/kernel/meanings.h"

#include <string.h>
#include <sys/syscall.h>

#define ROW(name, meaning)                                                                         \
	{                                                                                          \
		SYS_##name, #name, meaning                                                         \
	}

enum {
	WAITS = WG_RAW_WAITS,
	SLEEPS = WG_RAW_SLEEPS,
	FUTEX = WG_RAW_FUTEX,
	ACTS = WG_RAW_ACTS,
	MOVES = WG_RAW_MOVES,
	READS = WG_RAW_READS,
	WRITES = WG_RAW_WRITES,
	SUBMITS = WG_RAW_SUBMITS
};

static const struct {
	unsigned number;
	const char *name;
	unsigned char meaning;
} rows[] = {
#ifdef __x86_64__ /* where the program in the kernel runs */
	ROW(accept, SLEEPS | ACTS),
	ROW(accept4, SLEEPS | ACTS),
	ROW(bind, ACTS),
	ROW(chmod, ACTS),
	ROW(chown, ACTS),
	ROW(clock_nanosleep, WAITS),
	ROW(clone, MOVES),
	ROW(clone3, MOVES),
	ROW(connect, SLEEPS | ACTS),
	ROW(copy_file_range, MOVES),
	ROW(epoll_pwait, WAITS),
	ROW(epoll_pwait2, WAITS),
	ROW(epoll_wait, WAITS),
	ROW(execve, ACTS),
	ROW(execveat, ACTS),
	ROW(exit, ACTS),
	ROW(exit_group, ACTS),
	ROW(fallocate, ACTS),
	ROW(fchmod, ACTS),
	ROW(fchmodat, ACTS),
	ROW(fchown, ACTS),
	ROW(fchownat, ACTS),
	ROW(fcntl, SLEEPS),
	ROW(fdatasync, ACTS),
	ROW(flock, SLEEPS),
	ROW(fork, MOVES),
	ROW(fsync, ACTS),
	ROW(ftruncate, ACTS),
	ROW(futex, FUTEX),
	ROW(futex_waitv, SLEEPS),
	ROW(io_getevents, SLEEPS | MOVES),
	ROW(io_pgetevents, SLEEPS | MOVES),
	ROW(io_submit, ACTS),
	ROW(io_uring_enter, SUBMITS),
	ROW(kill, ACTS),
	ROW(link, ACTS),
	ROW(linkat, ACTS),
	ROW(listen, ACTS),
	ROW(mkdir, ACTS),
	ROW(mkdirat, ACTS),
	ROW(mq_timedreceive, SLEEPS | MOVES),
	ROW(mq_timedsend, ACTS),
	ROW(msgrcv, SLEEPS | MOVES),
	ROW(msgsnd, ACTS),
	ROW(msync, ACTS),
	ROW(nanosleep, WAITS),
	ROW(pause, SLEEPS),
	ROW(pidfd_send_signal, ACTS),
	ROW(poll, WAITS),
	ROW(ppoll, WAITS),
	ROW(pread64, SLEEPS | READS),
	ROW(preadv, SLEEPS | READS),
	ROW(preadv2, SLEEPS | READS),
	ROW(process_vm_writev, MOVES),
	ROW(pselect6, WAITS),
	ROW(pwrite64, WRITES),
	ROW(pwritev, WRITES),
	ROW(pwritev2, WRITES),
	ROW(read, SLEEPS | READS),
	ROW(readv, SLEEPS | READS),
	ROW(recvfrom, SLEEPS | READS),
	ROW(recvmmsg, SLEEPS | READS),
	ROW(recvmsg, SLEEPS | READS),
	ROW(rename, ACTS),
	ROW(renameat, ACTS),
	ROW(renameat2, ACTS),
	ROW(restart_syscall, SLEEPS),
	ROW(rmdir, ACTS),
	ROW(rt_sigqueueinfo, ACTS),
	ROW(rt_sigsuspend, SLEEPS),
	ROW(rt_sigtimedwait, SLEEPS),
	ROW(rt_tgsigqueueinfo, ACTS),
	ROW(select, WAITS),
	ROW(semop, SLEEPS | ACTS),
	ROW(semtimedop, SLEEPS),
	ROW(sendfile, MOVES),
	ROW(sendmmsg, WRITES),
	ROW(sendmsg, WRITES),
	ROW(sendto, WRITES),
	ROW(shutdown, ACTS),
	ROW(splice, MOVES),
	ROW(symlink, ACTS),
	ROW(symlinkat, ACTS),
	ROW(sync, ACTS),
	ROW(sync_file_range, ACTS),
	ROW(tee, MOVES),
	ROW(tgkill, ACTS),
	ROW(tkill, ACTS),
	ROW(truncate, ACTS),
	ROW(unlink, ACTS),
	ROW(unlinkat, ACTS),
	ROW(utimensat, ACTS),
	ROW(vfork, MOVES),
	ROW(vmsplice, MOVES),
	ROW(wait4, SLEEPS | MOVES),
	ROW(waitid, SLEEPS),
	ROW(write, WRITES),
	ROW(writev, WRITES),
#endif
	{ WG_RAW_CALLS, NULL, 0 },
};

void wg__meanings(unsigned char ret[WG_RAW_CALLS])
{
	size_t i;

	memset(ret, 0, WG_RAW_CALLS);
	for (i = 0; rows[i].number < WG_RAW_CALLS; i++)
		ret[rows[i].number] = rows[i].meaning;
}

bool wg__meaning_at(size_t i, const char **ret_name, unsigned *ret_meaning)
{
	if (!rows[i].name)
		return false;
	*ret_name = rows[i].name;
	*ret_meaning = rows[i].meaning;
	return true;
}
