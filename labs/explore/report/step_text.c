/*
 * step_text.c: see step_text.h.
 */
#include "labs/explore/report/step_text.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "labs/explore/report/races.h"

struct text {
	char *at;
	size_t len, used;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *t, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(t->at + t->used, t->len - t->used, format, args);
	va_end(args);
	t->used += n > 0 ? (size_t)n : 0;
	if (t->used >= t->len)
		t->used = t->len - 1;
}

void lx_step_where(struct lx_where *w, const struct lx_step *step, char *ret, size_t len)
{
	const struct lx_place *p = lx_where_find(w, step->place);
	struct text t = { ret, len, 0 };
	char line[200];

	ret[0] = '\0';
	if (!p->line)
		return;
	lx_where_line(p, line, sizeof(line));
	add(&t, "%.100s:%d%s%s", p->file, p->line, *line ? "  " : "", line);
}

/* The name that a thread has in the schedule. */
static const char *name_of(const struct lx_shared *s, uint32_t tid)
{
	uint32_t i;

	for (i = 0; i < s->step_count; i++) {
		if (s->step[i].tid == tid)
			return s->step[i].thread;
	}
	return "a thread";
}

static void add_lock(
	struct text *t, struct lx_where *w, const struct lx_shared *s, const struct lx_held *held)
{
	const struct lx_variable *v = lx_where_variable(w, held->data);
	bool is_first = true;
	uint32_t i;

	if (v)
		add(t, "`%s` held by %s", v->name, name_of(s, held->owner));
	else
		add(t, "a lock held by %s", name_of(s, held->owner));
	for (i = 0; i < LX_THREADS; i++) {
		if (!(held->waiting & (1u << i)))
			continue;
		add(t, "%s%s", is_first ? ", awaited by " : " and ", name_of(s, i));
		is_first = false;
	}
}

/* If this is the latest step of a thread that is blocked at the end: what it waits for. */
static const char *blocked_by(const struct lx_shared *s, const struct lx_step *step)
{
	const struct lx_step *after;
	uint32_t i;

	for (after = step + 1; after < s->step + s->step_count; after++) {
		if (after->tid == step->tid)
			return NULL;
	}
	for (i = 0; i < s->blocked_count; i++) {
		if (s->blocked[i].tid == step->tid && s->blocked[i].place == step->place)
			return s->blocked[i].note;
	}
	return NULL;
}

void lx_step_what(struct lx_where *w, const struct lx_shared *s, const struct lx_step *step,
	char *ret, size_t len)
{
	char races[2 * LX_MESSAGE], note[2 * LX_MESSAGE];
	struct text t = { ret, len, 0 };
	const char *at, *blocked = blocked_by(s, step);
	int i;

	lx_races_expand(w, s, step->note, races, sizeof(races));
	lx_where_expand(w, races, note, sizeof(note));
	if (!blocked)
		add(&t, "%s%s%.300s", step->call, *note ? ": " : "", note);
	else if (strcmp(blocked, "waits for a notify") == 0)
		add(&t, "%s: sleeps for ever: nobody will notify", step->call);
	else
		add(&t, "%s: waits for ever%s%.100s", step->call, *blocked ? ": " : "", blocked);
	for (i = 0; i < step->held_count; i++) {
		add(&t, "%s", i ? "; " : "\nlocks: ");
		add_lock(&t, w, s, &step->held[i]);
	}
	for (at = step->printed; *at; at += strcspn(at, "\n"), at += *at == '\n')
		add(&t, "\nprints: %.*s", (int)strcspn(at, "\n"), at);
}
