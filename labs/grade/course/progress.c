/*
 * progress.c: see progress.h.
 */
#include "labs/grade/course/progress.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "labs/grade/base/files.h"
#include "labs/grade/base/memory.h"

#define VERSION 1

/* ---- where the labs are ---- */

/* The folder of labs.json; "" if there is no home. */
static void index_folder(char *dir, size_t len)
{
	const char *given = getenv("WAKEGAP_STATE"), *xdg = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");

	*dir = '\0';
	if (given)
		(void)snprintf(dir, len, "%s", given);
	else if (xdg && *xdg)
		(void)snprintf(dir, len, "%s/wakegap", xdg);
	else if (home && *home)
		(void)snprintf(dir, len, "%s/.local/state/wakegap", home);
}

/* An object, or NULL. What stands there may be anything; a FIFO would hold us. */
static json_t *read_object(const char *path)
{
	struct wg_error err;
	char *text;
	size_t len;
	json_t *root;

	if (wg_file_read(path, &text, &len, &err) < 0)
		return NULL;
	root = json_loadb(text, len, 0, NULL);
	free(text);
	if (json_is_object(root))
		return root;
	json_decref(root);
	return NULL;
}

static json_t *read_index(char *path, size_t len)
{
	char dir[4096];
	json_t *root;

	index_folder(dir, sizeof(dir));
	(void)snprintf(path, len, "%s/labs.json", dir);
	root = *dir ? read_object(path) : NULL;
	return root ? root : json_object();
}

static int write_json(const char *path, const json_t *root, struct wg_error *err)
{
	char *text = json_dumps(root, JSON_INDENT(2) | JSON_SORT_KEYS);
	int rc = text && !wg_memory_is_short() ? wg_file_write(path, text, strlen(text), err)
					       : wg_error_set(err, -ENOMEM, "out of memory");

	free(text);
	return rc;
}

/* If the list cannot be written, the lab works without it. */
static void note_folder(const char *lab, const char *dir)
{
	char path[4200], folder[4096];
	json_t *root = read_index(path, sizeof(path));
	struct wg_error err = { 0 };

	index_folder(folder, sizeof(folder));
	(void)json_object_set_new(root, lab, json_string(dir));
	if (*folder && wg_folder_make(folder, &err) == 0)
		(void)write_json(path, root, &err);
	json_decref(root);
}

int wg_progress_where(const struct wg_lab *lab, char *dir, size_t len)
{
	char path[4200];
	json_t *root = read_index(path, sizeof(path));
	const char *where = json_string_value(json_object_get(root, lab->name));
	int rc = where ? 0 : -ENOENT;

	if (where)
		(void)snprintf(dir, len, "%s", where);
	json_decref(root);
	return rc;
}

/* ---- one lab's state ---- */

static void file_of(const struct wg_progress *state, char *path, size_t len)
{
	(void)snprintf(path, len, "%s/%s", state->dir, WG_STATE_FILE);
}

int wg_progress_load(const char *dir, struct wg_progress *ret, struct wg_error *err)
{
	char path[4200];

	memset(ret, 0, sizeof(*ret));
	if (!realpath(dir, ret->dir))
		return wg_error_set(err, -errno, "cannot open '%s': %s%s", dir, strerror(errno),
			errno == ENOENT ? " (`wakegap lab list` names the labs and your folders)"
					: "");
	file_of(ret, path, sizeof(path));
	if (access(path, F_OK) < 0 && errno == ENOTDIR)
		return wg_error_set(err, -ENOTDIR,
			"'%s' is a file: name the lab's folder, as `wakegap lab list` shows it",
			dir);
	if (access(path, F_OK) < 0)
		return wg_error_set(err, -ENOENT,
			"'%s' is not a lab's folder: `wakegap lab list` shows yours, `wakegap lab "
			"start N DIR` makes one",
			dir);
	ret->root = read_object(path);
	if (wg_memory_is_short()) {
		wg_progress_fini(ret);
		return wg_memory_check(err);
	}
	if (!ret->root || !*wg_progress_text(ret, "lab")) {
		wg_progress_fini(ret);
		return wg_error_set(err, -EINVAL,
			"'%s' is damaged: start the lab in a new folder, "
			"and copy your files there",
			path);
	}
	return 0;
}

int wg_progress_create(
	const char *dir, const struct wg_lab *lab, struct wg_progress *ret, struct wg_error *err)
{
	int rc;

	memset(ret, 0, sizeof(*ret));
	if (!realpath(dir, ret->dir))
		return wg_error_set(err, -errno, "cannot open '%s': %s", dir, strerror(errno));
	ret->root = json_pack("{s:i, s:s, s:s, s:i, s:i, s:I}", "version", VERSION, "lab",
		lab->name, "status", "started", "attempts", 0, "hints", 0, "started",
		(json_int_t)time(NULL));
	if (!ret->root)
		return wg_error_set(err, -ENOMEM, "out of memory");
	rc = wg_progress_save(ret, err);
	if (rc == 0)
		note_folder(lab->name, ret->dir);
	return rc;
}

int wg_progress_save(const struct wg_progress *state, struct wg_error *err)
{
	char path[4200];

	file_of(state, path, sizeof(path));
	return write_json(path, state->root, err);
}

void wg_progress_fini(struct wg_progress *state)
{
	json_decref(state->root);
	state->root = NULL;
}

const char *wg_progress_text(const struct wg_progress *state, const char *key)
{
	const char *text = json_string_value(json_object_get(state->root, key));

	return text ? text : "";
}

long long wg_progress_number(const struct wg_progress *state, const char *key)
{
	return (long long)json_integer_value(json_object_get(state->root, key));
}

void wg_progress_set_text(struct wg_progress *state, const char *key, const char *text)
{
	(void)json_object_set_new(state->root, key, json_string(text));
}

void wg_progress_set_number(struct wg_progress *state, const char *key, long long n)
{
	(void)json_object_set_new(state->root, key, json_integer((json_int_t)n));
}

/* Load, if it is this lab's. */
static bool load_if(const char *dir, const struct wg_lab *lab, struct wg_progress *ret)
{
	struct wg_error err = { 0 };

	if (wg_progress_load(dir, ret, &err) == 0 &&
		strcmp(wg_progress_text(ret, "lab"), lab->name) == 0)
		return true;
	wg_progress_fini(ret);
	return false;
}

int wg_progress_find(const struct wg_lab *lab, struct wg_progress *ret)
{
	char known[4096] = "";
	bool is_found =
		wg_progress_where(lab, known, sizeof(known)) == 0 && load_if(known, lab, ret);
	DIR *dir = *known && !is_found ? opendir(".") : NULL;
	struct dirent *e;

	while (dir && !is_found && (e = readdir(dir)))
		is_found = strcmp(e->d_name, "..") != 0 && load_if(e->d_name, lab, ret);
	if (dir)
		(void)closedir(dir);
	if (is_found)
		return 0;
	memset(ret, 0, sizeof(*ret));
	(void)snprintf(ret->dir, sizeof(ret->dir), "%s", known);
	return -ENOENT;
}

void wg_progress_note(const struct wg_progress *state)
{
	struct wg_lab lab = { .number = 0 };
	char known[4096];

	(void)snprintf(lab.name, sizeof(lab.name), "%s", wg_progress_text(state, "lab"));
	if (wg_progress_where(&lab, known, sizeof(known)) == 0 && access(known, F_OK) < 0)
		note_folder(lab.name, state->dir);
}
