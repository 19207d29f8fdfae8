/*
 * open.c: see open.h.
 */
#include "labs/grade/cmd/open.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "labs/grade/base/files.h"
#include "labs/grade/base/json.h"
#include "labs/grade/base/memory.h"
#include "labs/grade/cmd/predict.h"
#include "labs/grade/base/say.h"
#include "labs/grade/judge/schedule.h"

/* ---- signals ---- */

static volatile sig_atomic_t stop_signal;

static void on_signal(int sig)
{
	stop_signal = sig;
}

void wg_stop_catch(void)
{
	struct sigaction a = { .sa_handler = on_signal }; /* no SA_RESTART: waits end */
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	(void)sigaction(SIGINT, &a, NULL);
	(void)sigaction(SIGTERM, &a, NULL);
	(void)sigaction(SIGHUP, &a, NULL);
	(void)sigaction(SIGPIPE, &ignore, NULL);
}

int wg_stop_signal(void)
{
	return stop_signal;
}

/* ---- open and close ---- */

int wg_open_course(struct wg_open *o)
{
	struct wg_error err = { 0 };

	memset(o, 0, sizeof(*o));
	if (wg_course_read(&o->course, &err) == 0)
		return 0;
	wg_lab_say("%s", err.text);
	return WG_LAB_FAILED;
}

/* The folder, or if there is none of that name the one in which the lab so called was started. */
static const char *folder_of(const struct wg_open *o, const char *dir, char *path, size_t len)
{
	const struct wg_lab *lab = access(dir, F_OK) < 0 ? wg_course_find(&o->course, dir) : NULL;

	return lab && wg_progress_where(lab, path, len) == 0 ? path : dir;
}

int wg_open(struct wg_open *o, const char *dir)
{
	struct wg_error err = { 0 };
	int rc = wg_open_course(o);
	char path[4096];

	if (rc)
		return rc;
	if (wg_progress_load(folder_of(o, dir, path, sizeof(path)), &o->state, &err) < 0) {
		wg_lab_say("%s", err.text);
		return WG_LAB_FAILED;
	}
	o->lab = wg_course_find(&o->course, wg_progress_text(&o->state, "lab"));
	if (o->lab)
		return 0;
	wg_lab_say("'%s' holds lab '%s', which this wakegap has not", dir,
		wg_progress_text(&o->state, "lab"));
	return WG_LAB_FAILED;
}

void wg_close(struct wg_open *o)
{
	wg_progress_fini(&o->state);
	wg_course_fini(&o->course);
}

const char *wg_open_shown(const struct wg_open *o, const char *dir)
{
	return access(dir, F_OK) == 0 ? dir : o->state.dir;
}

int wg_open_save(struct wg_open *o)
{
	struct wg_error err = { 0 };

	if (wg_progress_save(&o->state, &err) == 0)
		return 0;
	wg_lab_say("%s", err.text);
	return WG_LAB_FAILED;
}

/* ---- an attempt ---- */

int wg_record_status(const json_t *record)
{
	if (strcmp(text_of(record, "verdict"), "pass") == 0)
		return WG_LAB_OK;
	return strcmp(text_of(record, "verdict"), "inconclusive") == 0 ? WG_LAB_SKIPPED
								       : WG_LAB_FAILED;
}

/* What the learner's state says of it goes into the record, and the other way round. */
static void note(struct wg_open *o, json_t *record)
{
	const char *verdict = text_of(record, "verdict");
	bool passed = strcmp(verdict, "pass") == 0, failed = strcmp(verdict, "fail") == 0;
	long long begun = wg_progress_number(&o->state, "started");

	if (passed || failed)
		wg_progress_set_number(
			&o->state, "attempts", wg_progress_number(&o->state, "attempts") + 1);
	if (passed && strcmp(wg_progress_text(&o->state, "status"), "started") == 0) {
		wg_progress_set_text(&o->state, "status", "passed");
		wg_progress_set_number(&o->state, "passed", (long long)time(NULL));
	}
	wg_progress_set_text(&o->state, "verdict", verdict);
	if (*text_of(record, "schedule_id")) {
		wg_progress_set_text(&o->state, "schedule", text_of(record, "schedule_id"));
		wg_schedule_note(&o->state, text_of(record, "schedule_id"));
	}
	wg_progress_set_text(&o->state, "source_sha256", text_of(record, "source_sha256"));
	(void)json_object_set_new(record, "attempts",
		json_integer((json_int_t)wg_progress_number(&o->state, "attempts")));
	(void)json_object_set_new(
		record, "hints", json_integer((json_int_t)wg_progress_number(&o->state, "hints")));
	(void)json_object_set_new(record, "predictions", wg_predict_json(o->lab, o->state.root));
	(void)json_object_set_new(
		record, "minutes", json_integer(((json_int_t)time(NULL) - begun) / 60));
}

int wg_attempt(struct wg_open *o, int wall_ms, json_t **ret_record)
{
	struct wg_check_options options = {
		.course = &o->course, .lab = o->lab, .dir = o->state.dir, .wall_ms = wall_ms
	};
	struct wg_error err = { 0 };
	int rc = wg_check(&options, ret_record, &err);

	if (rc < 0) {
		if (!wg_stop_signal())
			wg_lab_say("%s", err.text);
		return wg_stop_signal() ? 128 + wg_stop_signal() : WG_LAB_FAILED;
	}
	note(o, *ret_record);
	if (wg_memory_check(&err) < 0) {
		json_decref(*ret_record);
		wg_lab_say("%s", err.text);
		return WG_LAB_FAILED;
	}
	/* A verdict is one also where nothing can be written, as in the folder of a grading system.
	 */
	if (wg_progress_save(&o->state, &err) < 0)
		wg_lab_say("%s; this attempt is not noted", err.text);
	return 0;
}

/* ---- hints ---- */

/* The n-th part of hints.md that begins with "## "; its end in *ret_len. */
static const char *part(const char *text, int n, size_t *ret_len)
{
	const char *at = strncmp(text, "## ", 3) == 0 ? text : strstr(text, "\n## ");
	const char *end;

	while (at && --n > 0)
		at = strstr(at + 1, "\n## ");
	if (!at)
		return NULL;
	at += *at == '\n';
	end = strstr(at, "\n## ");
	*ret_len = end ? (size_t)(end - at) : strlen(at);
	return at;
}

static char *read_hints(const struct wg_lab *lab)
{
	struct wg_error err = { 0 };
	char path[4200], *text = NULL;

	(void)snprintf(path, sizeof(path), "%s/hints.md", lab->dir);
	(void)wg_file_read(path, &text, NULL, &err);
	return text;
}

int wg_hint_count(const struct wg_lab *lab)
{
	char *text = read_hints(lab);
	size_t len;
	int n = 0;

	while (text && part(text, n + 1, &len))
		n++;
	free(text);
	return n;
}

char *wg_hint_text(const struct wg_lab *lab, int level)
{
	char *text = read_hints(lab), *hint = NULL;
	const char *at;
	size_t len = 0;

	at = text ? part(text, level, &len) : NULL;
	if (at) {
		size_t title = strcspn(at, "\n"); /* "## 1" */

		hint = strndup(at + title + (at[title] == '\n'), len > title ? len - title - 1 : 0);
	}
	free(text);
	return hint;
}
