/*
 * author.c: does a lab judge as its lab.conf says?
 *
 * A grader that lets a wrong fix pass, or fails a right one, teaches the wrong thing. So every lab
 * brings the fixes that people make, and what must be said to each: the starter compiles without a
 * warning and fails in the one check that [starter] names; each file of wrong/ breaks the check
 * that its section names, with its message; the solution passes. tests/labs/test_labs.c holds the
 * labs to the same rule.
 */
#include <stdio.h>
#include <string.h>

#include "labs/grade/cmd/cmd.h"
#include "labs/grade/base/json.h"
#include "labs/grade/cmd/open.h"
#include "labs/grade/base/say.h"
#include "labs/grade/base/stop.h"

struct trial {
	const struct wg_open *o;
	const struct wg_lab *lab;
	int failed;
};

static void tell(struct trial *t, bool holds, const char *what, const char *why)
{
	t->failed += !holds;
	printf(" [%s]%s %s: %s\n", holds ? "ok" : "FAIL", holds ? "  " : "", what, why);
}

/* The lab with `name` (below its folder) in place of the learner's first file; NULL: an error. */
static json_t *judge(struct trial *t, const char *name)
{
	struct wg_check_options options = { .course = &t->o->course,
		.lab = t->lab,
		.dir = t->lab->dir,
		.in_place = name,
		.keeps_report = true };
	struct wg_error err = { 0 };
	json_t *record = NULL;

	if (wg_check(&options, &record, &err) == 0)
		return record;
	tell(t, false, name, err.text);
	return NULL;
}

/* Does this list of checks hold a broken one called id ("": any) whose words hold message? */
static bool says_in_check(const json_t *checks, const char *id, const char *message)
{
	const json_t *each;
	size_t i;

	json_array_foreach(checks, i, each)
	{
		if (json_integer_value(json_object_get(each, "failing")) > 0 &&
			(!*id || strcmp(text_of(each, "id"), id) == 0) &&
			strstr(text_of(each, "message"), message))
			return true;
	}
	return false;
}

static bool says_in_step(const json_t *shortest, const char *id, const char *message)
{
	const json_t *each;
	size_t i;

	if (!shortest || (*id && strcmp(text_of(shortest, "check"), id) != 0))
		return false;
	json_array_foreach(json_object_get(shortest, "steps"), i, each)
	{
		if (strstr(text_of(each, "note"), message))
			return true;
	}
	return false;
}

/*
 * Is check id broken with these words: in its message of any scenario, or in a step of a schedule
 * that is shown for it? The record's own checks hold one message each, of the first scenario that
 * broke them, so it is the explorer's report that is asked.
 */
static bool breaks(const json_t *record, const char *id, const char *message)
{
	const json_t *report = json_object_get(record, "report"), *each;
	size_t i;

	json_array_foreach(json_object_get(report, "scenarios"), i, each)
	{
		if (says_in_check(json_object_get(each, "checks"), id, message) ||
			says_in_step(json_object_get(each, "shortest"), id, message))
			return true;
	}
	/* What never came to a report is the record's to tell. */
	json_array_foreach(json_object_get(record, "checks"), i, each)
	{
		if (!report && strcmp(text_of(each, "verdict"), "fail") == 0 &&
			(!*id || strcmp(text_of(each, "id"), id) == 0) &&
			strstr(text_of(each, "message"), message))
			return true;
	}
	return false;
}

/* Is anything broken but check id? A starter has one fault, so that one thing is learned. */
static bool breaks_others(const json_t *record, const char *id)
{
	const json_t *each;
	size_t i;

	json_array_foreach(json_object_get(record, "checks"), i, each)
	{
		if (*id && strcmp(text_of(each, "verdict"), "fail") == 0 &&
			strcmp(text_of(each, "id"), id) != 0)
			return true;
	}
	return false;
}

/* What was broken, in words. */
static const char *broken(const json_t *record, char *text, size_t len)
{
	const json_t *each;
	size_t i, have;

	(void)snprintf(text, len, "%s", text_of(record, "verdict"));
	json_array_foreach(json_object_get(record, "checks"), i, each)
	{
		have = strlen(text);
		if (strcmp(text_of(each, "verdict"), "fail") == 0)
			(void)snprintf(text + have, len - have, ", %s (%s: %s)",
				text_of(each, "id"), text_of(each, "measured"),
				text_of(each, "message"));
	}
	if (*text_of(record, "reason")) {
		have = strlen(text);
		(void)snprintf(text + have, len - have, ", %s", text_of(record, "reason"));
	}
	return text;
}

static void try_starter(struct trial *t)
{
	json_t *record = judge(t, t->lab->files[0]);
	char text[2048];

	if (!record)
		return;
	tell(t, !*text_of(record, "warnings"), "starter compiles", text_of(record, "warnings"));
	tell(t,
		strcmp(text_of(record, "verdict"), "fail") == 0 &&
			breaks(record, t->lab->starter.check, t->lab->starter.message) &&
			!breaks_others(record, t->lab->starter.check),
		"starter fails", broken(record, text, sizeof(text)));
	json_decref(record);
}

static void try_wrong(struct trial *t, const struct wg_lab_wrong *w)
{
	char name[100], text[2048];
	json_t *record;

	(void)snprintf(name, sizeof(name), "wrong/%s", w->file);
	record = judge(t, name);
	if (!record)
		return;
	tell(t,
		strcmp(text_of(record, "verdict"), "fail") == 0 &&
			breaks(record, w->check, w->message),
		name, broken(record, text, sizeof(text)));
	json_decref(record);
}

static void try_solution(struct trial *t)
{
	json_t *record = judge(t, "solution.c");
	char text[2048];

	if (!record)
		return;
	tell(t, strcmp(text_of(record, "verdict"), "pass") == 0, "solution.c",
		broken(record, text, sizeof(text)));
	json_decref(record);
}

static int try_lab(const struct wg_open *o, const struct wg_lab *lab)
{
	struct trial t = { .o = o, .lab = lab };
	size_t i;

	printf("lab %02d  %s\n", lab->number, lab->title);
	try_starter(&t);
	for (i = 0; i < lab->wrong_count; i++)
		try_wrong(&t, &lab->wrongs[i]);
	try_solution(&t);
	(void)fflush(stdout);
	return t.failed;
}

/* A lab that was not tried does not judge as it says: interrupted, or there is none. */
static int try_course(struct wg_open *o)
{
	int failed = o->course.count == 0;
	size_t i;

	if (failed)
		wg_lab_say("there are no labs in '%s'", o->course.root);
	for (i = 0; i < o->course.count && !wg_stop_signal(); i++) {
		if (!o->lab || o->lab == &o->course.v[i])
			failed += try_lab(o, &o->course.v[i]);
	}
	if (wg_stop_signal())
		return 128 + wg_stop_signal();
	return failed ? WG_EXIT_FAILED : WG_EXIT_OK;
}

int wg_lab_author(const struct wg_lab_call *call)
{
	struct wg_open o;
	int rc = wg_open_course_at(&o, call->words[0]);

	if (rc == 0)
		rc = try_course(&o);
	wg_close(&o);
	return rc;
}
