/*
 * filter.c: the system calls that the program has not.
 *
 * Three sorts: what reaches other processes or the machine; what would undo the other fences, as
 * mounts and namespaces of its own; and what turns data into code or its memory into a file, which
 * is how a shared object would patch the explorer that it was loaded into. The last makes that
 * harder and not impossible: it may still write to all data of its process. See Safety in
 * README.md.
 */
#include <sys/prctl.h>
#ifdef WG_HAVE_SECCOMP
#include <errno.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "labs/grade/box/box_impl.h"

#ifdef WG_HAVE_SECCOMP

/* What SCMP_CMP() makes, with all its members. */
static struct scmp_arg_cmp arg_is(
	unsigned arg, enum scmp_compare how, scmp_datum_t a, scmp_datum_t b)
{
	return (struct scmp_arg_cmp){ .arg = arg, .op = how, .datum_a = a, .datum_b = b };
}

/* This call, where all these bits of the argument are set. */
static void deny_bits(scmp_filter_ctx f, int nr, unsigned arg, scmp_datum_t bits)
{
	(void)seccomp_rule_add(
		f, SCMP_ACT_ERRNO(EPERM), nr, 1, arg_is(arg, SCMP_CMP_MASKED_EQ, bits, bits));
}

/* No signals to the grader and the keeper, nor to groups other than its own. */
static void deny_shots(scmp_filter_ctx f, const struct wg__box *box)
{
	static const int calls[] = { SCMP_SYS(kill), SCMP_SYS(tkill), SCMP_SYS(tgkill),
		SCMP_SYS(rt_sigqueueinfo), SCMP_SYS(rt_tgsigqueueinfo), SCMP_SYS(pidfd_open) };
	size_t i;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		(void)seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), calls[i], 1,
			arg_is(0, SCMP_CMP_EQ, (scmp_datum_t)box->grader, 0));
		(void)seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), calls[i], 1,
			arg_is(0, SCMP_CMP_EQ, (scmp_datum_t)box->keeper, 0));
		deny_bits(f, calls[i], 0, UINT64_C(0x80000000));
	}
}

/* SYS_ and not SCMP_SYS: what a libseccomp does not know yet is denied by its number. */
static void deny_calls(scmp_filter_ctx f)
{
	static const int calls[] = { /* other processes */
		SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp,
#ifdef SYS_pidfd_getfd
		SYS_pidfd_getfd,
#endif
#ifdef SYS_process_madvise
		SYS_process_madvise,
#endif
		/* the machine */
		SYS_bpf, SYS_perf_event_open, SYS_keyctl, SYS_add_key, SYS_request_key, SYS_reboot,
		SYS_kexec_load, SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_swapon,
		SYS_userfaultfd, SYS_open_by_handle_at,
		/* daemons of the same user, that would run a command for it: socketpair is left */
		SYS_socket, SYS_connect, SYS_bind, SYS_listen, SYS_accept, SYS_accept4, SYS_sendmsg,
		SYS_sendmmsg,
		/* memory that no limit counts */
		SYS_memfd_create, SYS_shmget,
#ifdef SYS_memfd_secret
		SYS_memfd_secret,
#endif
		/* its queues make calls that no filter sees */
		SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register,
		/* the other fences */
		SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_unshare, SYS_setns,
#ifdef SYS_fsopen
		SYS_fsopen, SYS_fsconfig, SYS_fsmount, SYS_fspick, SYS_move_mount, SYS_open_tree,
#endif
#ifdef SYS_mount_setattr
		SYS_mount_setattr
#endif
	};
	size_t i;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		(void)seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), calls[i], 0);
	/* A datagram to an address; to the other end of a pair it has none. */
	(void)seccomp_rule_add(
		f, SCMP_ACT_ERRNO(EPERM), SYS_sendto, 1, arg_is(4, SCMP_CMP_NE, 0, 0));
	deny_bits(f, SYS_clone, 0, CLONE_NEWUSER);
#ifdef SYS_clone3
	/* Its flags lie in memory, where a filter cannot look; libc falls back to clone. */
	(void)seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SYS_clone3, 0);
#endif
}

/*
 * Code is what the loader maps, and it stays so. A page of code that is written to can no longer be
 * executed. /proc/self/mem ignores protections, but a process that is not dumpable cannot open it,
 * and it cannot become dumpable again.
 */
static void deny_code(scmp_filter_ctx f)
{
	deny_bits(f, SYS_mprotect, 2, PROT_EXEC);
#ifdef SYS_pkey_mprotect
	deny_bits(f, SYS_pkey_mprotect, 2, PROT_EXEC);
#endif
	deny_bits(f, SYS_mmap, 2, PROT_WRITE | PROT_EXEC);
	deny_bits(f, SYS_shmat, 2, SHM_EXEC);
	deny_bits(f, SYS_personality, 0, READ_IMPLIES_EXEC);
	(void)seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), SYS_prctl, 2,
		arg_is(0, SCMP_CMP_EQ, PR_SET_DUMPABLE, 0), arg_is(1, SCMP_CMP_NE, 0, 0));
}

static scmp_filter_ctx make_filter(const struct wg__box *box)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);

	if (!f)
		return NULL;
	deny_calls(f);
	deny_code(f);
	/* In a process namespace these numbers are other processes. */
	if (!(box->fences & WG_BOX_NAMESPACES))
		deny_shots(f, box);
	return f;
}

int wg__box_filter(const struct wg__box *box)
{
	scmp_filter_ctx f = make_filter(box);
	int rc = f && seccomp_load(f) == 0 ? 0 : -1;

	seccomp_release(f);
	return rc;
}

int wg__box_filter_fd(const struct wg__box *box)
{
	scmp_filter_ctx f = make_filter(box);
	int fd = memfd_create("filter", 0); /* bwrap reads it */

	if (!f || fd < 0 || seccomp_export_bpf(f, fd) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		fd = -1;
	seccomp_release(f);
	return fd;
}

/* Asked by trying, with no filter to read: EINVAL where there is no such thing. */
bool wg__box_can_filter(void)
{
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL, 0, 0) < 0 && errno == EFAULT;
}

#else

int wg__box_filter(const struct wg__box *box)
{
	(void)box;
	return -1;
}

int wg__box_filter_fd(const struct wg__box *box)
{
	(void)box;
	return -1;
}

bool wg__box_can_filter(void)
{
	return false;
}

#endif
