/*
 * lines.c: see lines.h.
 */
#include "traces/import/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define LINE_MAX_BYTES ((size_t)1 << 20)
#define HEAD_BYTES     ((size_t)16)	    /* further on, a log may have odd bytes */
#define BUF_BYTES      (2 * LINE_MAX_BYTES) /* so a line and the next read fit */

int wg__lines_open(struct wg__lines *l, const char *path, struct wg_error *err)
{
	*l = (struct wg__lines){ .fd = STDIN_FILENO, .cap = BUF_BYTES };
	if (strcmp(path, "-") != 0 && (l->fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return wg_error_set(err, -errno, "cannot open '%s': %s%s", path, strerror(errno),
			errno == ENOENT ? ": `strace -f -tt -T -o log COMMAND` writes a log" : "");
	l->buf = malloc(l->cap);
	if (!l->buf) {
		wg__lines_close(l);
		return wg_error_set(err, -ENOMEM, "out of memory");
	}
	return 0;
}

int wg__lines_bytes(struct wg__lines *l, const void *bytes, size_t len, struct wg_error *err)
{
	*l = (struct wg__lines){ .fd = -1, .cap = len, .end = len, .bytes = len, .is_over = true };
	l->buf = malloc(len ? len : 1);
	if (!l->buf)
		return wg_error_set(err, -ENOMEM, "out of memory");
	if (len)
		memcpy(l->buf, bytes, len);
	return 0;
}

/* More bytes behind those that are there. 0, or a negative errno. */
static int fill(struct wg__lines *l)
{
	ssize_t n;

	if (l->begin) {
		memmove(l->buf, l->buf + l->begin, l->end - l->begin);
		l->end -= l->begin;
		l->begin = 0;
	}
	do
		n = read(l->fd, l->buf + l->end, l->cap - l->end);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	l->is_over = n == 0;
	l->end += (size_t)n;
	l->bytes += (size_t)n;
	return 0;
}

int wg__lines_next(struct wg__lines *l, struct wg__span *ret)
{
	bool is_too_long = false;
	size_t seen = 0; /* of the line, without an end in it */
	int rc;

	for (;;) {
		const char *from = l->buf + l->begin;
		size_t count = l->end - l->begin;
		const char *end = count > seen ? memchr(from + seen, '\n', count - seen) : NULL;

		if (!end && l->is_over && count)
			end = from + count;
		if (end) {
			*ret = (struct wg__span){ from, end };
			l->begin += (size_t)(end - from);
			l->begin += l->begin < l->end;
			return is_too_long || end - from > (ptrdiff_t)LINE_MAX_BYTES ? 2 : 1;
		}
		if (l->is_over)
			return is_too_long ? 2 : 0;
		seen = count;
		if (count > LINE_MAX_BYTES) {
			is_too_long = true;
			l->begin = l->end;
			seen = 0;
		}
		if ((rc = fill(l)) < 0)
			return rc;
	}
}

int wg__lines_are_text(struct wg__lines *l)
{
	static const char mark[] = { '\xef', '\xbb', '\xbf' };
	size_t count;
	int rc = 0;

	while (rc == 0 && !l->is_over && l->end < HEAD_BYTES) /* a pipe gives a little at a time */
		rc = fill(l);
	if (l->end >= sizeof(mark) && memcmp(l->buf, mark, sizeof(mark)) == 0)
		l->begin = sizeof(mark);
	count = l->end < HEAD_BYTES ? l->end : HEAD_BYTES;
	return rc < 0 ? rc : count == 0 || !memchr(l->buf, 0, count);
}

void wg__lines_close(struct wg__lines *l)
{
	if (l->fd > STDIN_FILENO)
		(void)close(l->fd);
	free(l->buf);
	*l = (struct wg__lines){ .fd = -1 };
}
