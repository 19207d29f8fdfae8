/*
 * filter_test.c: which things pass a filter (see filter.h): operations, waits, events, spans.
 */
#include "traces/model/filter.h"
#include "traces/model/filter_impl.h"

static bool holds(const struct wg_term *term, int64_t value)
{
	switch (term->sign) {
	case SIGN_EQ: return value == term->value;
	case SIGN_NE: return value != term->value;
	case SIGN_LE: return value <= term->value;
	case SIGN_GE: return value >= term->value;
	case SIGN_LT: return value < term->value;
	default: return value > term->value;
	}
}

static bool is_in(const struct wg_term *term, unsigned value)
{
	bool is = value < 32 && (term->set >> value & 1);

	return is == (term->sign == SIGN_EQ);
}

/* From begin to end; false for a time that was not seen, whatever is asked of it. */
static bool lasts(const struct wg_term *term, int64_t begin, int64_t end)
{
	return begin != WG_NO_TIME && end != WG_NO_TIME && holds(term, end - begin);
}

static bool served_by(
	const struct wg_term *term, const struct wg_trace *trace, const struct wg_op_life *op)
{
	const struct wg_lane *lane;

	if (op->worker_lane >= trace->lane_count)
		return false;
	lane = &trace->lanes[op->worker_lane];
	return holds(term, term->name == NAME_THREAD ? (int64_t)lane->tid : (int64_t)lane->worker);
}

static bool op_term(
	const struct wg_term *term, const struct wg_trace *trace, const struct wg_op_life *op)
{
	switch (term->name) {
	case NAME_KIND: return is_in(term, op->kind);
	case NAME_OP: return holds(term, (int64_t)op->op);
	case NAME_RESULT: return op->done_ns != WG_NO_TIME && holds(term, op->result);
	case NAME_LOOP:
		return holds(term, (int64_t)wg_measure_loop(trace->measure, op->loop_idx)->loop);
	case NAME_PID: return holds(term, wg_measure_loop(trace->measure, op->loop_idx)->pid);
	case NAME_THREAD:
	case NAME_WORKER: return served_by(term, trace, op);
	case NAME_QUEUED: return lasts(term, op->submit_ns, op->start_ns);
	case NAME_SERVED: return lasts(term, op->start_ns, op->done_ns);
	case NAME_READY: return lasts(term, op->done_ns, op->deliver_ns);
	case NAME_TOTAL: return lasts(term, op->submit_ns, op->deliver_ns);
	default: return false;
	}
}

bool wg_filter_op(
	const struct wg_filter *filter, const struct wg_trace *trace, const struct wg_op_life *op)
{
	size_t i;

	for (i = 0; i < filter->count; i++) {
		if (!op_term(&filter->terms[i], trace, op))
			return false;
	}
	return true;
}

static bool wait_term(const struct wg_term *term, const struct wg_wait_rec *rec)
{
	const struct wg_interval *in = &rec->interval;

	switch (term->name) {
	case NAME_REASON: return !in->open && is_in(term, in->reason);
	case NAME_GAP: return in->gap_begin_ns >= 0 && lasts(term, in->gap_begin_ns, in->wake_ns);
	case NAME_WAIT: return lasts(term, in->wait_ns, in->wake_ns);
	case NAME_LATE: return in->late;
	case NAME_EMPTY: return rec->empty;
	case NAME_STUCK: return in->stuck;
	case NAME_IN: return rec->is_thread && is_in(term, rec->how);
	case NAME_CLASS: return rec->is_thread && !in->open && is_in(term, rec->class);
	case NAME_CERTAINTY: return rec->is_thread && !in->open && is_in(term, rec->certainty);
	case NAME_BY: return rec->is_thread && holds(term, rec->by_tid);
	default: return in->gap_begin_ns >= 0 && in->wake_ns > in->gap_begin_ns;
	}
}

static bool wait_passes(const struct wg_filter *filter, const struct wg_trace *trace,
	const struct wg_wait_rec *rec, size_t *near)
{
	const struct wg_lane *lane = &trace->lanes[wg_wait_lane(trace, rec)];
	const struct wg_op_life *op = NULL;
	struct wg_op_life room;
	bool looked = rec->is_thread;
	size_t i;

	for (i = 0; i < filter->count; i++) {
		const struct wg_term *term = &filter->terms[i];
		enum about about = wg__filter_names[term->name].about;
		bool ok;

		if (about == ABOUT_OP && !looked) {
			op = wg_trace_op_near(trace, near, lane->who, rec->interval.gap_op, &room);
			looked = true;
		}
		if (about == ABOUT_ALL)
			ok = holds(term, term->name == NAME_LOOP ? (int64_t)lane->loop : lane->pid);
		else if (about == ABOUT_OP && rec->is_thread)
			ok = term->name == NAME_THREAD && holds(term, lane->tid);
		else if (about == ABOUT_OP)
			ok = op && op_term(term, trace, op);
		else
			ok = wait_term(term, rec);
		if (!ok)
			return false;
	}
	return true;
}

bool wg_filter_wait(
	const struct wg_filter *filter, const struct wg_trace *trace, const struct wg_wait_rec *rec)
{
	size_t near = SIZE_MAX;

	return wait_passes(filter, trace, rec, &near);
}

/* A record of a thread has the name of a loop's event. */
static enum wg_event_type type_of(const struct wg_event *event)
{
	switch (event->record) {
	case WG_RECORD_WAIT: return WG_EV_WAIT;
	case WG_RECORD_WAKE: return WG_EV_WAKE;
	case WG_RECORD_NOTIFY: return WG_EV_NOTIFY;
	default: return event->type;
	}
}

bool wg_filter_event(
	const struct wg_filter *filter, const struct wg_trace *trace, const struct wg_event *event)
{
	size_t i;

	for (i = 0; i < filter->count; i++) {
		const struct wg_term *term = &filter->terms[i];
		const struct wg_op_life *op;
		struct wg_op_life room;
		bool ok;

		switch (term->name) {
		case NAME_EVENT: ok = is_in(term, type_of(event)); break;
		case NAME_OP: ok = !event->record && holds(term, (int64_t)event->op); break;
		case NAME_LOOP: ok = holds(term, (int64_t)event->loop); break;
		case NAME_PID: ok = holds(term, event->pid); break;
		case NAME_THREAD: ok = holds(term, event->tid); break;
		case NAME_REASON:
			ok = type_of(event) == WG_EV_WAKE &&
			     is_in(term, event->record ? event->thread_wake.reason
						       : event->wake.reason);
			break;
		default:
			op = event->op && !event->record
				     ? wg_trace_op(trace, event->who, event->op, &room)
				     : NULL;
			ok = op && op_term(term, trace, op);
		}
		if (!ok)
			return false;
	}
	return true;
}

bool wg_filter_span(const struct wg_filter *filter, const struct wg_trace *trace,
	const struct wg_lane *lane, const struct wg_span *span, size_t *near)
{
	const struct wg_op_life *op;
	struct wg_op_life room;

	if (filter->count == 0)
		return true;
	if ((filter->finds == WG_FIND_WAITS || lane->kind == WG_LANE_THREAD) && span->wait > 0 &&
		span->wait <= trace->wait_count)
		return wait_passes(filter, trace, WG_WAIT(trace, span->wait - 1), near);
	if (filter->finds != WG_FIND_OPS || span->op == 0)
		return false;
	op = wg_trace_op_near(trace, near, lane->who, span->op, &room);
	return op && wg_filter_op(filter, trace, op);
}
