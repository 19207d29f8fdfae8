/*
 * files.c: see files.h.
 *
 * LTTng does not report a full disk: its consumer daemon drops what it cannot write, and the
 * session goes on as if nothing were missing. So we look at the files. A packet that the index
 * names and the stream does not have was lost; without metadata everything was lost. The third sign
 * is a file system without a free block: then the index may be short, too.
 */
#include "traces/record/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "traces/base/index.h"

/* An LTTng trace is DIR/ust/uid/UID/BITS/index: deeper folders are none of it. */
#define DEPTH_MAX 6

/*
 * Header and context of a packet as LTTng 2.13 writes them; a packet of this size has no event.
 * Should they ever grow, an empty trace counts as one with events, which costs a hint.
 */
#define EMPTY_PACKET_BITS (84 * 8)

/* ---- before ---- */

static int make_parents(char *path)
{
	char *slash;

	for (slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		int failed;

		*slash = '\0';
		failed = mkdir(path, 0777) != 0 && errno != EEXIST;
		*slash = '/';
		if (failed)
			return -errno;
	}
	if (mkdir(path, 0777) != 0 && errno != EEXIST)
		return -errno;
	return 0;
}

/* 1 if there is nothing in it, 0 if there is, or a negative errno. */
static int is_empty(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;
	int empty = 1;

	if (!d)
		return -errno;
	while (empty && (e = readdir(d)))
		empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
	(void)closedir(d);
	return empty;
}

int wg__files_make_dir(const char *dir, char *abs, size_t len, struct wg_error *err)
{
	char path[PATH_MAX], real[PATH_MAX];
	struct statvfs fs;
	int code;

	if (!*dir || (size_t)snprintf(path, sizeof(path), "%s", dir) >= sizeof(path))
		return wg_error_set(err, *dir ? -ENAMETOOLONG : -ENOENT,
			"cannot create the folder '%.100s': %s", dir,
			*dir ? "the name is too long" : "the name is empty");
	code = make_parents(path);
	if (code == 0)
		code = is_empty(path);
	if (code == 0)
		return wg_error_set(
			err, -EEXIST, "'%s' is not empty: choose another folder or remove it", dir);
	if (code == -ENOTDIR)
		return wg_error_set(err, code, "'%s' is not a folder", dir);
	if (code == 1)
		code = realpath(path, real) ? 0 : -errno;
	if (code < 0)
		return wg_error_set(
			err, code, "cannot create the folder '%s': %s", dir, strerror(-code));
	if (statvfs(real, &fs) == 0 && fs.f_blocks > 0 && fs.f_bavail == 0)
		return wg_error_set(err, -ENOSPC, "no space left on the disk of '%s'", dir);
	if ((size_t)snprintf(abs, len, "%s", real) >= len)
		return wg_error_set(err, -ENAMETOOLONG, "'%s' is too long a path", dir);
	return 0;
}

/* ---- after ---- */

void wg__files_remove_if_bare(const char *dir)
{
	char path[PATH_MAX];

	/* rmdir(2) refuses where there is anything. */
	if ((size_t)snprintf(path, sizeof(path), "%s/ust", dir) < sizeof(path))
		(void)rmdir(path);
	(void)rmdir(dir);
}

/* `fd` is the folder index/, `name` a file in it: NAME.idx for the stream ../NAME. */
static int look_at_index(int fd, const char *name, struct wg__files *files)
{
	struct wg__index index;
	struct wg__index_entry e;
	struct stat stream;
	char path[NAME_MAX + 8];
	uint64_t i;
	int code = wg__index_open(fd, name, &index);

	if (code < 0)
		return code;
	(void)snprintf(path, sizeof(path), "../%.*s", (int)(strlen(name) - strlen(".idx")), name);
	if (fstatat(fd, path, &stream, 0) != 0)
		stream.st_size = 0;
	files->is_cut = files->is_cut || index.is_cut;
	for (i = 0; i < index.count && wg__index_entry(&index, i, &e); i++) {
		if (e.offset_bytes + e.packet_bits / 8 > (uint64_t)stream.st_size)
			files->is_cut = true;
		if (e.content_bits > EMPTY_PACKET_BITS)
			files->has_events = true;
	}
	wg__index_close(&index);
	return 0;
}

static bool has_suffix(const char *name, const char *suffix)
{
	size_t n = strlen(name), m = strlen(suffix);

	return n > m && strcmp(name + n - m, suffix) == 0;
}

static void look_at_metadata(int dir_fd, struct wg__files *files)
{
	struct stat st;

	if (fstatat(dir_fd, "metadata", &st, 0) != 0 || st.st_size == 0)
		files->is_cut = true;
}

/* Takes fd. */
static int walk(int fd, int depth, struct wg__files *files)
{
	DIR *d = fdopendir(fd);
	struct dirent *e;
	int code = 0;

	if (!d) {
		code = -errno;
		(void)close(fd);
		return code;
	}
	while (code == 0 && (e = readdir(d))) {
		int sub;

		if (e->d_name[0] == '.')
			continue;
		if (has_suffix(e->d_name, ".idx")) {
			code = look_at_index(dirfd(d), e->d_name, files);
			continue;
		}
		if (strcmp(e->d_name, "index") == 0)
			look_at_metadata(dirfd(d), files);
		sub = openat(dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (sub >= 0 && depth < DEPTH_MAX)
			code = walk(sub, depth + 1, files);
		else if (sub >= 0)
			(void)close(sub);
	}
	(void)closedir(d);
	return code;
}

int wg__files_look(const char *dir, struct wg__files *ret_files)
{
	struct wg__files files = { false, false, false };
	struct statvfs fs;
	int fd, code;

	if (statvfs(dir, &fs) == 0 && fs.f_blocks > 0)
		files.is_full = fs.f_bavail == 0;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	code = fd < 0 ? -errno : walk(fd, 0, &files);
	*ret_files = files;
	return code;
}
