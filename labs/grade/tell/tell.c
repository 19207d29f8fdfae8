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
#include "labs/grade/judge/schedule.h"

/* The drawing. */
#define WIDTH	     80
#define INDENT	     10
#define COLUMN	     22 /* of a thread */
#define THREADS_MAX  6
#define LINES	     10
#define OUTPUT_LINES 12

int wg_tell_has_colour(FILE *out)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return (!no || !*no) && term && strcmp(term, "dumb") != 0 && isatty(fileno(out));
}

static void say_word(FILE *out, const char *colour, const char *word)
{
	if (wg_tell_has_colour(out))
		(void)fprintf(out, "\033[1;%sm%s\033[0m", colour, word);
	else
		(void)fputs(word, out);
}

/* ---- the threads side by side, time downwards ---- */

struct line {
	const char *call, *name, *note;
	const char *file; /* NULL: not the learner's */
	json_int_t number;
	size_t column;
};

struct drawing {
	const struct wg_lab *lab;
	const char *threads[THREADS_MAX];
	size_t thread_count;
	struct line lines[LINES]; /* the last ones: those matter */
	size_t line_count;
	bool is_cut;
};

static size_t column_of(struct drawing *d, const char *thread)
{
	size_t i;

	for (i = 0; i < d->thread_count; i++) {
		if (strcmp(d->threads[i], thread) == 0)
			return i;
	}
	if (d->thread_count == THREADS_MAX)
		return THREADS_MAX - 1;
	d->threads[d->thread_count] = thread;
	return d->thread_count++;
}

/* A call as a person would say it. */
static const char *short_call(const char *call)
{
	static const char *const prefixes[] = { "pthread_", "lab_" };
	size_t i;

	for (i = 0; i < 2; i++) {
		if (strncmp(call, prefixes[i], strlen(prefixes[i])) == 0)
			return call + strlen(prefixes[i]);
	}
	return call;
}

/* The file's name, if it is the learner's. */
static const char *learners_file(const struct wg_lab *lab, const json_t *step)
{
	const char *file = text_of(step, "file"), *slash = strrchr(file, '/');

	file = slash ? slash + 1 : file;
	return wg_lab_has_file(lab, file) ? file : NULL;
}

/* Does the scheduler's note say more than the number of an operation? */
static bool is_remark(const json_t *step)
{
	const char *note = text_of(step, "note");

	return *note && strncmp(note, "op ", 3) != 0 && strncmp(note, "check `", 7) != 0;
}

/* Which steps are shown: all of the learner's file but unlocks; what a wait met, such as a spurious
 * wake; and of the scenario when a result is ready, found and delivered, and joins. */
static bool is_told(const struct wg_lab *lab, const json_t *step)
{
	static const char *const scenarios[] = { "ready", "poll", "deliver", "join", "nanosleep",
		"sem_wait", "kill", "write" };
	const char *call = short_call(text_of(step, "call"));
	size_t i;

	if (!*call || *call == '(')
		return false;
	if (learners_file(lab, step))
		return strcmp(call, "mutex_unlock") != 0;
	for (i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
		if (strcmp(call, scenarios[i]) == 0)
			return true;
	}
	return false;
}

/* The first line makes room: the end matters. */
static void add_step(struct drawing *d, const json_t *step)
{
	struct line *l;

	if (!is_told(d->lab, step))
		return;
	if (d->line_count == LINES) {
		memmove(&d->lines[0], &d->lines[1], (LINES - 1) * sizeof(d->lines[0]));
		d->line_count--;
		d->is_cut = true;
	}
	l = &d->lines[d->line_count++];
	*l = (struct line){ .call = short_call(text_of(step, "call")),
		.file = learners_file(d->lab, step),
		.note = is_remark(step) ? text_of(step, "note") : "",
		.name = text_of(step, "thread"),
		.number = json_integer_value(json_object_get(step, "line")) };
}

/* Columns for the threads that are drawn, in the order in which they began. */
static void give_columns(struct drawing *d, const json_t *steps)
{
	const json_t *each;
	size_t i, j;

	json_array_foreach(steps, i, each)
	{
		for (j = 0; j < d->line_count; j++) {
			if (strcmp(d->lines[j].name, text_of(each, "thread")) == 0)
				d->lines[j].column = column_of(d, d->lines[j].name);
		}
	}
}

