/*
 * find.c: from here to the next thing worth seeing: waste, late and empty wakes, what a person
 * searches for, bookmarks (see move.h).
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "viz/app/move.h"
#include "viz/app/seek.h"
#include "traces/base/units.h"

/* ---- waste ---- */

static void go_wasted(struct wg_app *app, const struct wg_wait_rec *rec, const char *none)
{
	struct wg_pane *pane = &app->panes[app->active];
	char time[32];
	size_t place, count;

	if (!rec) {
		wg_app_say(app, "%s", none);
		return;
	}
	wg_app_choose_lane(app, wg_wait_lane(pane->trace, rec));
	wg_app_select(pane, 0); /* what is at the cursor is the point now */
	wg_app_set_cursor(app, rec->interval.gap_begin_ns - pane->origin_ns);
	place = wg_seek_place(pane->trace, rec, &count);
	wg_app_say(app, "wasted %s, interval %zu of %zu",
		wg_format_time(
			time, sizeof(time), rec->interval.wake_ns - rec->interval.gap_begin_ns),
		place, count);
}

static void step_wasted(struct wg_app *app, bool forward)
{
	const struct wg_pane *pane = &app->panes[app->active];
	struct wg_wait_rec room;

	go_wasted(app,
		wg_seek_wasted(pane->trace, app->cursor_ns + pane->origin_ns, forward, &room),
		forward ? "no wasted interval after this" : "no wasted interval before this");
}

/* The longest, and with every further press the next longest. */
static void go_longest(struct wg_app *app)
{
	const struct wg_trace *trace = app->panes[app->active].trace;
	struct wg_wait_rec room;
	const struct wg_wait_rec *rec = wg_seek_longest(trace, app->longest, &room);
	char was[sizeof(app->status)];

	go_wasted(app, rec,
		app->longest ? "no more wasted intervals" : "no time is wasted in this trace");
	if (!rec)
		return;
	app->longest++;
	if (app->longest > 1) {
		(void)snprintf(was, sizeof(was), "%s", app->status);
		wg_app_say(app, "%zu. longest: %.100s", app->longest, was);
	}
}

/* ---- whatever is searched ---- */

static bool go_match(struct wg_app *app, const struct wg_filter *filter, int64_t t, bool forward)
{
	struct wg_pane *pane = &app->panes[app->active];
	struct wg_found found;

	if (!wg_filter_next(filter, pane->trace, t, forward, &found)) {
		if (found.count > 0)
			wg_app_say(app, "%s: no more %s this, %zu in all", filter->text,
				forward ? "after" : "before", found.count);
		else
			wg_app_say(app, "%s: no match in this trace", filter->text);
		return false;
	}
	wg_app_choose_lane(app, found.lane);
	wg_app_select(pane, found.op + 1); /* SIZE_MAX, none, becomes 0 */
	wg_app_set_cursor(app, found.t - pane->origin_ns);
	wg_app_say(app, "%s: %zu of %zu", filter->text, found.place, found.count);
	return true;
}

static void step_match(struct wg_app *app, const struct wg_filter *filter, bool forward)
{
	const struct wg_pane *pane = &app->panes[app->active];

	if (filter->count == 0)
		wg_app_say(app, "nothing to search for: type / first");
	else
		(void)go_match(app, filter, app->cursor_ns + pane->origin_ns, forward);
}

void wg_app_find_text(struct wg_app *app, const char *text, bool from_begin)
{
	struct wg_pane *pane = &app->panes[app->active];
	char why[120];

	if (wg_filter_parse(text, &app->search, why, sizeof(why)) < 0) {
		wg_app_say(app, "%s", why);
		return;
	}
	if (app->search.count == 0)
		return;
	if (!from_begin && go_match(app, &app->search, app->cursor_ns + pane->origin_ns, true))
		return;
	(void)go_match(app, &app->search, INT64_MIN, true);
}

/* One of the words that have keys of their own. */
static void step_word(struct wg_app *app, const char *word, bool forward)
{
	struct wg_filter filter;
	char why[80];

	if (wg_filter_parse(word, &filter, why, sizeof(why)) == 0)
		step_match(app, &filter, forward);
}

/* ---- bookmarks ---- */

void wg_app_bookmark(struct wg_app *app, const char *name)
{
	struct wg_pane *pane = &app->panes[app->active];

	if (!wg_bookmarks_set(&pane->bookmarks, app->cursor_ns + pane->origin_ns, name))
		wg_app_say(app, "no more than %d bookmarks", WG_BOOKMARKS_MAX);
}

