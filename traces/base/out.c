/*
 * out.c: see out.h.
 *
 * The file has no name while it grows (O_TMPFILE), where the file system can do that; elsewhere it
 * is a dot file beside the wanted one. A name cannot be replaced by linking, so at the end the
 * nameless file gets the dot file's name and is renamed over the wanted one.
 *
 * A file that grows large asks for room on the disk ahead. Without it, ext4 looks for room again
 * with every page, which can take longer than the copy. What is not needed goes back at the end.
 */
#include "traces/base/out.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMP_NAMES 1000			/* more than one process id can have left behind */
#define LARGE	   (UINT64_C(4) << 20)	/* bytes: a smaller file asks for no room */
#define ROOM_STEP  (UINT64_C(64) << 20) /* how much room at a time */

static int fail_open(struct wg_out *out, int code, struct wg_error *err)
{
	char label[sizeof(out->label)];
	const char *slash;

	memcpy(label, out->label, sizeof(label));
	(void)wg_out_close(out, false, NULL);
	slash = strrchr(label, '/');
	if (code == -ENOENT && slash)
		return wg_error_set(err, code, "cannot write '%s': there is no folder '%.*s'",
			label, (int)(slash - label), label);
	return wg_error_set(err, code, "cannot write '%s': %s", label, strerror(-code));
}

/*
 * Give the file its temporary name "DIR/.wakegap-PID-N.part": a link to `self`, or a new file if
 * that is NULL. A name that is taken is left alone: it may be that of a run which was killed, or of
 * one in another container. A descriptor or 0, or a negative errno.
 */
static int make_temp(struct wg_out *out, const char *self)
{
	const char *slash = strrchr(out->final, '/');
	int rc = -EEXIST, dir_len = slash ? (int)(slash - out->final + 1) : 0;
	unsigned n;

	for (n = 0; rc == -EEXIST && n < TEMP_NAMES; n++) {
		if (asprintf(&out->temp, "%.*s.wakegap-%ld-%u.part", dir_len, out->final,
			    (long)getpid(), n) < 0) {
			out->temp = NULL;
			return -ENOMEM;
		}
		rc = self ? linkat(AT_FDCWD, self, AT_FDCWD, out->temp, AT_SYMLINK_FOLLOW)
			  : open(out->temp, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0666);
		if (rc >= 0)
			return rc;
		rc = -errno;
		free(out->temp);
		out->temp = NULL;
	}
	return rc;
}

/* A nameless file in the folder of out->final, or a named one beside it; fd, or negative errno. */
static int open_temp(struct wg_out *out)
{
	const char *slash = strrchr(out->final, '/');
	char dir[PATH_MAX] = ".";
	int fd;

	if (slash && (size_t)(slash - out->final) + 1 >= sizeof(dir))
		return -ENAMETOOLONG;
	if (slash) {
		memcpy(dir, out->final, (size_t)(slash - out->final) + 1);
		dir[slash - out->final + 1] = '\0';
	}
	fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
	if (fd >= 0)
		return fd;
	if (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOSYS && errno != EINVAL)
		return -errno;
	return make_temp(out, NULL);
}

