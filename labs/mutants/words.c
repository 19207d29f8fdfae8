/*
 * words.c: mistakes within a statement.
 *
 * Those in conditions and numbers, and those of event loops: a missing flag, edge instead of level,
 * signal instead of broadcast, a memory order that is too weak, the wrong clock.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "labs/mutants/mutants.h"

/* ---- one word for another ---- */

static const struct {
	const char *word, *other, *operator_name;
} others[] = {
	{ "&&", "||", "join" },
	{ "||", "&&", "join" },
	{ "<", "<=", "compare" },
	{ "<=", "<", "compare" },
	{ ">", ">=", "compare" },
	{ ">=", ">", "compare" },
	{ "==", "!=", "compare" },
	{ "!=", "==", "compare" },
	{ "++", "--", "arithmetic" },
	{ "--", "++", "arithmetic" },
	{ "+=", "-=", "arithmetic" },
	{ "-=", "+=", "arithmetic" },
	{ "/", "*", "arithmetic" },
	{ "true", "false", "number" },
	{ "false", "true", "number" },
	{ "pthread_cond_signal", "pthread_cond_broadcast", "wake" },
	{ "pthread_cond_broadcast", "pthread_cond_signal", "wake" },
	{ "wg_cond_signal", "wg_cond_broadcast", "wake" },
	{ "wg_cond_broadcast", "wg_cond_signal", "wake" },
	{ "EPOLLIN", "EPOLLOUT", "flag" },
	{ "EPOLLIN", "EPOLLIN | EPOLLET", "flag" },
	{ "CLOCK_MONOTONIC", "CLOCK_REALTIME", "clock" },
	{ "CLOCK_REALTIME", "CLOCK_MONOTONIC", "clock" },
	{ "memory_order_seq_cst", "memory_order_relaxed", "order" },
	{ "memory_order_acq_rel", "memory_order_relaxed", "order" },
	{ "memory_order_acquire", "memory_order_relaxed", "order" },
	{ "memory_order_release", "memory_order_relaxed", "order" },
};

static void change_word(struct mu_mutants *m, int i)
{
	size_t k;

	for (k = 0; k < sizeof(others) / sizeof(others[0]); k++) {
		if (mu_is(&m->tree->tokens, i, others[k].word))
			mu_mutants_replace(m, others[k].operator_name, i, i, others[k].other);
	}
}

/* After a value, `+` and `-` have two sides. */
static bool has_left_side(const struct mu_tokens *t, int i)
{
	return (mu_is_kind(t, i - 1, MU_NAME) && !mu_is(t, i - 1, "return")) ||
	       mu_is_kind(t, i - 1, MU_NUMBER) || mu_is(t, i - 1, ")") || mu_is(t, i - 1, "]");
}

static void change_sum(struct mu_mutants *m, int i)
{
	const struct mu_tokens *t = &m->tree->tokens;

	if (has_left_side(t, i) && (mu_is(t, i, "+") || mu_is(t, i, "-")))
		mu_mutants_replace(m, "arithmetic", i, i, mu_is(t, i, "+") ? "-" : "+");
	/* After a cast it only discards a value: `(void)!write(...)`. */
	if (mu_is(t, i, "!") && !mu_is(t, i - 1, ")"))
		mu_mutants_replace(m, "negate", i, i, "");
}

/* ---- numbers ---- */

static void change_number(struct mu_mutants *m, int i)
{
	const struct mu_tokens *t = &m->tree->tokens;
	char digits[32], text[32], *end;
	double value;

	if (!mu_is_kind(t, i, MU_NUMBER) || t->v[i].len >= sizeof(digits))
		return;
	(void)snprintf(digits, sizeof(digits), "%.*s", (int)t->v[i].len, t->text + t->v[i].at);
	value = strtod(digits, &end);
	if (*end)
		return;
	if (value == 1 && mu_is(t, i - 1, "-") && !has_left_side(t, i - 1)) {
		mu_mutants_replace(m, "number", i - 1, i, "0");
	} else if (value == 0 || value == 1) {
		mu_mutants_replace(m, "number", i, i, value == 0 ? "1" : "0");
	} else {
		(void)snprintf(text, sizeof(text), "%.12g", 2 * value);
		mu_mutants_replace(m, "number", i, i, text);
		(void)snprintf(text, sizeof(text), "%.12g",
			strchr(digits, '.') ? value / 2 : (double)(long long)(value / 2));
		mu_mutants_replace(m, "number", i, i, text);
	}
}

/* ---- one side of two ---- */

/* The first word of the left side of the operator at i, or the last word of its right side: up to a
 * word that binds less. */
static int left_edge(const struct mu_tokens *t, int i, const char *const *binds_less)
{
	static const char *const closes[] = { ")", "]", "}", NULL };

	for (i--; i > 0; i--) {
		if (mu_is_one_of(t, i, closes))
			i = mu_opening(t, i);
		else if (mu_is_one_of(t, i, binds_less))
			return i + 1;
	}
	return 0;
}

