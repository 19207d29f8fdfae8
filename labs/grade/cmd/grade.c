/*
 * grade.c: grade and verify: a result for other programs, of a learner's folder or of what was
 * handed in.
 *
 * A result is always written, even if the check could not be made or was interrupted: a grading
 * system that finds no file shows its users nothing. Without a verdict it is inconclusive.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "labs/grade/cmd/cmd.h"
#include "labs/grade/base/files.h"
#include "labs/grade/base/json.h"
#include "labs/grade/base/memory.h"
#include "labs/grade/cmd/attempt.h"
#include "labs/grade/cmd/predict.h"
#include "labs/grade/base/say.h"
#include "labs/grade/base/stop.h"
#include "labs/grade/cmd/class.h"
#include "labs/grade/course/handed.h"
#include "labs/grade/course/submissions.h"
#include "labs/grade/tell/writers.h"
#include "traces/base/tree.h"

/* The record of a check that could not be made. */
static json_t *no_record(const struct wg_lab *lab, const char *why)
{
	json_t *checks;
	size_t i;

	wg_memory_watch(); /* memory may be available again, and a result is better than none */
	checks = json_array();
	for (i = 0; lab && i < lab->check_count; i++)
		(void)json_array_append_new(
			checks, json_pack("{s:s, s:s, s:s, s:i, s:i, s:s}", "id", lab->checks[i].id,
					"title", lab->checks[i].title, "verdict", "skip", "points",
					0, "max", lab->checks[i].points, "measured", "not tried"));
	return json_pack("{s:s, s:s, s:s, s:o, s:i, s:i, s:o, s:s}", "lab", lab ? lab->name : "?",
		"title", lab ? lab->title : "?", "verdict", "inconclusive", "reason",
		wg_json_text(why), "score", 0, "max", lab ? wg_lab_points(lab) : 0, "checks",
		checks, "tool_version", WG_VERSION);
}

/* The whole result in its form, the caller's to free; NULL: out of memory. */
static char *text_of_record(const struct wg_lab_call *call, json_t *record, size_t *ret_len)
{
	char *text = NULL;
	FILE *out = record ? open_memstream(&text, ret_len) : NULL;
	int rc;

	if (!out)
		return NULL;
	if (call->student)
		(void)json_object_set_new(record, "student", wg_json_text(call->student));
	if (!call->has_facts) {
		(void)json_object_del(record, "attempts");
		(void)json_object_del(record, "hints");
		(void)json_object_del(record, "minutes");
	}
	rc = (call->writer ? call->writer : wg_writer_at(0))->write(out, record);
	if (fclose(out) == 0 && rc == 0 && !wg_memory_is_short())
		return text;
	free(text);
	return NULL;
}

/* Takes the record over. A result is whole or not there: half of one would be taken for it. A lack
 * of memory that was said already is not said twice. */
static int write_out(const struct wg_lab_call *call, json_t *record, bool is_said)
{
	struct wg_error err = { 0 };
	size_t len = 0;
	char *text = text_of_record(call, record, &len);
	int rc = 0;

	if (!text)
		rc = wg_error_set(&err, -ENOMEM, "out of memory");
	else if (call->out && strcmp(call->out, "-") != 0)
		rc = wg_file_put(call->out, text, len, &err);
	else
		(void)fwrite(text, 1, len, stdout); /* a failure is noticed when it is flushed */
	if (rc && !(rc == -ENOMEM && is_said))
		wg_lab_say("%s", err.text);
	free(text);
	json_decref(record);
	return rc ? WG_EXIT_FAILED : 0;
}

int wg_lab_grade(const struct wg_lab_call *call)
{
	struct wg_open o = { .lab = NULL };
	json_t *record = NULL;
	int rc = wg_open(&o, call->words[0]);

	if (rc == 0) {
		rc = wg_attempt(&o, call->wall_ms, false, &record);
		if (rc)
			record = no_record(o.lab, wg_stop_signal() ? "the check was interrupted"
						  : wg_memory_is_short()
							  ? "out of memory"
							  : "the check could not be made");
		if (write_out(call, record, rc != 0) != 0 && rc == 0)
			rc = WG_EXIT_FAILED;
	}
	wg_close(&o);
	return rc;
}

/* ---- verify ---- */

/* What was claimed, and what it is. */
static void compare(json_t *record, const struct wg_lab *lab, const json_t *state)
{
	const char *claimed = json_string_value(json_object_get(state, "source_sha256"));
	const char *is = json_string_value(json_object_get(record, "source_sha256"));

	if (!claimed)
		(void)json_object_set_new(record, "claimed_sha256", json_null());
	else
		(void)json_object_set_new(record, "claimed_sha256", json_string(claimed));
	(void)json_object_set_new(record, "sha256_agrees",
		claimed && is ? json_boolean(strcmp(claimed, is) == 0) : json_null());
	if (json_object_get(state, "attempts"))
		(void)json_object_set(record, "attempts", json_object_get(state, "attempts"));
	if (json_object_get(state, "hints"))
		(void)json_object_set(record, "hints", json_object_get(state, "hints"));
	if (json_object_get(state, "answers"))
		(void)json_object_set_new(record, "predictions", wg_predict_json(lab, state));
}

