/*
 * writers.c: see writers.h. What each system expects:
 *
 *     gradescope    results.json: score, tests[] with score, max_score, status, output; extra_data
 *     prairielearn  results.json: score 0..1, tests[]; gradable false without a verdict
 *     autolab       words for the learner, and a line that ends the output:
 *                   {"scores":{...},"scoreboard":[...]}
 *     github        the result that GitHub Classroom's reporter reads (in base64): tests[] with
 *                   status, score and message; points also where not all are given
 *     exercism      results.json, version 3: tests in order, messages of at most 500 characters
 *     csv           one row for each check, for a class
 *
 * A pass with a data race says so where each system shows text: above the tests, or, where only
 * tests have names, as one more test without points.
 *
 * Inconclusive is nobody's failure: systems that know it are told so, others get the reason and no
 * points.
 */
#include "labs/grade/tell/writers.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "labs/grade/base/json.h"
#include "labs/grade/base/memory.h"
#include "labs/grade/tell/race_words.h"
#include "labs/grade/tell/rows.h"

#define EXERCISM_MAX 500

static bool is_verdict(const json_t *record, const char *verdict)
{
	return strcmp(text_of(record, "verdict"), verdict) == 0;
}

static bool is_gradable(const json_t *record)
{
	return is_verdict(record, "pass") || is_verdict(record, "fail");
}

/* "9 of 17 schedules, 0 allowed. waits for ever. What is tested ...?" The caller's to free. */
static char *words(const json_t *check)
{
	const char *message = text_of(check, "message"), *why = text_of(check, "why");
	bool failed = strcmp(text_of(check, "verdict"), "fail") == 0;
	char *text = NULL;

	if (strcmp(text_of(check, "verdict"), "skip") == 0)
		text = strdup(text_of(check, "measured"));
	else if (asprintf(&text, "%s, %s allowed%s%s%s%s", text_of(check, "measured"),
			 text_of(check, "bound"), failed && *message ? ": " : "",
			 failed ? message : "", failed && *why ? ". Idea: " : "",
			 failed ? why : "") < 0)
		text = NULL;
	if (!text)
		wg_memory_note_lack();
	return text;
}

/* The data races of a pass, a line each, below `first`. The caller's to free. */
static char *with_races(const json_t *record, const char *first)
{
	json_t *races = wg_race_words(record), *each;
	char *text = strdup(first), *longer;
	size_t i;

	json_array_foreach(races, i, each)
	{
		longer = NULL;
		if (text && asprintf(&longer, "%s%srace: %s", text, *text ? "\n" : "",
				    json_string_value(each)) < 0)
			longer = NULL;
		free(text);
		text = longer;
	}
	json_decref(races);
	if (!text)
		wg_memory_note_lack();
	return text;
}

/* A test without points for each data race of a pass. */
static void add_races(json_t *tests, const json_t *record)
{
	json_t *races = wg_race_words(record), *each;
	size_t i;

	json_array_foreach(races, i, each)
	{
		(void)json_array_append_new(
			tests, json_pack("{s:o, s:s, s:i, s:s, s:s, s:s, s:i, s:i}", "name",
				       json_sprintf("race: %s", json_string_value(each)), "status",
				       "pass", "score", 0, "message", "", "test_code", "",
				       "filename", "", "line_no", 0, "duration", 0));
	}
	json_decref(races);
}

/* Takes root over. */
static int dump(FILE *out, json_t *root, size_t flags)
{
	char *text = root ? json_dumps(root, flags) : NULL;

	json_decref(root);
	if (!text)
		return -ENOMEM;
	(void)fprintf(out, "%s\n", text);
	free(text);
	return 0;
}

/* What the learner reads if there are no checks to read. */
static const char *reason(const json_t *record)
{
	return is_verdict(record, "build") ? text_of(record, "output") : text_of(record, "reason");
}

static int write_record(FILE *out, const json_t *record)
{
	return dump(out, json_deep_copy(record), JSON_INDENT(2) | JSON_PRESERVE_ORDER);
}