static void draw_names(FILE *out, const struct drawing *d)
{
	size_t i;

	(void)fprintf(out, "%*s", INDENT, "");
	for (i = 0; i < d->thread_count; i++)
		(void)fprintf(out, "%-*.*s", i + 1 < d->thread_count ? COLUMN : 0, COLUMN - 1,
			d->threads[i]);
	(void)fputc('\n', out);
	if (d->is_cut)
		(void)fprintf(out, "%*s...\n", INDENT, "");
}

/* The note without what the line `seen` says. */
static int own_part(const char *note)
{
	const char *check = strstr(note, "; check `");

	return check ? (int)(check - note) : (int)strlen(note);
}

/* The text may run on to the right: no other thread has a step in this line. */
static void draw_line(FILE *out, const struct line *l, const char *note)
{
	int at = INDENT + (int)l->column * COLUMN;
	int width = fprintf(out, "%*s%.40s", at, "", l->call), len = own_part(note);

	if (l->file)
		width += fprintf(out, "  %s:%lld", l->file, (long long)l->number);
	if (len > 0 && width + 3 + len > WIDTH)
		width = fprintf(out, "\n%*s", at < INDENT + COLUMN ? at : INDENT + COLUMN, "");
	if (len > 0)
		(void)fprintf(out, "   %.*s", len, note);
	(void)fputc('\n', out);
}

/* At a hang: is this the last step of a thread, and one that waits? */
static bool never_ends(const struct drawing *d, size_t i)
{
	const char *call = d->lines[i].call;
	size_t j;

	for (j = i + 1; j < d->line_count; j++) {
		if (d->lines[j].column == d->lines[i].column)
			return false;
	}
	return strstr(call, "wait") || strstr(call, "lock") || strcmp(call, "join") == 0;
}

static void draw(FILE *out, const struct wg_lab *lab, const json_t *steps, bool is_stuck)
{
	struct drawing d = { .lab = lab };
	const json_t *each;
	size_t i;

	json_array_foreach(steps, i, each)
	{
		add_step(&d, each);
	}
	if (d.line_count == 0)
		return;
	give_columns(&d, steps);
	draw_names(out, &d);
	for (i = 0; i < d.line_count; i++)
		draw_line(out, &d.lines[i],
			is_stuck && never_ends(&d, i) ? "(never ends)" : d.lines[i].note);
}

/* "you: cond_wait at loop.c:41, in 'loop'": the last shown step in the learner's file. */
static void say_you(FILE *out, const struct wg_lab *lab, const json_t *steps)
{
	const json_t *each, *last = NULL;
	size_t i;

	json_array_foreach(steps, i, each)
	{
		if (learners_file(lab, each) && is_told(lab, each))
			last = each;
	}
	if (last)
		(void)fprintf(out, "        you: %s at %s:%lld, in '%s'\n",
			short_call(text_of(last, "call")), text_of(last, "file"),
			(long long)json_integer_value(json_object_get(last, "line")),
			text_of(last, "thread"));
}

void wg_tell_steps(FILE *out, const json_t *record)
{
	char name[WG_SCHEDULE_TEXT];
	const json_t *each;
	size_t i;

	(void)fprintf(out, "schedule %s\n",
		wg_schedule_text(text_of(record, "schedule_id"), name, sizeof(name)));
	json_array_foreach(json_object_get(record, "evidence"), i, each)
	{
		char place[100] = "";

		if (*text_of(each, "file"))
			(void)snprintf(place, sizeof(place), "%.80s:%lld", text_of(each, "file"),
				(long long)json_integer_value(json_object_get(each, "line")));
		(void)fprintf(out, "%4zu  %-10s %-18s %-28s %s\n", i + 1, text_of(each, "thread"),
			place, short_call(text_of(each, "call")), text_of(each, "note"));
	}
}

/* ---- the whole ---- */

static void say_check(FILE *out, const json_t *check)
{
	const char *verdict = text_of(check, "verdict");
	bool failed = strcmp(verdict, "fail") == 0, left_out = strcmp(verdict, "skip") == 0;

	(void)fputs(" [", out);
	if (left_out)
		(void)fputs("?", out);
	else
		say_word(out, failed ? "31" : "32", failed ? "FAIL" : "ok");
	(void)fprintf(out, "]%s %-44s %s%s%s%s\n",
		failed	   ? ""
		: left_out ? "   "
			   : "  ",
		text_of(check, "title"), text_of(check, "measured"), left_out ? "" : ", ",
		text_of(check, "bound"), left_out ? "" : " allowed");
	if (failed && *text_of(check, "message"))
		(void)fprintf(out, "        seen: %s\n", text_of(check, "message"));
}

