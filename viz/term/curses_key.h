/*
 * curses_key.h: keys as curses names them, as keys of keys.h.
 */
#ifndef VIZ_TERM_CURSES_KEY_H
#define VIZ_TERM_CURSES_KEY_H

#include <stdbool.h>
#include <stdint.h>
#include <wchar.h>

/* What get_wch() returned; is_code: a key, not a character. 0: neither, and nobody pressed it. */
uint32_t wg_curses_key(bool is_code, wint_t ch);

#endif
