/*
 * live_view.c: see live_view.h.
 */
#include "viz/live/live_view.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "viz/app/move.h"
#include "viz/screen/footer.h"

/* Events taken at a time. The rest stays in the queue, so that keys are read in between. */
#define TAKE_EVENTS 16384
/* The first window: long enough to read, short enough to see a tick. */
#define SCREEN_NS INT64_C(5000000000)
/* In a running program, a result that has waited this long is shown as stuck. */
#define STUCK_NS INT64_C(1000000000)
#define RATE_NS	 INT64_C(1000000000)
/* A longer lag means the clock of another machine. */
#define LAG_MAX_NS INT64_C(3600000000000)

int wg_live_view_init(struct wg_live_view *view, const char *name, struct wg_window_limits limits,
	int cols, int rows, bool ascii)
{
	const struct wg_trace *trace;
	int rc;

	memset(view, 0, sizeof(*view));
	view->fd = -1;
	view->title.limits = limits;
	view->title.is_following = true;
	view->title.behind_ns = -1;
	(void)snprintf(view->title.name, sizeof(view->title.name), "%s", name);
	view->batch = reallocarray(NULL, TAKE_EVENTS, sizeof(*view->batch));
	rc = view->batch ? wg_window_create(name, limits, &view->window) : -ENOMEM;
	if (rc == 0)
		rc = wg_dist_bound(&view->lag);
	if (rc == 0)
		rc = wg_window_show(view->window);
	trace = rc == 0 ? wg_window_trace(view->window) : NULL;
	if (rc == 0)
		rc = wg_app_init(&view->app, &trace, 1, cols, rows, ascii);
	if (rc < 0) {
		wg_live_view_fini(view);
		return rc;
	}
	view->app.live = &view->title;
	view->app.scale.step_ns = SCREEN_NS / view->app.scale.cols + 1;
	return 0;
}

static int watch(int epoll_fd, int fd)
{
	struct epoll_event event = { .events = EPOLLIN };

	return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : -errno;
}

int wg_live_view_connect(
	struct wg_live_view *view, struct wg_live *live, struct wg_command *command)
{
	int rc = 0;

	view->live = live;
	view->command = command;
	view->fd = epoll_create1(EPOLL_CLOEXEC);
	if (view->fd < 0)
		return -errno;
	if (live)
		rc = watch(view->fd, wg_live_fd(live));
	if (command && rc == 0)
		rc = watch(view->fd, wg_command_fd(command));
	return rc;
}

void wg_live_view_fini(struct wg_live_view *view)
{
	wg_window_destroy(view->window);
	view->window = NULL;
	wg_dist_fini(&view->lag);
	free(view->batch);
	view->batch = NULL;
	if (view->fd >= 0)
		(void)close(view->fd);
	view->fd = -1;
}

/* ---- the app, brought up to date with the window ---- */

/* t=0 is the first submit that was ever seen, also when it has long been forgotten. */
static void set_origin(struct wg_live_view *view, const struct wg_trace *trace)
{
	struct wg_pane *pane = &view->app.panes[0];

	if (view->has_origin || trace->event_count == 0)
		return;
	view->has_origin = pane->is_pinned = true;
	pane->origin_ns = wg_trace_zero_ns(trace);
}

/* The trace has not ended, so the measure has counted nothing as stuck. A person would. */
static void count_stuck(struct wg_figures *f, const struct wg_trace *trace)
{
	struct wg_interval now;
	size_t i;

	for (i = 0; wg_measure_loop(trace->measure, i); i++) {
		if (!wg_measure_open_wait(trace->measure, i, &now) || !now.stuck ||
			now.wake_ns - now.gap_begin_ns < STUCK_NS)
			continue;
		f->stuck++;
		if (now.wake_ns - now.gap_begin_ns > f->stuck_ns)
			f->stuck_ns = now.wake_ns - now.gap_begin_ns;
	}
}

/* "? never slept" would be said of nothing. */
static void say_nothing_came(struct wg_live_view *view)
{
	const struct wg_live_title *t = &view->title;
	struct wg_app *app = &view->app;
	char end[64] = "";

	if (t->is_cut)
		(void)snprintf(end, sizeof(end), " before its session was cut off");
	else if (t->exit_code)
		(void)snprintf(end, sizeof(end), ": it ended with status %d", t->exit_code);
	(void)snprintf(app->verdict, sizeof(app->verdict),
		view->is_of_threads
			? (t->has_ended ? "no thread of %s waited in a call that can be seen%s"
					: "no thread of %s waited yet%s")
		: t->has_ended ? "%s emitted no wakegap events%s"
			       : "no wakegap events yet from %s%s",
		t->name, end);
	(void)snprintf(app->verdict_short, sizeof(app->verdict_short), "%s", app->verdict);
}

static void follow(struct wg_app *app)
{
	struct wg_scale *scale = &app->scale;
	int64_t screen = scale->step_ns * scale->cols;

	app->cursor_ns = app->end_ns;
	scale->from_ns = app->end_ns + 1 - screen;
	if (scale->from_ns < app->begin_ns)
		scale->from_ns = app->begin_ns;
}

