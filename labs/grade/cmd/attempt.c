/*
 * attempt.c: see attempt.h.
 */
#include "labs/grade/cmd/attempt.h"

#include <string.h>
#include <time.h>

#include "labs/grade/base/json.h"
#include "labs/grade/base/memory.h"
#include "labs/grade/base/say.h"
#include "labs/grade/base/stop.h"
#include "labs/grade/cmd/predict.h"
#include "labs/grade/judge/schedule.h"

int wg_record_status(const json_t *record)
{
	if (strcmp(text_of(record, "verdict"), "pass") == 0)
		return WG_EXIT_OK;
	return strcmp(text_of(record, "verdict"), "inconclusive") == 0 ? WG_EXIT_SKIPPED
								       : WG_EXIT_FAILED;
}

/* The record goes into the learner's state, and the counts of the state into the record. */
static void note(struct wg_open *o, json_t *record, bool counts)
{
	const char *verdict = text_of(record, "verdict");
	bool passed = strcmp(verdict, "pass") == 0, failed = strcmp(verdict, "fail") == 0;
	long long begun = wg_progress_number(&o->state, "started");

	if (counts && (passed || failed))
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

int wg_attempt(struct wg_open *o, int wall_ms, bool counts, json_t **ret_record)
{
	struct wg_check_options options = {
		.course = &o->course, .lab = o->lab, .dir = o->state.dir, .wall_ms = wall_ms
	};
	struct wg_error err = { 0 };
	int rc = wg_check(&options, ret_record, &err);

	if (rc < 0)
		return wg_stop_signal() ? 128 + wg_stop_signal() : wg_lab_failed(&err);
	note(o, *ret_record, counts);
	rc = counts ? wg_progress_save(&o->state, &err) : 0;
	if (wg_memory_is_short()) {
		json_decref(*ret_record);
		(void)wg_memory_check(&err);
		return wg_lab_failed(&err);
	}
	/* The verdict counts even if it cannot be written, as in a grading system's folder. */
	if (rc < 0)
		wg_lab_say("%s; this attempt is not counted", err.text);
	return 0;
}
