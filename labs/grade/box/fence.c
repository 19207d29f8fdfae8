/*
 * fence.c: what the program may not do, by whatever this machine offers for it.
 *
 * Namespaces first: an empty network, its own process numbers, files that cannot be written. They
 * need no rights where the kernel gives them to all users; in many containers it does not. The
 * filter of system calls (libseccomp) needs nothing but a kernel that has it, and is set as well.
 * As root the program becomes a user of its own: root is exempt from the limit on processes.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/mount.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "labs/grade/box/box_impl.h"

/* Of sys/mount.h, which cannot be had together with linux/mount.h in this glibc. */
int mount(
	const char *from, const char *to, const char *type, unsigned long flags, const void *data);

/* No distribution gives these to anybody; there are at most 4 million process numbers. */
#define FIRST_USER 0x70000000u
#define NOBODY	   65534u

#define MS_BIND_	4096ul
#define MS_REC_PRIVATE_ (16384ul | (1ul << 18))

/* ---- users and namespaces ---- */

/* Is this number of a user or group known here? A container may have but a few. */
static bool is_mapped(const char *path, unsigned id)
{
	unsigned long inside, outside, count;
	FILE *f = fopen(path, "re");
	bool found = false;

	while (f && !found && fscanf(f, "%lu %lu %lu", &inside, &outside, &count) == 3)
		found = id >= inside && id - inside < count;
	if (f)
		(void)fclose(f);
	return found;
}

unsigned wg_box_user(void)
{
	unsigned own = FIRST_USER + (unsigned)getpid();

	if (geteuid() != 0)
		return geteuid();
	return is_mapped("/proc/self/uid_map", own) && is_mapped("/proc/self/gid_map", own)
		       ? own
		       : NOBODY;
}

int wg__box_drop_root(struct wg__box *box)
{
	if (geteuid() != 0 || box->options->is_plain)
		return 0;
	if (setgroups(0, NULL) < 0 || setresgid(box->user, box->user, box->user) < 0 ||
		setresuid(box->user, box->user, box->user) < 0)
		return -1;
	(void)prctl(PR_SET_DUMPABLE, 1); /* else /proc/self is root's, and the maps are not ours */
	box->fences |= WG_BOX_NOT_ROOT;
	return 0;
}

static bool write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		(void)close(fd);
	return done;
}

static bool map_id(const char *path, unsigned id)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "%u %u 1", id, id);
	return write_text(path, text);
}

static bool enter(struct wg__box *box)
{
	const int flags = CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNS;
	unsigned uid, gid;

	if (wg__box_drop_root(box) < 0)
		return false;
	(void)prctl(PR_SET_DUMPABLE, 1); /* the grader is not: the maps would be root's */
	uid = geteuid();
	gid = getegid();
	if (unshare(flags) < 0)
		return false;
	(void)write_text("/proc/self/setgroups", "deny");
	return map_id("/proc/self/uid_map", uid) && map_id("/proc/self/gid_map", gid);
}

/*
 * Asked in a process of its own first, as half of it cannot be taken back: a root that gets no
 * namespaces stays root here, so that the program, which will be nobody, cannot shoot at it.
 */
void wg__box_enter_namespaces(struct wg__box *box)
{
	int status = 1;
	pid_t probe;

	if (box->options->without & WG_BOX_NAMESPACES)
		return;
	probe = fork();
	if (probe == 0)
		_exit(enter(box) ? 0 : 1);
	if (probe > 0 && waitpid(probe, &status, 0) == probe && status == 0 && enter(box))
		box->fences |= WG_BOX_NAMESPACES;
}

/* ---- files ---- */

static int set_read_only(const char *path, bool is_read_only, unsigned flags)
{
	struct mount_attr attr = { 0 };

	if (is_read_only)
		attr.attr_set = MOUNT_ATTR_RDONLY;
	else
		attr.attr_clr = MOUNT_ATTR_RDONLY;
	return (int)syscall(SYS_mount_setattr, AT_FDCWD, path, flags, &attr, sizeof(attr));
}

void wg__box_fence_files(struct wg__box *box)
{
	const char *dir = box->options->dir;

	if (mount(NULL, "/", NULL, MS_REC_PRIVATE_, NULL) < 0)
		return;
	(void)mount("proc", "/proc", "proc", 0, NULL);
	if (mount(dir, dir, NULL, MS_BIND_, NULL) < 0)
		return;
	if (set_read_only("/", true, AT_RECURSIVE) < 0)
		return;
	if (set_read_only(dir, false, 0) == 0)
		box->fences |= WG_BOX_READ_ONLY;
}

/* ---- limits ---- */

static int limit(int what, uint64_t soft, uint64_t hard)
{
	struct rlimit r = { soft, hard }, now;

	if (getrlimit((__rlimit_resource_t)what, &now) == 0) {
		if (r.rlim_max > now.rlim_max)
			r.rlim_max = now.rlim_max;
		if (r.rlim_cur > r.rlim_max)
			r.rlim_cur = r.rlim_max;
	}
	return setrlimit((__rlimit_resource_t)what, &r);
}

int wg__box_limit(const struct wg__box *box)
{
	const struct wg_box_options *o = box->options;
	/* Outside a namespace the limit counts all processes of the user. */
	unsigned processes = box->fences & (WG_BOX_NAMESPACES | WG_BOX_NOT_ROOT)
				     ? o->processes
				     : o->processes + 4096;

	if (limit(RLIMIT_CORE, 0, 0) < 0 || limit(RLIMIT_CPU, o->cpu_s, o->cpu_s + 1) < 0 ||
		limit(RLIMIT_FSIZE, o->file_bytes, o->file_bytes) < 0 ||
		limit(RLIMIT_NOFILE, 256, 256) < 0 || limit(RLIMIT_NPROC, processes, processes) < 0)
		return -1;
	if (o->memory_bytes && !WG_BOX_IS_SANITIZED &&
		limit(RLIMIT_AS, o->memory_bytes, o->memory_bytes) < 0)
		return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	/* It was said to be in force. */
	return !(box->fences & WG_BOX_SECCOMP) || wg__box_filter(box) ? 0 : -1;
}