/* Decide what path is, and open it. */
static int open_path(struct wg_out *out, const char *path)
{
	struct stat st;
	int fd;

	if (stat(path, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return -EISDIR;
		if (!S_ISREG(st.st_mode)) {
			fd = open(path, O_WRONLY | O_CLOEXEC);
			return fd < 0 ? -errno : fd;
		}
		/* A file without write permission must not be replaced either. */
		if (access(path, W_OK) < 0)
			return -errno;
		out->final = realpath(path, NULL);
		if (!out->final)
			return -errno;
		fd = open_temp(out);
		if (fd >= 0)
			(void)fchmod(fd, st.st_mode & 0777);
		return fd;
	}
	if (errno != ENOENT)
		return -errno;
	if (path[0] && path[strlen(path) - 1] == '/')
		return -EISDIR;
	out->final = strdup(path);
	return out->final ? open_temp(out) : -ENOMEM;
}

int wg_out_open(struct wg_out *out, const char *path, struct wg_error *err)
{
	bool is_stdout = !path || strcmp(path, "-") == 0;
	int fd;

	*out = (struct wg_out){ .fd = -1 };
	(void)snprintf(out->label, sizeof(out->label), "%s", is_stdout ? "standard output" : path);
	out->buf = malloc(WG__OUT_BYTES);
	if (!out->buf)
		return fail_open(out, -ENOMEM, err);
	if (is_stdout) {
		out->fd = STDOUT_FILENO;
		return 0;
	}
	fd = path[0] ? open_path(out, path) : -ENOENT;
	if (fd < 0)
		return fail_open(out, fd, err);
	out->fd = fd;
	out->is_mine = true;
	return 0;
}

/* A nameless file gets a temporary name. 0 or a negative errno. */
static int name_temp(struct wg_out *out)
{
	char self[64];

	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", out->fd);
	return out->temp ? 0 : make_temp(out, self);
}

int wg_out_close(struct wg_out *out, bool keep, struct wg_error *err)
{
	int rc;

	if (out->fd >= 0 && keep) {
		wg_out_flush(out);
		if (out->rc == 0 && out->room && ftruncate(out->fd, (off_t)out->bytes) < 0)
			out->rc = -errno;
		if (out->rc == 0 && out->final)
			out->rc = name_temp(out);
	}
	/* Some file systems report a full disk only on close, so close before the rename. */
	if (out->is_mine && close(out->fd) < 0 && out->rc == 0 && errno != EINTR)
		out->rc = -errno;
	if (out->temp && keep && out->rc == 0 && rename(out->temp, out->final) < 0)
		out->rc = -errno;
	if (out->temp && (!keep || out->rc < 0))
		(void)unlink(out->temp);
	rc = out->rc;
	if (rc < 0)
		(void)wg_error_set(err, rc, "cannot write %s%s%s: %s", out->is_mine ? "'" : "to ",
			out->label, out->is_mine ? "'" : "", strerror(-rc));
	free(out->buf);
	free(out->final);
	free(out->temp);
	*out = (struct wg_out){ .fd = -1 };
	return rc;
}

/*
 * Ask for room, and never again where that fails: write(2) knows better whether the disk is full.
 * Under a limit of file sizes neither, since tmpfs ends a process that asks beyond it.
 */
static void ask_room(struct wg_out *out)
{
	struct rlimit limit;

	if (!out->final || out->bytes < LARGE || out->bytes <= out->room)
		return;
	if (getrlimit(RLIMIT_FSIZE, &limit) < 0 || limit.rlim_cur != RLIM_INFINITY ||
		fallocate(out->fd, FALLOC_FL_KEEP_SIZE, (off_t)out->room, ROOM_STEP) < 0)
		out->room = UINT64_MAX;
	else
		out->room += ROOM_STEP;
}

/* Write so many bytes of the buffer, and move what is behind them to its front. */
static void write_out(struct wg_out *out, size_t count)
{
	size_t done = 0;

	ask_room(out);
	while (out->rc == 0 && done < count) {
		ssize_t n = write(out->fd, out->buf + done, count - done);

		if (n < 0 && errno != EINTR)
			out->rc = -errno;
		else if (n > 0)
			done += (size_t)n;
	}
	out->used -= count;
	memmove(out->buf, out->buf + count, out->used);
}

void wg_out_flush(struct wg_out *out)
{
	write_out(out, out->used);
}

void wg__out_write_block(struct wg_out *out)
{
	write_out(out, WG__OUT_BLOCK);
}

void wg__out_write_parts(struct wg_out *out, const void *bytes, size_t count)
{
	const char *from = bytes;

	while (count > 0) {
		size_t part = count < WG_OUT_ROOM_MAX ? count : WG_OUT_ROOM_MAX;
		char *to = wg_out_room(out, part);

		memcpy(to, from, part);
		wg_out_took(out, to + part);
		from += part;
		count -= part;
	}
}

void wg_out_printf(struct wg_out *out, const char *fmt, ...)
{
	char *text;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0) {
		out->rc = out->rc ? out->rc : -ENOMEM;
		return;
	}
	wg_out_write(out, text, (size_t)len);
	free(text);
}
