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
#include <fts.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "traces/base/marker.h"
#include "traces/base/index.h"
#include "traces/base/others.h"
#include "traces/base/regular.h"
#include "traces/base/since.h"
#include "traces/base/tree.h"
#include "traces/base/units.h"

/* An LTTng trace is DIR/archives/CHUNK/ust/uid/UID/BITS/index: deeper folders are none of it. */
#define DEPTH_MAX 8

/*
 * Header and context of a packet as LTTng 2.13 writes them; a packet of this size has no event.
 * Should they ever grow, an empty trace counts as one with events, which costs a hint.
 */
#define EMPTY_PACKET_BITS 672 /* 84 bytes */

/* ---- before ---- */

/* Returns how many folders were made, the last ones of the path, or a negative errno. */
static int make_parents(char *path)
{
	char *slash;
	int made = 0;

	for (slash = strchr(path + 1, '/');; slash = strchr(slash + 1, '/')) {
		int failed;

		if (slash)
			*slash = '\0';
		failed = mkdir(path, 0777) != 0;
		if (failed && errno != EEXIST)
			return -errno;
		made += !failed;
		if (!slash)
			return made;
		*slash = '/';
	}
}

/* No block or no inode is left for us. */
static bool is_full(int fd)
{
	struct statvfs fs;

	return fstatvfs(fd, &fs) == 0 &&
	       ((fs.f_blocks > 0 && fs.f_bavail == 0) || (fs.f_files > 0 && fs.f_favail == 0));
}

/* What was cut did not fit: LTTng writes packets of up to a buffer, and this is the smallest one
 * that record asks for. A part of a page may be free again by then. */
#define BUFFER_BYTES (UINT64_C(64) << 10)

static bool is_nearly_full(int fd)
{
	struct statvfs fs;

	return fstatvfs(fd, &fs) == 0 && fs.f_blocks > 0 &&
	       (uint64_t)fs.f_bavail * fs.f_frsize < BUFFER_BYTES;
}

#define ELSEWHERE ": choose another folder (-o DIR, of run --record DIR or TMPDIR)"

/* Can we write there? LTTng's daemon would say it late, and not clearly. */
static int try_to_write(const char *dir)
{
	char path[PATH_MAX + 16];

	(void)snprintf(path, sizeof(path), "%s/.wakegap-XXXXXX", dir);
	return mkdtemp(path) && rmdir(path) == 0 ? 0 : -errno;
}

int wg__folder_make(const char *dir, struct wg__folder *ret_folder, struct wg_error *err)
{
	struct wg__folder folder = { .fd = -1 };
	char path[PATH_MAX];
	int code;

	if (!*dir || (size_t)snprintf(path, sizeof(path), "%s", dir) >= sizeof(path))
		return wg_error_set(err, *dir ? -ENAMETOOLONG : -ENOENT,
			"cannot create the folder '%.100s': %s", dir,
			*dir ? "the name is too long" : "the name is empty");
	code = folder.made = make_parents(path);
	if (code >= 0)
		code = realpath(path, folder.path) ? 1 : -errno;
	if (code >= 0) {
		folder.fd = open(folder.path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		code = folder.fd < 0 ? -errno : wg__tree_is_empty(folder.fd);
	}
	if (code == 1) {
		code = try_to_write(folder.path);
		if (code == 0 && is_full(folder.fd))
			code = -ENOSPC;
		if (code == 0) {
			wg__marker_make(folder.fd);
			*ret_folder = folder;
			return 0;
		}
		(void)wg_error_set(err, code, "cannot write to the folder '%s': %s" ELSEWHERE, dir,
			code == -ENOSPC ? "no space left on its disk" : strerror(-code));
	} else if (code == 0) {
		code = wg_error_set(
			err, -EEXIST, "'%s' is not empty: choose another folder or remove it", dir);
	} else if (code == -ENOTDIR) {
		(void)wg_error_set(err, code, "'%s' is not a folder", dir);
	} else {
		(void)wg_error_set(err, code, "cannot create the folder '%s': %s" ELSEWHERE, dir,
			strerror(-code));
	}
	wg__folder_remove_if_bare(&folder);
	wg__folder_close(&folder);
	return code;
}

int wg__folder_open(const char *dir, struct wg__folder *ret_folder, struct wg_error *err)
{
	struct wg__folder folder = { .fd = -1 };

	if (realpath(dir, folder.path))
		folder.fd = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder.fd < 0)
		return wg_error_set(err, -errno, "cannot open '%s': %s", dir, strerror(errno));
	*ret_folder = folder;
	return 0;
}

