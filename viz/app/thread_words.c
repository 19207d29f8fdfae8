/*
 * thread_words.c: see thread_words.h.
 */
#include "viz/app/thread_words.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "traces/base/units.h"
#include "viz/app/seek.h"

/* A line in the making; what does not fit is cut. */
struct line {
	char *buf;
	size_t len, used;
};

static void say(struct line *line, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void say(struct line *line, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (line->used + 1 >= line->len)
		return;
	va_start(ap, fmt);
	n = vsnprintf(line->buf + line->used, line->len - line->used, fmt, ap);
	va_end(ap);
	if (n > 0)
		line->used += (size_t)n;
}

/* ---- the wait at the cursor ---- */

const struct wg_wait_rec *wg_seek_wait(const struct wg_trace *trace, const struct wg_lane *lane,
	int64_t t, int64_t step_ns, struct wg_wait_rec *room)
{
	const struct wg_span *span;
	struct wg_span span_room;
	size_t i;

	if (lane->kind != WG_LANE_THREAD)
		return NULL;
	span = wg_seek_span(lane, t, step_ns, &span_room);
	if (span && span->wait && span->wait <= trace->wait_count)
		return wg_trace_wait(trace, span->wait - 1, room);
	/* It is awake here: what woke it matters. */
	i = wg_lane_first(lane, t);
	if (!span || i == 0)
		return NULL;
	span = wg_lane_span(lane, i - 1, &span_room);
	return span->wait && span->wait <= trace->wait_count
		       ? wg_trace_wait(trace, span->wait - 1, room)
		       : NULL;
}

const struct wg_wait_rec *wg_app_wait(
	const struct wg_app *app, size_t index, struct wg_wait_rec *room)
{
	const struct wg_pane *pane = &app->panes[index];

	if (pane->lane >= pane->trace->lane_count)
		return NULL;
	return wg_seek_wait(pane->trace, &pane->trace->lanes[pane->lane],
		app->cursor_ns + pane->origin_ns, app->scale.step_ns, room);
}

/* ---- what it is about ---- */

static void say_object(
	struct line *line, const struct wg_trace *trace, const struct wg_event *event)
{
	const struct wg_thread_object *o =
		wg_thread_object(trace->threads, event->space, event->op);

	if (!o)
		return;
	if (o->kind != WG_OBJECT_OTHER)
		say(line, " on %s",
			o->kind == WG_OBJECT_SET ? "several descriptors, the first"
						 : wg_object_kind_name(o->kind));
	if (o->fd >= 0)
		say(line, "%s fd %" PRId32, o->kind == WG_OBJECT_OTHER ? " on" : "", o->fd);
}

static void say_site(struct line *line, const struct wg_trace *trace, uint32_t space, uint32_t id)
{
	const struct wg_thread_site *site = wg_thread_site(trace->threads, space, id);
	const char *slash = site ? strrchr(site->module, '/') : NULL;

	if (!site)
		return;
	say(line, " at %s+0x%" PRIx64, slash ? slash + 1 : site->module, site->offset);
	if (*site->symbol)
		say(line, " (%s)", site->symbol);
}

static void say_timeout(struct line *line, int64_t timeout_ns)
{
	char time[32];

	if (timeout_ns == WG_FOR_EVER)
		say(line, " without a timeout");
	else if (timeout_ns >= 0)
		say(line, " for %s", wg_format_time(time, sizeof(time), timeout_ns));
}

/* Threads are named by their lanes. */
static void say_thread(struct line *line, const struct wg_trace *trace, size_t lane, uint32_t tid)
{
	if (lane < trace->lane_count)
		say(line, "%.40s", trace->lanes[lane].name);
	else
		say(line, "thread %" PRIu32, tid);
}

static const char *class_text(enum wg_wake_class class)
{
	static const char *const texts[WG_CLASS_COUNT] = {
		[WG_CLASS_NOTIFIED] = "notified",
		[WG_CLASS_INPUT] = "something was there to read",
		[WG_CLASS_IDLE_WORKER] = "notified, an idle worker: no waste",
		[WG_CLASS_TIMER_ACTED] = "a timeout, then it acted",
		[WG_CLASS_TIMER_EMPTY] = "a timeout, then it did nothing: an empty wake",
		[WG_CLASS_TIMER] = "a timeout; what followed is not observable",
		[WG_CLASS_LATE] = "a timeout, although it was notified: a late wake",
		[WG_CLASS_ZERO_POLL] = "it asked for no time and found nothing: an empty wake",
		[WG_CLASS_SPIN] = "it found something and took nothing, again: it spins",
		[WG_CLASS_LOCK] = "it waited for a lock",
		[WG_CLASS_INTERRUPTED] = "a signal interrupted it",
		[WG_CLASS_UNKNOWN] = "what ended it is not observable",
	};

	return class < WG_CLASS_COUNT ? texts[class] : "its wake is not known";
}

static size_t say_pair(
	struct line *line, const struct wg_trace *trace, const struct wg_wait_rec *rec)
{
	struct wg_pair pair;
	char time[32];

	if (!wg_wait_pair(trace, rec, &pair))
		return 0;
	say(line, "woken by ");
	say_thread(line, trace, pair.from_lane, pair.by_tid);
	if (pair.by_pid && pair.by_pid != pair.by_tid &&
		pair.by_pid != trace->lanes[wg_wait_lane(trace, rec)].pid)
		say(line, " of process %" PRIu32, pair.by_pid);
	say(line, ", %s", wg_certainty_name(pair.certainty));
	if (*pair.call)
		say(line, ", with %.24s", pair.call);
	if (pair.notify_ns != WG_NO_TIME && pair.notify_ns <= rec->interval.wake_ns)
		say(line, "; awake %s later",
			wg_format_time(time, sizeof(time), rec->interval.wake_ns - pair.notify_ns));
	return 1;
}

size_t wg_wait_lines(const struct wg_trace *trace, const struct wg_wait_rec *rec,
	char lines[WG_WAIT_LINES][WG_WAIT_LINE])
{
	struct wg_event room;
	const struct wg_event *wait = wg_wait_event(trace, rec, &room);
	struct line line = { lines[0], WG_WAIT_LINE, 0 };

	say(&line, "%s", wg_wait_in_name((enum wg_wait_in)rec->how));
	say_timeout(&line, rec->interval.timeout_ns);
	if (wait) {
		say_object(&line, trace, wait);
		say_site(&line, trace, wait->space, wait->thread_wait.site);
	}
	line = (struct line){ lines[1], WG_WAIT_LINE, 0 };
	say(&line, "%s",
		rec->interval.open ? "it never woke" : class_text((enum wg_wake_class)rec->class));
	line = (struct line){ lines[2], WG_WAIT_LINE, 0 };
	return 2 + say_pair(&line, trace, rec);
}

/* ---- records ---- */

static void say_wake(struct line *line, const struct wg_event *event)
{
	say(line, " (%s", wg_reason_name((enum wg_reason)event->thread_wake.reason));
	if (event->thread_wake.certainty != WG_CERTAINTY_NONE && event->thread_wake.by_tid)
		say(line, " by %" PRIu32 ", %s", event->thread_wake.by_tid,
			wg_certainty_name((enum wg_certainty)event->thread_wake.certainty));
	say(line, ")");
}

void wg_record_text(
	char *buf, size_t len, const struct wg_trace *trace, const struct wg_event *event)
{
	struct line line = { buf, len, 0 };

	say(&line, "%s", wg_record_name(event->record));
	switch (event->record) {
	case WG_RECORD_WAIT:
		say(&line, " (%s", wg_wait_in_name(event->thread_wait.how));
		say_timeout(&line, event->thread_wait.timeout_ns);
		say(&line, ")");
		return;
	case WG_RECORD_WAKE: say_wake(&line, event); return;
	case WG_RECORD_NOTIFY:
		say_object(&line, trace, event);
		if (event->thread_notify.woke >= 0)
			say(&line, " (woke %" PRId64 ")", event->thread_notify.woke);
		return;
	case WG_RECORD_OBJECT: say(&line, ": %s", wg_object_kind_name(event->object.kind)); return;
	case WG_RECORD_SITE: say_site(&line, trace, event->space, event->site.id); return;
	default: return;
	}
}
