/*
 * flight.c: see flight.h.
 *
 * Nodes in one array, linked by index: the array may move when it grows, and unused nodes are used
 * again, so memory follows the most that ever was in flight and not the length of the trace.
 */
#include "traces/measure/flight.h"

#include <errno.h>
#include <stdlib.h>

#include "traces/base/names.h"

static const struct wg__op_list nobody = { WG__NONE, WG__NONE, 0 };

void wg__flight_init(struct wg__flight *f)
{
	*f = (struct wg__flight){
		.kinds = UINT32_MAX,
		.hole_end_ns = WG_NO_TIME,
		.unused = WG__NONE,
		.delivered = nobody,
	};
}

void wg__flight_fini(struct wg__flight *f)
{
	free(f->op);
	free(f->ready);
	wg__map_fini(&f->map);
	wg__loops_fini(&f->loops);
	wg__flight_init(f);
}

/* ---- lists ---- */

static void push(struct wg__flight *f, struct wg__op_list *list, size_t i)
{
	f->op[i].prev = list->tail;
	f->op[i].next = WG__NONE;
	if (list->tail == WG__NONE)
		list->head = i;
	else
		f->op[list->tail].next = i;
	list->tail = i;
	list->count++;
}

static void take_out(struct wg__flight *f, struct wg__op_list *list, size_t i)
{
	const struct wg__op *op = &f->op[i];

	if (op->prev == WG__NONE)
		list->head = op->next;
	else
		f->op[op->prev].next = op->next;
	if (op->next == WG__NONE)
		list->tail = op->prev;
	else
		f->op[op->next].prev = op->prev;
	list->count--;
}

/* ---- nodes ---- */

static bool is_delivered(const struct wg__op *op)
{
	return op->is.deliver_ns != WG_NO_TIME;
}

static int end(struct wg__flight *f, size_t i)
{
	struct wg__op *op = &f->op[i];
	int rc;

	if (op->is_ready)
		take_out(f, &f->ready[op->loop_idx], i);
	else if (is_delivered(op))
		take_out(f, &f->delivered, i);
	rc = f->ended ? f->ended(f->user, op) : 0;
	wg__map_remove(&f->map, op->is.who, op->is.op);
	op->seq = 0;
	op->next = f->unused;
	f->unused = i;
	return rc;
}

static size_t begin(struct wg__flight *f, const struct wg_event *ev, size_t loop_idx)
{
	size_t i = f->unused != WG__NONE ? f->unused : f->count;
	uint32_t who = f->loops.loop[loop_idx].who;

	if (wg__grow(&f->op, &f->cap, i, sizeof(*f->op)) < 0 ||
		wg__map_put(&f->map, who, ev->op, i) < 0)
		return WG__NONE;
	if (i == f->count)
		f->count++;
	else
		f->unused = f->op[i].next;
	f->op[i] = (struct wg__op){
		.is = {
			.op = ev->op,
			.pid = ev->pid,
			.who = who,
			.loop = ev->loop,
			.kind = WG_KIND_UNKNOWN,
			.worker_lane = SIZE_MAX,
			.submit_ns = WG_NO_TIME,
			.start_ns = WG_NO_TIME,
			.done_ns = WG_NO_TIME,
			.notify_ns = WG_NO_TIME,
			.wake_ns = WG_NO_TIME,
			.deliver_ns = WG_NO_TIME,
		},
		.seq = ++f->seq,
		.since_ns = ev->ts_ns,
		.loop_idx = loop_idx,
		.process = ev->procname,
	};
	return i;
}

static size_t loop_of(struct wg__flight *f, const struct wg_event *ev)
{
	size_t i = wg__loops_of(&f->loops, ev);

	if (i == WG__NO_LOOP || i < f->loop_count)
		return i;
	if (wg__grow(&f->ready, &f->loop_cap, i, sizeof(*f->ready)) < 0)
		return WG__NONE;
	f->ready[i] = nobody;
	return f->loop_count++;
}

/* ---- events ---- */

