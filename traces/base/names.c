/*
 * names.c: see names.h.
 *
 * A trace holds few names, one per process and thread. They are looked up once per event, and the
 * next event mostly has the same name. So this is an open hash table, at most half full, with a
 * shortcut to the last hit.
 */
#include "traces/base/names.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct wg__names {
	pthread_mutex_t lock; /* guards: all below. order: the last. */
	char **slot;	      /* size slots, NULL where free */
	size_t size;	      /* a power of two */
	size_t count;	      /* slots in use, at most size / 2 */
	const char *last;     /* the last hit */
};

static uint64_t hash_text(const char *text)
{
	uint64_t h = 14695981039346656037ull; /* FNV-1a: short keys, no attacker */

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * 1099511628211ull;
	return h ^ (h >> 29);
}

static char **find_slot(char **slot, size_t size, const char *text)
{
	size_t i = (size_t)hash_text(text) & (size - 1);

	while (slot[i] && strcmp(slot[i], text) != 0)
		i = (i + 1) & (size - 1);
	return &slot[i];
}

static int double_size(struct wg__names *names)
{
	size_t size = names->size * 2, i;
	char **slot = calloc(size, sizeof(*slot));

	if (!slot)
		return -ENOMEM;
	for (i = 0; i < names->size; i++) {
		if (names->slot[i])
			*find_slot(slot, size, names->slot[i]) = names->slot[i];
	}
	free(names->slot);
	names->slot = slot;
	names->size = size;
	return 0;
}

struct wg__names *wg__names_create(void)
{
	struct wg__names *names = calloc(1, sizeof(*names));

	if (!names)
		return NULL;
	names->size = 64;
	names->slot = calloc(names->size, sizeof(*names->slot));
	if (!names->slot) {
		free(names);
		return NULL;
	}
	(void)pthread_mutex_init(&names->lock, NULL);
	return names;
}

void wg__names_destroy(struct wg__names *names)
{
	size_t i;

	if (!names)
		return;
	for (i = 0; i < names->size; i++)
		free(names->slot[i]);
	free(names->slot);
	(void)pthread_mutex_destroy(&names->lock);
	free(names);
}

static const char *intern(struct wg__names *names, const char *text)
{
	char **slot;

	if (names->last && strcmp(names->last, text) == 0)
		return names->last;
	slot = find_slot(names->slot, names->size, text);
	if (!*slot) {
		if (names->count * 2 >= names->size) {
			if (double_size(names) < 0)
				return NULL;
			slot = find_slot(names->slot, names->size, text);
		}
		*slot = strdup(text);
		if (!*slot)
			return NULL;
		names->count++;
	}
	names->last = *slot;
	return *slot;
}

const char *wg__names_intern(struct wg__names *names, const char *text)
{
	const char *kept;

	(void)pthread_mutex_lock(&names->lock);
	kept = intern(names, text);
	(void)pthread_mutex_unlock(&names->lock);
	return kept;
}

void wg__notes_add(struct wg__notes *notes, const char *fmt, ...)
{
	va_list ap;
	char *line;
	int rc;

	va_start(ap, fmt);
	rc = vasprintf(&line, fmt, ap);
	va_end(ap);
	if (rc < 0) {
		notes->is_short = true;
		return;
	}
	if (wg__grow(&notes->line, &notes->cap, notes->count, sizeof(*notes->line)) < 0) {
		notes->is_short = true;
		free(line);
		return;
	}
	notes->line[notes->count++] = line;
}

void wg__notes_fini(struct wg__notes *notes)
{
	size_t i;

	for (i = 0; i < notes->count; i++)
		free(notes->line[i]);
	free(notes->line);
	*notes = (struct wg__notes){ 0 };
}

int wg__grow(void *array, size_t *cap, size_t count, size_t element_bytes)
{
	void *old, *grown;
	size_t wanted;

	if (count < *cap)
		return 0;
	wanted = *cap ? *cap * 2 : 16;
	/* array is a `T **` for any T; memcpy is how C11 lets one read it without knowing T. */
	memcpy(&old, array, sizeof(old));
	grown = reallocarray(old, wanted, element_bytes);
	if (!grown)
		return -ENOMEM;
	memcpy(array, &grown, sizeof(grown)); /* the caller owns it now */
	*cap = wanted;
	return 0; /* cppcheck-suppress memleak */
}

size_t wg__first_from(
	const void *array, size_t count, size_t element_bytes, size_t offset, int64_t t)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int64_t at;

		memcpy(&at, (const char *)array + middle * element_bytes + offset, sizeof(at));
		if (at < t)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
