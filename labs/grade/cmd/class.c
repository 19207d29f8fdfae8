/*
 * class.c: see class.h.
 *
 *     find     what was handed in, by name
 *     take     each out of its archive or folder, in a process of its own
 *     check    each once: submissions with the same bytes have the same verdict
 *     check    what was inconclusive once more, with nothing beside it
 *     write    in the order of names
 *
 * Whatever a submission does, it becomes a row.
 */
#include "labs/grade/cmd/class.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "labs/grade/base/files.h"
#include "labs/grade/base/json.h"
#include "labs/grade/base/memory.h"
#include "labs/grade/base/pool.h"
#include "labs/grade/base/say.h"
#include "labs/grade/base/stop.h"
#include "labs/grade/cmd/cmd.h"
#include "labs/grade/cmd/open.h"
#include "labs/grade/course/handed.h"
#include "labs/grade/course/submissions.h"
#include "labs/grade/tell/rows.h"
#include "labs/grade/tell/tell.h"
#include "traces/base/tree.h"

#define INTERRUPTED "the check was interrupted"

struct piece {
	const struct wg_submission *from;
	const struct wg_lab *lab; /* NULL: nothing to check */
	json_t *taken;		  /* owned: { "lab", "sha256", "state" } or { "verdict", "why" } */
	json_t *record;		  /* owned; shared by those with the same bytes */
	size_t twin;		  /* the first with the same bytes; itself if there is none */
};

struct class
{
	const struct wg_lab_call *call;
	const struct wg_open *open;
	struct wg_submissions found;
	struct piece *v;
	size_t *todo; /* what the pool works on: places in v */
	size_t count, done;
	char dir[256]; /* for what was taken, ours alone */
	bool is_watched;
};

/* ---- taking ---- */

static void dir_of(const struct class *c, size_t i, char *path, size_t len)
{
	(void)snprintf(path, len, "%s/%zu", c->dir, i);
}

/* A reason that is the submission's, or ours. It names the file without the folder of the class,
 * which a column does, too. */
static json_t *not_taken(const struct class *c, struct wg_error *err)
{
	bool is_ours = err->code == -ENOMEM || err->code == -EINTR || err->code == -EAGAIN;
	size_t len = strlen(c->call->words[0]);
	char *at = strstr(err->text, c->call->words[0]);

	if (at && at[len] == '/')
		memmove(at, at + len + 1, strlen(at + len + 1) + 1);
	return json_pack("{s:s, s:o}", "verdict", is_ours ? "inconclusive" : "none", "why",
		wg_json_text(err->text));
}

static json_t *take(void *data, size_t at)
{
	const struct class *c = data;
	size_t i = c->todo[at];
	const struct wg_submission *s = c->v[i].from;
	const struct wg_lab *lab = c->open->lab ? c->open->lab : s->lab;
	char path[4400], dir[300], hex[65];
	struct wg_error err = { 0 };
	json_t *state = NULL, *answer;
	int rc;

	(void)snprintf(path, sizeof(path), "%.2000s/%.2300s", c->call->words[0], s->file);
	dir_of(c, i, dir, sizeof(dir));
	rc = wg_folder_make(dir, &err);
	if (rc == 0)
		rc = wg_handed_take(path, &c->open->course, &lab, dir, &state, &err);
	if (rc == 0)
		rc = wg_check_sha256(lab, dir, hex, &err);
	if (rc < 0)
		answer = not_taken(c, &err);
	else
		answer = json_pack("{s:s, s:s, s:o}", "lab", lab->name, "sha256", hex, "state",
			state ? json_incref(state) : json_null());
	json_decref(state);
	return answer;
}

static void is_taken(void *data, size_t at, json_t *answer)
{
	struct class *c = data;
	struct piece *p = &c->v[c->todo[at]];

	p->taken = answer;
	if (*text_of(answer, "lab"))
		p->lab = wg_course_find(&c->open->course, text_of(answer, "lab"));
}

/* ---- checking ---- */

static json_t *check(void *data, size_t at)
{
	const struct class *c = data;
	size_t i = c->todo[at];
	char dir[300];
	struct wg_check_options options = { .course = &c->open->course,
		.lab = c->v[i].lab,
		.dir = dir,
		.wall_ms = c->call->wall_ms };
	struct wg_error err = { 0 };
	json_t *record = NULL;

	dir_of(c, i, dir, sizeof(dir));
	if (wg_check(&options, &record, &err) < 0)
		return json_pack("{s:s, s:o}", "verdict", "inconclusive", "reason",
			wg_json_text(wg_stop_signal() ? INTERRUPTED : err.text));
	return record;
}

