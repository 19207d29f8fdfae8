/*
 * handed.c: see handed.h. What was handed in may be made to do harm, so it is read once, in a
 * process of its own with limits; the grader only waits, and can be interrupted.
 */
#include "labs/grade/course/handed.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "labs/grade/base/files.h"
#include "labs/grade/base/json.h"
#include "labs/grade/base/memory.h"
#include "labs/grade/base/stop.h"
#include "labs/grade/course/progress.h"
#include "traces/base/signals.h"

/* What is handed in is a few small files; a bomb is stopped early. */
#define ENTRIES_MAX 10000
#define BYTES_MAX   (INT64_C(64) << 20) /* unpacked */
#define DEPTH_MAX   64			/* folders in a path */
#define FILTERS_MAX 2			/* one compression, and none around it */
#define SECONDS_MAX 20
#define MEMORY_MAX  (UINT64_C(1) << 30) /* a compressor may ask for gigabytes */
#define KEPT_MAX    64

#define TOO_LONG   "is longer than 1 MiB"
#define NO_ARCHIVE "'%s' is not a tar or zip file, or damaged: %s"

struct kept {
	char name[64];
	char *text; /* NULL: see why */
	size_t len;
	unsigned times;
	const char *why; /* it cannot be taken */
};

struct taking {
	const char *path;
	const struct wg_course *course;
	struct kept kept[KEPT_MAX]; /* files of any lab, and the state file */
	size_t count;
	char other[64]; /* of these names, one that is no file; "": there is none */
	int64_t bytes;	/* of entries, unpacked: a zip file compresses each by itself */
	struct wg_error *err;
};

/* ---- reading, in a process of its own ---- */

static int check_size(struct taking *t, struct archive *a)
{
	if (archive_filter_bytes(a, 0) <= BYTES_MAX && t->bytes <= BYTES_MAX)
		return 0;
	return wg_error_set(t->err, -EFBIG, "'%s' unpacks to more than %d MiB", t->path,
		(int)(BYTES_MAX >> 20));
}

static void drop(struct kept *k, const char *why)
{
	free(k->text);
	k->text = NULL;
	k->why = why;
}

/* Read the entry to its end; its first bytes are kept in `into`, if that is given. 1: whole. */
static int read_entry(struct taking *t, struct archive *a, struct kept *into)
{
	char waste[16384];
	ssize_t n = 1;
	int rc = 0;

	while (n > 0 && rc == 0) {
		bool has_room = into && into->text && into->len <= WG_FILE_MAX;

		n = has_room ? archive_read_data(
				       a, into->text + into->len, WG_FILE_MAX + 1 - into->len)
			     : archive_read_data(a, waste, sizeof(waste));
		if (has_room && n > 0)
			into->len += (size_t)n;
		t->bytes += n > 0 ? n : 0;
		rc = check_size(t, a);
	}
	if (into && (n < 0 || into->len > WG_FILE_MAX))
		drop(into, n < 0 ? "is damaged" : TOO_LONG);
	return rc;
}

static bool is_wanted(const struct taking *t, const char *name)
{
	size_t i;

	for (i = 0; i < t->course->count; i++) {
		if (wg_lab_has_file(&t->course->v[i], name))
			return true;
	}
	return strcmp(name, WG_STATE_FILE) == 0;
}

static struct kept *kept_of(struct taking *t, const char *name)
{
	size_t i;

	for (i = 0; i < t->count; i++) {
		if (strcmp(t->kept[i].name, name) == 0)
			return &t->kept[i];
	}
	return NULL;
}

/* The place for a file of this name; NULL: it is not wanted, or was there before. */
static struct kept *place_of(struct taking *t, const char *name)
{
	struct kept *k = is_wanted(t, name) ? kept_of(t, name) : NULL;

	if (k)
		k->times++;
	if (k || !is_wanted(t, name) || t->count == KEPT_MAX)
		return NULL;
	k = &t->kept[t->count++];
	*k = (struct kept){ .text = malloc(WG_FILE_MAX + 1), .times = 1 };
	(void)snprintf(k->name, sizeof(k->name), "%s", name);
	if (!k->text)
		wg_memory_note_lack();
	return k;
}

/* A link, a folder or a device: nothing is taken, but its name explains what is missing. */
static void note_other(struct taking *t, const char *name)
{
	if (is_wanted(t, name))
		(void)snprintf(t->other, sizeof(t->other), "%s", name);
}

/* Letters that our locale does not have are no reason to miss a file. */
static const char *path_of(struct archive_entry *e)
{
	const char *path = archive_entry_pathname(e);

	return path ? path : archive_entry_pathname_utf8(e);
}

