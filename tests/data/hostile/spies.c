/*
 * spies.c: a learner's file that looks into other processes and at secrets, by every path that
 * leads there. Exit status 33: something was read; 34: nothing.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void attack(void) __attribute__((constructor));

static int reads(const char *path)
{
	char byte;
	int fd = open(path, O_RDONLY), got = fd >= 0 && read(fd, &byte, 1) == 1;

	(void)close(fd);
	return got;
}

/* Of every process but our own: its environment, and the files where it works. */
static int reads_others(void)
{
	static const char *const names[] = { "environ", "mem", "cwd/loop.c", "root/etc/passwd" };
	DIR *proc = opendir("/proc");
	struct dirent *e;
	int found = 0;
	char path[300];
	size_t i;

	while (proc && (e = readdir(proc))) {
		int pid = atoi(e->d_name);

		for (i = 0; pid > 0 && pid != getpid() && i < 4; i++) {
			(void)snprintf(path, sizeof(path), "/proc/%d/%s", pid, names[i]);
			found = found || reads(path);
		}
	}
	return found;
}

void attack(void)
{
	_exit(reads("/etc/shadow") || reads("/etc/gshadow") || reads("/proc/kcore") ||
				reads("/proc/sys/../1/environ") * (getpid() != 1) || reads_others()
			? 33
			: 34);
}
