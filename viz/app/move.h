/*
 * move.h: the parts of update, one file each. Private to app*.c and prompt.c.
 */
#ifndef VIZ_APP_MOVE_H
#define VIZ_APP_MOVE_H

#include "viz/app/app.h"

/* ---- move.c: cursor, window, lane, selection ---- */

/* Do one of the moving actions. False for any other. */
bool wg_app_move(struct wg_app *app, enum wg_action action);

/* Fit everything on the screen. */
void wg_app_fit(struct wg_app *app);

/* Pan, if need be, so that t is in sight, with some room around it. */
void wg_app_show(struct wg_app *app, int64_t t);

/* Turn the page when a playing cursor leaves the screen. */
void wg_app_turn(struct wg_app *app);

void wg_app_set_cursor(struct wg_app *app, int64_t t);
void wg_app_set_from(struct wg_app *app, int64_t from_ns);
void wg_app_zoom_at(struct wg_app *app, int col, bool in);
/* Is t in the column of the cursor? */
bool wg_app_is_here(const struct wg_app *app, int64_t t);
void wg_app_choose_lane(struct wg_app *app, size_t lane);
void wg_app_select(struct wg_pane *pane, size_t op);

void wg_app_say(struct wg_app *app, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* ---- find.c: the next interesting thing ---- */

bool wg_app_find(struct wg_app *app, enum wg_action action, unsigned *ret_fx);

/* Go to the next match of an expression, from the beginning if none is left; n goes on. */
void wg_app_find_text(struct wg_app *app, const char *text, bool from_begin);
/* Set or name the bookmark at the cursor. */
void wg_app_bookmark(struct wg_app *app, const char *name);

/* ---- lanes.c: fold, sort, hide; align, free, peer ---- */

bool wg_app_lanes(struct wg_app *app, enum wg_action action);

/* Origins, ends and lists of all panes, after the traces or the alignment have changed. */
void wg_app_align(struct wg_app *app);

/* ---- top_screen.c: keys while another screen is on top ---- */

unsigned wg_app_view_key(struct wg_app *app, enum wg_action action);

/* ---- prompt.c: while a person types ---- */

void wg_prompt_open(struct wg_app *app, enum wg_prompt_kind kind);
unsigned wg_prompt_key(struct wg_app *app, uint32_t key);

#endif
