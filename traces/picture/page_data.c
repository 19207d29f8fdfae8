/*
 * page_data.c: see page.h.
 */
#include "traces/picture/page.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "traces/model/bins.h"
#include "traces/picture/markup.h"
#include "traces/model/scale.h"
#include "traces/base/text_out.h"

#define COLUMNS	    2000    /* of a merged lane: twice what a screen shows */
#define COLUMNS_ALL 2000000 /* of all lanes: with more than a thousand lanes each gets fewer, */
#define COLUMNS_MIN 60	    /* but so many */

/* ---- how much there is ---- */

static size_t spans_in(const struct wg_picture *p, size_t index, const struct wg_lane *lane)
{
	size_t first = wg_lane_first(lane, p->from_ns + p->origin_ns[index]);
	size_t last = wg_lane_first(lane, p->to_ns + p->origin_ns[index]);

	return last - first + (last < lane->span_count);
}

/* Columns of a lane, where spans have to be merged; 0 where not. */
static int columns_of(const struct wg_picture *p, size_t index)
{
	const struct wg_trace *t = p->trace[index];
	size_t i, all = 0, share, most;

	for (i = 0; i < t->lane_count; i++)
		all += spans_in(p, index, &t->lanes[i]);
	if (all <= WG_PAGE_SPANS_MAX)
		return 0;
	share = WG_PAGE_SPANS_MAX / t->lane_count;
	most = COLUMNS_ALL / t->lane_count;
	if (share < COLUMNS)
		share = most < COLUMNS ? most : COLUMNS;
	return share < COLUMNS_MIN ? COLUMNS_MIN : (int)share;
}

static struct wg_scale scale_of(const struct wg_picture *p, int cols)
{
	return (struct wg_scale){ .from_ns = p->from_ns,
		.step_ns = wg_scale_fit_step(p->from_ns, p->to_ns - 1, cols),
		.cols = cols };
}

int64_t wg_page_grain(const struct wg_picture *p, size_t index)
{
	int cols = columns_of(p, index);

	return cols ? scale_of(p, cols).step_ns : 0;
}

/* From its submit to its last sign of life, or to the end if it was not delivered. */
static bool is_shown(const struct wg_picture *p, size_t index, const struct wg_op_life *op)
{
	int64_t from = p->from_ns + p->origin_ns[index], to = p->to_ns + p->origin_ns[index];

	return (op->submit_ns == WG_NO_TIME || op->submit_ns < to) &&
	       (op->deliver_ns == WG_NO_TIME || op->deliver_ns >= from);
}

bool wg_page_has_ops(const struct wg_picture *p, size_t index)
{
	const struct wg_trace *t = p->trace[index];
	size_t i, count = 0;

	for (i = 0; i < t->op_count && count <= WG_PAGE_OPS_MAX; i++)
		count += is_shown(p, index, WG_OP(t, i));
	return count <= WG_PAGE_OPS_MAX;
}

/* ---- a lane ---- */

/* A span as it is written: merged or not. */
struct piece {
	int64_t begin, end, part; /* part: merged, the time in this state */
	int state;
	uint64_t op;
};

struct pieces {
	struct piece *v;
	size_t count;
};

static int state_of(enum wg_look look)
{
	switch (look) {
	case WG_LOOK_WASTED: return WG_SPAN_WASTED;
	case WG_LOOK_WORKING: return WG_SPAN_WORKING;
	case WG_LOOK_LOST: return WG_SPAN_LOST;
	case WG_LOOK_AWAKE: return WG_SPAN_AWAKE;
	case WG_LOOK_ASLEEP: return WG_SPAN_ASLEEP;
	case WG_LOOK_IN_FDS: return WG_SPAN_IN_FDS;
	case WG_LOOK_IN_COND: return WG_SPAN_IN_COND;
	case WG_LOOK_IN_LOCK: return WG_SPAN_IN_LOCK;
	case WG_LOOK_IN_SLEEP: return WG_SPAN_IN_SLEEP;
	case WG_LOOK_IN_OTHER: return WG_SPAN_IN_OTHER;
	default: return -1;
	}
}

static int copy_spans(
	struct pieces *list, const struct wg_picture *p, size_t index, const struct wg_lane *lane)
{
	int64_t origin = p->origin_ns[index];
	size_t i = wg_lane_first(lane, p->from_ns + origin);

