/*
 * tell.c: see tell.h. The form is that of a good error message: what was wanted, what was seen,
 * where, and what to do next. Nothing is told by colour alone.
 */
#include "labs/grade/tell.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "labs/grade/schedule.h"

#define SLOTS	     5 /* columns of the drawing: the last steps are those that matter */
#define THREADS_MAX  6
#define CELL_SHOWN   34 /* of a column */
#define CELL	     64
#define OUTPUT_LINES 12

static const char *text_of(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "";
}

int wg_tell_has_colour(FILE *out)
{
	const char *no = getenv("NO_COLOR");

	return (!no || !*no) && isatty(fileno(out));
}

static void say_word(FILE *out, const char *colour, const char *word)
{
	if (wg_tell_has_colour(out))
		(void)fprintf(out, "\033[1;%sm%s\033[0m", colour, word);
	else
		(void)fputs(word, out);
}

/* ---- the threads side by side ---- */

struct drawing {
	const char *threads[THREADS_MAX];
	size_t thread_count;
	struct {
		size_t thread;
		char text[CELL];
	} slots[SLOTS];
	size_t slot_count;
};

static size_t row_of(struct drawing *d, const char *thread)
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

/* Put a call behind the others of its column. What came first makes room: the end matters. */
static void append(char *text, const char *call)
{
	size_t len = strlen(text), need = strlen(call);

	while (len > 0 && len + need + 1 > CELL_SHOWN) {
		char *space = strchr(strncmp(text, ".. ", 3) == 0 ? text + 3 : text, ' ');
		char rest[CELL];

		(void)snprintf(rest, sizeof(rest), "..%s", space ? space : "");
		(void)snprintf(text, CELL, "%s", rest);
		len = strlen(text);
		if (!space)
			break;
	}
	(void)snprintf(text + len, CELL - len, "%s%.32s", len ? " " : "", call);
}

/* What follows on the same thread shares a column; the oldest column makes room. */
static void add_step(struct drawing *d, const json_t *step)
{
	size_t thread = row_of(d, text_of(step, "thread"));
	const char *call = short_call(text_of(step, "call"));

	if (!*call)
		return;
	if (d->slot_count == 0 || d->slots[d->slot_count - 1].thread != thread) {
		if (d->slot_count == SLOTS) {
			memmove(&d->slots[0], &d->slots[1], (SLOTS - 1) * sizeof(d->slots[0]));
			d->slot_count--;
		}
		d->slots[d->slot_count].thread = thread;
		d->slots[d->slot_count++].text[0] = '\0';
	}
	append(d->slots[d->slot_count - 1].text, call);
}

static void draw(FILE *out, const json_t *steps, bool is_stuck)
{
	struct drawing d = { .thread_count = 0 };
	const json_t *each;
	size_t i, t;

	json_array_foreach(steps, i, each)
	{
		add_step(&d, each);
	}
	for (t = 0; t < d.thread_count; t++) {
		bool is_there = false;

		for (i = 0; i < d.slot_count; i++)
			is_there = is_there || d.slots[i].thread == t;
		if (!is_there)
			continue;
		(void)fprintf(out, "          %-10.10s", d.threads[t]);
		for (i = 0; i < d.slot_count; i++) {
			/* The last column needs no room behind it. */
			int width = i + 1 < d.slot_count ? (int)strlen(d.slots[i].text) : 0;

			(void)fprintf(out, " | %-*s", width,
				d.slots[i].thread == t ? d.slots[i].text : "");
		}
		if (is_stuck && d.slot_count && d.slots[d.slot_count - 1].thread == t)
			(void)fputs("  (never ends)", out);
		(void)fputc('\n', out);
	}
}

/* "you: cond_wait at loop.c:41, waits; 1 result is ready" : the last step in the learner's file. */
static void say_you(FILE *out, const struct wg_lab *lab, const json_t *steps)
{
	const json_t *each, *last = NULL;
	size_t i;

	json_array_foreach(steps, i, each)
	{
		const char *file = text_of(each, "file"), *slash = strrchr(file, '/');

		if (*text_of(each, "call") && wg_lab_has_file(lab, slash ? slash + 1 : file))
			last = each;
	}
	if (!last)
		return;
	(void)fprintf(out, "        you: %s at %s:%lld, in '%s'\n",
		short_call(text_of(last, "call")), text_of(last, "file"),
		(long long)json_integer_value(json_object_get(last, "line")),
		text_of(last, "thread"));
}

/* A remark of the scheduler's that tells something: not the number of an operation. */
static bool is_remark(const json_t *step)
{
	const char *note = text_of(step, "note");

	return *note && strncmp(note, "op ", 3) != 0 && strncmp(note, "check `", 7) != 0;
}

/* The last remark that was made before the end. */
static void say_remark(FILE *out, const json_t *steps)
{
	const json_t *each, *last = NULL;
	size_t i;

	json_array_foreach(steps, i, each)
	{
		if (is_remark(each))
			last = each;
	}
	if (last)
		(void)fprintf(out, "        before: %s at %s:%lld, in '%s': %s\n",
			short_call(text_of(last, "call")), text_of(last, "file"),
			(long long)json_integer_value(json_object_get(last, "line")),
			text_of(last, "thread"), text_of(last, "note"));
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

/* The first broken check, with all there is to say about it; the others in one line each. */
static void say_checks(FILE *out, const struct wg_lab *lab, const json_t *record)
{
	const json_t *steps = json_object_get(record, "evidence"), *each, *worst = NULL;
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
		say_you(out, lab, steps);
		say_remark(out, steps);
		draw(out, steps, strcmp(text_of(record, "evidence_check"), "stuck") == 0);
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
		say_word(out, "33", "DOES NOT COMPILE");
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
		(void)fputs("  what does not compile is no attempt: it is not counted\n", out);
	} else {
		say_checks(out, lab, record);
		say_real(out, json_object_get(record, "real"));
		if (strcmp(verdict, "inconclusive") == 0)
			(void)fprintf(
				out, " neither right nor wrong: %s\n", text_of(record, "reason"));
		if (*text_of(record, "warnings"))
			say_lines(out, text_of(record, "warnings"), OUTPUT_LINES);
		if (*text_of(record, "output_note")) {
			(void)fprintf(out, " %s:\n", text_of(record, "output_note"));
			say_lines(out, text_of(record, "output"), OUTPUT_LINES);
		}
	}
	(void)fprintf(out, " next: %s\n", next);
}
