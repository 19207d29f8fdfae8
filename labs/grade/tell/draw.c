/*
 * draw.c: see draw.h. Of the story (story.h) the last steps are drawn, and the one that matters
 * most, however long ago it was.
 */
#include "labs/grade/tell/draw.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "labs/grade/base/json.h"
#include "labs/grade/base/memory.h"
#include "labs/grade/tell/story.h"
#include "labs/grade/tell/wrap.h"

#define INDENT	    10
#define COLUMN	    22 /* of a thread */
#define NARROW	    8  /* its least: else each line names its thread */
#define LAST	    30 /* room for the steps of the last thread */
#define THREADS_MAX 5  /* side by side; of more, each line names its thread */
#define LINES	    10

struct line {
	const char *call, *thread, *note;
	const char *file;     /* NULL: not the learner's */
	const char *function; /* "": not worth saying */
	json_int_t number;
	unsigned times;
	bool is_kept, is_blocked; /* kept: shown, however long ago it was */
};

struct drawing {
	const struct wg_story *story;
	const char *threads[THREADS_MAX + 1];
	size_t thread_count;
	struct line *lines; /* owned */
	size_t count;
};

/* ---- which steps ---- */

/* Of the scenario, the learner knows the function that he called, not the line. */
static bool has_function(const json_t *step)
{
	static const char *const calls[] = { "nanosleep", "sem_wait", "poll", "write", "kill" };
	size_t i;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (strcmp(text_of(step, "call"), calls[i]) == 0)
			return true;
	}
	return false;
}

static struct line line_of(const struct drawing *d, const json_t *step)
{
	return (struct line){ .call = wg_short_call(text_of(step, "call")),
		.file = wg_story_file(d->story->lab, step),
		.note = text_of(step, "note"),
		.thread = text_of(step, "thread"),
		.function = has_function(step) ? text_of(step, "function") : "",
		.number = number_of(step, "line"),
		.times = 1,
		.is_kept = step == d->story->you || step == d->story->named };
}

static bool is_same(const struct line *a, const struct line *b)
{
	return strcmp(a->call, b->call) == 0 && strcmp(a->thread, b->thread) == 0 &&
	       strcmp(a->note, b->note) == 0 && !a->file == !b->file && a->number == b->number;
}

/* A step that repeats the one before is one line with it. */
static void add_step(struct drawing *d, const json_t *step)
{
	struct line *l = &d->lines[d->count];

	if (!wg_story_tells(d->story->lab, step))
		return;
	*l = line_of(d, step);
	if (d->count > 0 && is_same(l, l - 1) && !l->is_kept && !l[-1].is_kept)
		l[-1].times++;
	else
		d->count++;
}

/* A thread that cannot go on: its last line, if that is shown and is this call; else a new one. */
static void add_blocked(struct drawing *d, const json_t *blocked, size_t shown_from)
{
	struct line l = line_of(d, blocked);
	size_t i = d->count;

	l.is_blocked = true;
	l.function = text_of(blocked, "function");
	while (i > shown_from && strcmp(d->lines[i - 1].thread, l.thread) != 0)
		i--;
	if (i > shown_from && strcmp(d->lines[i - 1].call, l.call) == 0 &&
		d->lines[i - 1].number == l.number && !d->lines[i - 1].is_blocked) {
		l.is_kept = d->lines[i - 1].is_kept;
		d->lines[i - 1] = l;
	} else {
		d->lines[d->count++] = l;
	}
}

static void say_you(FILE *out, const json_t *you)
{
	if (you)
		wg_tell_wrapf(out, 8, "        you: %s at %s:%lld, in '%s'",
			wg_short_call(text_of(you, "call")), text_of(you, "file"),
			(long long)number_of(you, "line"), text_of(you, "thread"));
}

/* ---- the picture ---- */

static size_t column_of(const struct drawing *d, const char *thread)
{
	size_t i;

	for (i = 0; i < d->thread_count && strcmp(d->threads[i], thread) != 0;)
		i++;
	return i;
}

/* Columns for the threads of these lines, in the order in which they began. */
static void give_columns(struct drawing *d, size_t from)
{
	size_t i, j;
	const json_t *each;

	json_array_foreach(d->story->steps, i, each)
	{
		const char *thread = text_of(each, "thread");
		bool is_drawn = false;

		for (j = 0; j < d->count && !is_drawn; j++)
			is_drawn = (j >= from || d->lines[j].is_kept) &&
				   strcmp(d->lines[j].thread, thread) == 0;
		if (is_drawn && d->thread_count <= THREADS_MAX &&
			column_of(d, thread) == d->thread_count)
			d->threads[d->thread_count++] = thread;
	}
	for (j = from; j < d->count && d->thread_count <= THREADS_MAX; j++) {
		if (column_of(d, d->lines[j].thread) == d->thread_count)
			d->threads[d->thread_count++] = d->lines[j].thread;
	}
}

