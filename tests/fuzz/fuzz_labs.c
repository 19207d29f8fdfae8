/*
 * fuzz_labs.c: what learners and authors of labs hand us: lab.conf, an archive, the state of a lab,
 * and the report out of the box, to which the learner's program was close.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "labs/grade/cmd/predict.h"
#include "labs/grade/course/course.h"
#include "labs/grade/course/progress.h"
#include "labs/grade/course/handed.h"
#include "labs/grade/judge/checks.h"
#include "labs/grade/judge/report.h"
#include "labs/grade/judge/schedule.h"
#include "labs/grade/tell/tell.h"
#include "labs/grade/tell/writers.h"
#include "tests/fuzz/targets.h"

/* A lab with one file, two checks and a question. */
static const struct wg_lab lab = { .name = "01-lab",
	.number = 1,
	.files = { "loop.c" },
	.file_count = 1,
	.checks = { { .id = "delivered", .title = "the result is delivered", .points = 1 },
		{ .id = "hang",
			.title = "no hang",
			.idea = "look again",
			.step = "cond_wait",
			.points = 2 } },
	.check_count = 2,
	.starter = { .check = "hang" },
	.questions = { { .question = "how many?", .answer = "7.3 +-20%|three" } },
	.question_count = 1 };

static void run_conf(const uint8_t *data, size_t len, const char *dir)
{
	struct wg_course course;
	struct wg_error err;
	char folder[4000];
	size_t i;

	(void)snprintf(folder, sizeof(folder), "%s/01-lab", dir);
	(void)mkdir(folder, 0700);
	fuzz_write(folder, "lab.conf", data, len);
	(void)setenv("WAKEGAP_LABS", dir, 1);
	if (wg_course_read(&course, &err) == 0) {
		for (i = 0; i < course.count; i++) {
			if (course.v[i].file_count > WG_LAB_FILES ||
				course.v[i].check_count > WG_LAB_CHECKS)
				abort();
		}
	}
	wg_course_fini(&course);
	(void)unsetenv("WAKEGAP_LABS");
}

static void run_tar(const uint8_t *data, size_t len, const char *dir)
{
	static struct wg_lab copy;
	const struct wg_course course = { .v = &copy, .count = 1 };
	const struct wg_lab *which = NULL;
	struct wg_error err;
	json_t *state = NULL;
	char path[4096], out[4096];
	int i;

	copy = lab;
	(void)snprintf(path, sizeof(path), "%s/in.tar", dir);
	(void)snprintf(out, sizeof(out), "%s/out", dir);
	(void)mkdir(out, 0700);
	fuzz_write(dir, "in.tar", data, len);
	for (i = 0; i < 2; i++, which = &copy) {
		(void)wg_handed_take(path, &course, &which, out, &state, &err);
		json_decref(state);
		state = NULL;
	}
}

/* ---- a learner's state ---- */

static void run_state(const uint8_t *data, size_t len, const char *dir)
{
	struct wg_progress state;
	struct wg_error err = { 0 };
	char known[4096];

	fuzz_write(dir, WG_STATE_FILE, data, len);
	fuzz_write(dir, "labs.json", data, len);
	(void)setenv("WAKEGAP_STATE", dir, 1);
	(void)wg_progress_where(&lab, known, sizeof(known));
	if (wg_progress_load(dir, &state, &err) == 0) {
		struct wg_predicted p = wg_predict_count(&lab, state.root);

		if (p.answered > p.of || p.right > p.answered)
			abort();
		(void)wg_schedule_whole(&state, "one/..");
		wg_schedule_note(&state, "one/a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4e5f6");
		(void)wg_progress_number(&state, "attempts");
		wg_progress_fini(&state);
	} else if (!err.text[0]) {
		abort(); /* refused without a reason */
	}
	(void)unsetenv("WAKEGAP_STATE");
}

/* ---- the report ---- */

/* In all its forms; those for people show no control character. */
static void tell_all(const json_t *record)
{
	const struct wg_writer *writer;
	char *text = NULL, *at;
	size_t len = 0, i;
	FILE *out;

	for (i = 0; (writer = wg_writer_at(i)); i++) {
		out = open_memstream(&text, &len);
		if (!out || writer->write(out, record) < 0 || fclose(out) != 0)
			abort();
		free(text);
	}
	out = open_memstream(&text, &len);
	if (!out)
		abort();
	wg_tell(out, &lab, record, "next");
	wg_tell_steps(out, record);
	if (fclose(out) != 0)
		abort();
	for (at = text; *at; at++) {
		if ((unsigned char)*at < ' ' && *at != '\n' && *at != '\t')
			abort();
	}
	free(text);
}

/* Byte 0: the exit status, and whether it was killed. */
static void run_report(const uint8_t *data, size_t len, const char *dir)
{
	struct wg_box_result result = { .exit_code = len ? data[0] % 4 : 0,
		.signal = len && data[0] >= 0x80 ? data[0] % 32 : 0 };
	struct wg_error err = { 0 };
	json_t *record = json_object();
	char *text = malloc(len + 1);
	size_t i;

	(void)dir;
	if (!text)
		abort();
	memcpy(text, data + (len > 0), len - (len > 0));
	text[len - (len > 0)] = '\0';
	result.report.text = text;
	result.report.len = result.report.total = strlen(text);
	result.out.text = text;
	(void)json_object_set_new(record, "lab", json_string(lab.name));
	(void)json_object_set_new(record, "checks", json_array());
	for (i = 0; i < lab.check_count; i++)
		(void)wg_checks_find(record, &lab, lab.checks[i].id);
	if (wg_report_take(record, &lab, NULL, &result, &err) < 0)
		abort(); /* only a replay is refused */
	wg_checks_score(record, &lab);
	if (json_integer_value(json_object_get(record, "score")) >
		json_integer_value(json_object_get(record, "max")))
		abort();
	tell_all(record);
	json_decref(record);
	free(text);
}

const struct fuzz_target fuzz_conf = { "conf", run_conf, NULL };
const struct fuzz_target fuzz_tar = { "tar", run_tar, NULL };
const struct fuzz_target fuzz_state = { "state", run_state, NULL };
const struct fuzz_target fuzz_report = { "report", run_report, NULL };
