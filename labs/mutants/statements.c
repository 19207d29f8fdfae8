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

#define LOCKS_MOST 8

enum lock_call { NEITHER, LOCKS, UNLOCKS };

/* What s does to a mutex; *ret_what: to which, as text. */
static enum lock_call lock_call_of(
	const struct mu_tokens *t, const struct mu_statement *s, char *ret_what, size_t len)
{
	static const char *const lock[] = { "pthread_mutex_lock", "wg_lock", NULL };
	static const char *const unlock[] = { "pthread_mutex_unlock", "wg_unlock", NULL };
	enum lock_call call = mu_is_one_of(t, s->first, lock)	  ? LOCKS
			      : mu_is_one_of(t, s->first, unlock) ? UNLOCKS
								  : NEITHER;

	if (call != NEITHER)
		mu_tokens_print(
			t->text, t->v[s->first + 1].at, t->v[s->last].at, false, ret_what, len);
	return call;
}

/* Does b undo what a does, on the same mutex? */
static bool is_pair(
	const struct mu_tokens *t, const struct mu_statement *a, const struct mu_statement *b)
{
	char what_a[100], what_b[100];
	enum lock_call call_a = lock_call_of(t, a, what_a, sizeof(what_a));
	enum lock_call call_b = lock_call_of(t, b, what_b, sizeof(what_b));

	return call_a != NEITHER && call_b != NEITHER && call_a != call_b &&
	       strcmp(what_a, what_b) == 0;
}

/* Leave out the pair from..to, and what lies between them and is about the same mutex: an unlock
 * before a `return`. */
static void leave_unlocked(
	struct mu_mutants *m, const struct mu_statement *from, const struct mu_statement *to)
{
	const struct mu_tokens *t = &m->tree->tokens;
	struct mu_edit edits[LOCKS_MOST];
	const struct mu_statement *s;
	char what[100], wanted[100];
	int count = 0;

	(void)lock_call_of(t, from, wanted, sizeof(wanted));
	for (s = from; s <= to && count < LOCKS_MOST; s++) {
		if (lock_call_of(t, s, what, sizeof(what)) == NEITHER || strcmp(what, wanted) != 0)
			continue;
		edits[count] = edit_of(m, s);
		edits[count].text = s->owner >= 0 ? ";" : "";
		edits[count].text_len = strlen(edits[count].text);
		count++;
	}
	mu_mutants_add(m, "unlocked", edits, count);
}

static void delete_pair(struct mu_mutants *m, const struct mu_statement *s)
{
	const struct mu_statement *other = s;

	while (other->next >= 0) {
		other = &m->tree->v[other->next];
		if (is_pair(&m->tree->tokens, s, other)) {
			leave_unlocked(m, s, other);
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