static int write_gradescope(FILE *out, const json_t *record)
{
	json_t *tests = json_array(), *each;
	char *output =
		with_races(record, is_gradable(record) ? text_of(record, "title") : reason(record));
	int rc;
	size_t i;

	json_array_foreach(json_object_get(record, "checks"), i, each)
	{
		char *text = words(each);

		(void)json_array_append_new(tests,
			json_pack("{s:s, s:s, s:I, s:I, s:s, s:s, s:s}", "name",
				text_of(each, "title"), "number", text_of(each, "id"), "score",
				number_of(each, "points"), "max_score", number_of(each, "max"),
				"status",
				strcmp(text_of(each, "verdict"), "ok") == 0 ? "passed" : "failed",
				"output", text ? text : "", "visibility", "visible"));
		free(text);
	}
	rc = dump(out,
		json_pack("{s:I, s:s, s:s, s:o, s:O}", "score", number_of(record, "score"),
			"output", output ? output : "", "output_format", "text", "tests", tests,
			"extra_data", record),
		JSON_INDENT(2));
	free(output);
	return rc;
}

static int write_prairielearn(FILE *out, const json_t *record)
{
	json_t *tests = json_array(), *root, *each;
	json_int_t max = number_of(record, "max");
	size_t i;

	json_array_foreach(json_object_get(record, "checks"), i, each)
	{
		char *text = words(each);

		(void)json_array_append_new(
			tests, json_pack("{s:s, s:I, s:I, s:s}", "name", text_of(each, "title"),
				       "points", number_of(each, "points"), "max_points",
				       number_of(each, "max"), "message", text ? text : ""));
		free(text);
	}
	if (is_gradable(record)) {
		char *message = with_races(record, "");

		root = json_pack("{s:b, s:f, s:s, s:o}", "gradable", 1, "score",
			max ? (double)number_of(record, "score") / (double)max
			    : (double)is_verdict(record, "pass"),
			"message", message ? message : "", "tests", tests);
		free(message);
	} else {
		root = json_pack("{s:b, s:[s]}", "gradable", 0, "format_errors", reason(record));
		json_decref(tests);
	}
	return dump(out, root, JSON_INDENT(2));
}

/* The same checks, a line each; or why there are none. */
static void write_words(FILE *out, const json_t *record)
{
	char *races = with_races(record, "");
	const json_t *each;
	size_t i;

	(void)fprintf(out, "%s: %s\n%s%s", text_of(record, "title"), text_of(record, "verdict"),
		races ? races : "", races && *races ? "\n" : "");
	free(races);
	if (!is_gradable(record))
		(void)fprintf(out, "%s\n", reason(record));
	json_array_foreach(json_object_get(record, "checks"), i, each)
	{
		char *text = words(each);

		(void)fprintf(out, "[%s] %s: %s\n", text_of(each, "verdict"),
			text_of(each, "title"), text ? text : "");
		free(text);
	}
}

static int write_autolab(FILE *out, const json_t *record)
{
	json_t *scores = json_object(), *each;
	size_t i;

	json_array_foreach(json_object_get(record, "checks"), i, each)
	{
		/* Autolab adds up what it is given: only problems that lab.conf gives points. */
		if (number_of(each, "max") > 0)
			(void)json_object_set(
				scores, text_of(each, "id"), json_object_get(each, "points"));
	}
	write_words(out, record);
	return dump(out,
		json_pack(
			"{s:o, s:[I]}", "scores", scores, "scoreboard", number_of(record, "score")),
		JSON_COMPACT | JSON_PRESERVE_ORDER);
}