static void is_checked(void *data, size_t at, json_t *answer)
{
	struct class *c = data;
	struct piece *p = &c->v[c->todo[at]];

	json_decref(p->record);
	p->record = answer;
	c->done++;
	if (c->is_watched)
		(void)fprintf(stderr, "\r%zu of %zu checked ", c->done, c->count);
}

static size_t twin_of(const struct class *c, size_t i)
{
	size_t k;

	for (k = 0; k < i; k++) {
		if (c->v[k].lab == c->v[i].lab && strcmp(text_of(c->v[k].taken, "sha256"),
							  text_of(c->v[i].taken, "sha256")) == 0)
			return k;
	}
	return i;
}

static bool is_inconclusive(const struct piece *p)
{
	return p->lab && strcmp(text_of(p->record, "verdict"), "inconclusive") == 0;
}

/* ---- the whole way ---- */

static int work(struct class *c, json_t *(*one)(void *, size_t),
	void (*taken)(void *, size_t, json_t *), size_t count, unsigned jobs, struct wg_error *err)
{
	struct wg_pool pool = {
		.work = one, .take = taken, .data = c, .count = count, .jobs = jobs
	};

	c->count = count;
	c->done = 0;
	return count ? wg_pool_run(&pool, err) : 0;
}

static int grade(struct class *c, struct wg_error *err)
{
	unsigned jobs = c->call->jobs ? c->call->jobs : wg_pool_processors();
	size_t i, count = 0;
	int rc;

	for (i = 0; i < c->found.count; i++) {
		c->v[i].from = &c->found.v[i];
		if (!c->found.v[i].why)
			c->todo[count++] = i;
	}
	rc = work(c, take, is_taken, count, jobs, err);
	for (i = count = 0; rc == 0 && i < c->found.count; i++) {
		c->v[i].twin = twin_of(c, i);
		if (c->v[i].lab && c->v[i].twin == i)
			c->todo[count++] = i;
	}
	if (rc == 0)
		rc = work(c, check, is_checked, count, jobs, err);
	for (i = count = 0; rc == 0 && jobs > 1 && i < c->found.count; i++) {
		if (c->v[i].twin == i && is_inconclusive(&c->v[i]))
			c->todo[count++] = i;
	}
	if (rc == 0)
		rc = work(c, check, is_checked, count, 1, err);
	if (c->is_watched)
		(void)fputs("\r                              \r", stderr);
	return rc;
}

/* ---- what comes out ---- */

/* The record of the row: what is not there is said. Owned by the caller. */
static json_t *row_of(const struct class *c, size_t i)
{
	const struct piece *p = &c->v[i];
	const struct wg_lab *lab = p->lab ? p->lab : c->open->lab ? c->open->lab : p->from->lab;
	json_t *record = json_copy(p->lab ? c->v[p->twin].record : NULL);
	const char *verdict = "inconclusive";
	const char *why = wg_stop_signal() ? INTERRUPTED
					   : "the check ended without a result: see `wakegap "
					     "lab verify` of this one";

	if (p->from->why || *text_of(p->taken, "why")) {
		verdict = p->from->why ? "none" : text_of(p->taken, "verdict");
		why = p->from->why ? p->from->why : text_of(p->taken, "why");
	}
	if (!record)
		record = json_pack("{s:s, s:o, s:[]}", "verdict", verdict, "reason",
			wg_json_text(why), "checks");
	if (lab)
		(void)json_object_set_new(record, "lab", wg_json_text(lab->name));
	if (lab && !json_object_get(record, "max"))
		(void)json_object_set_new(record, "max", json_integer(wg_lab_points(lab)));
	return record;
}

/* What a student reads: the words of `lab check`. */
static int give_back(
	const struct class *c, const struct piece *p, const json_t *record, struct wg_error *err)
{
	char path[4400], *slash, *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	int rc = 0;

	if (!out)
		return wg_error_set(err, -ENOMEM, "out of memory");
	(void)fprintf(out, "%s\n\n", p->from->file);
	if (p->lab && json_array_size(json_object_get(record, "checks")))
		wg_tell(out, p->lab, record, "wakegap lab check");
	else
		(void)fprintf(out, "nothing was checked: %s\n", text_of(record, "reason"));
	if (fclose(out) != 0)
		rc = wg_error_set(err, -ENOMEM, "out of memory");
	(void)snprintf(path, sizeof(path), "%.2000s/%.2300s", c->call->feedback, p->from->file);
	slash = strrchr(path, '/');
	*slash = '\0';
	if (rc == 0)
		rc = wg_folder_make(path, err);
	(void)snprintf(path, sizeof(path), "%.2000s/%.2300s.txt", c->call->feedback, p->from->file);
	if (rc == 0)
		rc = wg_file_write(path, text, len, err);
	free(text);
	return rc;
}