static int take_entry(struct taking *t, struct archive *a, struct archive_entry *e)
{
	const char *path = path_of(e), *name = path, *at;
	bool is_file = path && archive_entry_filetype(e) == S_IFREG && !archive_entry_hardlink(e);
	struct kept *into;
	int depth = 0;

	for (at = path; at && *at; at++) {
		if (*at != '/')
			continue;
		name = at + 1;
		depth++;
	}
	if (depth > DEPTH_MAX)
		return wg_error_set(
			t->err, -EINVAL, "'%s' has folders more than %d deep", t->path, DEPTH_MAX);
	if (path && !is_file)
		note_other(t, name);
	into = is_file ? place_of(t, name) : NULL;
	if (into && archive_entry_size(e) > (int64_t)WG_FILE_MAX) /* also of a file full of holes */
		drop(into, TOO_LONG);
	return read_entry(t, a, into);
}

static int go_through(struct taking *t)
{
	struct archive *a = archive_read_new();
	struct archive_entry *e;
	int rc = 0, entries = 0, got;

	(void)archive_read_support_filter_all(a);
	(void)archive_read_support_format_tar(a);
	(void)archive_read_support_format_zip(a);
	(void)archive_read_support_format_empty(a);
	if (archive_read_open_filename(a, t->path, 65536) != ARCHIVE_OK)
		rc = wg_error_set(t->err, -EINVAL,
			access(t->path, R_OK) == 0 ? NO_ARCHIVE : "cannot read '%s': %s", t->path,
			archive_error_string(a));
	else if (archive_filter_count(a) > FILTERS_MAX)
		rc = wg_error_set(t->err, -EINVAL, "'%s' is compressed more than once", t->path);
	while (rc == 0 && (got = archive_read_next_header(a, &e)) != ARCHIVE_EOF) {
		if (got < ARCHIVE_WARN)
			rc = wg_error_set(
				t->err, -EINVAL, NO_ARCHIVE, t->path, archive_error_string(a));
		else if (++entries > ENTRIES_MAX)
			rc = wg_error_set(t->err, -EINVAL, "'%s' holds more than %d files", t->path,
				ENTRIES_MAX);
		else if (archive_entry_is_encrypted(e))
			rc = wg_error_set(t->err, -EINVAL, "'%s' is encrypted", t->path);
		else
			rc = take_entry(t, a, e);
	}
	if (rc == 0 && entries == 0)
		rc = wg_error_set(t->err, -ENOENT, "'%s' is empty", t->path);
	(void)archive_read_free(a);
	return rc;
}

/* No link is followed, and nothing is waited for: see wg_file_read(). */
static void keep_file(struct taking *t, const char *name)
{
	struct wg_error why = { 0 };
	char path[4400], *text = NULL;
	struct kept *into;
	struct stat st;
	size_t len = 0;

	(void)snprintf(path, sizeof(path), "%.4000s/%s", t->path, name);
	if (kept_of(t, name) || lstat(path, &st) < 0)
		return;
	if (!S_ISREG(st.st_mode)) {
		note_other(t, name);
		return;
	}
	into = place_of(t, name);
	if (!into || !into->text)
		return;
	if (st.st_size > (off_t)WG_FILE_MAX) {
		drop(into, TOO_LONG);
	} else if (wg_file_read(path, &text, &len, &why) == 0 && len <= WG_FILE_MAX) {
		memcpy(into->text, text, len);
		into->len = len;
	} else {
		drop(into, "cannot be read");
	}
	free(text);
}

/* A folder that was unpacked already: the same files, directly in it. */
static int look_through(struct taking *t)
{
	size_t i, k;

	for (i = 0; i < t->course->count; i++) {
		const struct wg_lab *lab = &t->course->v[i];

		for (k = 0; k < lab->file_count; k++)
			keep_file(t, lab->files[k]);
	}
	keep_file(t, WG_STATE_FILE);
	return 0;
}

/* ---- what was found ---- */

static int put_file(struct taking *t, const char *name, const char *dir)
{
	const struct kept *k = kept_of(t, name);
	char path[4400];

	if (!k && strcmp(t->other, name) == 0)
		return wg_error_set(t->err, -EINVAL,
			"'%s' is a link, a folder or a device: hand in the file itself", name);
	if (!k)
		return wg_error_set(t->err, -ENOENT, "'%s' has no %s", t->path, name);
	if (k->times > 1)
		return wg_error_set(t->err, -EINVAL, "'%s' is there twice", name);
	if (!k->text)
		return wg_error_set(
			t->err, -EINVAL, "'%s' %s", name, k->why ? k->why : "is damaged");
	(void)snprintf(path, sizeof(path), "%.4000s/%s", dir, name);
	return wg_file_write(path, k->text, k->len, t->err);
}

