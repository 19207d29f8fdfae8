/*
 * statements.c: mistakes with whole statements.
 *
 * Common ones in event loops: a line is missing, two lines are exchanged (notify before the result,
 * look before the drain), a lock is not taken, `if` instead of `while`.
 */
#include <stdio.h>
#include <string.h>

#include "labs/mutants/mutants.h"

static struct mu_edit edit_of(const struct mu_mutants *m, const struct mu_statement *s)
{
	const struct mu_token *first = &m->tree->tokens.v[s->first];
	const struct mu_token *last = &m->tree->tokens.v[s->last];

	return (struct mu_edit){ .at = first->at, .len = last->at + last->len - first->at };
}

static bool has_call(const struct mu_tokens *t, int from, int to)
{
	for (; from < to; from++) {
		if (mu_is_kind(t, from, MU_NAME) && mu_is(t, from + 1, "("))
			return true;
	}
	return false;
}

/* ---- delete ---- */

/* A `return` with a value cannot go. The only statement of an `if` need not go: operator `never`
 * has the same effect, unless the condition makes a call. */
static bool is_deletable(const struct mu_mutants *m, const struct mu_statement *s)
{
	const struct mu_tokens *t = &m->tree->tokens;
	const struct mu_statement *owner = s->owner >= 0 ? &m->tree->v[s->owner] : NULL;

	if (mu_is(t, s->first, ";") || mu_is(t, s->first, "("))
		return !mu_is(t, s->first, ";");
	if (owner && owner->form == MU_IF &&
		!has_call(t, owner->condition, owner->condition_end + 1))
		return false;
	return s->form == MU_DOES || (s->form == MU_LEAVES && s->last == s->first + 1);
}

static void delete_one(struct mu_mutants *m, const struct mu_statement *s)
{
	struct mu_edit edit = edit_of(m, s);

	edit.text = s->owner >= 0 ? ";" : "";
	edit.text_len = strlen(edit.text);
	if (is_deletable(m, s))
		mu_mutants_add(m, "delete", &edit, 1);
}

/* ---- locks ---- */

/* Do they lock and unlock the same mutex, or unlock and lock it? */
static bool is_pair(
	const struct mu_tokens *t, const struct mu_statement *a, const struct mu_statement *b)
{
	static const char lock[] = "pthread_mutex_lock", unlock[] = "pthread_mutex_unlock";
	char what[2][100];
	int i;

	if (!(mu_is(t, a->first, lock) && mu_is(t, b->first, unlock)) &&
		!(mu_is(t, a->first, unlock) && mu_is(t, b->first, lock)))
		return false;
	for (i = 0; i < 2; i++) {
		const struct mu_statement *s = i ? b : a;

		mu_tokens_print(t->text, t->v[s->first + 1].at, t->v[s->last].at, false, what[i],
			sizeof(what[i]));
	}
	return strcmp(what[0], what[1]) == 0;
}

static void delete_pair(struct mu_mutants *m, const struct mu_statement *s)
{
	const struct mu_statement *other = s;

	while (other->next >= 0) {
		other = &m->tree->v[other->next];
		if (is_pair(&m->tree->tokens, s, other)) {
			struct mu_edit edits[2] = { edit_of(m, s), edit_of(m, other) };

			edits[0].text = edits[1].text = "";
			mu_mutants_add(m, "unlocked", edits, 2);
			return;
		}
	}
}

/* ---- order ---- */

/* The place of a declaration matters only if its value comes from a call. */
static bool is_movable(const struct mu_mutants *m, const struct mu_statement *s)
{
	if (s->form == MU_DECLARES)
		return has_call(&m->tree->tokens, s->first, s->last);
	return s->form != MU_LEAVES;
}

static void swap_with_next(struct mu_mutants *m, const struct mu_statement *s)
{
	const char *text = m->tree->tokens.text;
	const struct mu_statement *next = s->next >= 0 ? &m->tree->v[s->next] : NULL;
	struct mu_edit edits[2];

	if (!next || !is_movable(m, s) || !is_movable(m, next))
		return;
	edits[0] = edit_of(m, s);
	edits[1] = edit_of(m, next);
	edits[0].text = text + edits[1].at;
	edits[0].text_len = edits[1].len;
	edits[1].text = text + edits[0].at;
	edits[1].text_len = edits[0].len;
	mu_mutants_add(m, "swap", edits, 2);
}

/* ---- conditions ---- */

static bool has_one_of(const struct mu_tokens *t, int from, int to, const char *const *words)
{
	for (; from <= to; from++) {
		if (mu_is_one_of(t, from, words))
			return true;
	}
	return false;
}

/* `!a` becomes `a`, the rest `!(rest)`; words.c changes a lone comparison. */
static void negate(struct mu_mutants *m, const struct mu_statement *s)
{
	static const char *const joins[] = { "&&", "||", "?", NULL };
	static const char *const turned[] = { "==", "!=", NULL };
	const struct mu_tokens *t = &m->tree->tokens;
	int first = s->condition, last = s->condition_end;
	bool is_joined = has_one_of(t, first, last, joins);
	bool is_negated = !is_joined && mu_is(t, first, "!");
	size_t from = t->v[first + is_negated].at, to = t->v[last].at + t->v[last].len;
	char text[300];

	if (!is_joined && has_one_of(t, first, last, turned))
		return;
	(void)snprintf(text, sizeof(text), is_negated ? "%.*s" : "!(%.*s)", (int)(to - from),
		t->text + from);
	mu_mutants_replace(m, "negate", first, last, text);
}

static void change_condition(struct mu_mutants *m, const struct mu_statement *s)
{
	if (s->condition > s->condition_end)
		return;
	if (s->form == MU_WHILE)
		mu_mutants_replace(m, "once", s->first, s->first, "if");
	mu_mutants_replace(m, "always", s->condition, s->condition_end, "1");
	mu_mutants_replace(m, "never", s->condition, s->condition_end, "0");
	negate(m, s);
}

void mu_change_statements(struct mu_mutants *m)
{
	int i;

	for (i = 0; i < m->tree->count; i++) {
		const struct mu_statement *s = &m->tree->v[i];

		delete_one(m, s);
		delete_pair(m, s);
		swap_with_next(m, s);
		change_condition(m, s);
	}
}
