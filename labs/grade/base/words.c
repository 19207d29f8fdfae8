/*
 * words.c: see words.h.
 */
#include "labs/grade/base/words.h"

#include <stdarg.h>
#include <stdint.h>

static void add(struct wg_words *w, const char *word)
{
	if (w->count + 1 < WG_WORDS_MAX)
		w->v[w->count++] = (char *)(uintptr_t)word;
	w->v[w->count] = NULL;
}

void wg_words_add(struct wg_words *w, ...)
{
	const char *word;
	va_list ap;

	va_start(ap, w);
	while ((word = va_arg(ap, const char *)))
		add(w, word);
	va_end(ap);
}

void wg_words_add_all(struct wg_words *w, const char *const *words)
{
	while (*words)
		add(w, *words++);
}