/* What the app does not know: that the program still runs, and what the tracer counted. */
static void refresh_figures(struct wg_live_view *view, const struct wg_trace *trace)
{
	struct wg_app *app = &view->app;
	struct wg_figures *f = &app->panes[0].figures;

	if (!view->title.has_ended)
		count_stuck(f, trace);
	/* The tracer's count comes at the end; the stream may lack what the last packet discarded.
	 */
	if ((uint64_t)view->tail_discarded > f->discarded)
		f->discarded = (uint64_t)view->tail_discarded;
	(void)wg_verdict(app->verdict, sizeof(app->verdict), f, NULL, false);
	(void)wg_verdict(app->verdict_short, sizeof(app->verdict_short), f, NULL, true);
	view->title.events = wg_measure_events(trace->measure);
	view->title.discarded = f->discarded;
	view->title.kept = trace->event_count;
	if (view->title.events == 0)
		say_nothing_came(view);
}

/* While paused, figures are those of the pause. Only the title shows what came since. */
static void hold(struct wg_live_view *view, bool held)
{
	struct wg_live_title *t = &view->title;
	struct wg_app *app = &view->app;

	if (held && !t->is_held) {
		t->figures = app->panes[0].figures;
		t->finding_count = wg_app_findings(app, t->findings, WG_FINDINGS_MAX);
	}
	t->is_held = held;
}

static void show_held(struct wg_live_view *view)
{
	struct wg_app *app = &view->app;
	struct wg_figures *f = &app->panes[0].figures;

	if (!view->title.is_held)
		return;
	*f = view->title.figures;
	(void)wg_verdict(app->verdict, sizeof(app->verdict), f, NULL, false);
	(void)wg_verdict(app->verdict_short, sizeof(app->verdict_short), f, NULL, true);
}

/* O(what is kept), so once a picture. */
static int refresh(struct wg_live_view *view)
{
	const struct wg_trace *trace = wg_window_trace(view->window);
	struct wg_app *app = &view->app;
	struct wg_scale scale = app->scale;
	int64_t cursor = app->cursor_ns;
	int rc = wg_window_show(view->window);

	if (rc < 0)
		return rc;
	set_origin(view, trace);
	(void)wg_app_grown(app);
	refresh_figures(view, trace);
	show_held(view);
	/* It would fit the whole window on the screen, if there is little in it yet. */
	app->scale = scale;
	app->cursor_ns = cursor;
	if (view->title.is_following)
		follow(app);
	return 0;
}

/* ---- taking ---- */

static void count_rate(struct wg_live_view *view, int64_t now_ns)
{
	struct wg_live_title *title = &view->title;

	if (now_ns - view->rate_from_ns < RATE_NS)
		return;
	if (view->rate_from_ns)
		title->per_second = (title->events - view->rate_events) * 1000000000u /
				    (uint64_t)(now_ns - view->rate_from_ns);
	view->rate_from_ns = now_ns;
	view->rate_events = title->events;
}

static void count_lag(
	struct wg_live_view *view, const struct wg_event *events, size_t count, int64_t now_ns)
{
	size_t i;

	for (i = 0; i < count; i++) {
		int64_t lag = now_ns - events[i].ts_ns;

		if (lag >= 0 && lag < LAG_MAX_NS)
			(void)wg_dist_add(&view->lag, lag);
	}
}

static void say_behind(
	struct wg_live_view *view, const struct wg_event *events, size_t count, int64_t now_ns)
{
	int64_t lag = count > 0 ? now_ns - events[count - 1].ts_ns : view->title.behind_ns;

	view->title.behind_ns = lag >= 0 && lag < LAG_MAX_NS ? lag : -1;
}

int wg_live_view_feed(
	struct wg_live_view *view, const struct wg_event *events, size_t count, int64_t now_ns)
{
	int rc = wg_window_feed(view->window, events, count);

	say_behind(view, events, count, now_ns);
	if (rc == 0)
		rc = refresh(view);
	count_rate(view, now_ns);
	return rc;
}

void wg_live_view_drawn(void *user, int64_t now_ns)
{
	struct wg_live_view *view = user;

	count_lag(view, view->batch, view->batch_count, now_ns);
	view->batch_count = 0;
}

void wg_live_view_fit(struct wg_live_view *view)
{
	struct wg_app *app = &view->app;

	if (view->title.events > 0 &&
		app->end_ns - app->begin_ns < app->scale.step_ns * app->scale.cols)
		wg_app_fit(app);
}

/* A command that ended is waited for until it is known what was lost. */
static bool is_over(const struct wg_live_view *view)
{
	return view->has_read_all && view->status.state != WG_COMMAND_ENDING;
}

static void end(struct wg_live_view *view)
{
	bool was_following = view->title.is_following;

	view->title.has_ended = true;
	view->title.is_following = false;
	hold(view, false);
	view->title.behind_ns = -1;
	view->title.per_second = 0;
	wg_window_end(view->window);
	/* Show the end of the program, unless the screen is paused. */
	if (was_following)
		view->app.cursor_ns = view->app.end_ns;
}

