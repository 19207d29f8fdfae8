/*
 * frame.h: one screen as text; what --frame does. In view.c, and used by other commands.
 */
#ifndef VIZ_CMD_FRAME_H
#define VIZ_CMD_FRAME_H

struct wg_app;

/* "120x40": 0, or -EINVAL for anything else. */
int wg_frame_parse(const char *text, int *ret_cols, int *ret_rows);

/* Print the screen on standard output. Returns an exit status; what went wrong has been said. */
int wg_frame_print(const struct wg_app *app);

#endif