/* F4: from the head of those delivered. Before an event, so that its operation is still there. */
static int end_over(struct wg__flight *f)
{
	int rc = 0;

	while (f->delivered.count && rc == 0) {
		const struct wg_op_life *is = &f->op[f->delivered.head].is;
		bool is_over = is->done_ns != WG_NO_TIME && is->notify_ns != WG_NO_TIME;

		if (!is_over && f->delivered.count <= WG__LINGER)
			break;
		rc = end(f, f->delivered.head);
	}
	return rc;
}

/* F1: is this event of an operation of the same id that comes after this one? */
static bool begins_another(const struct wg__op *op, const struct wg_event *ev)
{
	bool has_ended = is_delivered(op) && op->is.done_ns != WG_NO_TIME;

	switch (ev->type) {
	case WG_EV_SUBMIT: return op->is.submit_ns != WG_NO_TIME || is_delivered(op);
	case WG_EV_START:
	case WG_EV_DONE: return has_ended;
	default: return false;
	}
}

static bool is_counted(const struct wg__flight *f, enum wg_kind kind)
{
	return f->kinds >> kind & 1;
}

static void on_done(struct wg__flight *f, size_t i, size_t loop_idx, const struct wg_event *ev)
{
	struct wg__op *op = &f->op[i];

	op->is.done_ns = ev->ts_ns;
	op->is.result = ev->done.result;
	if (is_delivered(op))
		return;
	op->loop_idx = loop_idx;
	op->is_ready = !op->is_ignored;
	if (op->is_ready)
		push(f, &f->ready[loop_idx], i);
}

static void on_deliver(struct wg__flight *f, size_t i, const struct wg_event *ev)
{
	struct wg__op *op = &f->op[i];

	if (op->is_ready)
		take_out(f, &f->ready[op->loop_idx], i);
	op->is_ready = false;
	op->is.deliver_ns = ev->ts_ns;
	op->is.result = ev->deliver.result;
	push(f, &f->delivered, i);
}

/* Returns whether it is the first event of its type of the operation. */
static bool apply(struct wg__flight *f, size_t i, size_t loop_idx, const struct wg_event *ev)
{
	struct wg__op *op = &f->op[i];
	const struct wg_op_life before = op->is;

	switch (ev->type) {
	case WG_EV_SUBMIT:
		op->is.submit_ns = ev->ts_ns;
		op->is.kind = ev->submit.kind;
		op->is.arg = ev->submit.arg;
		break;
	case WG_EV_START:
		op->is.start_ns = ev->ts_ns;
		op->worker = ev->start.worker;
		op->worker_tid = ev->tid;
		break;
	case WG_EV_NOTIFY:
		op->is.notify_ns = ev->ts_ns;
		op->is.notify_sent = ev->notify.sent;
		break;
	default: break;
	}
	if (!op->is_ready)
		op->is_ignored = !is_counted(f, op->is.kind);
	switch (ev->type) {
	case WG_EV_SUBMIT: return before.submit_ns == WG_NO_TIME;
	case WG_EV_START: return before.start_ns == WG_NO_TIME;
	case WG_EV_NOTIFY: return before.notify_ns == WG_NO_TIME;
	case WG_EV_DONE:
		if (before.done_ns != WG_NO_TIME)
			return false;
		on_done(f, i, loop_idx, ev);
		return true;
	default:
		if (before.deliver_ns != WG_NO_TIME)
			return false;
		on_deliver(f, i, ev);
		return true;
	}
}

