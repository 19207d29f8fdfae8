/*
 * scratch.c: see scratch.h.
 *
 * source.ctf.fs reads a whole folder or nothing, and opens its files at any time. The only way to
 * leave one stream out, or to give it a repaired copy, is a folder of links. The folder stays as
 * long as the reader does.
 */
#include "traces/base/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "traces/base/tree.h"

#define PREFIX "wakegap-trace-"
/* A folder is made first and locked then; nobody needs that long in between. */
#define YOUNG_S 10

/* What it was kept for is still there. */
static bool is_kept(int fd)
{
	char path[PATH_MAX];
	ssize_t n = readlinkat(fd, WG__SCRATCH_KEPT_FOR, path, sizeof(path) - 1);
	struct stat st;

	if (n < 0)
		return false;
	path[n] = '\0';
	return lstat(path, &st) == 0;
}

/* Is it a folder of ours that nobody uses? A process id cannot tell: containers share /tmp. */
static bool is_left_behind(int tmp_fd, const char *name)
{
	struct stat st;
	bool is_free;
	int fd;

	if (strncmp(name, PREFIX, strlen(PREFIX)) != 0)
		return false;
	fd = openat(tmp_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return false;
	is_free = fstat(fd, &st) == 0 && st.st_uid == geteuid() &&
		  st.st_mtime + YOUNG_S < time(NULL) && flock(fd, LOCK_EX | LOCK_NB) == 0 &&
		  !is_kept(fd);
	(void)close(fd);
	return is_free;
}

static void remove_left_behind(const char *tmp)
{
	DIR *dir = opendir(tmp);
	struct dirent *entry;
	char *path;

	while (dir && (entry = readdir(dir))) {
		if (!is_left_behind(dirfd(dir), entry->d_name))
			continue;
		if (asprintf(&path, "%s/%s", tmp, entry->d_name) < 0)
			break;
		(void)wg_remove_tree(path);
		free(path);
	}
	if (dir)
		(void)closedir(dir);
}

static const char *tmp_folder(void)
{
	const char *tmp = getenv("TMPDIR");

	return tmp && *tmp ? tmp : "/tmp";
}

static int make_root(struct wg__scratch *scratch)
{
	const char *tmp = scratch->parent ? scratch->parent : tmp_folder();
	char *root;
	int rc;

	remove_left_behind(tmp);
	if (asprintf(&root, "%s/" PREFIX "XXXXXX", tmp) < 0)
		return -ENOMEM;
	if (!mkdtemp(root)) {
		rc = -errno;
		free(root);
		return rc;
	}
	/* The lock, and one more: with both free again, the folder can be removed in any case. */
	scratch->lock_fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	scratch->spare_fd = scratch->lock_fd < 0 ? -1 : fcntl(scratch->lock_fd, F_DUPFD_CLOEXEC, 3);
	if (scratch->spare_fd < 0) {
		rc = -errno;
		if (scratch->lock_fd >= 0)
			(void)close(scratch->lock_fd);
		(void)rmdir(root);
		free(root);
		return rc;
	}
	(void)flock(scratch->lock_fd, LOCK_EX | LOCK_NB);
	scratch->root = root;
	return 0;
}

int wg__scratch_folder(struct wg__scratch *scratch, char **ret_dir)
{
	char *dir;
	int rc = scratch->root ? 0 : make_root(scratch);

	if (rc < 0)
		return rc;
	if (asprintf(&dir, "%s/%u", scratch->root, scratch->count) < 0)
		return -ENOMEM;
	if (mkdir(dir, 0700) < 0) {
		rc = -errno;
		free(dir);
		return rc;
	}
	scratch->count++;
	*ret_dir = dir;
	return 0;
}

const char *wg__scratch_error(int rc, char *ret, size_t len)
{
	bool has_room = rc != -ENOSPC && rc != -EDQUOT && rc != -EROFS;

	(void)snprintf(ret, len, "%s%s%s%s", strerror(-rc), has_room ? "" : " in '",
		has_room ? "" : tmp_folder(), has_room ? "" : "' (TMPDIR), where it is repaired");
	return ret;
}

int wg__scratch_link(const char *dir, const char *from, const char *name)
{
	char *real = realpath(from, NULL), *target = NULL, *link = NULL;
	int rc = 0;

	if (!real)
		return -errno;
	if (asprintf(&target, "%s/%s", real, name) < 0) {
		target = NULL;
		rc = -ENOMEM;
	}
	if (rc == 0 && asprintf(&link, "%s/%s", dir, name) < 0) {
		link = NULL;
		rc = -ENOMEM;
	}
	if (rc == 0 && symlink(target, link) < 0)
		rc = -errno;
	free(real);
	free(target);
	free(link);
	return rc;
}

int wg__scratch_keep_for(struct wg__scratch *scratch, const char *path)
{
	return symlinkat(path, scratch->lock_fd, WG__SCRATCH_KEPT_FOR) == 0 ? 0 : -errno;
}

int wg__scratch_adopt(struct wg__scratch *scratch, const char *root)
{
	const char *name = strrchr(root, '/');
	struct stat st;
	int rc = -EINVAL, fd;

	if (!name || strncmp(name + 1, PREFIX, strlen(PREFIX)) != 0)
		return -EINVAL;
	fd = open(root, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) == 0 && st.st_uid == geteuid() &&
		fstatat(fd, WG__SCRATCH_KEPT_FOR, &st, AT_SYMLINK_NOFOLLOW) == 0)
		rc = flock(fd, LOCK_EX | LOCK_NB) == 0 ? 0 : -EBUSY;
	if (rc == 0) {
		scratch->lock_fd = fd;
		scratch->spare_fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
		scratch->root = scratch->spare_fd < 0 ? NULL : strdup(root);
		rc = scratch->root ? 0 : -ENOMEM;
	}
	if (rc < 0)
		(void)close(fd);
	return rc;
}

void wg__scratch_leave(struct wg__scratch *scratch)
{
	if (!scratch->root)
		return;
	(void)close(scratch->spare_fd);
	(void)close(scratch->lock_fd);
	free(scratch->root);
	*scratch = (struct wg__scratch){ 0 };
}

void wg__scratch_fini(struct wg__scratch *scratch)
{
	if (!scratch->root)
		return;
	/* Both are free again: see make_root(). */
	(void)close(scratch->spare_fd);
	(void)close(scratch->lock_fd);
	(void)wg_remove_tree(scratch->root);
	free(scratch->root);
	*scratch = (struct wg__scratch){ 0 };
}
