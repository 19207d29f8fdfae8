/*
 * reading.c: see reading.h.
 *
 * A picture costs a time that grows with the trace, since the sums of levels.h are made at its end.
 * So pictures become rarer: all of them together take an eighth of the time that reading does.
 */
#include "viz/live/reading.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "viz/base/tty.h"

#define PIECE	   8192 /* events, some 3 ms: the clock is looked at in between */
#define TAKE_NS	   INT64_C(25000000)
#define PICTURE_NS INT64_C(150000000)
#define SHARE	   8

/* ---- reading ---- */

static void note_progress(struct wg_reading *r)
{
	struct wg_app_reading *to = &r->app.reading;
	bool is_known = true;
	size_t i;

	*to = (struct wg_app_reading){ .is_on = !wg_reading_is_over(r) };
	for (i = 0; i < r->count; i++) {
		struct wg_reader_progress p;

		wg_load_progress(r->load[i], &p);
		is_known = is_known && p.all_bytes;
		to->events += p.events;
		to->bytes += p.bytes;
		to->all_bytes += p.all_bytes;
	}
	if (!is_known)
		to->bytes = to->all_bytes = 0;
}

bool wg_reading_is_over(const struct wg_reading *r)
{
	size_t i;

	for (i = 0; i < r->count; i++) {
		if (!wg_load_is_over(r->load[i]))
			return false;
	}
	return true;
}

/* Some events more of each. What was shown is void. 0 or an error. */
static int read_piece(struct wg_reading *r, size_t events)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < r->count && rc >= 0; i++)
		rc = wg_load_read(r->load[i], events, &r->end);
	return rc < 0 ? rc : 0;
}

/* ---- showing ---- */

static void close_feed(struct wg_reading *r)
{
	if (r->feed.fd >= 0)
		(void)close(r->feed.fd);
	r->feed.fd = -1;
}

static size_t count_lanes(const struct wg_reading *r)
{
	size_t i, lanes = 0;

	for (i = 0; i < r->count; i++)
		lanes += wg_load_trace(r->load[i])->lane_count;
	return lanes;
}

/* Whatever the app does next, it finds its traces as they are. */
static int show(struct wg_reading *r, bool has_rates)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < r->count && rc == 0; i++)
		rc = wg_load_show(r->load[i], has_rates);
	return rc < 0 ? wg_error_set(&r->end, rc, "out of memory") : 0;
}

/* A picture of what is there. Returns WG_FX_*. */
static unsigned show_all(struct wg_reading *r)
{
	r->began_ns = wg_tty_now_ns();
	if (show(r, true) < 0)
		return WG_FX_QUIT;
	note_progress(r);
	(void)wg_app_grown(&r->app);
	r->lanes = count_lanes(r);
	r->is_drawing = true;
	if (wg_reading_is_over(r))
		close_feed(r);
	return WG_FX_DRAW;
}

/* Between two pictures: lanes and spans, not figures. */
static unsigned show_lanes(struct wg_reading *r)
{
	if (show(r, false) < 0)
		return WG_FX_QUIT;
	if (r->lanes != count_lanes(r))
		wg_app_relist(&r->app);
	r->lanes = count_lanes(r);
	return 0;
}

static bool is_due(const struct wg_reading *r, int64_t now_ns)
{
	int64_t pause = (r->drawn_ns - r->began_ns) * SHARE;

	return now_ns - r->drawn_ns >= (pause > PICTURE_NS ? pause : PICTURE_NS);
}

/* ---- the feed ---- */

static unsigned take(void *user, int64_t now_ns)
{
	struct wg_reading *r = user;
	int64_t until = now_ns + TAKE_NS;

	do {
		if (read_piece(r, PIECE) < 0)
			return WG_FX_QUIT;
	} while (!wg_reading_is_over(r) && (now_ns = wg_tty_now_ns()) < until);
	return wg_reading_is_over(r) || is_due(r, now_ns) ? show_all(r) : show_lanes(r);
}

static void drawn(void *user, int64_t now_ns)
{
	struct wg_reading *r = user;

	/* Only a picture with figures tells what one costs. */
	if (r->is_drawing)
		r->drawn_ns = now_ns;
	r->is_drawing = false;
}

/* What has been read is the trace. */
static unsigned stop(struct wg_reading *r)
{
	size_t i;

	for (i = 0; i < r->count; i++) {
		if (wg_load_stop(r->load[i], &r->end) < 0)
			return WG_FX_QUIT;
	}
	return show_all(r);
}

static unsigned key(void *user, uint32_t key, int64_t now_ns)
{
	struct wg_reading *r = user;
	struct wg_app *app = &r->app;

	if (r->app.reading.is_on && app->view == WG_VIEW_LANES &&
		app->prompt.kind == WG_PROMPT_NONE && wg_key_action(key) == WG_ACT_CLEAR)
		return stop(r);
	return wg_app_key(app, key, now_ns);
}

static unsigned mouse(void *user, enum wg_mouse what, int x, int y, int64_t now_ns)
{
	struct wg_reading *r = user;

	return wg_app_mouse(&r->app, what, x, y, now_ns);
}

/* ---- all ---- */

int wg_reading_add(struct wg_reading *r, const char *path, const struct wg_cache_limits *limits,
	struct wg_error *err)
{
	struct wg_load *load = NULL;
	int rc = wg_load_open_cached(path, limits, &load, err);

	if (rc == 0)
		rc = wg_load_read(load, 1, err);
	if (rc < 0) {
		wg_load_close(load);
		return rc;
	}
	if (r->count == 0)
		r->feed = (struct wg_feed){ .fd = -1,
			.user = r,
			.take = take,
			.key = key,
			.mouse = mouse,
			.drawn = drawn };
	r->load[r->count++] = load;
	return 0;
}

int wg_reading_init(struct wg_reading *r, int64_t for_ns, int cols, int rows, bool ascii)
{
	const struct wg_trace *traces[WG_PANES_MAX] = { NULL };
	int64_t until = wg_tty_now_ns() + for_ns;
	size_t i;
	int rc = 0;

	while (rc == 0 && !wg_reading_is_over(r) && wg_tty_now_ns() < until)
		rc = read_piece(r, PIECE);
	r->began_ns = wg_tty_now_ns();
	r->is_drawing = true;
	if (rc == 0)
		rc = show(r, true);
	for (i = 0; i < r->count; i++)
		traces[i] = wg_load_trace(r->load[i]);
	if (rc == 0) {
		rc = wg_app_init(&r->app, traces, r->count, cols, rows, ascii);
		if (rc < 0)
			return wg_error_set(&r->end, rc, "out of memory");
	}
	r->lanes = count_lanes(r);
	note_progress(r);
	if (rc == 0 && !wg_reading_is_over(r)) {
		/* Always readable: there is always more. */
		r->feed.fd = eventfd(1, EFD_CLOEXEC);
		if (r->feed.fd < 0)
			rc = wg_error_set(&r->end, -errno, "cannot read on: %s", strerror(errno));
	}
	return rc;
}

void wg_reading_fini(struct wg_reading *r)
{
	size_t i;

	for (i = 0; i < r->count; i++)
		wg_load_close(r->load[i]);
	if (r->count)
		close_feed(r);
	*r = (struct wg_reading){ 0 };
}

unsigned wg_reading_step(struct wg_reading *r, size_t events)
{
	return read_piece(r, events) < 0 ? WG_FX_QUIT : show_all(r);
}
