/*
 * files.c: see files.h.
 */
#include "traces/read/files.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/base/regular.h"
#include "traces/base/scratch.h"

#define HEAD_BYTES 512 /* the header of a packet, and its first events */

static const uint8_t magic_le[] = { 0xc1, 0x1f, 0xfc, 0xc1 };
static const uint8_t magic_be[] = { 0xc1, 0xfc, 0x1f, 0xc1 };

/* How a file begins. */
struct head {
	const char *name;
	size_t idx;	       /* among the names */
	uint64_t bytes;	       /* of the file */
	uint8_t v[HEAD_BYTES]; /* filled up with 0 */
};

bool wg__is_named_as_stream(const char *name)
{
	const char *last = strrchr(name, '_');

	return last && last[1] && last[1 + strspn(last + 1, "0123456789")] == '\0';
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int end_names(DIR *d, struct wg__notes *names)
{
	(void)closedir(d);
	if (names->count)
		qsort(names->line, names->count, sizeof(*names->line), by_name);
	return names->is_short ? -ENOMEM : 0;
}

void wg__files_leave_out(struct wg__files *files, struct wg__notes *notes, const char *prefix,
	const char *name, int rc)
{
	char why[512];

	wg__notes_add(notes, "stream %s%s was left out: %s", prefix, name,
		rc == -EINVAL ? "it is not a regular file"
			      : wg__scratch_error(rc, why, sizeof(why)));
	files->left_out++;
}

/* ---- what is there ---- */

static bool has_index(int dir_fd, const char *name)
{
	char path[NAME_MAX + 16];

	(void)snprintf(path, sizeof(path), "index/%s.idx", name);
	return faccessat(dir_fd, path, F_OK, 0) == 0;
}

/* Something that is no regular file stands where a stream may have been. Only LTTng's have names.
 */
static bool was_stream(int dir_fd, const char *name, const struct wg__metadata *metadata)
{
	return !metadata->has_lttng_packets || wg__is_named_as_stream(name) ||
	       has_index(dir_fd, name);
}

static int list(const char *dir, const char *prefix, const struct wg__metadata *metadata,
	struct wg__notes *notes, struct wg__files *files)
{
	DIR *d = opendir(dir);
	struct dirent *entry;

	if (!d)
		return -errno;
	while ((entry = readdir(d))) {
		const char *name = entry->d_name;
		struct stat st;
		int rc;

		if (name[0] == '.' || strcmp(name, "metadata") == 0)
			continue;
		rc = fstatat(dirfd(d), name, &st, 0) < 0 ? -errno : 0;
		if (rc == 0 && S_ISREG(st.st_mode))
			wg__notes_add(&files->names, "%s", name);
		else if ((rc < 0 || !S_ISDIR(st.st_mode)) && was_stream(dirfd(d), name, metadata))
			wg__files_leave_out(files, notes, prefix, name, rc < 0 ? rc : -EINVAL);
	}
	return end_names(d, &files->names);
}

/* A stream that an index names and that is not there. 0 or -ENOMEM. */
static int find_missing(
	const char *dir, const char *prefix, struct wg__notes *notes, struct wg__files *files)
{
	struct dirent *entry;
	char *path;
	DIR *d;

	if (asprintf(&path, "%s/index", dir) < 0)
		return -ENOMEM;
	d = opendir(path);
	free(path);
	while (d && (entry = readdir(d))) {
		struct stat st;
		char stream[NAME_MAX + 8];
		int len = (int)strlen(entry->d_name) - 4;

		if (len <= 0 || strcmp(entry->d_name + len, ".idx") != 0)
			continue;
		(void)snprintf(stream, sizeof(stream), "../%.*s", len, entry->d_name);
		/* A link that leads nowhere was found as a stream. */
		if (fstatat(dirfd(d), stream, &st, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT)
			wg__files_leave_out(files, notes, prefix, stream + 3, -ENOENT);
	}
	if (d)
		(void)closedir(d);
	return 0;
}

/* ---- how they begin ---- */

/* False if it cannot be read: then whoever opens it says so. */
static bool read_head(const char *dir, const char *name, struct head *ret)
{
	struct head head = { .name = name };
	struct stat st;
	char *path;
	ssize_t n;
	int fd;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return false;
	fd = wg__open_regular(AT_FDCWD, path, &st);
	free(path);
	if (fd < 0)
		return false;
	n = pread(fd, head.v, sizeof(head.v), 0);
	(void)close(fd);
	head.bytes = (uint64_t)st.st_size;
	*ret = head;
	return n >= 0;
}

static bool has_magic(const struct head *head)
{
	return memcmp(head->v, magic_le, sizeof(magic_le)) == 0 ||
	       memcmp(head->v, magic_be, sizeof(magic_be)) == 0;
}

static bool is_text(const struct head *head)
{
	size_t i, len = head->bytes < HEAD_BYTES ? (size_t)head->bytes : HEAD_BYTES;

	for (i = 0; i < len; i++) {
		if (head->v[i] < 0x80 && !isprint(head->v[i]) && !isspace(head->v[i]))
			return false;
	}
	return len > 0;
}

/* Which one of two copies is read comes first: the one with the name of a stream, the longer, the
 * one with the shorter name. */
static int by_head(const void *a, const void *b)
{
	const struct head *x = a, *y = b;
	int order = memcmp(x->v, y->v, sizeof(x->v));
	bool x_is = wg__is_named_as_stream(x->name), y_is = wg__is_named_as_stream(y->name);

	if (order)
		return order;
	if (x_is != y_is)
		return x_is ? -1 : 1;
	if (x->bytes != y->bytes)
		return x->bytes > y->bytes ? -1 : 1;
	if (strlen(x->name) != strlen(y->name))
		return strlen(x->name) < strlen(y->name) ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* Until compact() its place is NULL. */
static void drop(struct wg__files *files, const struct head *head)
{
	free(files->names.line[head->idx]);
	files->names.line[head->idx] = NULL;
	files->has_others = true;
}

static void compact(struct wg__notes *names)
{
	size_t i, kept = 0;

	for (i = 0; i < names->count; i++) {
		if (names->line[i])
			names->line[kept++] = names->line[i];
	}
	names->count = kept;
}

/* The packets of a file and of its copy are the same ones, and must not be counted twice. */
static void drop_copies(struct wg__files *files, const char *prefix, struct wg__notes *notes,
	struct head *head, size_t count)
{
	size_t i, first = 0;

	qsort(head, count, sizeof(*head), by_head);
	for (i = 1; i < count; i++) {
		if (memcmp(head[i].v, head[first].v, sizeof(head->v)) != 0) {
			first = i;
			continue;
		}
		if (!has_magic(&head[i]))
			continue;
		wg__notes_add(notes, "file %s%s is a copy of the stream %s and was left out",
			prefix, head[i].name, head[first].name);
		drop(files, &head[i]);
	}
}

/* In a trace of LTTng packets.c finds them. Others' streams have any name, and need no magic. */
static void drop_others(struct wg__files *files, const char *prefix, struct wg__notes *notes,
	struct head *head, size_t *count)
{
	size_t i, kept = 0, streams = 0;

	for (i = 0; i < *count; i++)
		streams += has_magic(&head[i]);
	for (i = 0; streams && i < *count; i++) {
		if (has_magic(&head[i]) || head[i].bytes == 0) {
			head[kept++] = head[i];
			continue;
		}
		if (!is_text(&head[i]))
			wg__notes_add(notes,
				"file %s%s is not a stream of this trace and was left out", prefix,
				head[i].name);
		drop(files, &head[i]);
	}
	if (streams)
		*count = kept;
}

static int look_into(const char *dir, const char *prefix, const struct wg__metadata *metadata,
	struct wg__notes *notes, struct wg__files *files)
{
	struct head *head = calloc(files->names.count + 1, sizeof(*head));
	size_t i, count = 0;

	if (!head)
		return -ENOMEM;
	for (i = 0; i < files->names.count; i++) {
		if (read_head(dir, files->names.line[i], &head[count]))
			head[count++].idx = i;
	}
	if (!metadata->has_lttng_packets)
		drop_others(files, prefix, notes, head, &count);
	drop_copies(files, prefix, notes, head, count);
	compact(&files->names);
	free(head);
	return 0;
}

int wg__files_list(const char *dir, const char *prefix, const struct wg__metadata *metadata,
	struct wg__notes *notes, struct wg__files *ret)
{
	int rc;

	*ret = (struct wg__files){ 0 };
	rc = list(dir, prefix, metadata, notes, ret);
	if (rc == 0)
		rc = find_missing(dir, prefix, notes, ret);
	return rc < 0 ? rc : look_into(dir, prefix, metadata, notes, ret);
}

int wg__files_all(const char *dir, struct wg__notes *ret_names)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	struct stat st;

	if (!d)
		return -errno;
	while ((entry = readdir(d))) {
		if (entry->d_name[0] != '.' && strcmp(entry->d_name, "metadata") != 0 &&
			fstatat(dirfd(d), entry->d_name, &st, 0) == 0 && S_ISREG(st.st_mode))
			wg__notes_add(ret_names, "%s", entry->d_name);
	}
	return end_names(d, ret_names);
}

void wg__files_fini(struct wg__files *files)
{
	wg__notes_fini(&files->names);
}
