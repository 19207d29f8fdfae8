/*
 * term.h: the viewer on a real terminal. The only part that knows curses, signals and the clock.
 */
#ifndef VIZ_TERM_H
#define VIZ_TERM_H

struct wg_app;

/*
 * Run app on the terminal until the user leaves. Returns an exit status; what went wrong has been
 * said. The terminal is as it was before, whichever way this ends: return, signal or crash; a
 * signal that ends the viewer ends the process as that signal would.
 */
int wg_term_run(struct wg_app *app);

#endif
