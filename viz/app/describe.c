/*
 * describe.c: see describe.h.
 */
#include "viz/app/describe.h"

#include <stdio.h>
#include <string.h>

#include "traces/base/units.h"
#include "viz/app/thread_words.h"
#include "viz/canvas/canvas.h"

/* ---- the operation ---- */

size_t wg_op_parts(const struct wg_op_life *op, int64_t trace_end, struct wg_op_part *parts)
{
	bool has_start = op->start_ns != WG_NO_TIME, has_wake = op->wake_ns != WG_NO_TIME;
	bool is_left = op->deliver_ns == WG_NO_TIME && !has_wake;
	bool is_last = op->done_ns == trace_end;
	const struct wg_op_part all[WG_PARTS_MAX] = {
		{ "queued", "queued", op->submit_ns, op->start_ns, WG_STYLE_DIM, false },
		{ has_start ? "in service" : "in flight", has_start ? "served" : "in flight",
			has_start ? op->start_ns : op->submit_ns, op->done_ns, WG_STYLE_WORKING,
			false },
		{ "ready, until the loop woke", "ready", op->done_ns, op->wake_ns, WG_STYLE_WASTED,
			false },
		is_left ? (struct wg_op_part){ is_last ? "ready as the trace ends"
						       : "ready, never delivered",
				  is_last ? "ready as the trace ends" : "never delivered",
				  op->done_ns, trace_end, WG_STYLE_WASTED, is_last }
			: (struct wg_op_part){ has_wake ? "woken, until delivered"
							: "ready, loop awake, until delivered",
				  "to delivery", has_wake ? op->wake_ns : op->done_ns,
				  op->deliver_ns, WG_STYLE_AWAKE, false },
	};
	size_t i, n = 0;

	for (i = 0; i < WG_PARTS_MAX; i++) {
		if (all[i].begin != WG_NO_TIME && all[i].end != WG_NO_TIME &&
			all[i].end >= all[i].begin)
			parts[n++] = all[i];
	}
	return n;
}

void wg_op_name(char *buf, size_t len, const struct wg_op_life *op)
{
	if (op->done_ns == WG_NO_TIME)
		(void)snprintf(buf, len, "op %llu %s %lld, no result yet",
			(unsigned long long)op->op, wg_kind_name(op->kind), (long long)op->arg);
	else
		(void)snprintf(buf, len, "op %llu %s %lld -> %lld", (unsigned long long)op->op,
			wg_kind_name(op->kind), (long long)op->arg, (long long)op->result);
}

/* ---- the cursor ---- */

char *wg_lane_title(char *buf, size_t len, const struct wg_trace *trace, const struct wg_lane *lane)
{
	char again[16];

	/* Lanes are in the order of processes. A thread's number is enough. */
	if (lane->kind != WG_LANE_THREAD &&
		trace->lanes[0].who != trace->lanes[trace->lane_count - 1].who)
		(void)snprintf(buf, len, "%.48s of process %u%s", lane->name, lane->pid,
			wg_trace_again(again, sizeof(again), trace, lane->who));
	else
		(void)snprintf(buf, len, "%.48s", lane->name);
	return buf;
}

/* ---- schedules ---- */

#define LOOKS_BACK 256 /* events: a step has a few */

/* Why the loop of this lane sleeps to the end, or NULL: nothing says so. */
static const char *why_for_ever(const struct wg_trace *trace, const struct wg_lane *lane)
{
	size_t n = trace->event_count, i;
	size_t first = n > LOOKS_BACK ? n - LOOKS_BACK : 0;
	uint32_t tid = 0;

	if (n == 0 || lane->kind != WG_LANE_LOOP ||
		!wg_event_is_of_schedule(WG_EVENT(trace, n - 1)))
		return NULL;
	for (i = n; i > first && !tid; i--) {
		const struct wg_event *event = WG_EVENT(trace, i - 1);

		if (event->type == WG_EV_WAIT && wg_lane_has_event(lane, event))
			tid = event->tid;
	}
	for (i = n; i > first && tid; i--) {
		const struct wg_event *event = WG_EVENT(trace, i - 1);

		if (wg_event_is_of_schedule(event) && event->loop == 0 && event->tid == tid)
			return strncmp(event->never_ends.why, "held by", 7) == 0
				       ? "waits for ever: nobody releases the lock"
				       : "sleeps for ever: nobody will notify";
	}
	return NULL;
}

size_t wg_step_lines(const struct wg_app *app, const struct wg_pane *pane,
	char lines[WG_STEP_LINES][WG_STEP_LINE])
{
	int64_t left = wg_scale_time(&app->scale, wg_app_cursor_col(app)) + pane->origin_ns;
	size_t i = wg_trace_first_event(pane->trace, left + app->scale.step_ns), looked = 0, n = 0;
	struct wg_event event = { .procname = "" };
	const char *at;

	for (; i > 0 && looked < LOOKS_BACK; i--, looked++) {
		event = *WG_EVENT(pane->trace, i - 1);
		if (wg_event_is_of_schedule(&event) && event.loop)
			break;
	}
	if (i == 0 || looked == LOOKS_BACK)
		return 0;
	(void)snprintf(lines[n++], WG_STEP_LINE, "step %llu, %s  %s",
		(unsigned long long)event.loop, event.procname, event.never_ends.call);
	for (at = event.never_ends.why; *at && n < WG_STEP_LINES; n++) {
		(void)snprintf(lines[n], WG_STEP_LINE, "%.*s", (int)strcspn(at, "\n"), at);
		at += strcspn(at, "\n");
		at += *at == '\n';
	}
	return n;
}

