/*
 * tell.c: see tell.h. A failure reads like a good error message: what was wanted, what was seen,
 * where, and what to do next. Colour never carries meaning alone.
 */
#include "labs/grade/tell/tell.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "labs/grade/base/json.h"
#include "labs/grade/base/memory.h"
#include "labs/grade/judge/schedule.h"
#include "labs/grade/tell/draw.h"
#include "labs/grade/tell/race_words.h"
#include "labs/grade/tell/safe.h"
#include "labs/grade/tell/story.h"
#include "labs/grade/tell/wrap.h"

#define OUTPUT_LINES 12

bool wg_tell_is_dumb(void)
{
	const char *term = getenv("TERM");

	return !term || !*term || strcmp(term, "dumb") == 0;
}

int wg_tell_has_colour(FILE *out)
{
	const char *no = getenv("NO_COLOR");

	return (!no || !*no) && !wg_tell_is_dumb() && isatty(fileno(out));
}

static void say_word(FILE *out, const char *colour, const char *word)
{
	if (wg_tell_has_colour(out))
		(void)fprintf(out, "\033[1;%sm%s\033[0m", colour, word);
	else
		(void)fputs(word, out);
}

/* ---- step by step ---- */

/* What the learner's file printed in this step, line by line. */
static void say_printed(FILE *out, const json_t *step)
{
	const char *text = text_of(step, "printed");

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
		wg_tell_wrapf(out, 16, "      prints: | %.*s", (int)strcspn(text, "\n"), text);
}

void wg_tell_steps(FILE *out, const json_t *unsafe)
{
	json_t *safe = wg_safe(unsafe);
	const json_t *each, *record = safe;
	char name[WG_SCHEDULE_TEXT];
	size_t i;

	(void)fprintf(out, "schedule %s\n",
		wg_schedule_text(text_of(record, "schedule_id"), name, sizeof(name)));
	json_array_foreach(json_object_get(record, "evidence"), i, each)
	{
		char place[100] = "";

		if (*text_of(each, "file"))
			(void)snprintf(place, sizeof(place), "%.80s:%lld", text_of(each, "file"),
				(long long)json_integer_value(json_object_get(each, "line")));
		wg_tell_wrapf(out, 6, "%4zu  %-10s %-18s %-18s %s", i + 1, text_of(each, "thread"),
			place, wg_short_call(text_of(each, "call")), text_of(each, "note"));
		say_printed(out, each);
	}
	json_array_foreach(json_object_get(record, "blocked"), i, each)
	{
		wg_tell_wrapf(out, 6, "      %-10s never ends: %s at %s:%lld   %s",
			text_of(each, "thread"), wg_short_call(text_of(each, "call")),
			text_of(each, "file"), (long long)number_of(each, "line"),
			text_of(each, "note"));
	}
	json_decref(safe);
}

/* ---- the whole ---- */

static void say_check(FILE *out, const json_t *check)
{
	const char *verdict = text_of(check, "verdict");
	bool failed = strcmp(verdict, "fail") == 0, left_out = strcmp(verdict, "skip") == 0;
	char text[512];

	(void)fputs(" [", out);
	if (left_out)
		(void)fputs("?", out);
	else
		say_word(out, failed ? "31" : "32", failed ? "FAIL" : "ok");
	(void)fprintf(out, "]%s ", failed ? "" : left_out ? "   " : "  ");
	(void)snprintf(text, sizeof(text), "%-43s %s%s", text_of(check, "title"),
		text_of(check, "measured"), *text_of(check, "bound") ? " fail" : "");
	wg_tell_wrap(out, 8, 8, text);
	if (failed && *text_of(check, "message"))
		wg_tell_wrapf(out, 8, "        seen: %s", text_of(check, "message"));
}

static bool has_failed(const json_t *check)
{
	return strcmp(text_of(check, "verdict"), "fail") == 0;
}

/* Those that hold first, then those that are broken; last the one whose schedule is shown. */
static void say_checks(FILE *out, const struct wg_lab *lab, const json_t *record)
{
	const json_t *checks = json_object_get(record, "checks"), *each, *worst = NULL;
	size_t i;

	json_array_foreach(checks, i, each)
	{
		if (has_failed(each) && (!worst || strcmp(text_of(each, "id"),
							   text_of(record, "evidence_check")) == 0))
			worst = each;
		if (!has_failed(each))
			say_check(out, each);
	}
	json_array_foreach(checks, i, each)
	{
		if (has_failed(each) && each != worst)
			say_check(out, each);
	}
	if (!worst)
		return;
	say_check(out, worst);
	wg_draw(out, lab, record);
	if (*text_of(worst, "why"))
		wg_tell_wrapf(out, 8, "        %s", text_of(worst, "why"));
}