	list->v = malloc((spans_in(p, index, lane) + 1) * sizeof(*list->v));
	if (!list->v)
		return -ENOMEM;
	for (; i < lane->span_count && wg_lane_span_ns(lane, i) < p->to_ns + origin; i++) {
		const struct wg_span *span = WG_SPAN(lane, i);

		list->v[list->count++] = (struct piece){ .begin = span->begin_ns - origin,
			.end = span->end_ns - origin,
			.state = (int)span->state,
			.op = span->op };
	}
	return 0;
}

static int merge_spans(struct pieces *list, const struct wg_picture *p, size_t index,
	const struct wg_lane *lane, int cols)
{
	struct wg_scale scale = scale_of(p, cols);
	struct wg_bin *bins = malloc((size_t)cols * sizeof(*bins));
	int col;

	list->v = malloc((size_t)cols * sizeof(*list->v));
	if (!list->v || !bins) {
		free(bins);
		return -ENOMEM;
	}
	wg_bins_clear(bins, &scale);
	wg_bins_fill(bins, &scale, lane, p->origin_ns[index]);
	for (col = 0; col < cols; col++) {
		struct piece *last = list->count ? &list->v[list->count - 1] : NULL;
		int state = state_of(wg_bin_look(&bins[col], lane->kind));
		int64_t at = wg_scale_time(&scale, col);

		if (state < 0)
			continue;
		if (last && last->end == at && last->state == state && state != WG_SPAN_WASTED) {
			last->end = at + scale.step_ns;
			last->part += bins[col].ns[state];
			continue;
		}
		list->v[list->count++] = (struct piece){ .begin = at,
			.end = at + scale.step_ns,
			.state = state,
			.part = bins[col].ns[state] };
	}
	free(bins);
	return 0;
}

static void write_op(FILE *out, uint64_t op)
{
	char text[WG_NUMBER_MAX + 1];

	*wg_put_json_u64(text, op) = '\0';
	(void)fputs(text, out);
}

static void write_pieces(FILE *out, const struct pieces *list, bool merged)
{
	int64_t before = 0;
	bool comma = false;
	size_t i;

	(void)fputs(",\"begin\":[", out);
	for (i = 0; i < list->count; before = list->v[i++].end)
		(void)fprintf(out, "%s%" PRId64, i ? "," : "", list->v[i].begin - before);
	(void)fputs("],\"length\":[", out);
	for (i = 0; i < list->count; i++)
		(void)fprintf(out, "%s%" PRId64, i ? "," : "", list->v[i].end - list->v[i].begin);
	(void)fputs("],\"state\":\"", out);
	for (i = 0; i < list->count; i++)
		(void)putc('0' + list->v[i].state, out);
	(void)fputs(merged ? "\",\"part\":[" : "\",\"op\":[", out);
	for (i = 0; i < list->count; i++) {
		int state = list->v[i].state;

		if (!merged && state != WG_SPAN_WASTED && state != WG_SPAN_WORKING)
			continue;
		(void)fputs(comma ? "," : "", out);
		comma = true;
		if (merged)
			(void)fprintf(out, "%" PRId64, list->v[i].part);
		else
			write_op(out, list->v[i].op);
	}
	(void)putc(']', out);
}

/* One a column at most, so their number is bounded as that of the spans. */
static void write_empty_wakes(FILE *out, const struct wg_picture *p, size_t index,
	const struct wg_lane *lane, int64_t grain)
{
	int64_t last = INT64_MIN;
	const struct wg_trace *t = p->trace[index];
	struct wg_wait_rec room;
	const struct wg_wait_rec *rec;
	bool comma = false;
	size_t i;

	(void)fputs(",\"empty\":[", out);
	for (i = wg_lane_first_wait(t, lane); i; i = rec->next) {
		int64_t at;

		rec = wg_trace_wait(t, i - 1, &room);
		at = rec->interval.wake_ns - p->origin_ns[index];
		if (!rec->empty || rec->interval.open || at < p->from_ns || at >= p->to_ns)
			continue;
		if (last != INT64_MIN && at - last < grain)
			continue;
		(void)fprintf(out, "%s%" PRId64, comma ? "," : "", at);
		comma = true;
		last = at;
	}
	(void)putc(']', out);
}

