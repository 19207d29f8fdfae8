/*
 * app_move.h: the part of update that moves: cursor, window, lane, selection. Private to app.c.
 */
#ifndef VIZ_APP_MOVE_H
#define VIZ_APP_MOVE_H

#include "viz/app.h"

/* Do one of the moving actions; others are ignored. */
void wg_app_move(struct wg_app *app, enum wg_action action);

/* Fit everything on the screen. */
void wg_app_fit(struct wg_app *app);

/* Pan, if need be, so that t is in sight, with some room around it. */
void wg_app_show(struct wg_app *app, int64_t t);

/* Turn the page when a playing cursor leaves the screen. */
void wg_app_follow(struct wg_app *app);

#endif
