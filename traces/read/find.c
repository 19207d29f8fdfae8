/*
 * find.c: see find.h.
 *
 * LTTng puts a trace some levels down (ust/uid/0/64-bit/metadata), and a recording can hold
 * several: one per user, process or rotation. People name the folder they know. Links to folders
 * below it are not followed, or their contents might be read twice.
 */
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

/* The folders in dir, as a list of paths. */
static int list_folders(const char *dir, struct wg__notes *ret_folders)
{
	DIR *d = opendir(dir);
	struct dirent *entry;

	if (!d)
		return -errno;
	while (!ret_folders->is_short && (entry = readdir(d))) {
		char *path;

		if (entry->d_name[0] == '.')
			continue;
		if (asprintf(&path, "%s/%s", dir, entry->d_name) < 0) {
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

/* 0 or -ENOMEM; a folder that cannot be looked into is a note. */
static int walk(const char *dir, int depth, struct wg__notes *dirs, struct wg__notes *notes)
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
		rc = 0;
	}
	if (folders.count)
		qsort(folders.line, folders.count, sizeof(*folders.line), by_name);
	for (i = 0; i < folders.count && rc == 0; i++)
		rc = walk(folders.line[i], depth + 1, dirs, notes);
	wg__notes_fini(&folders);
	return rc;
}

int wg__find_traces(
	const char *path, struct wg__notes *ret_dirs, struct wg__notes *notes, struct wg_error *err)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return wg_error_set(err, -errno, "cannot open '%s': %s", path, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return wg_error_set(
			err, -ENOTDIR, "'%s' is not a folder, but a trace is a folder", path);
	if (access(path, R_OK | X_OK) < 0)
		return wg_error_set(err, -errno, "cannot open '%s': %s", path, strerror(errno));
	if (walk(path, 0, ret_dirs, notes) < 0)
		return wg_error_set(err, -ENOMEM, "cannot open '%s': out of memory", path);
	if (ret_dirs->count == 0) {
		return wg_error_set(
			err, -EINVAL, "'%s' is not a trace: no metadata file in it or below", path);
	}
	return 0;
}
