/*
 * tar.c: see tar.h.
 */
#include "labs/grade/course/tar.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "labs/grade/base/files.h"
#include "labs/grade/base/memory.h"
#include "labs/grade/course/progress.h"

#define ENTRIES_MAX 10000

struct taking {
	const struct wg_lab *lab; /* NULL: only the state file is looked for */
	const char *dir;
	json_t *state;
	unsigned taken; /* a bit for each listed file */
	struct wg_error *err;
};

/* The whole entry as text; NULL: too long, or damaged. */
static char *entry_text(struct archive *a, size_t *ret_len)
{
	char *text = malloc(WG_FILE_MAX + 1);
	size_t len = 0;
	ssize_t n = 1;

	while (text && n > 0 && len <= WG_FILE_MAX) {
		n = archive_read_data(a, text + len, WG_FILE_MAX + 1 - len);
		len += n > 0 ? (size_t)n : 0;
	}
	if (!text)
		wg_memory_note_lack();
	if (!text || n < 0 || len > WG_FILE_MAX) {
		free(text);
		return NULL;
	}
	*ret_len = len;
	return text;
}

static int take_file(struct taking *t, struct archive *a, size_t which)
{
	const char *name = t->lab->files[which];
	char path[4400], *text;
	size_t len;
	int rc;

	if (t->taken & (1u << which))
		return wg_error_set(t->err, -EINVAL, "'%s' is there twice", name);
	text = entry_text(a, &len);
	if (!text)
		return wg_error_set(t->err, -EINVAL, "'%s' is longer than 1 MiB, or damaged", name);
	(void)snprintf(path, sizeof(path), "%.4000s/%s", t->dir, name);
	rc = wg_file_write(path, text, len, t->err);
	free(text);
	t->taken |= 1u << which;
	return rc;
}

static int take_entry(struct taking *t, struct archive *a, struct archive_entry *e)
{
	const char *path = archive_entry_pathname(e), *name;
	size_t i, len;

	if (!path || archive_entry_filetype(e) != S_IFREG || archive_entry_hardlink(e))
		return 0;
	name = strrchr(path, '/');
	name = name ? name + 1 : path;
	if (strcmp(name, WG_STATE_FILE) == 0 && !t->state) {
		char *text = entry_text(a, &len);

		t->state = text ? json_loadb(text, len, 0, NULL) : NULL;
		free(text);
		return 0;
	}
	for (i = 0; t->lab && i < t->lab->file_count; i++) {
		if (strcmp(t->lab->files[i], name) == 0)
			return take_file(t, a, i);
	}
	return 0;
}

static int go_through(struct taking *t, const char *path)
{
	struct archive *a = archive_read_new();
	struct archive_entry *e;
	int rc = 0, entries = 0, got;

	(void)archive_read_support_filter_all(a);
	(void)archive_read_support_format_tar(a);
	if (archive_read_open_filename(a, path, 65536) != ARCHIVE_OK)
		rc = wg_error_set(
			t->err, -EINVAL, "cannot read '%s': %s", path, archive_error_string(a));
	while (rc == 0 && (got = archive_read_next_header(a, &e)) != ARCHIVE_EOF) {
		if (got < ARCHIVE_WARN)
			rc = wg_error_set(t->err, -EINVAL, "'%s' is not a tar file, or damaged: %s",
				path, archive_error_string(a));
		else if (++entries > ENTRIES_MAX)
			rc = wg_error_set(t->err, -EINVAL, "'%s' holds more than %d files", path,
				ENTRIES_MAX);
		else
			rc = take_entry(t, a, e);
	}
	(void)archive_read_free(a);
	return rc;
}

int wg_tar_take(const char *path, const struct wg_course *course, const struct wg_lab **lab,
	const char *dir, json_t **ret_state, struct wg_error *err)
{
	struct taking t = { .dir = dir, .err = err };
	const char *name;
	size_t i;
	int rc = go_through(&t, path); /* which lab it is may stand behind the files */

	*ret_state = t.state;
	if (rc == 0)
		rc = wg_memory_check(err);
	if (rc == 0 && !*lab) {
		name = json_string_value(json_object_get(t.state, "lab"));
		*lab = name ? wg_course_find(course, name) : NULL;
		if (!*lab)
			rc = wg_error_set(err, -ENOENT,
				"'%s' does not say which lab it is: give --lab N", path);
	}
	t.lab = *lab;
	if (rc == 0)
		rc = go_through(&t, path);
	if (wg_memory_is_short())
		rc = wg_memory_check(err);
	for (i = 0; rc == 0 && i < t.lab->file_count; i++) {
		if (!(t.taken & (1u << i)))
			rc = wg_error_set(err, -ENOENT, "'%s' has no %s", path, t.lab->files[i]);
	}
	return rc;
}