static void take_command(struct wg_live_view *view)
{
	if (!view->command)
		return;
	wg_command_update(view->command, &view->status);
	view->title.exit_code = view->status.exit_code;
	view->title.is_cut = view->title.is_cut || view->status.err.code != 0;
	if (view->status.state == WG_COMMAND_ENDED)
		view->tail_discarded = (int64_t)view->status.discarded;
}

unsigned wg_live_view_take(void *user, int64_t now_ns)
{
	struct wg_live_view *view = user;
	struct wg_live_news news = { .quiet_ns = INT64_MIN };
	size_t n = 0;

	take_command(view);
	if (view->live) {
		n = wg_live_take(view->live, view->batch, TAKE_EVENTS, &news);
		view->title.reattached = wg_live_reattached(view->live);
	}
	/* While the program runs, the passing of time changes the screen too; after its end it does
	 * not. */
	if (news.quiet_ns != INT64_MIN && view->status.state < WG_COMMAND_ENDING)
		wg_window_advance(view->window, news.quiet_ns);
	if (news.nobody > view->nobody)
		view->nobody = news.nobody;
	view->batch_count = n;
	if (wg_live_view_feed(view, view->batch, n, now_ns) < 0) {
		(void)wg_error_set(&view->end, -ENOMEM, "out of memory");
		return WG_FX_QUIT;
	}
	if (news.has_ended && !view->has_read_all) {
		take_command(view); /* it may have ended just now */
		view->has_read_all = true;
		view->end = news.end;
		if (view->end.code == 0 && view->status.is_running)
			wg_command_why(view->command, &view->end);
		view->title.is_cut = view->end.code != 0;
	}
	if (is_over(view) && !view->title.has_ended) {
		bool was_following = view->title.is_following;

		end(view);
		(void)wg_live_view_feed(view, NULL, 0, now_ns);
		if (was_following)
			wg_live_view_fit(view);
	}
	return WG_FX_DRAW;
}

/* ---- keys ---- */

static void set_following(struct wg_live_view *view, bool is_following)
{
	if (view->title.is_following == is_following) {
		if (is_following)
			follow(&view->app);
		return;
	}
	view->title.is_following = is_following;
	wg_window_hold(view->window, !is_following);
	hold(view, !is_following);
	if (is_following)
		(void)refresh(view); /* and what came in between */
}

/* There is no trace to keep them with. */
static unsigned keep_nothing(struct wg_app *app, unsigned fx)
{
	if (fx & WG_FX_SAVE)
		wg_app_say(app, "bookmarks of a live session are gone when you leave");
	return fx & ~(unsigned)WG_FX_SAVE;
}

/* Typing, or a choice on another screen, may have moved the cursor. */
static unsigned press_elsewhere(struct wg_live_view *view, uint32_t key, int64_t now_ns)
{
	struct wg_app *app = &view->app;
	int64_t cursor = app->cursor_ns;
	unsigned fx = wg_app_key(app, key, now_ns);

	if (app->cursor_ns != cursor)
		set_following(view, false);
	return fx;
}

unsigned wg_live_view_key(void *user, uint32_t key, int64_t now_ns)
{
	struct wg_live_view *view = user;
	enum wg_action action = wg_key_action(key);
	struct wg_app *app = &view->app;
	unsigned fx;

	if (view->title.has_ended)
		return keep_nothing(app, wg_app_key(app, key, now_ns));
	if (app->prompt.kind != WG_PROMPT_NONE || app->view != WG_VIEW_LANES)
		return keep_nothing(app, press_elsewhere(view, key, now_ns));
	if (action == WG_ACT_PLAY || action == WG_ACT_FOLLOW) {
		app->status[0] = '\0';
		set_following(view, !view->title.is_following);
		return WG_FX_DRAW;
	}
	fx = wg_app_key(app, key, now_ns);
	if (action == WG_ACT_END)
		set_following(view, true);
	else if (!wg_key_moves(action, WG_HOW_STAYS))
		set_following(view, false);
	else if (view->title.is_following)
		follow(app);
	return keep_nothing(app, fx);
}

/* The wheel zooms and the screen keeps following. A press pauses: what is pointed at must stay. */
unsigned wg_live_view_mouse(void *user, enum wg_mouse what, int x, int y, int64_t now_ns)
{
	struct wg_live_view *view = user;
	struct wg_app *app = &view->app;
	int64_t cursor = app->cursor_ns, from = app->scale.from_ns, step = app->scale.step_ns;
	uint32_t key;
	unsigned fx;

	if (what == WG_MOUSE_PRESS && !wg_app_too_small(app) && wg_footer_hit(app, x, y, &key))
		return wg_live_view_key(view, key, now_ns);
	fx = wg_app_mouse(app, what, x, y, now_ns);
	if (view->title.has_ended || !view->title.is_following)
		return fx;
	if (app->scale.step_ns != step)
		follow(app);
	else if (app->dragging || app->cursor_ns != cursor || app->scale.from_ns != from)
		set_following(view, false);
	return fx;
}
