/*
 * feed.h: a source of changes other than keys, such as a live session. It changes the screen at
 * most 30 times a second, however much arrives.
 *
 * It has no tick. Data that arrives after a pause is taken at once. Data that arrives sooner waits
 * for the next picture, and until then the descriptor is not polled.
 */
#ifndef VIZ_APP_FEED_H
#define VIZ_APP_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include "viz/app/app.h"

struct wg_canvas;

#define WG_FEED_NS INT64_C(33000000)

struct wg_feed {
	int fd; /* to poll(2) for reading */
	void *user;
	unsigned (*take)(void *user, int64_t now_ns); /* fd is readable; returns WG_FX_* */
	unsigned (*key)(void *user, uint32_t key, int64_t now_ns); /* for wg_app_key() */
	unsigned (*mouse)(void *user, enum wg_mouse what, int x, int y, int64_t now_ns);
	void (*drawn)(void *user, int64_t now_ns); /* a picture is on the terminal; or NULL */
	/* A screen of its own, without the app's; or NULL. 0 or a negative errno. */
	int (*draw)(void *user, struct wg_canvas *canvas);
	/* private; 0 at first */
	int64_t taken_ns; /* when it was taken last */
	int64_t due_ns;	  /* when it is to be taken; 0: it was not readable yet */
};

/* The descriptor to poll now, -1 for none; feed may be NULL. */
int wg_feed_fd(const struct wg_feed *feed);

/* It was polled: take from it if it is time. Returns WG_FX_*. */
unsigned wg_feed_polled(struct wg_feed *feed, bool is_readable, int64_t now_ns);

/* The earlier of next_ns (-1 for never) and the time when this feed is due; feed may be NULL. */
int64_t wg_feed_next(const struct wg_feed *feed, int64_t next_ns);

#endif
