/*
 * tokens.h: a C file as a row of words: names, numbers, strings and punctuation.
 *
 * Comments and preprocessor lines are not words, so no mutant changes them.
 */
#ifndef LABS_MUTANTS_TOKENS_H
#define LABS_MUTANTS_TOKENS_H

#include <stdbool.h>
#include <stddef.h>

#define MU_TOKENS 4096

enum mu_kind { MU_NAME, MU_NUMBER, MU_STRING, MU_MARK };

struct mu_token {
	enum mu_kind kind;
	size_t at, len; /* in the text */
};

struct mu_tokens {
	const char *text; /* the caller's */
	int count;
	struct mu_token v[MU_TOKENS];
};

/* false: too many words. */
bool mu_tokens_read(struct mu_tokens *ret, const char *text);

/* Is word i this one? An i out of range is no word. */
bool mu_is(const struct mu_tokens *t, int i, const char *word);
bool mu_is_one_of(const struct mu_tokens *t, int i, const char *const *words);
bool mu_is_kind(const struct mu_tokens *t, int i, enum mu_kind kind);

/* The bracket that closes the one at i, or opens the one at i. */
int mu_closing(const struct mu_tokens *t, int i);
int mu_opening(const struct mu_tokens *t, int i);

/* The words between two places of the text, separated by one space where the text has space, or
 * everywhere: to show them, and to compare them. Cut off at len. */
void mu_tokens_print(
	const char *text, size_t from, size_t to, bool is_spaced, char *ret, size_t len);

#endif
