/*
 * fence.c: as whom the program runs, and how much it may use.
 *
 * As root it becomes a user of its own: root is exempt from the limit on processes, and could
 * signal the grader.
 */
#include <grp.h>
#include <stdio.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "labs/grade/box/box_impl.h"

/* No distribution gives these to anybody; there are at most 4 million process numbers. */
#define FIRST_USER 0x70000000u
#define NOBODY	   65534u

/* ---- users ---- */

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
	if (geteuid() != 0)
		return 0;
	if (setgroups(0, NULL) < 0 || setresgid(box->user, box->user, box->user) < 0 ||
		setresuid(box->user, box->user, box->user) < 0)
		return -1;
	(void)prctl(PR_SET_DUMPABLE, 1); /* else /proc/self is root's, and bwrap maps no users */
	box->fences |= WG_BOX_NOT_ROOT;
	return 0;
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
	/* The limit counts all processes of the user; prlimit in the world counts the program's. */
	unsigned processes = box->fences & WG_BOX_NOT_ROOT ? o->processes : o->processes + 4096;

	if (limit(RLIMIT_CORE, 0, 0) < 0 || limit(RLIMIT_CPU, o->cpu_s, o->cpu_s + 1) < 0 ||
		limit(RLIMIT_FSIZE, o->file_bytes, o->file_bytes) < 0 ||
		limit(RLIMIT_NOFILE, 256, 256) < 0 || limit(RLIMIT_NPROC, processes, processes) < 0)
		return -1;
	/* The same addresses at each run: a file that goes by what stands in memory has one
	 * verdict. A container may refuse it. */
	(void)personality(ADDR_NO_RANDOMIZE);
	if (o->memory_bytes && !WG_BOX_IS_SANITIZED &&
		limit(RLIMIT_AS, o->memory_bytes, o->memory_bytes) < 0)
		return -1;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}
