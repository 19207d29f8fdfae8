/*
 * words.c: see words.h.
 */
#include "labs/grade/base/words.h"

#include <stdint.h>

void wg_words_add(struct wg_words *w, const char *const *words)
{
	size_t i;

	for (i = 0; words[i] && w->count < WG_WORDS_MAX - 1; i++)
		w->v[w->count++] = (char *)(uintptr_t)words[i];
	w->v[w->count] = NULL;
}
