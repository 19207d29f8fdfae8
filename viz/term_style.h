/*
 * term_style.h: styles as curses attributes, and curses keys as ours. Private to term.c.
 */
#ifndef VIZ_TERM_STYLE_H
#define VIZ_TERM_STYLE_H

#include <stdbool.h>
#include <stdint.h>

#include <curses.h>

/*
 * Attributes and colour pair of every style (arrays of WG_STYLE_COUNT), for 256, 16 or 8 colours,
 * or none where NO_COLOR is set or the terminal has none. Call after newterm().
 */
void wg_term_styles(attr_t *attrs, short *pairs);

/* What get_wch() returned, as a key of keys.h. */
uint32_t wg_term_key(bool is_code, wint_t ch);

#endif
