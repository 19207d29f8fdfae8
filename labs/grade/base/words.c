/*
 * words.c: see words.h.
 */
#include "labs/grade/base/words.h"

#include <stdint.h>

void wg_words_add(struct wg_words *w, const char *const *words)
{
	while (*words && w->count + 1 < WG_WORDS_MAX)
		w->v[w->count++] = (char *)(uintptr_t)*words++;
	w->v[w->count] = NULL;
}
