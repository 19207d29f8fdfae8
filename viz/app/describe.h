/*
 * describe.h: what is at the cursor, in words; shared by the details panel and --text.
 */
#ifndef VIZ_APP_DESCRIBE_H
#define VIZ_APP_DESCRIBE_H

#include "viz/app/app.h"

/* One part of an operation's time. */
struct wg_op_part {
	const char *name;
	const char *short_name;
	int64_t begin, end;
	unsigned style;
	bool is_moment; /* it says how things stand at the end, and takes no time */
};

#define WG_PARTS_MAX 4

/* Where an operation's time went. What did not happen, or was not seen, is left out. */
size_t wg_op_parts(const struct wg_op_life *op, int64_t trace_end, struct wg_op_part *parts);

/* "op 12 read 65536 -> 65536". */
void wg_op_name(char *buf, size_t len, const struct wg_op_life *op);

/* The lane's name, with its process if there are several; buf takes at least 80 bytes. */
char *wg_lane_title(
	char *buf, size_t len, const struct wg_trace *trace, const struct wg_lane *lane);

/* What a lane does at absolute time t, span being what is drawn there, or NULL. */
const char *wg_state_text(const struct wg_trace *trace, const struct wg_lane *lane,
	const struct wg_span *span, int64_t t);

/* " for 9.01 ms", or "" if there is no span, or it is a sleep that never ends. Returns buf. */
char *wg_span_lasts(char *buf, size_t len, const struct wg_trace *trace, const struct wg_lane *lane,
	const struct wg_span *span);

/* The event at the very cursor, or how many its column holds; "" for none. */
void wg_event_text(const struct wg_app *app, const struct wg_pane *pane, char *buf, size_t len);

#define WG_STEP_LINES 6
#define WG_STEP_LINE  400

/*
 * A schedule of wakegap-explore: the step that the cursor is in, as lines: its number, thread and
 * source line; the call and what became of it; who holds which lock; what it printed. How many; 0:
 * no step, as in any other trace.
 */
size_t wg_step_lines(const struct wg_app *app, const struct wg_pane *pane,
	char lines[WG_STEP_LINES][WG_STEP_LINE]);

/* How many spans of the chosen lane are merged into the cursor's column. */
size_t wg_spans_merged(const struct wg_app *app, const struct wg_pane *pane);

#endif
