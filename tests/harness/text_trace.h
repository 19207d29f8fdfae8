/*
 * text_trace.h: a trace as the program `babeltrace2` prints it, line by line: what an oracle reads,
 * for our reader has no part in it.
 */
#ifndef TESTS_HARNESS_TEXT_TRACE_H
#define TESTS_HARNESS_TEXT_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wg_text_line {
	int64_t at;
	char event[16];
	uint64_t pid, loop, op, number; /* number: found */
	char label[16];			/* reason or kind */
};

struct wg_text_trace {
	struct wg_text_line *lines;
	size_t count;
	uint64_t discarded;
};

/* false: there is no such program, or it failed. lines is the caller's to free. */
bool wg_text_trace_read(const char *path, struct wg_text_trace *ret);

#endif