static bool names_file(const char *out)
{
	return out && strcmp(out, "-") != 0;
}

/* 0; 1: some of the feedback could not be written, and each was said; or -errno. The table needs no
 * feedback: what a student's folder is called costs nobody else a row. */
static int write_out(const struct class *c, struct wg_error *err)
{
	char *text = NULL;
	size_t len = 0, i;
	FILE *out = open_memstream(&text, &len);
	bool is_missing = false;
	int rc = 0;

	if (out)
		wg_rows_begin(out, c->call->has_facts);
	for (i = 0; out && i < c->found.count; i++) {
		json_t *record = row_of(c, i);

		wg_rows_add(out,
			&(struct wg_row){ .student = c->found.v[i].student,
				.file = c->found.v[i].file,
				.record = record,
				.state = json_object_get(c->v[i].taken, "state") },
			c->call->has_facts);
		if (c->call->feedback && give_back(c, &c->v[i], record, err) < 0) {
			wg_lab_say("%s", err->text);
			is_missing = true;
		}
		json_decref(record);
	}
	if (!out || fclose(out) != 0 || wg_memory_is_short())
		rc = wg_error_set(err, -ENOMEM, "out of memory");
	if (rc == 0 && names_file(c->call->out))
		rc = wg_file_put(c->call->out, text, len, err);
	/* Also what has no room in its file: it took minutes. A failure is noticed when it is
	 * flushed. */
	if (text && (rc < 0 || !names_file(c->call->out)))
		(void)fwrite(text, 1, len, stdout);
	free(text);
	return rc == 0 && is_missing ? 1 : rc;
}

/* Better known before the class is checked than after it. */
static int check_out(const char *path, struct wg_error *err)
{
	const char *slash = strrchr(path, '/');
	char dir[4096] = ".";

	if (access(path, W_OK) == 0)
		return 0;
	if (slash)
		(void)snprintf(dir, sizeof(dir), "%.*s", (int)(slash - path + 1), path);
	if (errno == ENOENT && access(dir, W_OK | X_OK) == 0)
		return 0;
	return wg_error_set(err, -errno, "cannot write '%s': %s", path, strerror(errno));
}

static int prepare(struct class *c, struct wg_error *err)
{
	int rc = names_file(c->call->out) ? check_out(c->call->out, err) : 0;

	if (rc == 0)
		rc = wg_submissions_find(c->call->words[0], &c->open->course, &c->found, err);
	if (rc < 0)
		return rc;
	if (c->found.count == 0)
		wg_lab_say("there are no submissions in '%s'", c->call->words[0]);
	c->v = calloc(c->found.count + 1, sizeof(*c->v));
	c->todo = calloc(c->found.count + 1, sizeof(*c->todo));
	if (!c->v || !c->todo)
		return wg_error_set(err, -ENOMEM, "out of memory");
	rc = wg_folder_temp(c->dir, sizeof(c->dir), err);
	/* What one handed in is nothing for the program of another. */
	if (rc == 0 && chmod(c->dir, 0700) < 0)
		rc = wg_error_set(err, -errno, "cannot close '%s' to others", c->dir);
	return rc;
}

int wg_class_verify(const struct wg_lab_call *call, struct wg_open *o)
{
	struct class c = { .call = call, .open = o, .is_watched = isatty(STDERR_FILENO) };
	struct wg_error err = { 0 };
	size_t i;
	int rc = prepare(&c, &err), written;
	bool is_ready = rc == 0;

	if (is_ready)
		rc = grade(&c, &err);
	if (rc < 0)
		wg_lab_say("%s", err.text);
	/* What was checked until then has its row, and the others say why they have none. */
	written = is_ready ? write_out(&c, &err) : 0;
	if (written < 0)
		wg_lab_say("%s", err.text);
	if (written)
		rc = -EIO;
	(void)wg_remove_tree(c.dir);
	for (i = 0; c.v && i < c.found.count; i++) {
		json_decref(c.v[i].taken);
		json_decref(c.v[i].record);
	}
	free(c.v);
	free(c.todo);
	wg_submissions_fini(&c.found);
	return rc == 0 ? WG_EXIT_OK : wg_stop_signal() ? 128 + wg_stop_signal() : WG_EXIT_FAILED;
}
