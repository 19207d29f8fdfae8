/*
 * lines.h: a file as lines, in bounded memory. Private to traces/import.
 */
#ifndef TRACES_IMPORT_LINES_H
#define TRACES_IMPORT_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "traces/base/error.h"
#include "traces/import/span.h"

struct wg__lines {
	int fd; /* -1: the bytes below are all */
	char *buf;
	size_t begin, end, cap; /* what was read and not yet handed out */
	uint64_t bytes;
	bool is_over;
};

/* "-" is standard input. 0, or a negative errno with a line. */
int wg__lines_open(struct wg__lines *l, const char *path, struct wg_error *err);

/* The same on bytes, which are copied. */
int wg__lines_bytes(struct wg__lines *l, const void *bytes, size_t len, struct wg_error *err);

/*
 * The next line without its end; valid until the next call. 1; 2: it is longer than a MiB and was
 * passed over; 0: there is none; or a negative errno of read(2).
 */
int wg__lines_next(struct wg__lines *l, struct wg__span *ret);

/*
 * Does it begin like a text? No text has a byte 0. 1, 0, or a negative errno of read(2). Before the
 * first line; the byte order mark that some editors put in front of a text is passed over.
 */
int wg__lines_are_text(struct wg__lines *l);
void wg__lines_close(struct wg__lines *l);

#endif