static void toggle_bookmark(struct wg_app *app)
{
	struct wg_pane *pane = &app->panes[app->active];
	struct wg_op_life room;
	const struct wg_op_life *op = wg_app_op(app, app->active, &room);
	char name[48] = "";
	size_t i;

	/* The one at the cursor before another in its column. */
	if (wg_bookmarks_remove(&pane->bookmarks, app->cursor_ns + pane->origin_ns))
		return;
	for (i = 0; i < pane->bookmarks.count; i++) {
		int64_t t = pane->bookmarks.v[i].t;

		if (wg_app_is_here(app, t - pane->origin_ns)) {
			(void)wg_bookmarks_remove(&pane->bookmarks, t);
			return;
		}
	}
	if (op)
		(void)snprintf(name, sizeof(name), "op %llu", (unsigned long long)op->op);
	wg_app_bookmark(app, name);
}

static void go_bookmark(struct wg_app *app, bool forward)
{
	struct wg_pane *pane = &app->panes[app->active];
	const struct wg_bookmark *mark =
		wg_bookmarks_next(&pane->bookmarks, app->cursor_ns + pane->origin_ns, forward);

	if (!mark) {
		wg_app_say(app,
			pane->bookmarks.count ? "no bookmark %s this" : "no bookmark: m sets one",
			forward ? "after" : "before");
		return;
	}
	wg_app_set_cursor(app, mark->t - pane->origin_ns);
	wg_app_say(app, "bookmark %zu of %zu%s%s", (size_t)(mark - pane->bookmarks.v) + 1,
		pane->bookmarks.count, mark->name[0] ? ": " : "", mark->name);
}

void wg_app_load(struct wg_app *app)
{
	size_t i;

	for (i = 0; i < app->pane_count; i++) {
		struct wg_pane *pane = &app->panes[i];
		int rc = wg_bookmarks_load(&pane->bookmarks, pane->trace->path);

		if (rc < 0)
			wg_app_say(app, "no bookmarks: %.90s/%s: %s", pane->trace->path,
				WG_BOOKMARKS_FILE,
				rc == -EBADMSG ? "not a file of bookmarks" : strerror(-rc));
	}
}

void wg_app_save(struct wg_app *app)
{
	const struct wg_pane *pane = &app->panes[app->active];
	int rc = wg_bookmarks_save(&pane->bookmarks, pane->trace->path);

	if (rc < 0)
		wg_app_say(app, "bookmarks will be lost: cannot write %.60s/%s: %s",
			pane->trace->path, WG_BOOKMARKS_FILE, strerror(-rc));
	else
		wg_app_say(app, "%zu bookmark%s kept in %.80s/%s", pane->bookmarks.count,
			wg_s(pane->bookmarks.count), pane->trace->path, WG_BOOKMARKS_FILE);
}

bool wg_app_find(struct wg_app *app, enum wg_action action, unsigned *ret_fx)
{
	switch (action) {
	case WG_ACT_WASTED_NEXT: step_wasted(app, true); break;
	case WG_ACT_WASTED_PREV: step_wasted(app, false); break;
	case WG_ACT_WASTED_LONGEST: go_longest(app); break;
	case WG_ACT_LATE_NEXT: step_word(app, "late", true); break;
	case WG_ACT_LATE_PREV: step_word(app, "late", false); break;
	case WG_ACT_EMPTY_NEXT: step_word(app, "empty", true); break;
	case WG_ACT_EMPTY_PREV: step_word(app, "empty", false); break;
	case WG_ACT_STUCK: {
		struct wg_filter filter;
		char why[8];

		if (wg_filter_parse("stuck", &filter, why, sizeof(why)) == 0)
			(void)go_match(app, &filter, INT64_MIN, true);
		break;
	}
	case WG_ACT_SEARCH_NEXT: step_match(app, &app->search, true); break;
	case WG_ACT_SEARCH_PREV: step_match(app, &app->search, false); break;
	case WG_ACT_BOOKMARK:
		toggle_bookmark(app);
		*ret_fx |= WG_FX_SAVE;
		break;
	case WG_ACT_BOOKMARK_NEXT: go_bookmark(app, true); break;
	case WG_ACT_BOOKMARK_PREV: go_bookmark(app, false); break;
	default: return false;
	}
	return true;
}
