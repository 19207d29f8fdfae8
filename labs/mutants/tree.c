/*
 * tree.c: see tree.h.
 */
#include "labs/mutants/tree.h"

#include <stdio.h>
#include <string.h>

static int read_statement(struct mu_tree *tree, int i, int owner);

/* The semicolon that ends the text from i, past all brackets. */
static int semicolon(const struct mu_tokens *t, int i)
{
	static const char *const opens[] = { "(", "[", "{", NULL };

	while (i < t->count - 1 && !mu_is(t, i, ";"))
		i = mu_is_one_of(t, i, opens) ? mu_closing(t, i) + 1 : i + 1;
	return i;
}

/* `type name` and `type *name` are declarations; calls and assignments look different. */
static bool declares(const struct mu_tokens *t, int i)
{
	static const char *const words[] = { "const", "static", "struct", "enum", "unsigned",
		"_Atomic", NULL };
	int name = i + 1;

	if (mu_is_one_of(t, i, words))
		return true;
	while (mu_is(t, name, "*"))
		name++;
	return mu_is_kind(t, i, MU_NAME) && mu_is_kind(t, name, MU_NAME);
}

/* ---- statements ---- */

/* The statements up to the bracket that closes the block at i. Returns that bracket. */
static int read_block(struct mu_tree *tree, int i)
{
	int end = mu_closing(&tree->tokens, i), before = -1;

	for (i++; i < end && tree->count < MU_STATEMENTS;) {
		int at = tree->count;

		i = read_statement(tree, i, -1) + 1;
		if (i > end) /* for example a macro that is not a call: it ends with its block */
			tree->v[at].last = end - 1;
		if (before >= 0)
			tree->v[before].next = at;
		before = at;
	}
	return end;
}

static enum mu_form form_of(const struct mu_tokens *t, int i)
{
	static const struct {
		const char *word;
		enum mu_form form;
	} forms[] = { { "{", MU_BLOCK }, { "if", MU_IF }, { "while", MU_WHILE }, { "for", MU_FOR },
		{ "do", MU_DO }, { "return", MU_LEAVES }, { "break", MU_LEAVES },
		{ "continue", MU_LEAVES }, { "goto", MU_LEAVES } };
	size_t k;

	for (k = 0; k < sizeof(forms) / sizeof(forms[0]); k++) {
		if (mu_is(t, i, forms[k].word))
			return forms[k].form;
	}
	return declares(t, i) ? MU_DECLARES : MU_DOES;
}

/* The condition in the brackets that open at `open`; of a `for`, the part between the semicolons.
 */
static void read_condition(struct mu_tree *tree, struct mu_statement *s, int open)
{
	const struct mu_tokens *t = &tree->tokens;

	s->condition = open + 1;
	s->condition_end = mu_closing(t, open) - 1;
	if (s->form == MU_FOR) {
		s->condition = semicolon(t, open + 1) + 1;
		s->condition_end = semicolon(t, s->condition) - 1;
	}
}

/* The statement at word i and all within it. Returns its last word. */
static int read_statement(struct mu_tree *tree, int i, int owner)
{
	const struct mu_tokens *t = &tree->tokens;
	int at = tree->count;
	struct mu_statement *s = &tree->v[at];

	if (tree->count == MU_STATEMENTS)
		return t->count;
	tree->count++;
	*s = (struct mu_statement){ .form = form_of(t, i), .first = i, .next = -1, .owner = owner };
	s->condition_end = -1;
	if (s->form == MU_BLOCK) {
		s->last = read_block(tree, i);
	} else if (s->form == MU_DO) {
		s->last = semicolon(t, read_statement(tree, i + 1, at) + 1);
	} else if (s->form == MU_IF || s->form == MU_WHILE || s->form == MU_FOR) {
		read_condition(tree, s, i + 1);
		s->last = read_statement(tree, mu_closing(t, i + 1) + 1, at);
		if (s->form == MU_IF && mu_is(t, s->last + 1, "else"))
			s->last = read_statement(tree, s->last + 2, at);
	} else {
		s->last = semicolon(t, i);
	}
	return s->last;
}

/* ---- the level of the file ---- */

static void name_unit(const struct mu_tree *tree, struct mu_unit *unit, int name)
{
	const struct mu_token *word = &tree->tokens.v[name];

	(void)snprintf(unit->name, sizeof(unit->name), "%.*s", (int)word->len,
		tree->tokens.text + word->at);
}

/* The word at which the body of the function with the parameters in these brackets begins; 0: it is
 * none. An attribute of the core may stand between. */
static int body_after(const struct mu_tokens *t, int open)
{
	int at = mu_closing(t, open) + 1;

	at += mu_is(t, at, "WG_UNCHECKED");
	return mu_is(t, at, "{") ? at : 0;
}

/* The unit that begins at word i. Returns the word after it. */
static int read_unit(struct mu_tree *tree, int i)
{
	const struct mu_tokens *t = &tree->tokens;
	struct mu_unit *unit = &tree->unit[tree->units];
	int at;

	for (at = i; at < t->count && !mu_is(t, at, ";"); at++) {
		if (mu_is(t, at, "(") && body_after(t, at) > 0) {
			name_unit(tree, unit, at - 1);
			unit->is_function = true;
			unit->first = body_after(t, at);
			unit->last = read_block(tree, unit->first);
			tree->units++;
			return unit->last + 1;
		}
		if (mu_is(t, at, "=")) {
			name_unit(tree, unit, at - 1);
			unit->is_function = false;
			unit->first = at + 1;
			unit->last = semicolon(t, at);
			tree->units++;
			return unit->last + 1;
		}
		if (mu_is(t, at, "{"))
			at = mu_closing(t, at);
	}
	return at + 1;
}

bool mu_tree_read(struct mu_tree *ret, const char *text)
{
	int i = 0;

	ret->count = ret->units = 0;
	if (!mu_tokens_read(&ret->tokens, text))
		return false;
	while (i < ret->tokens.count && ret->units < MU_UNITS)
		i = read_unit(ret, i);
	return ret->units < MU_UNITS && ret->count < MU_STATEMENTS;
}

const struct mu_unit *mu_unit_of(const struct mu_tree *tree, int i)
{
	int u;

	for (u = 0; u < tree->units; u++) {
		if (tree->unit[u].first <= i && i <= tree->unit[u].last)
			return &tree->unit[u];
	}
	return NULL;
}
