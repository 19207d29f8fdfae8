/*
 * others.c: see others.h.
 */
#include "traces/base/others.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "traces/base/names.h"
#include "traces/base/out.h"
#include "traces/base/regular.h"
#include "traces/base/units.h"

#define DEPTH 6 /* REC/archives/CHUNK/ust/uid/0/64-bit */

/* Two numbers of 19 digits, one of 10. */
#define LINE_MAX_BYTES 51
#define BYTES_MAX      (sizeof(WG__OTHERS_FIRST) + (size_t)WG__OTHERS_MAX * LINE_MAX_BYTES)

int wg__others_add(struct wg__others *others, uint32_t pid, int64_t from_ns, int64_t to_ns)
{
	if (others->count == WG__OTHERS_MAX)
		return 0;
	if (wg__grow(&others->v, &others->cap, others->count, sizeof(*others->v)) < 0)
		return -ENOMEM;
	others->v[others->count++] =
		(struct wg__other){ .pid = pid, .from_ns = from_ns, .to_ns = to_ns };
	return 0;
}

/* ---- written ---- */

static int by_pid_and_time(const void *a, const void *b)
{
	const struct wg__other *x = a, *y = b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return (x->from_ns > y->from_ns) - (x->from_ns < y->from_ns);
}

int wg__others_write(struct wg__others *others, int fd)
{
	size_t i, most = sizeof(WG__OTHERS_FIRST) + others->count * LINE_MAX_BYTES;
	struct rlimit limit;
	struct wg_out out;
	char path[64];
	int rc;

	if (!others->count)
		return unlinkat(fd, WG__OTHERS, 0) == 0 || errno == ENOENT ? 0 : -errno;
	/* Beyond its limit a write would end this process. */
	if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < most)
		return -EFBIG;
	qsort(others->v, others->count, sizeof(*others->v), by_pid_and_time);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d/" WG__OTHERS, fd);
	rc = wg_out_open(&out, path, NULL);
	if (rc < 0)
		return rc;
	wg_out_text(&out, WG__OTHERS_FIRST);
	for (i = 0; i < others->count; i++)
		wg_out_printf(&out, "%" PRIu32 " %" PRId64 " %" PRId64 "\n", others->v[i].pid,
			others->v[i].from_ns, others->v[i].to_ns);
	return wg_out_close(&out, true, NULL);
}

/* ---- read ---- */

/* In dir, or above it: a descriptor, or a negative errno. */
static int open_above(const char *dir, struct stat *ret)
{
	static const char up[] = "../../../../../../";
	int i, fd = -ENOENT;

	for (i = 0; i <= DEPTH && fd == -ENOENT; i++) {
		char *path;

		if (asprintf(&path, "%s/%.*s" WG__OTHERS, dir, 3 * i, up) < 0)
			return -ENOMEM;
		fd = wg__open_regular(AT_FDCWD, path, ret);
		free(path);
	}
	return fd;
}

int wg__others_stat(const char *dir, struct stat *ret)
{
	int fd = open_above(dir, ret);

	if (fd >= 0)
		(void)close(fd);
	return fd < 0 ? fd : 0;
}

/* "PID FROM TO", each as wg__others_write() has it. */
static bool parse_line(char *line, struct wg__other *ret)
{
	char *from = strchr(line, ' '), *to = from ? strchr(from + 1, ' ') : NULL;
	uint64_t pid, from_ns, to_ns;

	if (!to)
		return false;
	*from++ = *to++ = '\0';
	if (wg_parse_number(line, 1, INT32_MAX, &pid) < 0 ||
		wg_parse_number(from, 0, INT64_MAX, &from_ns) < 0 ||
		wg_parse_number(to, from_ns, INT64_MAX, &to_ns) < 0)
		return false;
	*ret = (struct wg__other){
		.pid = (uint32_t)pid, .from_ns = (int64_t)from_ns, .to_ns = (int64_t)to_ns
	};
	return true;
}

