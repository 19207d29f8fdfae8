/*
 * mutants.c: see mutants.h.
 */
#include "labs/mutants/mutants.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longer than this, the middle is left out. */
#define SHOWN_AT_MOST 120
#define SHOWN_HEAD    60
#define SHOWN_TAIL    45

static size_t edited_length(const char *text, const struct mu_edit *edits, int count)
{
	size_t len = strlen(text);
	int i;

	for (i = 0; i < count; i++)
		len += edits[i].text_len - edits[i].len;
	return len;
}

static char *edited(const char *text, const struct mu_edit *edits, int count)
{
	char *ret = malloc(edited_length(text, edits, count) + 1), *to = ret;
	size_t from = 0;
	int i;

	if (!ret)
		return NULL;
	for (i = 0; i < count; i++) {
		memcpy(to, text + from, edits[i].at - from);
		to += edits[i].at - from;
		memcpy(to, edits[i].text, edits[i].text_len);
		to += edits[i].text_len;
		from = edits[i].at + edits[i].len;
	}
	memcpy(to, text + from, strlen(text + from) + 1);
	return ret;
}

static char *words_of(const char *text)
{
	size_t len = strlen(text);
	char *ret = malloc(2 * len + 1);

	if (ret)
		mu_tokens_print(text, 0, len, true, ret, 2 * len + 1);
	return ret;
}

/* ---- the lines to show ---- */

static int line_of(const char *text, size_t at)
{
	int line = 1;
	size_t i;

	for (i = 0; i < at; i++)
		line += text[i] == '\n';
	return line;
}

/* The words from..to of the text, with the rest of their lines. */
static void show(const char *text, size_t from, size_t to, char *ret, size_t len)
{
	char *tail;

	while (from > 0 && text[from - 1] != '\n')
		from--;
	while (text[to] && text[to] != '\n')
		to++;
	mu_tokens_print(text, from, to, false, ret, len);
	if (strlen(ret) > SHOWN_AT_MOST) {
		tail = ret + strlen(ret) - SHOWN_TAIL;
		(void)memcpy(ret + SHOWN_HEAD, " ... ", 5);
		(void)memmove(ret + SHOWN_HEAD + 5, tail, SHOWN_TAIL + 1);
	}
}

static void describe(struct mu_mutant *m, const char *text, const struct mu_edit *edits, int count)
{
	const struct mu_edit *last = &edits[count - 1];
	size_t end = last->at + last->len;

	m->line = line_of(text, edits[0].at);
	show(text, edits[0].at, end, m->before, sizeof(m->before));
	show(m->text, edits[0].at, end + strlen(m->text) - strlen(text), m->after,
		sizeof(m->after));
}

/* ---- the list ---- */

static bool is_known(const struct mu_mutants *m, const char *words)
{
	int i;

	for (i = 0; i < m->count; i++) {
		if (strcmp(m->v[i].words, words) == 0)
			return true;
	}
	return strcmp(m->original, words) == 0;
}

/* The number of the next mutant by this operator in its unit. */
static void identify(struct mu_mutants *m, const char *operator_name, size_t at)
{
	const struct mu_unit *unit = NULL;
	const char *name;
	char prefix[72];
	int i, number = 1;

	for (i = 0; i < m->tree->tokens.count && !unit; i++) {
		if (m->tree->tokens.v[i].at >= at)
			unit = mu_unit_of(m->tree, i);
	}
	name = unit ? unit->name : "file";
	(void)snprintf(prefix, sizeof(prefix), "%s.%s.", name, operator_name);
	for (i = 0; i < m->count; i++)
		number += strncmp(m->v[i].id, prefix, strlen(prefix)) == 0;
	(void)snprintf(m->v[m->count].id, sizeof(m->v[0].id), "%s%d", prefix, number);
}

void mu_mutants_add(
	struct mu_mutants *m, const char *operator_name, const struct mu_edit *edits, int count)
{
	const char *text = m->tree->tokens.text;
	struct mu_mutant *new = &m->v[m->count];

	if (m->count == MU_MUTANTS) {
		m->is_full = true;
		return;
	}
	new->text = edited(text, edits, count);
	new->words = new->text ? words_of(new->text) : NULL;
	if (!new->words || is_known(m, new->words)) {
		m->is_full = m->is_full || !new->words;
		free(new->text);
		free(new->words);
		return;
	}
	describe(new, text, edits, count);
	identify(m, operator_name, edits[0].at);
	m->count++;
}

void mu_mutants_replace(
	struct mu_mutants *m, const char *operator_name, int from, int to, const char *text)
{
	const struct mu_token *first = &m->tree->tokens.v[from], *last = &m->tree->tokens.v[to];
	const struct mu_edit edit = { .at = first->at,
		.len = last->at + last->len - first->at,
		.text = text,
		.text_len = strlen(text) };

	mu_mutants_add(m, operator_name, &edit, 1);
}

void mu_mutants_make(struct mu_mutants *ret, const struct mu_tree *tree)
{
	ret->tree = tree;
	ret->count = 0;
	ret->original = words_of(tree->tokens.text);
	ret->is_full = !ret->original;
	if (ret->is_full)
		return;
	mu_change_statements(ret);
	mu_change_words(ret);
}

void mu_mutants_fini(struct mu_mutants *m)
{
	while (m->count > 0) {
		m->count--;
		free(m->v[m->count].text);
		free(m->v[m->count].words);
	}
	free(m->original);
}
