/*
 * term.h: the viewer on a real terminal. The only part that knows curses, signals and the clock.
 */
#ifndef VIZ_TERM_TERM_H
#define VIZ_TERM_TERM_H

struct wg_app;
struct wg_feed;

/*
 * Run app on the terminal until the user leaves. Returns an exit status; what went wrong has been
 * said. The terminal is as it was before, whichever way this ends: return, signal or crash; a
 * signal that ends the viewer ends the process as that signal would.
 */
int wg_term_run(struct wg_app *app);

/*
 * The same with a feed (feed.h), or NULL. A signal that ends the viewer is left in *ret_signal
 * (else 0) for the caller to raise, who has to clean up first.
 */
int wg_term_run_fed(struct wg_app *app, struct wg_feed *feed, int *ret_signal);

#endif