static void say_lines(FILE *out, const char *text, int max)
{
	for (; *text && max > 0; max--) {
		size_t len = strcspn(text, "\n");

		wg_tell_wrapf(out, 4, "  %.*s", (int)len, text);
		text += len + (text[len] == '\n');
	}
	if (*text)
		(void)fputs("  ...\n", out);
}

static void say_verdict(FILE *out, const struct wg_lab *lab, const json_t *record)
{
	static const struct {
		const char *verdict, *colour, *word;
	} words[] = { { "pass", "32", "PASS" }, { "fail", "31", "FAIL" },
		{ "build", "33", "DOES NOT BUILD" }, { "inconclusive", "33", "INCONCLUSIVE" } };
	const char *verdict = text_of(record, "verdict");
	char name[WG_SCHEDULE_TEXT], text[512] = "";
	size_t failed = 0, i;
	const json_t *each;

	json_array_foreach(json_object_get(record, "checks"), i, each)
	{
		failed += has_failed(each);
	}
	for (i = 0; i < 3 && strcmp(verdict, words[i].verdict) != 0;)
		i++;
	if (strcmp(verdict, "fail") == 0)
		(void)snprintf(text, sizeof(text), "   %zu of %zu checks failed", failed,
			json_array_size(json_object_get(record, "checks")));
	if (*text_of(record, "schedule_id"))
		(void)snprintf(text + strlen(text), sizeof(text) - strlen(text), "   schedule %s",
			wg_schedule_text(text_of(record, "schedule_id"), name, sizeof(name)));
	(void)fprintf(out, "lab %02d  ", lab->number);
	say_word(out, words[i].colour, words[i].word);
	wg_tell_wrap(out, 8 + (int)strlen(words[i].word), 8, text);
}

static void say_real(FILE *out, const json_t *real)
{
	static const char *const words[][2] = { { "pass", "PASS" }, { "fail", "FAIL" } };
	const char *verdict = text_of(real, "verdict"), *word = "INCONCLUSIVE";
	size_t i;

	for (i = 0; i < 2; i++) {
		if (strcmp(verdict, words[i][0]) == 0)
			word = words[i][1];
	}
	if (real)
		wg_tell_wrapf(out, 2, " real threads: %s: %s", word, text_of(real, "reason"));
}

static void say_races(FILE *out, const json_t *record)
{
	json_t *words = wg_race_words(record), *each;
	size_t i;

	json_array_foreach(words, i, each)
	{
		wg_tell_wrapf(out, 8, " race:  %s", json_string_value(each));
	}
	json_decref(words);
}

void wg_tell(FILE *out, const struct wg_lab *lab, const json_t *unsafe, const char *next)
{
	json_t *record = wg_safe(unsafe);
	const char *verdict = text_of(record, "verdict");

	wg_tell_wrapf(out, 8, "lab %02d  %s", lab->number, lab->title);
	if (strcmp(verdict, "build") == 0) {
		say_lines(out, text_of(record, "output"), 40);
	} else {
		if (*text_of(record, "warnings"))
			say_lines(out, text_of(record, "warnings"), OUTPUT_LINES);
		if (*text_of(record, "output_note")) {
			(void)fprintf(out, " %s:\n", text_of(record, "output_note"));
			say_lines(out, text_of(record, "output"), OUTPUT_LINES);
		}
		say_checks(out, lab, record);
		say_races(out, record);
		say_real(out, json_object_get(record, "real"));
	}
	if (wg_memory_is_short()) { /* something is not there: no verdict from half of it */
		json_decref(record);
		return;
	}
	say_verdict(out, lab, record);
	if (strcmp(verdict, "build") == 0)
		(void)fputs(" this is not counted as an attempt\n", out);
	else if (strcmp(verdict, "inconclusive") == 0)
		wg_tell_wrapf(out, 2, " neither passed nor failed: %s", text_of(record, "reason"));
	wg_tell_wrapf(out, 7, " next: %s", next);
	json_decref(record);
}
