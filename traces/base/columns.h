/*
 * columns.h: how wide text is, in columns of a terminal or of a font whose letters have one width.
 */
#ifndef TRACES_BASE_COLUMNS_H
#define TRACES_BASE_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 2: Chinese, Japanese, Korean, faces; 0: an accent that is a character of its own and has one
 * before it to stand on; 1: all others. */
int wg_columns_of(uint32_t ch, bool has_before);

/* Of UTF-8 text; a byte that is part of no character counts as one. */
size_t wg_columns(const char *text);

/* The bytes of text that go into so many columns: up to a blank or an end of line if there is one,
 * else as many characters as fit, at least one. */
size_t wg_columns_break(const char *text, size_t columns);

#endif
