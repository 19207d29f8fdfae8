/*
 * emulator.h: a terminal emulator (libvterm) on a pseudo-terminal: what a person would see.
 *
 * Only with WG_HAVE_VTERM.
 */
#ifndef TESTS_HARNESS_EMULATOR_H
#define TESTS_HARNESS_EMULATOR_H

#ifdef WG_HAVE_VTERM

#include <stdbool.h>
#include <vterm.h>

#include "tests/harness/pty.h"

struct seen {
	struct pty *pty;
	VTerm *vt;
	VTermScreen *screen;
	int cols, rows;
	int altscreen, cursor_visible, mouse;
	char *text; /* of the last look */
};

/* Run child(arg), which must not return, on an emulator of that size. */
struct seen *seen_start(int cols, int rows, void (*child)(void *arg), void *arg);
void seen_finish(struct seen *s);

/* The screen as --frame prints one; until the next call. */
const char *seen_screen(struct seen *s);

/* Wait until the text is on the screen, or is all of it; false after some seconds. */
bool seen_text(struct seen *s, const char *text);
bool seen_all(struct seen *s, const char *screen);

/* The cell where text begins; it must be on the screen. */
VTermScreenCell seen_cell(struct seen *s, const char *text);

#endif
#endif