static int write_github(FILE *out, const json_t *record)
{
	json_t *tests = json_array(), *each;
	bool passed = is_verdict(record, "pass");
	size_t i;

	json_array_foreach(json_object_get(record, "checks"), i, each)
	{
		bool is_ok = strcmp(text_of(each, "verdict"), "ok") == 0;
		char *text = words(each);

		(void)json_array_append_new(tests,
			json_pack("{s:s, s:s, s:I, s:s, s:s, s:s, s:i, s:i}", "name",
				text_of(each, "title"), "status", is_ok ? "pass" : "fail", "score",
				number_of(each, "points"), "message",
				!is_gradable(record) ? reason(record)
				: text		     ? text
						     : "",
				"test_code", "", "filename", "", "line_no", 0, "duration", 0));
		free(text);
	}
	add_races(tests, record);
	return dump(out,
		json_pack("{s:i, s:s, s:I, s:o}", "version", 1, "status",
			passed		      ? "pass"
			: is_gradable(record) ? "fail"
					      : "error",
			"max_score", number_of(record, "max"), "tests", tests),
		JSON_INDENT(2) | JSON_PRESERVE_ORDER);
}

/* Cut between characters, not inside one. */
static json_t *cut(const char *text)
{
	size_t len = strlen(text);

	if (len > EXERCISM_MAX) {
		len = EXERCISM_MAX;
		while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
			len--;
	}
	return json_stringn(text, len);
}

static int write_exercism(FILE *out, const json_t *record)
{
	json_t *root = json_pack("{s:i}", "version", 3), *tests = json_array(), *each;
	size_t i;

	(void)json_object_set_new(root, "status",
		json_string(is_gradable(record) ? text_of(record, "verdict") : "error"));
	if (!is_gradable(record))
		(void)json_object_set_new(root, "message", cut(reason(record)));
	json_array_foreach(json_object_get(record, "checks"), i, each)
	{
		char *text = words(each);

		(void)json_array_append_new(tests,
			json_pack("{s:s, s:s, s:o, s:i}", "name", text_of(each, "title"), "status",
				strcmp(text_of(each, "verdict"), "ok") == 0 ? "pass" : "fail",
				"message", cut(text ? text : ""), "task_id", 1));
		free(text);
	}
	(void)json_object_set_new(
		root, "tests", is_gradable(record) ? json_incref(tests) : json_array());
	json_decref(tests);
	return dump(out, root, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
}

static int write_csv(FILE *out, const json_t *record)
{
	bool has_facts = json_object_get(record, "attempts");
	const json_t *each;
	size_t i;

	(void)fprintf(out, "student,lab,check,verdict,measured,bound,%slab_verdict\r\n",
		has_facts ? "attempts,minutes," : "");
	json_array_foreach(json_object_get(record, "checks"), i, each)
	{
		wg_rows_cell(out, text_of(record, "student"), ",");
		wg_rows_cell(out, text_of(record, "lab"), ",");
		wg_rows_cell(out, text_of(each, "id"), ",");
		wg_rows_cell(out, text_of(each, "verdict"), ",");
		wg_rows_cell(out, text_of(each, "measured"), ",");
		wg_rows_cell(out, text_of(each, "bound"), ",");
		if (has_facts)
			(void)fprintf(out, "%lld,%lld,", (long long)number_of(record, "attempts"),
				(long long)number_of(record, "minutes"));
		wg_rows_cell(out, text_of(record, "verdict"), "\r\n");
	}
	return 0;
}

static const struct wg_writer writers[] = {
	{ "json", "the whole record", write_record },
	{ "gradescope", "results.json of a Gradescope autograder", write_gradescope },
	{ "prairielearn", "results.json of a PrairieLearn external grader", write_prairielearn },
	{ "autolab", "words, and the last line that Autolab reads", write_autolab },
	{ "github", "the result that GitHub Classroom's reporter reads", write_github },
	{ "exercism", "results.json of an Exercism test runner, version 3", write_exercism },
	{ "csv", "a row for each check", write_csv },
};

const struct wg_writer *wg_writer_at(size_t i)
{
	return i < sizeof(writers) / sizeof(writers[0]) ? &writers[i] : NULL;
}

const struct wg_writer *wg_writer_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(writers) / sizeof(writers[0]); i++) {
		if (strcmp(writers[i].name, name) == 0)
			return &writers[i];
	}
	return NULL;
}
