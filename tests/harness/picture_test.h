/*
 * picture_test.h: what the suites of svg and html share: documents in memory, hostile names, random
 * traces, a browser.
 */
#ifndef TESTS_HARNESS_PICTURE_TEST_H
#define TESTS_HARNESS_PICTURE_TEST_H

#include <stdbool.h>
#include <stddef.h>

#include "traces/picture/export_svg.h"

typedef int (*picture_fn)(FILE *out, const struct wg_trace *const traces[], size_t count,
	const struct wg_picture_options *options);

/* The document, malloced; fails the test and returns "" where draw fails. */
char *picture_draw(picture_fn draw, const struct wg_trace *a, const struct wg_trace *b,
	const struct wg_picture_options *options);

/* Write text to a file of that name in a fresh folder; its path is the harness's. */
const char *picture_file(const char *name, const char *text);

/* Loops that sleep, are woken, are not; nothing is alike. */
struct wg_trace *picture_random(unsigned seed, int ops);

/* A trace whose names try to leave their quotes. */
struct wg_trace *picture_hostile(void);

/* How often part is in text. */
size_t picture_count(const char *text, const char *part);

/* The page's DOM after its script ran, malloced; NULL, and the test skipped, without a browser. */
char *picture_browse(const char *path, const char *fragment);

#endif
