/*
 * tty.h: the terminal as a file: its keyboard, its size, bytes to it; and the clock. What term.c
 * needs that is not curses.
 */
#ifndef VIZ_BASE_TTY_H
#define VIZ_BASE_TTY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Standard input, or the terminal itself where that is a file or a pipe; NULL if there is none. */
FILE *wg_tty_open_keys(void);

/* False if it does not say. */
bool wg_tty_size(int *ret_cols, int *ret_rows);

/* From here on characters are coded as the environment says. Is that UTF-8? Numbers keep their dot.
 */
bool wg_tty_is_utf8(void);

/* Bytes to the terminal, past whatever buffers. */
void wg_tty_say(const char *text);

int64_t wg_tty_now_ns(void); /* monotonic */

#endif