/* *lab: NULL, or which; the state says it else. */
static int take(struct taking *t, const struct wg_lab **lab, const char *dir, json_t **ret_state)
{
	const struct kept *state;
	const char *name;
	size_t i;
	struct stat st;
	int rc = stat(t->path, &st) == 0 && S_ISDIR(st.st_mode) ? look_through(t) : go_through(t);

	if (rc == 0)
		rc = wg_memory_check(t->err);
	state = kept_of(t, WG_STATE_FILE);
	if (rc == 0 && state && state->text)
		*ret_state = json_loadb(state->text, state->len, 0, NULL);
	if (rc == 0 && !*lab) {
		name = json_string_value(json_object_get(*ret_state, "lab"));
		*lab = name ? wg_course_find(t->course, name) : NULL;
		if (!*lab && t->count == 0)
			rc = wg_error_set(t->err, -ENOENT, "'%s' has no file of a lab", t->path);
		else if (!*lab)
			rc = wg_error_set(t->err, -ENOENT,
				"'%s' does not say which lab it is: give --lab N", t->path);
	}
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): rc says that there is one */
	for (i = 0; rc == 0 && i < (*lab)->file_count; i++)
		rc = put_file(t, (*lab)->files[i], dir);
	for (i = 0; i < t->count; i++)
		free(t->kept[i].text);
	return wg_memory_is_short() ? wg_memory_check(t->err) : rc;
}

/* ---- the process ---- */

/* Takes the files, and writes its answer: { "rc", "why", "lab", "state" }. */
static _Noreturn void be_the_reader(
	struct taking *t, const struct wg_lab *lab, const char *dir, int answer_fd, pid_t parent)
{
	struct rlimit cpu = { SECONDS_MAX, SECONDS_MAX + 1 };
	struct rlimit memory = { MEMORY_MAX, MEMORY_MAX };
	json_t *state = NULL, *answer;
	int rc;

	(void)signal(SIGTERM, SIG_DFL);
	(void)signal(SIGINT, SIG_DFL);
	wg__end_with_parent(parent, SIGKILL);
	(void)setrlimit(RLIMIT_CPU, &cpu);
	if (!WG_BOX_IS_SANITIZED)
		(void)setrlimit(RLIMIT_AS, &memory);
	rc = take(t, &lab, dir, &state);
	answer = json_pack("{s:i, s:o, s:o, s:o}", "rc", rc, "why", wg_json_text(t->err->text),
		"lab", lab ? wg_json_text(lab->name) : json_null(), "state",
		state ? state : json_null());
	_exit(answer && json_dumpfd(answer, answer_fd, 0) == 0 ? 0 : 1);
}

/* Read to the end, for so long. NULL: it did not come to that. The caller's. */
static json_t *await_answer(int fd)
{
	time_t until = time(NULL) + SECONDS_MAX + 1;
	char *text = NULL;
	size_t len = 0;
	FILE *all = open_memstream(&text, &len);
	json_t *answer;
	char part[4096];
	ssize_t n = -1;

	while (all && n != 0 && !wg_stop_signal() && time(NULL) < until) {
		struct pollfd p = { fd, POLLIN, 0 };

		n = poll(&p, 1, 500) == 1 ? read(fd, part, sizeof(part)) : -1;
		if (n > 0)
			(void)fwrite(part, 1, (size_t)n, all);
	}
	if (!all || fclose(all) != 0)
		wg_memory_note_lack();
	answer = n == 0 ? json_loadb(text, len, 0, NULL) : NULL;
	free(text);
	return answer;
}

/* Why there is no answer; the reader that has no memory for it ends with 1. */
static int explain_end(const char *path, int status, struct wg_error *err)
{
	if (wg_stop_signal())
		return wg_error_set(err, -EINTR, "the check was interrupted");
	if (WIFEXITED(status) && WEXITSTATUS(status) == 1)
		wg_memory_note_lack();
	if (wg_memory_is_short())
		return wg_memory_check(err);
	return wg_error_set(err, -EFBIG,
		"'%s' takes longer than %d s to unpack, or more than %d MiB of memory", path,
		SECONDS_MAX, (int)(MEMORY_MAX >> 20));
}

int wg_handed_take(const char *path, const struct wg_course *course, const struct wg_lab **lab,
	const char *dir, json_t **ret_state, struct wg_error *err)
{
	struct taking t = { .path = path, .course = course, .err = err };
	json_t *answer, *state;
	int ends[2], status = 0, rc;
	pid_t parent = getpid(), pid;

	*ret_state = NULL;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return wg_error_set(err, -errno, "cannot read '%s': %s", path, strerror(errno));
	(void)fflush(NULL);
	pid = fork();
	if (pid == 0)
		be_the_reader(&t, *lab, dir, ends[1], parent);
	(void)close(ends[1]);
	answer = pid > 0 ? await_answer(ends[0]) : NULL;
	(void)close(ends[0]);
	if (pid < 0)
		return wg_error_set(err, -EAGAIN, "cannot start a process");
	(void)kill(pid, SIGKILL); /* it is not reaped yet */
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (!answer)
		return explain_end(path, status, err);
	rc = (int)number_of(answer, "rc");
	if (rc < 0)
		(void)wg_error_set(err, rc, "%s", text_of(answer, "why"));
	if (*text_of(answer, "lab"))
		*lab = wg_course_find(course, text_of(answer, "lab"));
	state = json_object_get(answer, "state");
	if (rc == 0 && !json_is_null(state))
		*ret_state = json_incref(state);
	json_decref(answer);
	return rc;
}