static int write_lane(
	FILE *out, const struct wg_picture *p, size_t index, const struct wg_lane *lane, int cols)
{
	struct pieces list = { 0 };
	int rc =
		cols ? merge_spans(&list, p, index, lane, cols) : copy_spans(&list, p, index, lane);

	if (rc == 0) {
		(void)fputs("{\"name\":", out);
		wg_markup_json(out, lane->name);
		(void)fprintf(out, ",\"worker\":%d,\"pid\":%" PRIu32 ",\"process\":",
			lane->kind == WG_LANE_WORKER, lane->pid);
		wg_markup_json(out, wg_trace_process(p->trace[index], lane->who));
		if (lane->kind == WG_LANE_THREAD)
			(void)fputs(",\"thread\":1", out);
		write_pieces(out, &list, cols > 0);
		write_empty_wakes(out, p, index, lane, cols ? scale_of(p, cols).step_ns : 0);
		(void)putc('}', out);
	}
	free(list.v);
	return rc;
}

/* ---- operations ---- */

static void write_time(FILE *out, int64_t t, int64_t origin)
{
	if (t == WG_NO_TIME)
		(void)fputs(",null", out);
	else
		(void)fprintf(out, ",%" PRId64, t - origin);
}

/* [op, kind, loop lane, worker lane or -1, submit, start, done, notify, wake, deliver] */
static void write_ops(FILE *out, const struct wg_picture *p, size_t index)
{
	const struct wg_trace *t = p->trace[index];
	const char *comma = "";
	size_t i;

	if (!wg_page_has_ops(p, index)) {
		(void)fputs("null", out);
		return;
	}
	(void)putc('[', out);
	for (i = 0; i < t->op_count; i++) {
		const struct wg_op_life *op = WG_OP(t, i);
		int64_t origin = p->origin_ns[index];

		if (!is_shown(p, index, op))
			continue;
		(void)fprintf(out, "%s[", comma);
		comma = ",\n";
		write_op(out, op->op);
		(void)fprintf(out, ",\"%s\",%zu,%ld", wg_kind_name(op->kind),
			t->loops[op->loop_idx].lane,
			op->worker_lane == WG_NO_LANE ? -1 : (long)op->worker_lane);
		write_time(out, op->submit_ns, origin);
		write_time(out, op->start_ns, origin);
		write_time(out, op->done_ns, origin);
		write_time(out, op->notify_ns, origin);
		write_time(out, op->wake_ns, origin);
		write_time(out, op->deliver_ns, origin);
		(void)putc(']', out);
	}
	(void)putc(']', out);
}

static int write_trace(FILE *out, const struct wg_picture *p, size_t index)
{
	const struct wg_trace *t = p->trace[index];
	int cols = columns_of(p, index), rc = 0;
	size_t i;

	(void)fprintf(out, "{\"tag\":\"%c\",\"name\":", 'A' + (int)index);
	wg_markup_json(out, p->figures[index].strategy);
	(void)fprintf(out, ",\"begin\":%" PRId64 ",\"end\":%" PRId64 ",\"merged\":%" PRId64,
		t->begin_ns - p->origin_ns[index], t->end_ns - p->origin_ns[index],
		wg_page_grain(p, index));
	(void)fputs(",\n\"lanes\":[", out);
	for (i = 0; rc == 0 && i < t->lane_count; i++) {
		(void)fputs(i ? ",\n" : "", out);
		rc = write_lane(out, p, index, &t->lanes[i], cols);
	}
	(void)fputs("],\n\"ops\":", out);
	write_ops(out, p, index);
	(void)fputs(",\n\"holes\":[", out);
	for (i = 0; i < t->hole_count && i < WG_PAGE_OPS_MAX; i++)
		(void)fprintf(out, "%s[%" PRId64 ",%" PRId64 ",%" PRIu64 "]", i ? "," : "",
			t->holes[i].begin_ns - p->origin_ns[index],
			t->holes[i].end_ns - p->origin_ns[index], t->holes[i].count);
	(void)fputs("]}", out);
	return rc;
}

int wg_page_data(FILE *out, const struct wg_picture *p)
{
	int rc = 0;
	size_t i;

	(void)fprintf(
		out, "{\"from\":%" PRId64 ",\"to\":%" PRId64 ",\"traces\":[", p->from_ns, p->to_ns);
	for (i = 0; rc == 0 && i < p->count; i++) {
		(void)fputs(i ? ",\n" : "", out);
		rc = write_trace(out, p, i);
	}
	(void)fputs("]}\n", out);
	return rc;
}
