/*
 * grade.c: grade and verify: a record for other programs, of one's own folder or of what was
 * handed in.
 *
 * A result is always written, also if the check could not be made or was interrupted: a grading
 * system that finds no file shows its users nothing. What is no verdict then is inconclusive.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "labs/grade/cmd/cmd.h"
#include "labs/grade/base/files.h"
#include "labs/grade/base/memory.h"
#include "labs/grade/cmd/attempt.h"
#include "labs/grade/cmd/predict.h"
#include "labs/grade/base/say.h"
#include "labs/grade/base/stop.h"
#include "labs/grade/course/tar.h"
#include "labs/grade/tell/writers.h"

struct request {
	const struct wg_writer *writer;
	const char *out, *student, *lab;
	const char *what; /* the folder or the tar file */
	int wall_ms;	  /* 0: as always */
};

static int no_such_format(const char *name)
{
	char all[128] = "";
	const struct wg_writer *w;
	size_t i, len = 0;

	for (i = 0; (w = wg_writer_at(i)) && len < sizeof(all); i++)
		len += (size_t)snprintf(
			all + len, sizeof(all) - len, "%s%s", i ? ", " : "", w->name);
	return wg_lab_usage("no format '%s'; there are %s", name, all);
}

/* 0 or an exit status. */
static int parse(struct request *r, int argc, char **argv, const char *preset)
{
	static const struct option longs[] = { { "format", required_argument, NULL, 'f' },
		{ "student", required_argument, NULL, 's' },
		{ "lab", required_argument, NULL, 'l' },
		{ "seconds", required_argument, NULL, 't' }, { 0 } };
	long seconds;
	int opt;

	*r = (struct request){ .writer = wg_writer_find("json"), .what = preset };
	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":o:", longs, NULL)) != -1) {
		switch (opt) {
		case 'f':
			r->writer = wg_writer_find(optarg);
			if (!r->writer)
				return no_such_format(optarg);
			break;
		case 's': r->student = optarg; break;
		case 'l': r->lab = optarg; break;
		case 'o': r->out = optarg; break;
		case 't':
			seconds = strtol(optarg, NULL, 10);
			if (seconds < 1 || seconds > 3600)
				return wg_lab_usage("--seconds takes a number from 1 to 3600");
			r->wall_ms = (int)seconds * 1000;
			break;
		case ':': return wg_lab_usage("%s wants a value", argv[optind - 1]);
		default: return wg_lab_usage("%s has no option '%s'", argv[0], argv[optind - 1]);
		}
	}
	if (optind < argc)
		r->what = argv[optind++];
	if (optind < argc)
		return wg_lab_usage("'%s' is one argument too many", argv[optind]);
	return r->what ? 0 : wg_lab_usage("%s which tar file?", argv[0]);
}

/* The record that stands for none. */
static json_t *no_record(const struct wg_lab *lab, const char *why)
{
	json_t *reason;

	wg_memory_watch(); /* what was short may be had now, and a result is better than none */
	reason = json_string(why);
	return json_pack("{s:s, s:s, s:s, s:o, s:i, s:i, s:[], s:s}", "lab", lab ? lab->name : "?",
		"title", lab ? lab->title : "?", "verdict", "inconclusive", "reason",
		reason ? reason : json_string("?"), "score", 0, "max", 0, "checks", "tool_version",
		WG_VERSION);
}

/* The whole result in its form, the caller's to free; NULL: out of memory. */
static char *text_of_record(const struct request *r, json_t *record, size_t *ret_len)
{
	char *text = NULL;
	FILE *out = record ? open_memstream(&text, ret_len) : NULL;
	json_t *student = r->student ? json_string(r->student) : NULL;
	int rc;

	if (!out) {
		json_decref(student);
		return NULL;
	}
	if (r->student)
		(void)json_object_set_new(record, "student", student ? student : json_string("?"));
	rc = r->writer->write(out, record);
	if (fclose(out) == 0 && rc == 0 && !wg_memory_is_short())
		return text;
	free(text);
	return NULL;
}

/* Takes the record over. A result is whole or not there: a half one would be read as one. */
static int write_out(const struct request *r, json_t *record)
{
	struct wg_error err = { 0 };
	size_t len = 0;
	char *text = text_of_record(r, record, &len);
	int rc = text ? 0 : wg_error_set(&err, -ENOMEM, "out of memory");

	if (rc == 0 && r->out && strcmp(r->out, "-") != 0)
		rc = wg_file_put(r->out, text, len, &err);
	else if (rc == 0 && (fwrite(text, 1, len, stdout) != len || fflush(stdout) != 0))
		rc = wg_error_set(&err, -errno, "cannot write the result: %s", strerror(errno));
	if (rc)
		wg_lab_say("%s", err.text);
	free(text);
	json_decref(record);
	return rc ? WG_LAB_FAILED : 0;
}

int wg_lab_grade(int argc, char **argv)
{
	struct request r;
	struct wg_open o = { .lab = NULL };
	json_t *record = NULL;
	int rc = parse(&r, argc, argv, ".");

	if (rc)
		return rc;
	rc = wg_open(&o, r.what);
	if (rc == 0) {
		rc = wg_attempt(&o, r.wall_ms, &record);
		if (rc)
			record = no_record(o.lab, wg_stop_signal() ? "the check was interrupted"
						  : wg_memory_is_short()
							  ? "out of memory"
							  : "the check could not be made");
		if (write_out(&r, record) != 0 && rc == 0)
			rc = WG_LAB_FAILED;
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

static int take_and_check(const struct request *r, struct wg_open *o, const char *dir,
	json_t **ret_record, struct wg_error *err)
{
	struct wg_check_options options = {
		.course = &o->course, .dir = dir, .wall_ms = r->wall_ms
	};
	json_t *state = NULL;
	int rc;

	if (r->lab) {
		o->lab = wg_course_find(&o->course, r->lab);
		if (!o->lab)
			return wg_error_set(err, -ENOENT, "no lab '%s'", r->lab);
	}
	rc = wg_tar_take(r->what, &o->course, &o->lab, dir, &state, err);
	options.lab = o->lab;
	if (rc == 0)
		rc = wg_check(&options, ret_record, err);
	if (rc == 0)
		compare(*ret_record, o->lab, state);
	json_decref(state);
	return rc;
}

int wg_lab_verify(int argc, char **argv)
{
	struct wg_error err = { 0 };
	struct request r;
	struct wg_open o = { .lab = NULL };
	json_t *record = NULL;
	char dir[256];
	int rc = parse(&r, argc, argv, NULL);

	if (rc)
		return rc;
	rc = wg_open_course(&o);
	if (rc == 0) {
		if (wg_folder_temp(dir, sizeof(dir), &err) < 0 ||
			take_and_check(&r, &o, dir, &record, &err) < 0) {
			wg_lab_say("%s", err.text);
			record = no_record(o.lab, err.text);
		}
		wg_folder_remove(dir);
		rc = wg_record_status(record);
		if (write_out(&r, record) != 0)
			rc = WG_LAB_FAILED;
	}
	wg_close(&o);
	return rc;
}
