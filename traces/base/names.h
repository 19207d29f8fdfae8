/*
 * names.h: strings that live as long as a reader: interned names, and lines for a person.
 *
 * Events carry a process name each; interning makes that a pointer. Private to traces/.
 */
#ifndef TRACES_BASE_NAMES_H
#define TRACES_BASE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wg__names;

struct wg__names *wg__names_create(void); /* NULL: no memory */
void wg__names_destroy(struct wg__names *names);

/* The one copy of text; NULL if memory is out. Valid until the names are destroyed. Any thread. */
const char *wg__names_intern(struct wg__names *names, const char *text);

/* A list of lines. All zero is an empty list. */
struct wg__notes {
	char **line;
	size_t count, cap;
	bool is_short; /* a line is missing for want of memory */
};

/* Without memory the line is dropped and is_short is set: check it if you need all lines. */
void wg__notes_add(struct wg__notes *notes, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void wg__notes_fini(struct wg__notes *notes);

/* Room for one more element of *array; 0 or -ENOMEM. */
int wg__grow(void *array, size_t *cap, size_t count, size_t element_bytes);

/*
 * The first element whose time, an int64_t at that offset in it, is not before t; count if none is.
 * Times in the array never go back.
 */
size_t wg__first_from(
	const void *array, size_t count, size_t element_bytes, size_t offset, int64_t t);

#endif