static int right_edge(const struct mu_tokens *t, int i, const char *const *binds_less)
{
	static const char *const opens[] = { "(", "[", "{", NULL };

	for (i++; i < t->count - 1; i++) {
		if (mu_is_one_of(t, i, opens))
			i = mu_closing(t, i);
		else if (mu_is_one_of(t, i, binds_less))
			return i - 1;
	}
	return i;
}

#define ENDS "(", ")", "[", "]", "{", "}", ",", ";", "=", "return", "?", ":"

/* Without the words from..to and the blank beside them. */
static void drop(struct mu_mutants *m, const char *name, int from, int to)
{
	const struct mu_token *v = m->tree->tokens.v;
	bool is_left = mu_is_one_of(
		&m->tree->tokens, to, (const char *const[]){ "&&", "||", "|", ":", NULL });
	size_t at = is_left ? v[from].at : v[from - 1].at + v[from - 1].len;
	size_t end = is_left ? v[to + 1].at : v[to].at + v[to].len;
	const struct mu_edit edit = { .at = at, .len = end - at, .text = "" };

	mu_mutants_add(m, name, &edit, 1);
}

/* `a && b` without a, without b; flags likewise. */
static void drop_side(struct mu_mutants *m, int i)
{
	static const char *const ends_of_and[] = { ENDS, "||", "&&", NULL };
	static const char *const ends_of_or[] = { ENDS, "||", NULL };
	static const char *const ends_of_flags[] = { ENDS, "||", "&&", "|", NULL };
	const struct mu_tokens *t = &m->tree->tokens;
	const char *const *ends = mu_is(t, i, "&&")   ? ends_of_and
				  : mu_is(t, i, "||") ? ends_of_or
				  : mu_is(t, i, "|")  ? ends_of_flags
						      : NULL;
	const char *name = mu_is(t, i, "|") ? "flag" : "part";

	if (!ends)
		return;
	drop(m, name, left_edge(t, i, ends), i);
	drop(m, name, i, right_edge(t, i, ends));
}

/* `a ? b : c` becomes b, and c. */
static void choose(struct mu_mutants *m, int i)
{
	static const char *const ends[] = { ENDS, NULL };
	const struct mu_tokens *t = &m->tree->tokens;
	int from, colon;

	if (!mu_is(t, i, "?"))
		return;
	from = left_edge(t, i, ends);
	colon = right_edge(t, i, ends) + 1;
	if (!mu_is(t, colon, ":"))
		return;
	drop(m, "never", from, colon);
	mu_mutants_replace(m, "always", from, i - 1, "1");
}

/* ---- values of members ---- */

static void leave_open(struct mu_mutants *m, int i)
{
	static const char *const ends[] = { ",", "}", NULL };
	const struct mu_tokens *t = &m->tree->tokens;
	int last;

	if (!mu_is(t, i, ".") || !(mu_is(t, i - 1, "{") || mu_is(t, i - 1, ",")))
		return;
	last = right_edge(t, i, ends);
	mu_mutants_replace(m, "open", i, last + mu_is(t, last + 1, ","), "");
}

/* ---- atomics ---- */

/* atomic_exchange() becomes a load and a store, and a relaxed exchange. */
static void split_exchange(struct mu_mutants *m, int i)
{
	static const char *const ends[] = { ",", ")", NULL };
	const struct mu_tokens *t = &m->tree->tokens;
	char object[80], value[80], text[400];
	int close, comma;

	if (!mu_is(t, i, "atomic_exchange") || !mu_is(t, i + 1, "("))
		return;
	close = mu_closing(t, i + 1);
	comma = right_edge(t, i + 1, ends) + 1;
	mu_tokens_print(t->text, t->v[i + 2].at, t->v[comma].at, false, object, sizeof(object));
	mu_tokens_print(t->text, t->v[comma + 1].at, t->v[close].at, false, value, sizeof(value));
	(void)snprintf(text, sizeof(text),
		"({ int was = atomic_load(%s); atomic_store(%s, %s); was; })", object, object,
		value);
	mu_mutants_replace(m, "split", i, close, text);
	(void)snprintf(text, sizeof(text), "atomic_exchange_explicit(%s, %s, memory_order_relaxed)",
		object, value);
	mu_mutants_replace(m, "order", i, close, text);
}

void mu_change_words(struct mu_mutants *m)
{
	int i;

	for (i = 0; i < m->tree->tokens.count; i++) {
		if (!mu_unit_of(m->tree, i))
			continue;
		change_word(m, i);
		change_sum(m, i);
		change_number(m, i);
		drop_side(m, i);
		choose(m, i);
		leave_open(m, i);
		split_exchange(m, i);
	}
}
