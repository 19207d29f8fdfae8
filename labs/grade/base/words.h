/*
 * words.h: a command line that is put together.
 */
#ifndef LABS_GRADE_BASE_WORDS_H
#define LABS_GRADE_BASE_WORDS_H

#include <stddef.h>

#define WG_WORDS_MAX 128

/* All zero: empty. v ends with NULL, as execvp(3) wants it; the words are borrowed. */
struct wg_words {
	char *v[WG_WORDS_MAX];
	size_t count;
};

/* Append words, up to a NULL; what does not fit is dropped. */
void wg_words_add(struct wg_words *w, const char *const *words);
#define WG_WORDS_ADD(w, ...) wg_words_add(w, (const char *const[]){ __VA_ARGS__, NULL })

#endif