/* Its lines, in which there is no 0. As wg__others_read(). */
static int parse(char *text, struct wg__others *others, size_t *ret_line)
{
	size_t first = sizeof(WG__OTHERS_FIRST) - 1;
	char *end;

	*ret_line = 1;
	if (strncmp(text, WG__OTHERS_FIRST, first) != 0)
		return -EINVAL;
	for (text += first; *text; text = end + 1) {
		struct wg__other one;

		++*ret_line;
		end = strchr(text, '\n');
		if (!end || others->count == WG__OTHERS_MAX)
			return -EINVAL;
		*end = '\0';
		if (!parse_line(text, &one) ||
			(others->count && by_pid_and_time(&others->v[others->count - 1], &one) > 0))
			return -EINVAL;
		if (wg__others_add(others, one.pid, one.from_ns, one.to_ns) < 0)
			return -ENOMEM;
	}
	*ret_line = 0;
	return 0;
}

/* The whole file as text, which is the caller's in any case. */
static int read_file(int fd, size_t bytes, char **ret_text)
{
	char *text = bytes <= BYTES_MAX ? calloc(bytes + 1, 1) : NULL;
	size_t done = 0;
	ssize_t n = 1;
	int rc;

	if (!text)
		return bytes <= BYTES_MAX ? -ENOMEM : -EFBIG;
	while (done < bytes && n > 0) {
		n = read(fd, text + done, bytes - done);
		done += n > 0 ? (size_t)n : 0;
	}
	rc = n < 0 ? -errno : strlen(text) == done ? 0 : -EINVAL;
	*ret_text = text;
	return rc;
}

/* All zero if it is of no use. */
static int read_all(int fd, const struct stat *st, struct wg__others *others, size_t *ret_line)
{
	char *text = NULL;
	int rc = read_file(fd, (size_t)st->st_size, &text);

	if (rc == 0)
		rc = parse(text, others, ret_line);
	free(text);
	if (rc < 0)
		wg__others_fini(others);
	return rc;
}

int wg__others_read(
	const char *dir, struct wg__others **list, struct wg__others **ret, size_t *ret_line)
{
	struct wg__others *others = *list;
	struct stat st;
	int fd = open_above(dir, &st), rc = 0;

	*ret = NULL;
	*ret_line = 0;
	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	while (others && (others->dev != st.st_dev || others->ino != st.st_ino))
		others = others->next;
	if (!others) {
		others = calloc(1, sizeof(*others));
		rc = others ? read_all(fd, &st, others, ret_line) : -ENOMEM;
		if (rc == 0) {
			others->dev = st.st_dev;
			others->ino = st.st_ino;
			others->next = *list;
			*list = others;
		} else {
			free(others);
			others = NULL;
		}
	}
	(void)close(fd);
	*ret = others;
	return rc;
}

/* ---- asked ---- */

bool wg__others_has(struct wg__others *o, uint32_t pid, int64_t at_ns)
{
	size_t low = 0, high = o->count;
	struct wg__other *one;

	if (pid == o->absent)
		return false;
	while (low < high) { /* the first that is later */
		size_t mid = low + (high - low) / 2;

		one = &o->v[mid];
		if (one->pid > pid || (one->pid == pid && one->from_ns > at_ns))
			high = mid;
		else
			low = mid + 1;
	}
	if ((!low || o->v[low - 1].pid != pid) && (low == o->count || o->v[low].pid != pid))
		o->absent = pid;
	if (!low || o->v[low - 1].pid != pid || o->v[low - 1].to_ns < at_ns)
		return false;
	o->v[low - 1].has_events = true;
	o->events++;
	return true;
}

size_t wg__others_met(const struct wg__others *others)
{
	size_t i, met = 0;

	for (i = 0; i < others->count; i++)
		met += others->v[i].has_events;
	return met;
}

void wg__others_fini(struct wg__others *others)
{
	free(others->v);
	*others = (struct wg__others){ 0 };
}

void wg__others_free(struct wg__others *list)
{
	while (list) {
		struct wg__others *next = list->next;

		free(list->v);
		free(list);
		list = next;
	}
}
