/*
 * near.c: see near.h.
 */
#include "traces/base/near.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define LETTERS	  32
#define WORDS_MAX 128

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t wg_near_distance(const char *a, const char *b)
{
	size_t rows[3][LETTERS], n = strlen(b), i, j; /* of i, i - 1 and i - 2 */

	if (n >= LETTERS || strlen(a) >= LETTERS)
		return LETTERS;
	for (j = 0; j <= n; j++)
		rows[0][j] = j;
	for (i = 1; a[i - 1]; i++) {
		size_t *now = rows[i % 3], *before = rows[(i + 2) % 3], *two = rows[(i + 1) % 3];

		now[0] = i;
		for (j = 1; j <= n; j++) {
			now[j] = least(before[j - 1] + (a[i - 1] != b[j - 1]),
				least(before[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = least(now[j], two[j - 2] + 1);
		}
	}
	return rows[(i + 2) % 3][n];
}

size_t wg_near_limit(const char *word)
{
	return strlen(word) < 5 ? 1 : 2;
}

/* Is it `known` with letters left out? */
static bool is_short_for(const char *word, const char *known)
{
	for (; *known && *word; known++)
		word += *word == *known;
	return *word == '\0';
}

const char *wg_near(const char *word, const char *const *known)
{
	size_t best = wg_near_limit(word) + 1;
	const char *near = NULL;

	for (; *word && *known; known++) {
		size_t d = wg_near_distance(word, *known);

		/* Letters that are left out count less than others that are there. */
		if (d > 1 && is_short_for(word, *known))
			d--;
		if (d >= best)
			continue;
		best = d;
		near = *known;
	}
	return near;
}

char *wg_near_hint(char *buf, size_t len, const char *word, const char *known)
{
	char copy[2048], *rest = copy, *part;
	const char *words[WORDS_MAX + 1] = { NULL }, *near;
	size_t count = 0, used, i;

	(void)snprintf(copy, sizeof(copy), "%s", known);
	while (count < WORDS_MAX && (part = strsep(&rest, " ,"))) {
		if (*part)
			words[count++] = part;
	}
	near = wg_near(word, words);
	if (near) {
		(void)snprintf(buf, len, "; did you mean '%s'?", near);
		return buf;
	}
	used = (size_t)snprintf(buf, len, "; there are ");
	for (i = 0; i < count && used < len; i++)
		used += (size_t)snprintf(buf + used, len - used, "%s%s",
			i == 0		 ? ""
			: i + 1 == count ? " and "
					 : ", ",
			words[i]);
	return buf;
}
