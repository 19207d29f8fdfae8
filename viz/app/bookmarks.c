/*
 * bookmarks.c: see bookmarks.h. The file is replaced when the new one is whole (out.h), so a full
 * disk leaves the old one.
 */
#include "viz/app/bookmarks.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "traces/base/out.h"
#include "traces/base/regular.h"
#include "traces/base/units.h"

#define BYTES_MAX (1 << 20) /* of a file: more than 64 bookmarks ever need */

bool wg_bookmarks_set(struct wg_bookmarks *marks, int64_t t, const char *name)
{
	size_t i = 0;

	while (i < marks->count && marks->v[i].t < t)
		i++;
	if (i == marks->count || marks->v[i].t != t) {
		if (marks->count == WG_BOOKMARKS_MAX)
			return false;
		memmove(&marks->v[i + 1], &marks->v[i], (marks->count - i) * sizeof(marks->v[0]));
		marks->count++;
	}
	marks->v[i].t = t;
	(void)snprintf(marks->v[i].name, sizeof(marks->v[i].name), "%s", name);
	return true;
}

bool wg_bookmarks_remove(struct wg_bookmarks *marks, int64_t t)
{
	size_t i = 0;

	while (i < marks->count && marks->v[i].t != t)
		i++;
	if (i == marks->count)
		return false;
	marks->count--;
	memmove(&marks->v[i], &marks->v[i + 1], (marks->count - i) * sizeof(marks->v[0]));
	return true;
}

const struct wg_bookmark *wg_bookmarks_next(
	const struct wg_bookmarks *marks, int64_t t, bool forward)
{
	const struct wg_bookmark *found = NULL;
	size_t i;

	for (i = 0; i < marks->count; i++) {
		if (forward && marks->v[i].t > t)
			return &marks->v[i];
		if (!forward && marks->v[i].t < t)
			found = &marks->v[i];
	}
	return found;
}

/* ---- the file ---- */

static int path_of(char path[PATH_MAX], const char *trace_path)
{
	int n = snprintf(path, PATH_MAX, "%s/%s", trace_path ? trace_path : ".", WG_BOOKMARKS_FILE);

	return n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

static int take_line(struct wg_bookmarks *marks, char *line)
{
	char *name = line;
	uint64_t t;

	line[strcspn(line, "\n")] = '\0';
	if (line[0] == '#' || line[0] == '\0')
		return 0;
	(void)strsep(&name, " ");
	if (wg_parse_number(line, 0, INT64_MAX, &t) < 0)
		return -EBADMSG;
	return wg_bookmarks_set(marks, (int64_t)t, name ? name : "") ? 0 : -E2BIG;
}

int wg_bookmarks_load(struct wg_bookmarks *marks, const char *trace_path)
{
	struct wg_bookmarks read = { 0 };
	char path[PATH_MAX], line[256];
	int rc = path_of(path, trace_path);
	struct stat st;
	FILE *in;
	int fd;

	if (rc < 0)
		return rc;
	fd = wg__open_regular(AT_FDCWD, path, &st);
	if (fd < 0)
		return fd == -ENOENT || fd == -ENOTDIR ? 0 : fd;
	in = st.st_size <= BYTES_MAX ? fdopen(fd, "r") : NULL;
	if (!in) {
		rc = st.st_size <= BYTES_MAX ? -errno : -EFBIG;
		(void)close(fd);
		return rc;
	}
	while (rc == 0 && fgets(line, sizeof(line), in))
		rc = take_line(&read, line);
	if (rc == 0 && ferror(in))
		rc = -EIO;
	(void)fclose(in);
	if (rc == 0)
		*marks = read;
	return rc;
}

int wg_bookmarks_save(const struct wg_bookmarks *marks, const char *trace_path)
{
	char path[PATH_MAX];
	int rc = path_of(path, trace_path);
	struct wg_out out;
	size_t i;

	if (rc == 0)
		rc = wg_out_open(&out, path, NULL);
	if (rc < 0)
		return rc;
	wg_out_text(&out, "# wakegap bookmarks: nanoseconds of the trace's clock, name\n");
	for (i = 0; i < marks->count; i++)
		wg_out_printf(&out, "%" PRId64 " %s\n", marks->v[i].t, marks->v[i].name);
	return wg_out_close(&out, true, NULL);
}
