/*
 * proc.c: see proc.h.
 */
#include "traces/observe/proc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "traces/base/units.h"

#define PF_KTHREAD 0x00200000u /* in the flags of /proc/PID/stat */
#define PAGE	   4096u
#define STATUS_MAX 65536u /* what counts is at its end, behind all groups of the user */

ssize_t wg__proc_read(int at, const char *path, char *text, size_t len)
{
	int fd = openat(at, path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	n = read(fd, text, len - 1);
	if (n < 0)
		n = -errno;
	else
		text[n] = '\0';
	(void)close(fd);
	return n;
}

int wg__proc_each(const char *folder, int (*fn)(void *user, pid_t id), void *user)
{
	DIR *dir = opendir(folder);
	struct dirent *e;
	uint64_t id;
	int rc = 0;

	if (!dir)
		return errno == ENOENT ? -ESRCH : -errno;
	while (rc == 0 && (e = readdir(dir))) {
		if (wg_parse_number(e->d_name, 1, INT32_MAX, &id) == 0)
			rc = fn(user, (pid_t)id);
	}
	(void)closedir(dir);
	return rc;
}

/* The number behind "NAME:" at the beginning of a line; 0 if there is none. */
static uint64_t field(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	return at ? strtoull(at + strlen(name), NULL, 10) : 0;
}

/* comm is the file of that name: the others print it escaped, or between parentheses. */
int wg__thread_comm(int dir, char comm[WG__COMM_MAX])
{
	ssize_t n = wg__proc_read(dir, "comm", comm, WG__COMM_MAX);

	if (n < 0)
		return (int)n;
	if (n > 0 && comm[n - 1] == '\n')
		comm[n - 1] = '\0';
	return 0;
}

static void read_exe(int dir, char *exe, size_t len)
{
	static const char deleted[] = " (deleted)";
	char path[PATH_MAX];
	ssize_t n = readlinkat(dir, "exe", path, sizeof(path) - 1);
	const char *name;
	size_t end;

	exe[0] = '\0';
	if (n <= 0)
		return;
	path[n] = '\0';
	name = strrchr(path, '/');
	name = name ? name + 1 : path;
	end = strlen(name);
	if (end > sizeof(deleted) - 1 && strcmp(name + end - (sizeof(deleted) - 1), deleted) == 0)
		end -= sizeof(deleted) - 1;
	(void)snprintf(exe, len, "%.*s", (int)end, name);
}

static int look_in(int dir, struct wg__proc *ret)
{
	char text[STATUS_MAX], *rest;
	ssize_t n = wg__proc_read(dir, "stat", text, sizeof(text));
	unsigned flags = 0;

	if (n < 0)
		return (int)n;
	rest = strrchr(text, ')');
	if (rest && sscanf(rest, ") %*c %*d %*d %*d %*d %*d %u", &flags) == 1)
		ret->is_kernel = (flags & PF_KTHREAD) != 0;
	n = wg__proc_read(dir, "status", text, sizeof(text));
	if (n < 0)
		return (int)n;
	ret->pid = (pid_t)field(text, "\nTgid:\t");
	ret->uid = (uid_t)field(text, "\nUid:\t");
	read_exe(dir, ret->exe, sizeof(ret->exe));
	return wg__thread_comm(dir, ret->comm);
}

int wg__proc_look(pid_t pid, struct wg__proc *ret)
{
	char path[32];
	struct wg__proc found = { 0 };
	int dir, rc;

	(void)snprintf(path, sizeof(path), "/proc/%ld", (long)pid);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	rc = look_in(dir, &found);
	(void)close(dir);
	/* A thread's number: the name is that of the process. */
	if (rc == 0 && found.pid != pid)
		return found.pid > 0 ? wg__proc_look(found.pid, ret) : -ESRCH;
	if (rc == 0)
		*ret = found;
	return rc;
}

int wg__thread_open(pid_t pid, pid_t tid)
{
	char path[64];
	int dir;

	(void)snprintf(path, sizeof(path), "/proc/%ld/task/%ld", (long)pid, (long)tid);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	return dir;
}

/* Without schedstat, from utime and stime: they count ticks. */
static int64_t cpu_ticks_ns(int dir)
{
	char text[1024], *rest;
	unsigned long long user, system;

	if (wg__proc_read(dir, "stat", text, sizeof(text)) < 0)
		return 0;
	rest = strrchr(text, ')');
	if (!rest || sscanf(rest, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &user,
			     &system) != 2)
		return 0;
	return (int64_t)(user + system) * (1000000000 / sysconf(_SC_CLK_TCK));
}

int wg__thread_counts(int dir, struct wg__counts *ret)
{
	char text[STATUS_MAX];
	const char *state;
	ssize_t n = wg__proc_read(dir, "status", text, sizeof(text));

	if (n <= 0)
		return n < 0 ? (int)n : -ESRCH;
	state = strstr(text, "\nState:\t");
	*ret = (struct wg__counts){
		.state = (char)(state ? state[8] : '?'),
		.voluntary = field(text, "\nvoluntary_ctxt_switches:\t"),
		.involuntary = field(text, "\nnonvoluntary_ctxt_switches:\t"),
	};
	n = wg__proc_read(dir, "schedstat", text, sizeof(text));
	ret->cpu_ns = n > 0 ? (int64_t)strtoull(text, NULL, 10) : cpu_ticks_ns(dir);
	return 0;
}

/* In pieces of a page: a piece is read whole or not at all. */
size_t wg__proc_memory(pid_t pid, uint64_t address, void *to, size_t bytes)
{
	struct iovec from[IOV_MAX / 4], into = { to, bytes };
	size_t count = 0, planned = 0;
	ssize_t n;

	while (planned < bytes && count < sizeof(from) / sizeof(from[0])) {
		uint64_t at = address + planned;
		size_t piece = PAGE - (size_t)(at % PAGE);

		if (piece > bytes - planned)
			piece = bytes - planned;
		if (at < address || at > UINTPTR_MAX)
			break;
		from[count++] = (struct iovec){ (void *)(uintptr_t)at, piece };
		planned += piece;
	}
	n = process_vm_readv(pid, &into, 1, from, count, 0);
	return n > 0 ? (size_t)n : 0;
}
