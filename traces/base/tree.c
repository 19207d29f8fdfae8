/*
 * tree.c: see tree.h.
 *
 * A walk that descends needs a path, a descriptor or a change of the working folder for each level:
 * nftw fails below PATH_MAX, openat runs out of descriptors, and fts changes the working folder of
 * all threads. So nothing descends here. Each folder in the root is emptied of its files, its
 * folders move up into the root under new names, and it is removed. This takes two descriptors for
 * a tree of any depth, and rename(2) refuses a mount point.
 */
#include "traces/base/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct removal {
	int root;
	unsigned long moved, gone;
	int rc; /* the first error of this pass */
};

/* Keep the first error; what is gone already is none. */
static int note(struct removal *r, int rc)
{
	if (rc < 0 && rc != -ENOENT && r->rc == 0)
		r->rc = rc;
	return rc;
}

/* Open a folder to read and empty it; NULL with errno. If it is not ours to change, that fails. */
static DIR *open_folder(int at, const char *name)
{
	int fd;
	DIR *dir;

	(void)fchmodat(at, name, 0700, AT_SYMLINK_NOFOLLOW);
	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (fd >= 0 && !dir)
		(void)close(fd);
	return dir;
}

/* Remove a file or link, or move a folder into the root: 0, or 1 and the folder's new name. */
static int remove_or_move(struct removal *r, int at, const char *name, char new_name[32])
{
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return 0;
	if (unlinkat(at, name, 0) == 0) {
		r->gone++;
		return 0;
	}
	if (errno != EISDIR)
		return note(r, -errno);
	/* An empty folder of that name is replaced, which is as good; anything else keeps it. */
	do {
		(void)snprintf(new_name, 32, ".removed-%lu", r->moved++);
		if (renameat(at, name, r->root, new_name) == 0)
			return 1;
		/* Moving a folder changes its "..", so it must be writable. */
		if (errno == EACCES && fchmodat(at, name, 0700, AT_SYMLINK_NOFOLLOW) == 0 &&
			renameat(at, name, r->root, new_name) == 0)
			return 1;
	} while (errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR);
	return note(r, -errno);
}

static void remove_folder(struct removal *r, const char *name)
{
	DIR *dir = open_folder(r->root, name);
	struct dirent *entry;
	char new_name[32];

	if (!dir) {
		(void)note(r, -errno);
		return;
	}
	while ((entry = readdir(dir)))
		(void)remove_or_move(r, dirfd(dir), entry->d_name, new_name);
	(void)closedir(dir);
	if (unlinkat(r->root, name, AT_REMOVEDIR) == 0)
		r->gone++;
	else
		(void)note(r, -errno);
}

int wg_remove_tree(const char *path)
{
	struct removal r = { .rc = 0 };
	unsigned long before;
	struct dirent *entry;
	char new_name[32];
	DIR *dir;

	if (unlink(path) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR)
		return -errno;
	dir = open_folder(AT_FDCWD, path);
	if (!dir)
		return -errno;
	r.root = dirfd(dir);
	/* readdir may not show what moved up meanwhile, so repeat until a pass removes nothing. */
	do {
		before = r.gone;
		r.rc = 0;
		rewinddir(dir);
		while ((entry = readdir(dir))) {
			if (remove_or_move(&r, r.root, entry->d_name, new_name) == 1)
				remove_folder(&r, new_name);
		}
	} while (r.gone > before);
	(void)closedir(dir);
	if (rmdir(path) < 0)
		(void)note(&r, -errno);
	return r.rc;
}

int wg__tree_is_empty(int dir_fd)
{
	int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), empty = 1;
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (!d)
		return -errno;
	while (empty && (e = readdir(d)))
		empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
			strcmp(e->d_name, ".wakegap-cache") == 0;
	(void)closedir(d);
	return empty;
}
