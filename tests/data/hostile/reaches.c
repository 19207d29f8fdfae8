/*
 * reaches.c: a learner's file that opens the memory and the descriptors of its parent, to write
 * there what it likes. Exit status 33: something let it; 34: nothing did.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

void attack(void) __attribute__((constructor));

/* Its number as /proc has it, which may be that of another world than getppid()'s. */
static int parent(void)
{
	int pid = 0;
	FILE *f = fopen("/proc/self/stat", "r");

	if (!f || fscanf(f, "%*d (%*[^)]) %*c %d", &pid) != 1)
		pid = (int)getppid();
	if (f)
		(void)fclose(f);
	return pid;
}

static int opens(pid_t pid, const char *what)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, what);
	return open(path, O_RDWR) >= 0 || open(path, O_WRONLY) >= 0;
}

static int reaches(pid_t pid)
{
	char word[8] = "";
	struct iovec here = { word, sizeof(word) }, there = { (void *)&attack, sizeof(word) };
	int fd;

	if (opens(pid, "mem"))
		return 1;
	for (fd = 0; fd < 16; fd++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "fd/%d", fd);
		if (opens(pid, name))
			return 1;
	}
	if (syscall(SYS_process_vm_writev, pid, &here, 1, &there, 1, 0) >= 0 ||
		syscall(SYS_process_vm_readv, pid, &here, 1, &there, 1, 0) >= 0)
		return 1;
#ifdef SYS_pidfd_getfd
	fd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (fd >= 0 && syscall(SYS_pidfd_getfd, fd, 3, 0) >= 0)
		return 1;
#endif
	return ptrace(PTRACE_SEIZE, pid, 0, 0) == 0;
}

void attack(void)
{
	_exit(reaches(parent()) || reaches(getppid()) ? 33 : 34);
}