static int step_of(FILE *out, const struct drawing *d)
{
	int room = wg_tell_width(out) - INDENT - LAST, threads = (int)d->thread_count - 1;

	return threads < 1 || room / threads > COLUMN ? COLUMN : room / threads;
}

/* Else each line names its thread. */
static bool has_columns(FILE *out, const struct drawing *d)
{
	return d->thread_count <= THREADS_MAX && step_of(out, d) >= NARROW;
}

static void draw_names(FILE *out, const struct drawing *d)
{
	size_t i;
	int step = step_of(out, d);

	if (!has_columns(out, d))
		return;
	(void)fprintf(out, "%*s", INDENT, "");
	for (i = 0; i + 1 < d->thread_count; i++)
		(void)fprintf(out, "%-*.*s", step, step - 1, d->threads[i]);
	(void)fprintf(out, "%s\n", d->threads[i]);
}

/* What stands behind the call. */
static char *note_of(const struct line *l)
{
	char *text = NULL;
	bool says_all = strcmp(l->note, "waits for a notify") == 0;
	int len = wg_own_note(l->note), rc;

	if (l->is_blocked)
		rc = asprintf(&text, "(never ends%s%.*s)", len && !says_all ? ": " : "",
			says_all ? 0 : len, l->note);
	else if (l->times > 1)
		rc = asprintf(&text, "%.*s%s%u times", len, l->note, len ? ", " : "", l->times);
	else
		rc = asprintf(&text, "%.*s", len, l->note);
	if (rc < 0)
		wg_memory_note_lack();
	return rc < 0 ? NULL : text;
}

/* The text may run on to the right: no other thread has a step in this line. */
static void draw_line(FILE *out, const struct drawing *d, const struct line *l)
{
	bool is_named = !has_columns(out, d);
	int at = INDENT + (is_named ? 0 : (int)column_of(d, l->thread) * step_of(out, d));
	int width = wg_tell_width(out), under = at + 3;
	char *note = note_of(l);

	at = fprintf(out, "%*s", at, "");
	if (is_named)
		at += fprintf(out, "%s: ", l->thread);
	at += fprintf(out, "%.40s", l->call);
	if (l->file)
		at += fprintf(out, "  %s:%lld", l->file, (long long)l->number);
	else if (*l->function)
		at += fprintf(out, " in %.40s()", l->function);
	if (!note || !*note) {
		(void)fputc('\n', out);
	} else if (at + 3 + (int)strlen(note) <= width) {
		(void)fprintf(out, "   %s\n", note);
	} else {
		under = under > INDENT + COLUMN + 3 ? INDENT + COLUMN + 3 : under;
		(void)fprintf(out, "\n%*s", under, "");
		wg_tell_wrap(out, under, under, note);
	}
	free(note);
}

static void draw(FILE *out, struct drawing *d)
{
	size_t i, from;
	const json_t *each;

	json_array_foreach(d->story->steps, i, each)
	{
		add_step(d, each);
	}
	from = d->count > LINES ? d->count - LINES : 0;
	json_array_foreach(d->story->blocked, i, each)
	{
		add_blocked(d, each, from);
	}
	if (d->count == 0)
		return;
	give_columns(d, from);
	draw_names(out, d);
	for (i = 0; i < from; i++) {
		if (d->lines[i].is_kept)
			draw_line(out, d, &d->lines[i]);
	}
	if (from > 0)
		(void)fprintf(out, "%*s...\n", INDENT, "");
	for (i = from; i < d->count; i++)
		draw_line(out, d, &d->lines[i]);
}

void wg_draw(FILE *out, const struct wg_lab *lab, const json_t *record)
{
	struct wg_story story;
	struct drawing d = { .story = &story };

	wg_story_read(lab, record, &story);
	d.lines = calloc(json_array_size(story.steps) + json_array_size(story.blocked) + 1,
		sizeof(*d.lines));
	if (d.lines) {
		say_you(out, story.you);
		draw(out, &d);
	} else {
		wg_memory_note_lack();
	}
	free(d.lines);
	wg_story_fini(&story);
}