static int take_and_check(const struct wg_lab_call *call, struct wg_open *o, const char *path,
	const char *dir, json_t **ret_record, struct wg_error *err)
{
	struct wg_check_options options = {
		.course = &o->course, .dir = dir, .wall_ms = call->wall_ms
	};
	json_t *state = NULL;
	int rc;

	rc = wg_handed_take(path, &o->course, &o->lab, dir, &state, err);
	options.lab = o->lab;
	if (rc == 0)
		rc = wg_check(&options, ret_record, err);
	if (rc == 0)
		compare(*ret_record, o->lab, state);
	json_decref(state);
	return rc;
}

/* --lab. */
static int choose_lab(const struct wg_lab_call *call, struct wg_open *o, struct wg_error *err)
{
	char hint[120];

	if (!call->lab)
		return 0;
	o->lab = wg_course_find(&o->course, call->lab);
	if (o->lab)
		return 0;
	return wg_error_set(err, -ENOENT, "no lab '%s'%s", call->lab,
		wg_course_hint(&o->course, call->lab, hint, sizeof(hint)));
}

/* A student may hand in a folder with the folder in it. */
static int only_one_in(const struct wg_lab_call *call, const struct wg_open *o, char *path,
	size_t len, struct wg_error *err)
{
	struct wg_submissions found;
	const struct wg_submission *one = NULL;
	size_t i, count = 0;
	int rc = wg_submissions_find(call->words[0], &o->course, &found, err);

	for (i = 0; rc == 0 && i < found.count; i++) {
		if (!found.v[i].why && ++count == 1)
			one = &found.v[i];
	}
	if (rc == 0 && count > 1)
		rc = wg_error_set(err, -EINVAL,
			"'%s' holds %zu submissions, and --format %s is for one", call->words[0],
			count, call->writer->name);
	else if (rc == 0 && !one)
		rc = wg_error_set(err, -ENOENT, "'%s' %shas no %s", call->words[0],
			found.count ? "" : "is empty: it ",
			o->lab ? o->lab->files[0] : "file of a lab");
	else if (rc == 0)
		(void)snprintf(path, len, "%.2000s/%.2300s", call->words[0], one->file);
	wg_submissions_fini(&found);
	return rc;
}

static int verify_one(const struct wg_lab_call *call, struct wg_open *o, bool is_within)
{
	struct wg_error err = { 0 };
	json_t *record = NULL;
	char dir[256] = "", path[4400];
	int rc = choose_lab(call, o, &err);

	(void)snprintf(path, sizeof(path), "%.4300s", call->words[0]);
	if (rc == 0 && is_within)
		rc = only_one_in(call, o, path, sizeof(path), &err);
	if (rc == 0)
		rc = wg_folder_temp(dir, sizeof(dir), &err);
	if (rc == 0)
		rc = take_and_check(call, o, path, dir, &record, &err);
	if (rc < 0) {
		wg_lab_say("%s", err.text);
		record = no_record(o->lab, err.text);
	}
	(void)wg_remove_tree(dir);
	rc = wg_record_status(record);
	if (write_out(call, record, *err.text) != 0)
		rc = WG_EXIT_FAILED;
	return rc;
}

int wg_lab_verify(const struct wg_lab_call *call)
{
	struct wg_error err = { 0 };
	struct wg_open o = { .lab = NULL };
	struct stat st;
	bool is_folder, is_class;
	int rc = wg_open_course(&o);

	is_folder = rc == 0 && stat(call->words[0], &st) == 0 && S_ISDIR(st.st_mode) &&
		    !wg_submission_is(call->words[0], &o.course);
	is_class = is_folder && (!call->writer || strcmp(call->writer->name, "csv") == 0);
	if (rc == 0 && !is_class && call->feedback)
		rc = wg_say_usage(
			"wakegap lab verify", "--feedback is for a folder of submissions, as CSV");
	else if (rc == 0 && is_class && call->student)
		rc = wg_say_usage("wakegap lab verify",
			"--student is for one submission; in a folder of them, paths name them");
	else if (rc == 0 && !is_class)
		rc = verify_one(call, &o, is_folder);
	else if (rc == 0)
		rc = choose_lab(call, &o, &err) < 0 ? wg_lab_failed(&err)
						    : wg_class_verify(call, &o);
	wg_close(&o);
	return rc;
}
