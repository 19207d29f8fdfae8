/*
 * screen_args.h: the options of the commands that show a screen, and one screen as text.
 */
#ifndef VIZ_CMD_SCREEN_ARGS_H
#define VIZ_CMD_SCREEN_ARGS_H

#include <argp.h>
#include <stdbool.h>

struct wg_app;

/* All zero at first; the defaults are filled in when all options are known. */
struct wg_screen_args {
	int cols, rows;	  /* --frame, or else for a pipe: COLUMNS and LINES, or 100x30 */
	const char *keys; /* to press first, or NULL */
	bool has_frame, text, ascii, no_mouse;
	bool has_background, light;
	bool on_terminal; /* it is to be shown there, and there is one */
};

/* For an argp_child; its input is a struct wg_screen_args. Sets how characters are coded, too. */
extern const struct argp wg_screen_argp;

/* What a new app takes from it. */
void wg_screen_args_apply(const struct wg_screen_args *args, struct wg_app *app);

/* Press the keys. 0, or an exit status after one line for the user of command `who`. */
int wg_screen_args_press(const struct wg_screen_args *args, struct wg_app *app, const char *who);

/* Print the screen on standard output. Returns an exit status; an error has been said. */
int wg_frame_print(const struct wg_app *app);

#endif
