/*
 * usable.c: see usable.h. Asked of terminfo alone: curses would begin to draw first, and what a
 * terminal does not understand stays on it as garbage.
 */
#include "viz/term/usable.h"

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <term.h>
#include <unistd.h>

#include "traces/base/say.h"

int wg_term_fail(const char *what)
{
	return wg_say("%s (--frame 120x40 prints the view as text)", what);
}

/* NULL: it can be used. */
static const char *flaw_of(const char *name)
{
	const char *place;
	int found;

	if (setupterm(name, STDOUT_FILENO, &found) != OK)
		return "which is not known here";
	place = tigetstr("cup");
	(void)del_curterm(cur_term);
	return place && place != (char *)-1 ? NULL : "which cannot place the cursor";
}

int wg_term_check(void)
{
	const char *name = getenv("TERM"), *flaw;
	char text[160];

	if (!name || !*name)
		return wg_term_fail(
			"cannot use the terminal: TERM is not set: try TERM=xterm-256color");
	flaw = flaw_of(name);
	if (!flaw)
		return 0;
	(void)snprintf(text, sizeof(text),
		"cannot use the terminal: TERM is '%.40s', %s: try TERM=xterm-256color", name,
		flaw);
	return wg_term_fail(text);
}