void wg__folder_close(struct wg__folder *folder)
{
	if (folder->fd >= 0)
		(void)close(folder->fd);
	folder->fd = -1;
}

int wg__folder_find(struct wg__folder *folder)
{
	struct stat ours, there;
	char link[64];
	ssize_t n;

	if (fstat(folder->fd, &ours) != 0)
		return -errno;
	if (stat(folder->path, &there) == 0 && there.st_dev == ours.st_dev &&
		there.st_ino == ours.st_ino)
		return 0;
	if (ours.st_nlink == 0)
		return -ENOENT;
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", folder->fd);
	n = readlink(link, folder->path, sizeof(folder->path) - 1);
	if (n < 0)
		return -errno;
	folder->path[n] = '\0';
	return 1;
}

void wg__folder_end(struct wg__folder *folder, bool has_no_end, bool is_trace)
{
	/* Only now: its room may be the last there is, and then the disk is full. The guardian has
	 * removed it if it could end the session, whatever LTTng had lost by then. */
	if (has_no_end)
		wg__marker_make(folder->fd);
	else
		wg__marker_remove(folder->fd);
	if (!is_trace && !has_no_end)
		(void)unlinkat(folder->fd, WG__OTHERS, 0);
	if (!is_trace)
		wg__folder_remove_if_bare(folder);
	wg__folder_give_back(folder);
	wg__folder_close(folder);
}

/* ---- whose ---- */

static void close_file(int fd)
{
	if (fd >= 0)
		(void)close(fd);
}

/*
 * Everything in the folder. Not what has other names (a hard link could be anybody's file), nor
 * what is somebody's already. Takes fd.
 */
static void give_tree(int fd, int depth, uid_t uid, gid_t gid)
{
	DIR *d = fdopendir(fd);
	struct dirent *e;
	struct stat st;
	int sub;

	if (!d)
		close_file(fd);
	while (d && depth > 0 && (e = readdir(d))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		sub = openat(dirfd(d), e->d_name,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		if (sub >= 0 && fstat(sub, &st) == 0 && st.st_uid == 0 &&
			(S_ISDIR(st.st_mode) || (S_ISREG(st.st_mode) && st.st_nlink == 1)) &&
			fchown(sub, uid, gid) == 0 && S_ISDIR(st.st_mode))
			give_tree(sub, depth - 1, uid, gid);
		else
			close_file(sub);
	}
	if (d)
		(void)closedir(d);
}

static bool id_from(const char *name, uint64_t min, uint64_t *ret_id)
{
	const char *text = getenv(name);

	return text && wg_parse_number(text, min, UINT32_MAX - 1, ret_id) == 0;
}

void wg__folder_give_back(const struct wg__folder *folder)
{
	char path[PATH_MAX], *slash;
	uint64_t uid, gid;
	int fd = openat(folder->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), i;

	if (geteuid() != 0 || !id_from("SUDO_UID", 1, &uid) || !id_from("SUDO_GID", 0, &gid) ||
		fd < 0) {
		close_file(fd);
		return;
	}
	give_tree(fd, DEPTH_MAX, (uid_t)uid, (gid_t)gid);
	if (folder->made > 0)
		(void)!fchown(folder->fd, (uid_t)uid, (gid_t)gid);
	(void)snprintf(path, sizeof(path), "%s", folder->path);
	for (i = 1; i < folder->made && (slash = strrchr(path, '/')) != NULL; i++) {
		*slash = '\0';
		fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd >= 0)
			(void)!fchown(fd, (uid_t)uid, (gid_t)gid);
		close_file(fd);
	}
}

/* ---- after ---- */

bool wg__folder_is_full(const struct wg__folder *folder)
{
	return is_full(folder->fd);
}

uint64_t wg__folder_bytes(const struct wg__folder *folder)
{
	char path[PATH_MAX], *const roots[] = { path, NULL };
	uint64_t bytes = 0;
	FTSENT *e;
	FTS *fts;

	(void)snprintf(path, sizeof(path), "%s", folder->path);
	fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	while (fts && (e = fts_read(fts))) {
		if (e->fts_info == FTS_F)
			bytes += (uint64_t)e->fts_statp->st_size;
	}
	if (fts)
		(void)fts_close(fts);
	return bytes;
}

