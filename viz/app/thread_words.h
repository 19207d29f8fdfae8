/*
 * thread_words.h: a thread's wait in words: in what it slept, what its wake was for, who woke it;
 * and its records, as the viewer shows them at the cursor.
 */
#ifndef VIZ_APP_THREAD_WORDS_H
#define VIZ_APP_THREAD_WORDS_H

#include <stddef.h>

#include "viz/app/app.h"

/* The wait at the cursor of a pane, if a thread's lane is chosen there, in room;
 * else NULL. */
const struct wg_wait_rec *wg_app_wait(
	const struct wg_app *app, size_t pane, struct wg_wait_rec *room);

/* The same of a lane, in [t, t + step): the wait that is drawn there. */
const struct wg_wait_rec *wg_seek_wait(const struct wg_trace *trace, const struct wg_lane *lane,
	int64_t t, int64_t step_ns, struct wg_wait_rec *room);

/*
 * "epoll for 100 ms, on epoll fd 5, at server+0x4e51 (run)"
 * "a timeout, then nothing: an empty wake"
 * "woken by client 900, likely, with futex; awake 200 us later"
 * as far as it is known. Returns how many lines.
 */
#define WG_WAIT_LINES 3
#define WG_WAIT_LINE  200
size_t wg_wait_lines(const struct wg_trace *trace, const struct wg_wait_rec *rec,
	char lines[WG_WAIT_LINES][WG_WAIT_LINE]);

/* "wake (notified by 812, exact)". What did not fit is cut. */
void wg_record_text(
	char *buf, size_t len, const struct wg_trace *trace, const struct wg_event *event);

#endif
