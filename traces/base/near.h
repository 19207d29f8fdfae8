/*
 * near.h: the word that was meant, for one that is not known.
 */
#ifndef TRACES_BASE_NEAR_H
#define TRACES_BASE_NEAR_H

#include <stddef.h>

/* Letters to change, insert, remove or exchange with the next to make a word of another; words of
 * up to 31 letters. */
size_t wg_near_distance(const char *a, const char *b);

/* Words that are further away than this are not near. */
size_t wg_near_limit(const char *word);

/* The known word that is nearest; NULL: none is near. Borrowed. known ends with NULL. */
const char *wg_near(const char *word, const char *const *known);

/*
 * What a message says behind "no format 'jsn'": "; did you mean 'json'?", else "; there are csv,
 * json and svg". known: words apart by blanks or commas. Returns buf.
 */
char *wg_near_hint(char *buf, size_t len, const char *word, const char *known);

#endif