void wg__folder_remove_if_bare(const struct wg__folder *folder)
{
	char path[PATH_MAX + 8], *slash;
	int i;

	/* rmdir(2) refuses where there is anything. */
	(void)snprintf(path, sizeof(path), "%s/ust", folder->path);
	for (i = 0; i <= folder->made && (slash = strrchr(path, '/')) != NULL; i++) {
		(void)rmdir(path);
		*slash = '\0';
	}
}

/* `fd` is the folder index/, `name` a file in it: NAME.idx for the stream ../NAME. */
static int look_at_index(int fd, const char *name, struct wg__files *files, struct wg__since *since)
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
	code = wg__since_add(since, &index);
	for (i = 0; i < index.count && wg__index_entry(&index, i, &e); i++) {
		if (e.offset_bytes + e.packet_bits / 8 > (uint64_t)stream.st_size)
			files->is_cut = true;
		if (e.content_bits > EMPTY_PACKET_BITS)
			files->has_events = true;
	}
	wg__index_close(&index);
	return code;
}

static void look_at_metadata(int dir_fd, struct wg__files *files)
{
	static const char event[] = "\nevent {";
	struct stat st;
	void *text;
	int fd = openat(dir_fd, "metadata", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size == 0) {
		files->is_cut = true;
		close_file(fd);
		return;
	}
	text = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (text != MAP_FAILED) {
		if (memmem(text, (size_t)st.st_size, event, sizeof(event) - 1))
			files->has_description = true;
		(void)munmap(text, (size_t)st.st_size);
	}
	close_file(fd);
}

/* A snapshot has no index. Its packets begin as LTTng 2.13 writes them. */
static void look_at_stream(int dir_fd, const char *name, struct wg__files *files)
{
	char index[NAME_MAX + 16];
	enum { CONTENT = 48, PACKET = 56, HEADER = 64 };
	uint64_t sizes[2] = { 0 };
	struct stat st;
	off_t at = 0;
	int fd;

	(void)snprintf(index, sizeof(index), "index/%s.idx", name);
	if (faccessat(dir_fd, index, F_OK, 0) == 0)
		return;
	fd = wg__open_regular(dir_fd, name, &st);
	while (fd >= 0 && !files->has_events &&
		pread(fd, sizes, sizeof(sizes), at + CONTENT) == sizeof(sizes) &&
		sizes[1] / 8 >= HEADER && sizes[1] / 8 <= (uint64_t)(st.st_size - at)) {
		files->has_events = sizes[0] > EMPTY_PACKET_BITS;
		at += (off_t)(sizes[1] / 8);
	}
	close_file(fd);
}

static bool has_suffix(const char *name, const char *suffix)
{
	size_t n = strlen(name), m = strlen(suffix);

	return n > m && strcmp(name + n - m, suffix) == 0;
}

static bool is_stream(int dir_fd, const struct dirent *e)
{
	struct stat st;

	return strcmp(e->d_name, "metadata") != 0 && strcmp(e->d_name, WG__MARKER) != 0 &&
	       strcmp(e->d_name, WG__OTHERS) != 0 &&
	       fstatat(dir_fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
}

/* Takes fd. */
static int walk(int fd, int depth, struct wg__files *files, struct wg__since *since)
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
			code = look_at_index(dirfd(d), e->d_name, files, since);
			continue;
		}
		files->has_metadata |= strcmp(e->d_name, "metadata") == 0;
		if (strcmp(e->d_name, "index") == 0)
			look_at_metadata(dirfd(d), files);
		sub = openat(dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (sub >= 0 && depth < DEPTH_MAX)
			code = walk(sub, depth + 1, files, since);
		else if (sub >= 0)
			(void)close(sub);
		else if (is_stream(dirfd(d), e)) {
			files->has_streams = true;
			look_at_stream(dirfd(d), e->d_name, files);
		}
	}
	(void)closedir(d);
	return code;
}

int wg__files_look(const struct wg__folder *folder, struct wg__files *ret_files)
{
	struct wg__files files = { false };
	struct wg__since since = { 0 };
	int fd, code;

	files.is_full = is_full(folder->fd);
	fd = openat(folder->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	code = fd < 0 ? -errno : walk(fd, 0, &files, &since);
	files.is_full = files.is_full || (files.is_cut && is_nearly_full(folder->fd));
	files.since_ns = (int64_t)wg__since_begin(&since, &files.dropped);
	wg__since_fini(&since);
	*ret_files = files;
	return code;
}