/* Is it known of this sleep that it never ends? */
static bool is_endless(
	const struct wg_trace *trace, const struct wg_lane *lane, const struct wg_span *span)
{
	return span->open && (span->state == WG_SPAN_ASLEEP || span->state == WG_SPAN_WASTED) &&
	       why_for_ever(trace, lane);
}

char *wg_span_lasts(char *buf, size_t len, const struct wg_trace *trace, const struct wg_lane *lane,
	const struct wg_span *span)
{
	char time[32];

	buf[0] = '\0';
	if (span && !is_endless(trace, lane, span))
		(void)snprintf(buf, len, " for %s",
			wg_format_time(time, sizeof(time), span->end_ns - span->begin_ns));
	return buf;
}

const char *wg_state_text(const struct wg_trace *trace, const struct wg_lane *lane,
	const struct wg_span *span, int64_t t)
{
	static const char *const texts[WG_SPAN_STATE_COUNT] = {
		[WG_SPAN_ASLEEP] = "asleep, nothing ready",
		[WG_SPAN_WASTED] = "asleep with a result ready",
		[WG_SPAN_AWAKE] = "awake",
		[WG_SPAN_WORKING] = "busy",
		[WG_SPAN_LOST] = "unknown: events were lost here",
		[WG_SPAN_IN_FDS] = "asleep, for descriptors",
		[WG_SPAN_IN_COND] = "asleep, in a condition",
		[WG_SPAN_IN_LOCK] = "asleep, for a lock",
		[WG_SPAN_IN_SLEEP] = "asleep, for a time",
		[WG_SPAN_IN_OTHER] = "asleep, for a child, a signal or else",
	};

	if (t > trace->end_ns)
		return "this trace has ended";
	if (t < trace->begin_ns)
		return "this trace has not begun";
	if (!span)
		return lane->kind == WG_LANE_WORKER ? "idle" : "not observed";
	if (lane->kind == WG_LANE_THREAD && span->state == WG_SPAN_WASTED)
		return "asleep, though notified";
	return is_endless(trace, lane, span) ? why_for_ever(trace, lane) : texts[span->state];
}

static int name_event(char *buf, size_t len, const struct wg_event *event)
{
	int n = snprintf(buf, len, "%s", wg_event_type_name(event->type));

	if (n < 0 || (size_t)n >= len)
		return n;
	buf += n;
	len -= (size_t)n;
	switch (event->type) {
	case WG_EV_WAKE:
		return snprintf(buf, len, " (%s, %u ready)", wg_reason_name(event->wake.reason),
			event->wake.ready);
	case WG_EV_WAIT:
		if (event->wait.timeout_ns < 0)
			return snprintf(buf, len, " (for ever, %u ready)", event->wait.ready);
		return snprintf(buf, len, " (%.6g ms, %u ready)",
			(double)event->wait.timeout_ns / 1e6, event->wait.ready);
	case WG_EV_POLL: return snprintf(buf, len, " (found %u)", event->poll.found);
	case WG_EV_NOTIFY:
		return snprintf(buf, len, event->notify.sent ? " op %llu" : " op %llu (not sent)",
			(unsigned long long)event->op);
	case WG_EV_LOST:
		return snprintf(buf, len, " %llu events", (unsigned long long)event->lost.count);
	default:
		return event->op ? snprintf(buf, len, " op %llu", (unsigned long long)event->op)
				 : 0;
	}
}

void wg_event_text(const struct wg_app *app, const struct wg_pane *pane, char *buf, size_t len)
{
	const struct wg_trace *trace = pane->trace;
	int64_t t = app->cursor_ns + pane->origin_ns, left, right;
	size_t i = wg_trace_first_event(trace, t), n;

	buf[0] = '\0';
	if (i < trace->event_count && wg_trace_event_ns(trace, i) == t) {
		const struct wg_event *event = WG_EVENT(trace, i);

		if (event->record)
			wg_record_text(buf, len, trace, event);
		else
			(void)name_event(buf, len, event);
		return;
	}
	left = wg_scale_time(&app->scale, wg_app_cursor_col(app)) + pane->origin_ns;
	right = left + app->scale.step_ns;
	n = wg_trace_first_event(trace, right) - wg_trace_first_event(trace, left);
	if (n > 0)
		(void)snprintf(buf, len, "%zu event%s in this column", n, wg_s(n));
}

size_t wg_spans_merged(const struct wg_app *app, const struct wg_pane *pane)
{
	int64_t left = wg_scale_time(&app->scale, wg_app_cursor_col(app)) + pane->origin_ns;
	int64_t right = left + app->scale.step_ns;
	size_t at = wg_lane_list_find(&pane->list, pane->lane), i, n = 0;

	if (at >= pane->list.count)
		return 0;
	for (i = 0; i < pane->list.entries[at].members; i++) {
		const struct wg_lane *lane = &pane->trace->lanes[pane->list.entries[at].lane + i];

		n += wg_lane_from(lane, right) - wg_lane_first(lane, left);
	}
	return n;
}
