/*
 * check.h: from a learner's folder to a record: build, try every schedule, judge.
 *
 * The record is one JSON object, made once and written in many forms (writers.h, tell.h):
 *
 *     { "lab", "title", "verdict": pass | fail | inconclusive | build, "reason", "score", "max",
 *       "checks": [ { "id", "title", "verdict": ok | fail | skip, "points", "max", "measured",
 *                     "bound", "message", "why", "schedule", "scenario" } ],
 *       "evidence": [ { "thread", "file", "line", "function", "call", "note" } ],
 *       "blocked": the same, of each thread that cannot go on; only if there are any,
 *       "races": data races of the learner's file (races.h); only if there are any,
 *       "schedule_id", "scenario", "env": { "cpus", "kernel", "box" }, "output", "tool_version",
 *       "source_sha256" }
 *
 * Nothing but the files that lab.conf lists is taken from the learner's folder, and each is taken
 * as text; scenario, headers and harness are the course's own. What is compiled and what is run
 * goes into the box (box.h).
 */
#ifndef LABS_GRADE_JUDGE_CHECK_H
#define LABS_GRADE_JUDGE_CHECK_H

#include <jansson.h>

#include "labs/grade/course/course.h"

struct wg_check_options {
	const struct wg_course *course;
	const struct wg_lab *lab;
	const char *dir;      /* with the learner's files */
	const char *replay;   /* NULL, or SCENARIO/ID: run this schedule only */
	const char *trace;    /* with replay: NULL, or where its trace goes, below TMPDIR */
	const char *in_place; /* NULL, or a file of the lab's folder that is the first file's */
	bool is_real;	      /* built for real threads: wg_real_*() set it */
	bool keeps_report;    /* all that the explorer said goes into the record, as "report" */
	int wall_ms;	      /* of the run; 0: a minute */
	unsigned box_without; /* for tests: see box.h */
};

/* 0 and *ret_record, whatever the verdict; a negative errno: it could not be tried. */
int wg_check(const struct wg_check_options *options, json_t **ret_record, struct wg_error *err);

/*
 * Run it on real threads as well, recorded, and add to the record what that showed, as "real" (see
 * real.h). It decides nothing alone: a pass that fails there is inconclusive. Main thread. trace:
 * NULL, or where the recording is left.
 */
int wg_real_confirm(const struct wg_check_options *options, const char *trace, json_t *record,
	struct wg_error *err);

/* For the record's source_sha256: of the listed files, one after the other. */
int wg_check_sha256(const struct wg_lab *lab, const char *dir, char *hex, struct wg_error *err);

#endif