/* The steps up to the one in which the check broke. The caller's. */
static json_t *steps_until(const json_t *steps, const char *check)
{
	json_t *some = json_array(), *each;
	char broken[64];
	size_t i;

	(void)snprintf(broken, sizeof(broken), "check `%.40s` is broken", check);
	json_array_foreach(steps, i, each)
	{
		(void)json_array_append(some, each);
		if (strstr(text_of(each, "note"), broken))
			break;
	}
	return some;
}

/* What happened, in the schedule that is shown. */
static void say_schedule(FILE *out, const struct wg_lab *lab, const json_t *record)
{
	const char *check = text_of(record, "evidence_check");
	json_t *steps = steps_until(json_object_get(record, "evidence"), check);

	say_you(out, lab, steps);
	draw(out, lab, steps, strcmp(check, "stuck") == 0);
	json_decref(steps);
}

/* The first broken check with everything about it; the others in one line each. */
static void say_checks(FILE *out, const struct wg_lab *lab, const json_t *record)
{
	const json_t *each, *worst = NULL;
	size_t i;

	json_array_foreach(json_object_get(record, "checks"), i, each)
	{
		if (strcmp(text_of(each, "verdict"), "fail") == 0 &&
			(!worst || strcmp(text_of(each, "id"), text_of(record, "evidence_check")) ==
					   0))
			worst = each;
	}
	json_array_foreach(json_object_get(record, "checks"), i, each)
	{
		say_check(out, each);
		if (each != worst)
			continue;
		say_schedule(out, lab, record);
		if (*text_of(each, "why"))
			(void)fprintf(out, "        %s\n", text_of(each, "why"));
	}
}

static void say_lines(FILE *out, const char *text, int max)
{
	for (; *text && max > 0; max--) {
		size_t len = strcspn(text, "\n");

		(void)fprintf(out, "  %.*s\n", (int)len, text);
		text += len + (text[len] == '\n');
	}
	if (*text)
		(void)fputs("  ...\n", out);
}

static void say_title(FILE *out, const struct wg_lab *lab, const json_t *record)
{
	const char *verdict = text_of(record, "verdict");
	char name[WG_SCHEDULE_TEXT];
	size_t failed = 0, i;
	const json_t *each;

	json_array_foreach(json_object_get(record, "checks"), i, each)
	{
		failed += strcmp(text_of(each, "verdict"), "fail") == 0;
	}
	(void)fprintf(out, "lab %02d  ", lab->number);
	if (strcmp(verdict, "pass") == 0)
		say_word(out, "32", "PASS");
	else if (strcmp(verdict, "fail") == 0)
		say_word(out, "31", "FAIL");
	else if (strcmp(verdict, "build") == 0)
		say_word(out, "33", "DOES NOT BUILD");
	else
		say_word(out, "33", "INCONCLUSIVE");
	if (strcmp(verdict, "fail") == 0)
		(void)fprintf(out, "   %zu of %zu checks", failed,
			json_array_size(json_object_get(record, "checks")));
	if (*text_of(record, "schedule_id"))
		(void)fprintf(out, "   schedule %s",
			wg_schedule_text(text_of(record, "schedule_id"), name, sizeof(name)));
	(void)fprintf(out, "   %s\n", lab->title);
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
		(void)fprintf(out, " real threads: %s: %s\n", word, text_of(real, "reason"));
}

void wg_tell(FILE *out, const struct wg_lab *lab, const json_t *record, const char *next)
{
	const char *verdict = text_of(record, "verdict");

	say_title(out, lab, record);
	if (strcmp(verdict, "build") == 0) {
		say_lines(out, text_of(record, "output"), 40);
		(void)fputs("  this is not counted as an attempt\n", out);
	} else {
		say_checks(out, lab, record);
		say_real(out, json_object_get(record, "real"));
		if (strcmp(verdict, "inconclusive") == 0)
			(void)fprintf(
				out, " neither passed nor failed: %s\n", text_of(record, "reason"));
		if (*text_of(record, "warnings"))
			say_lines(out, text_of(record, "warnings"), OUTPUT_LINES);
		if (*text_of(record, "output_note")) {
			(void)fprintf(out, " %s:\n", text_of(record, "output_note"));
			say_lines(out, text_of(record, "output"), OUTPUT_LINES);
		}
	}
	(void)fprintf(out, " next: %s\n", next);
}