static int feed_op(struct wg__flight *f, const struct wg_event *ev, struct wg__step *step)
{
	size_t i = wg__map_get(&f->map, f->loops.loop[step->loop_idx].who, ev->op);

	/* A notify without a result is that of wg_loop_wake(). */
	if (ev->type == WG_EV_NOTIFY && (ev->op == 0 || i == WG__MAP_NONE))
		return 0;
	if (i != WG__MAP_NONE && begins_another(&f->op[i], ev)) {
		if (end(f, i) < 0)
			return -ENOMEM;
		i = WG__MAP_NONE;
	}
	/* F6 */
	if (i == WG__MAP_NONE && !is_counted(f, WG_KIND_UNKNOWN) &&
		!(ev->type == WG_EV_SUBMIT && is_counted(f, ev->submit.kind)))
		return 0;
	step->is_new = i == WG__MAP_NONE;
	if (step->is_new)
		i = begin(f, ev, step->loop_idx);
	if (i == WG__NONE)
		return -ENOMEM;
	step->op = i;
	step->is_first = apply(f, i, step->loop_idx, ev);
	return 0;
}

/* F5 */
static int on_wait(struct wg__flight *f, size_t loop_idx, const struct wg_event *ev)
{
	struct wg__op_list *ready = &f->ready[loop_idx];
	int rc = 0;

	if (f->hole_end_ns == WG_NO_TIME || ev->wait.ready)
		return 0;
	while (ready->count && f->op[ready->head].is.done_ns <= f->hole_end_ns && rc == 0)
		rc = end(f, ready->head);
	return rc;
}

/* F3: those that no wake has marked are the last of the list, so each is walked over once. */
static int on_wake(struct wg__flight *f, size_t loop_idx, const struct wg_event *ev)
{
	size_t first = WG__NONE, i = f->ready[loop_idx].tail;
	int rc = 0;

	for (; i != WG__NONE && f->op[i].is.wake_ns == WG_NO_TIME; i = f->op[i].prev)
		first = i;
	for (i = first; i != WG__NONE && rc == 0; i = f->op[i].next) {
		f->op[i].is.wake_ns = ev->ts_ns;
		rc = f->woken ? f->woken(f->user, &f->op[i]) : 0;
	}
	return rc;
}

int wg__flight_feed(struct wg__flight *f, const struct wg_event *ev, struct wg__step *ret_step)
{
	*ret_step = (struct wg__step){ .loop_idx = WG__NONE, .op = WG__NONE };
	if (ev->type == WG_EV_LOST && ev->ts_ns > f->hole_end_ns)
		f->hole_end_ns = ev->ts_ns;
	if (ev->type == WG_EV_LOST || ev->type == WG_EV_OTHER)
		return 0;
	if (end_over(f) < 0)
		return -ENOMEM;
	ret_step->loop_idx = loop_of(f, ev);
	if (ret_step->loop_idx == WG__NONE)
		return -ENOMEM;
	switch (ev->type) {
	case WG_EV_LOOP:
	case WG_EV_POLL: return 0;
	case WG_EV_WAIT: return on_wait(f, ret_step->loop_idx, ev);
	case WG_EV_WAKE: return on_wake(f, ret_step->loop_idx, ev);
	default: return feed_op(f, ev, ret_step);
	}
}

/* ---- the end ---- */

struct left {
	uint64_t seq;
	size_t i;
};

static int by_seq(const void *a, const void *b)
{
	const struct left *x = a, *y = b;

	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

int wg__flight_finish(struct wg__flight *f)
{
	struct left *left = calloc(f->count + 1, sizeof(*left));
	size_t count = 0, i;
	int rc = left ? 0 : -ENOMEM;

	while (rc == 0 && f->delivered.count)
		rc = end(f, f->delivered.head);
	for (i = 0; rc == 0 && i < f->count; i++) {
		if (f->op[i].seq)
			left[count++] = (struct left){ f->op[i].seq, i };
	}
	if (count)
		qsort(left, count, sizeof(*left), by_seq);
	for (i = 0; rc == 0 && i < count; i++)
		rc = end(f, left[i].i);
	free(left);
	return rc;
}

void wg__flight_sweep(struct wg__flight *f, int64_t before_ns)
{
	size_t i;

	for (i = 0; i < f->count; i++) {
		if (f->op[i].seq && f->op[i].since_ns < before_ns)
			(void)end(f, i);
	}
}

size_t wg__flight_count(const struct wg__flight *f)
{
	return f->map.count - f->delivered.count;
}
