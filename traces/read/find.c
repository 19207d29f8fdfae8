/*
 * find.c: see find.h.
 *
 * LTTng puts a trace some levels down (ust/uid/0/64-bit/metadata), and a recording can hold
 * several: one per user, process or rotation. People name the folder they know. Links to folders
 * below it are not followed, or their contents might be read twice.
 */
#include "traces/base/marker.h"
#include "traces/read/find.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/read/read.h"

/* archives/CHUNK/ust/pid/NAME-PID-DATE/64-bit is six levels; more than eight is somebody's home. */
#define DEPTH_MAX 8

/* 1, 0 or -ENOMEM. */
static int has_metadata(const char *dir)
{
	char *path;
	struct stat st;
	bool found;

	if (asprintf(&path, "%s/metadata", dir) < 0)
		return -ENOMEM;
	found = stat(path, &st) == 0 && S_ISREG(st.st_mode);
	free(path);
	return found;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_folder(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* room.h: to what a trace is made of. */
static bool is_link(const char *dir, const char *name)
{
	struct stat st;
	char *path;
	bool is;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return false;
	is = lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
	free(path);
	return is;
}

/* The folders in dir, as a list of paths. One that ends with a slash, such as /, needs no other. */
static int list_folders(const char *dir, struct wg__notes *ret_folders)
{
	DIR *d = access(dir, X_OK) < 0 ? NULL : opendir(dir);
	const char *slash = *dir && dir[strlen(dir) - 1] == '/' ? "" : "/";
	struct dirent *entry;

	if (!d)
		return -errno;
	while (!ret_folders->is_short && (entry = readdir(d))) {
		char *path;

		if (entry->d_name[0] == '.')
			continue;
		if (asprintf(&path, "%s%s%s", dir, slash, entry->d_name) < 0) {
			ret_folders->is_short = true;
			break;
		}
		if (is_folder(path))
			wg__notes_add(ret_folders, "%s", path);
		free(path);
	}
	(void)closedir(d);
	return ret_folders->is_short ? -ENOMEM : 0;
}

/* 0 or -ENOMEM; a folder that cannot be looked into is a note, and the first one a line. */
static int walk(const char *dir, int depth, struct wg__notes *dirs, struct wg__notes *notes,
	struct wg_error *refused)
{
	struct wg__notes folders = { 0 };
	size_t i;
	int rc = has_metadata(dir);

	if (rc < 0)
		return rc;
	if (rc > 0)
		wg__notes_add(dirs, "%s", dir);
	if (rc > 0 || depth == DEPTH_MAX)
		return dirs->is_short ? -ENOMEM : 0;
	rc = list_folders(dir, &folders);
	if (rc < 0 && rc != -ENOMEM) {
		wg__notes_add(notes, "folder '%s' was not looked into: %s", dir, strerror(-rc));
		if (refused->code == 0)
			(void)wg_error_set(
				refused, rc, "cannot look into '%s': %s", dir, strerror(-rc));
		rc = 0;
	}
	if (folders.count)
		qsort(folders.line, folders.count, sizeof(*folders.line), by_name);
	for (i = 0; i < folders.count && rc == 0; i++)
		rc = walk(folders.line[i], depth + 1, dirs, notes, refused);
	wg__notes_fini(&folders);
	return rc;
}

int wg__find_traces(
	const char *path, struct wg__notes *ret_dirs, struct wg__notes *notes, struct wg_error *err)
{
	struct wg_error refused = { 0 };
	struct stat st;

	if (stat(path, &st) < 0)
		return wg_error_set(err, -errno, "cannot open '%s': %s%s", path, strerror(errno),
			errno == ENOENT ? ": " WG_MAKES_A_TRACE : "");
	if (!S_ISDIR(st.st_mode))
		return wg_error_set(err, -ENOTDIR,
			"'%s' is not a folder, but a trace is a folder: `wakegap import` reads the "
			"logs of strace, perf and ftrace",
			path);
	if (access(path, R_OK | X_OK) < 0)
		return wg_error_set(err, -errno, "cannot open '%s': %s", path, strerror(errno));
	if (walk(path, 0, ret_dirs, notes, &refused) < 0)
		return wg_error_set(err, -ENOMEM, "cannot open '%s': out of memory", path);
	if (ret_dirs->count == 0 && refused.code < 0)
		return wg_error_set(err, refused.code, "%s", refused.text);
	if (ret_dirs->count == 0 && is_link(path, "recorded"))
		return wg_error_set(err, -EINVAL,
			"'%s' is being recorded, or the recorder was killed, or it is a copy of "
			"such a folder: `wakegap record --finish DIR` makes a trace of what was "
			"recorded",
			path);
	if (ret_dirs->count == 0 && wg__marker_is_in(path))
		return wg_error_set(err, -EINVAL,
			"'%s' is being recorded, or the recorder was killed, or it is a copy of "
			"such a "
			"folder: it holds no metadata file, and so no trace",
			path);
	if (ret_dirs->count == 0) {
		return wg_error_set(err, -EINVAL,
			"'%s' is not a trace: no metadata file in it or below: " WG_MAKES_A_TRACE,
			path);
	}
	return 0;
}

/* How much of the two is the same, in whole names. */
static size_t common_len(const char *a, size_t len, const char *b)
{
	size_t i, end = 0;

	for (i = 0; i < len && a[i] == b[i]; i++)
		end = a[i] == '/' ? i : end;
	return (i == len && (b[i] == '/' || !b[i])) ? len : end;
}

static bool has_line(const struct wg__notes *lines, const char *line)
{
	size_t i;

	for (i = 0; i < lines->count && strcmp(lines->line[i], line) != 0; i++)
		;
	return i < lines->count;
}

int wg__find_all(const char *path, struct wg__notes *dirs, struct wg__notes *notes, size_t *ret_len,
	struct wg_error *err)
{
	static const char and[] = WG_READER_AND;
	const char *next = path;
	size_t i;
	int rc = 0;

	*ret_len = strlen(path);
	if (strncmp(path, and, sizeof(and) - 1) != 0)
		return wg__find_traces(path, dirs, notes, err);
	for (; rc == 0 && *next; path = next) {
		struct wg__notes found = { 0 };
		char *one;

		path += sizeof(and) - 1;
		next = strstr(path, and) ? strstr(path, and) : path + strlen(path);
		one = strndup(path, (size_t)(next - path));
		rc = one ? wg__find_traces(one, &found, notes, err)
			 : wg_error_set(err, -ENOMEM, "out of memory");
		for (i = 0; rc == 0 && i < found.count; i++) {
			if (dirs->count == 0)
				*ret_len = (size_t)(next - path);
			if (!has_line(dirs, found.line[i]))
				wg__notes_add(dirs, "%s", found.line[i]);
			*ret_len = common_len(found.line[i], *ret_len, dirs->line[0]);
		}
		if (dirs->is_short)
			rc = wg_error_set(err, -ENOMEM, "out of memory");
		wg__notes_fini(&found);
		free(one);
	}
	return rc;
}

/* ---- recordings ---- */

/* What LTTng names the folders between a recording and its traces. */
static bool is_inside(const char *name, size_t len)
{
	static const char *const names[] = { "ust", "kernel", "archives", "uid", "pid", "64-bit",
		"32-bit" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strlen(names[i]) == len && memcmp(names[i], name, len) == 0)
			return true;
	}
	return false;
}

/* "20261127T153113+0000-20261127T153114+0000-12": from when to when, and its number. */
bool wg__is_chunk(const char *dir)
{
	static const char form[] = "00000000T000000+0000-00000000T000000+0000-0";
	const char *at = dir;

	for (; at; at = strchr(at, '/')) {
		size_t i;

		at += *at == '/';
		for (i = 0; form[i]; i++) {
			if (form[i] == '0'	 ? at[i] < '0' || at[i] > '9'
				: form[i] == '+' ? at[i] != '+' && at[i] != '-'
						 : at[i] != form[i])
				break;
		}
		if (!form[i])
			return true;
	}
	return false;
}

size_t wg__recording_len(const char *dir, size_t len)
{
	size_t begin, end = len;

	while (dir[end]) {
		begin = end + strspn(dir + end, "/");
		end = begin + strcspn(dir + begin, "/");
		if (is_inside(dir + begin, end - begin))
			return len;
		len = end;
	}
	return len;
}

int wg_recordings_find(const char *path, struct wg_recordings *ret)
{
	struct wg__notes dirs = { 0 }, notes = { 0 }, found = { 0 };
	size_t i;
	int rc = wg__find_traces(path, &dirs, &notes, NULL);

	for (i = 0; i < dirs.count && rc == 0; i++) {
		size_t len = wg__recording_len(dirs.line[i], strlen(path));
		const char *last = found.count ? found.line[found.count - 1] : "";

		if (strlen(last) != len || strncmp(last, dirs.line[i], len) != 0)
			wg__notes_add(&found, "%.*s", (int)len, dirs.line[i]);
		rc = found.is_short ? -ENOMEM : 0;
	}
	wg__notes_fini(&dirs);
	wg__notes_fini(&notes);
	*ret = (struct wg_recordings){ found.line, found.count };
	if (rc < 0)
		wg_recordings_fini(ret);
	return rc;
}

void wg_recordings_fini(struct wg_recordings *recordings)
{
	while (recordings->count)
		free(recordings->path[--recordings->count]);
	free(recordings->path);
	*recordings = (struct wg_recordings){ 0 };
}
