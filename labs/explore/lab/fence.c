/*
 * fence.c: see fence.h. The filters are written by hand: the explorer does not need libseccomp.
 */
#include "labs/explore/lab/fence.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define MACHINE	    AUDIT_ARCH_X86_64
#define OTHER_CALLS 0x40000000u /* from here on: those of x32 */
#elif defined(__aarch64__)
#define MACHINE	    AUDIT_ARCH_AARCH64
#define OTHER_CALLS 0x40000000u
#endif

#ifdef MACHINE

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define LOAD_HIGH(field)                                                                           \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field) + 4)
#define RETURN(what)	   BPF_STMT(BPF_RET | BPF_K, what)
#define IF(test, value, n) BPF_JUMP(BPF_JMP | test | BPF_K, value, 0, n) /* else skip n */

#define DENY(call) IF(BPF_JEQ, call, 1), RETURN(SECCOMP_RET_ERRNO | EPERM)
/* Where these flags make a file. */
#define DENY_CREATE(call, flags)                                                                   \
	IF(BPF_JEQ, call, 4), LOAD(flags), IF(BPF_JSET, O_CREAT, 1),                               \
		RETURN(SECCOMP_RET_ERRNO | EPERM), LOAD(nr)

static void install(struct sock_filter *code, unsigned short count)
{
	const struct sock_fprog program = { count, code };

	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	(void)prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

static void deny_calls(void)
{
	struct sock_filter code[] = { LOAD(arch),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MACHINE, 1, 0),
		RETURN(SECCOMP_RET_KILL_PROCESS), LOAD(nr), IF(BPF_JGE, OTHER_CALLS, 1),
		RETURN(SECCOMP_RET_KILL_PROCESS),
		/* other programs */
		DENY(SYS_execve), DENY(SYS_execveat),
	/* files and folders */
#ifdef SYS_open
		DENY_CREATE(SYS_open, args[1]), DENY(SYS_creat), DENY(SYS_mkdir), DENY(SYS_mknod),
		DENY(SYS_link), DENY(SYS_symlink), DENY(SYS_rename), DENY(SYS_unlink),
		DENY(SYS_rmdir), DENY(SYS_chmod),
#endif
		DENY_CREATE(SYS_openat, args[2]), DENY(SYS_mkdirat), DENY(SYS_mknodat),
		DENY(SYS_linkat), DENY(SYS_symlinkat), DENY(SYS_renameat2), DENY(SYS_unlinkat),
		DENY(SYS_fchmod), DENY(SYS_fchmodat), DENY(SYS_truncate), DENY(SYS_ftruncate),
#ifdef SYS_renameat
		DENY(SYS_renameat),
#endif
#ifdef SYS_openat2
		DENY(SYS_openat2), /* its flags lie in memory, where a filter cannot look */
#endif
#ifdef SYS_fchmodat2
		DENY(SYS_fchmodat2),
#endif
		RETURN(SECCOMP_RET_ALLOW) };

	install(code, sizeof(code) / sizeof(code[0]));
}

void lx_fence_code(const char *begin, const char *end)
{
	uint64_t from = (uintptr_t)begin, to = (uintptr_t)end;
	struct sock_filter code[] = { LOAD_HIGH(instruction_pointer),
		IF(BPF_JEQ, (uint32_t)(from >> 32), 4), LOAD(instruction_pointer),
		IF(BPF_JGE, (uint32_t)from, 2),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, (uint32_t)to, 1, 0), RETURN(SECCOMP_RET_TRAP),
		RETURN(SECCOMP_RET_ALLOW) };

	if (from >> 32 == to >> 32) /* else it lies across: left alone */
		install(code, sizeof(code) / sizeof(code[0]));
}

#else

static void deny_calls(void)
{
}

void lx_fence_code(const char *begin, const char *end)
{
	(void)begin;
	(void)end;
}

#endif

void lx_fence(void)
{
	const struct rlimit none = { 0, 0 };

	/* A process that the lab forks would share the memory of later findings. */
	(void)setrlimit(RLIMIT_NPROC, &none);
	(void)setrlimit(RLIMIT_FSIZE, &none);
	deny_calls();
}
