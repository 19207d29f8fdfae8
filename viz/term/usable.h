/*
 * usable.h: can the viewer draw on this terminal?
 */
#ifndef VIZ_TERM_USABLE_H
#define VIZ_TERM_USABLE_H

/*
 * 0, or an exit status after one line: TERM is not set, not known, or cannot place the cursor.
 * Nothing reaches the terminal. Ask before a program is started for the viewer to show.
 */
int wg_term_check(void);

/* WHAT, and what works without a terminal, as one line; an exit status. */
int wg_term_fail(const char *what);

#endif
