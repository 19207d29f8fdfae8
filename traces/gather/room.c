/*
 * room.c: see room.h.
 */
#include "traces/gather/room.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "traces/base/elf_file.h"
#include "traces/record/run.h"

#define SHM	   "/dev/shm"
#define LEFT_MIN   (INT64_C(4) << 20)
#define PRELOAD	   "LD_PRELOAD"
#define SHARED_DIR 01733 /* who drops root's rights can make files, and sees no others */

static int64_t free_bytes(const char *dir, int64_t most)
{
	struct statvfs fs;
	uint64_t bytes;

	if (statvfs(dir, &fs) < 0)
		return 0;
	bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
	return bytes / 2 > (uint64_t)most ? most : (int64_t)(bytes / 2);
}

static int make_control(struct wg__room *r)
{
	char path[PATH_MAX];
	int fd, rc = 0;
	void *map;

	(void)snprintf(path, sizeof(path), "%s/control", r->dir);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, WG_PRELOAD_PAGE) < 0)
		rc = -errno;
	if (rc == 0 && geteuid() == 0)
		(void)fchmod(fd, 0666);
	map = rc == 0 ? mmap(NULL, WG_PRELOAD_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
		      : MAP_FAILED;
	if (rc == 0 && map == MAP_FAILED)
		rc = -errno;
	if (fd >= 0)
		(void)close(fd);
	if (rc < 0)
		return rc;
	r->control = map;
	atomic_store_explicit(&r->control->left, r->left, memory_order_relaxed);
	r->control->magic = WG_PRELOAD_MAGIC;
	return 0;
}

int wg__room_open(struct wg__room *r, const char *elsewhere, int64_t most, struct wg_error *err)
{
	int64_t least = most < LEFT_MIN ? most : LEFT_MIN;
	const char *parent =
		free_bytes(SHM, most) >= least && access(SHM, W_OK) == 0 ? SHM : elsewhere;
	int rc;

	r->left = free_bytes(parent, most);
	if (r->left < least)
		return wg_error_set(err, -ENOSPC,
			"no room to record: " SHM
			" and '%.200s' have less than 8 MiB free" WG_SEE_DOCTOR,
			parent);
	r->scratch.parent = parent;
	rc = wg__scratch_folder(&r->scratch, &r->dir);
	if (rc == 0 && geteuid() == 0) {
		(void)chmod(r->scratch.root, 0711);
		(void)chmod(r->dir, SHARED_DIR);
	}
	if (rc == 0)
		rc = make_control(r);
	return rc == 0 ? 0
		       : wg_error_set(err, rc, "cannot make a folder in '%.200s': %s", parent,
				 strerror(-rc));
}

/* AddressSanitizer ends a program in which another library comes before its own. */
static void find_first(const char *program, char *ret, size_t len)
{
	struct wg__elf elf;
	const char *name;
	size_t i;

	*ret = '\0';
	if (wg__elf_open(program, &elf) < 0)
		return;
	for (i = 0; (name = wg__elf_needed(&elf, i)); i++) {
		if (strncmp(name, "libasan.so", 10) == 0)
			(void)snprintf(ret, len, "%s:", name);
	}
	wg__elf_close(&elf);
}

int wg__room_invite(
	struct wg__room *r, const char *library, const char *command, struct wg_error *err)
{
	const char *before = getenv(PRELOAD);
	char first[64] = "", path[PATH_MAX];

	if (wg__run_find(command, path, NULL) == 0)
		find_first(path, first, sizeof(first));
	if (asprintf(&r->preload, "%s%s%s%s", first, library, before && *before ? ":" : "",
		    before ? before : "") < 0) {
		r->preload = NULL;
		return wg_error_set(err, -ENOMEM, "out of memory");
	}
	r->env[0] = WG_PRELOAD_DIR;
	r->env[1] = r->dir;
	r->env[2] = PRELOAD;
	r->env[3] = r->preload;
	return 0;
}

void wg__room_stop(struct wg__room *r)
{
	if (r->control)
		atomic_store_explicit(&r->control->stopped, 1, memory_order_relaxed);
}

static void forget(struct wg__room *r)
{
	if (r->control)
		(void)munmap(r->control, WG_PRELOAD_PAGE);
	free(r->preload);
	free(r->dir);
	free(r->link);
	*r = (struct wg__room){ .dir = NULL };
}

void wg__room_close(struct wg__room *r)
{
	wg__room_stop(r);
	wg__scratch_fini(&r->scratch);
	if (r->link)
		(void)unlink(r->link);
	forget(r);
}

void wg__room_leave(struct wg__room *r)
{
	wg__room_stop(r);
	wg__scratch_leave(&r->scratch);
	forget(r);
}

/* ---- beyond our end ---- */

static int name_link(struct wg__room *r, const char *trace_dir)
{
	if (asprintf(&r->link, "%s/" WG__ROOM_LINK, trace_dir) >= 0)
		return 0;
	r->link = NULL;
	return -ENOMEM;
}

int wg__room_keep(struct wg__room *r, const char *trace_dir, struct wg_error *err)
{
	int rc = name_link(r, trace_dir);

	if (rc == 0 && symlink(r->scratch.root, r->link) < 0)
		rc = -errno;
	if (rc == 0)
		rc = wg__scratch_keep_for(&r->scratch, r->link);
	return rc == 0 ? 0
		       : wg_error_set(err, rc, "cannot write to the folder '%s': %s", trace_dir,
				 strerror(-rc));
}

/* The folder of the arenas, which a recorder makes first; see scratch.c. */
static int open_left(struct wg__room *r)
{
	char path[PATH_MAX];
	int fd, rc = 0;
	void *map;

	if (asprintf(&r->dir, "%s/0", r->scratch.root) < 0) {
		r->dir = NULL;
		return -ENOMEM;
	}
	(void)snprintf(path, sizeof(path), "%s/control", r->dir);
	fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	map = mmap(NULL, WG_PRELOAD_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	rc = map == MAP_FAILED ? -errno : 0;
	(void)close(fd);
	r->control = rc == 0 ? map : NULL;
	return rc;
}

int wg__room_find(struct wg__room *r, const char *trace_dir, struct wg_error *err)
{
	char root[PATH_MAX];
	int rc = name_link(r, trace_dir);
	ssize_t n = rc == 0 ? readlink(r->link, root, sizeof(root) - 1) : -1;

	if (rc == 0 && n < 0)
		return wg_error_set(err, -errno,
			"'%s' has nothing to finish: no recording with the preload library was "
			"interrupted there",
			trace_dir);
	root[n > 0 ? n : 0] = '\0';
	if (rc == 0)
		rc = wg__scratch_adopt(&r->scratch, root);
	if (rc == 0)
		rc = open_left(r);
	if (rc == -EBUSY)
		return wg_error_set(err, rc, "'%s' is still being recorded", trace_dir);
	if (rc == -ENOENT)
		return wg_error_set(err, rc,
			"what was recorded for '%s' is not there any more: %s was removed",
			trace_dir, root);
	return rc == 0 ? 0
		       : wg_error_set(err, rc, "cannot read what was recorded for '%s' in %s: %s",
				 trace_dir, root, strerror(-rc));
}
