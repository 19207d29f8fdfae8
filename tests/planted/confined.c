/*
 * confined.c: a program that confines itself: its filter of system calls kills it at any other one,
 * also at one of a library that looks on.
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/planted/planted.h"

#define ALLOW(name)                                                                                \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1),                                     \
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

/* Whatever else anybody calls here kills it. */
static bool confine(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		ALLOW(ppoll),
		ALLOW(write),
		ALLOW(read),
		ALLOW(close),
		ALLOW(dup),
		ALLOW(exit_group),
#ifdef SYS_poll
		ALLOW(poll),
#endif
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	};
	struct sock_fprog program = { sizeof(filter) / sizeof(filter[0]), filter };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

static void wait_often(int n)
{
	while (n-- > 0)
		(void)poll(NULL, 0, 1);
}

int planted_confined(void)
{
	int fd[2], copy;
	char c;

	if (pipe(fd) < 0)
		return 1;
	wait_often(3);
	if (!confine())
		return 77;
	wait_often(20);
	copy = dup(fd[0]);
	(void)!write(fd[1], "x", 1);
	(void)!read(copy, &c, 1);
	(void)close(copy);
	wait_often(20);
	(void)!write(1, "confined\n", 9);
	_exit(4);
}
