/*
 * flight.c: see flight.h.
 *
 * Nodes stand in chunks and are linked by number, and unused ones are used again. So memory follows
 * the most that ever was in flight and not the length of the trace, and never is there a second
 * copy.
 */
#include "traces/measure/flight.h"

#include <errno.h>
#include <stdlib.h>

#include "traces/base/names.h"

static const struct wg__op_list nobody = { WG__NO_OP, WG__NO_OP, 0 };

static struct wg__key key_of(const void *user, uint32_t i)
{
	const struct wg__flight *f = user;
	const struct wg__op *op = wg__flight_op(f, i);

	return (struct wg__key){ f->loops.loop[op->loop_idx].who, op->op };
}

void wg__flight_init(struct wg__flight *f)
{
	*f = (struct wg__flight){
		.kinds = UINT32_MAX,
		.hole_end_ns = WG_NO_TIME,
		.unused = WG__NO_OP,
	};
	wg__finder_init(&f->finder, key_of, f);
}

void wg__flight_drop(struct wg__flight *f)
{
	size_t i;

	for (i = 0; i < f->chunk_count; i++)
		free(f->chunk[i]);
	free(f->chunk);
	f->chunk = NULL;
	f->chunk_count = f->chunk_cap = f->late_count = 0;
	f->count = 0;
	f->unused = WG__NO_OP;
	for (i = 0; i < f->loop_count; i++) {
		free(f->loop[i].ready_of_kind);
		f->loop[i].ready_of_kind = NULL;
		f->loop[i].ready = nobody;
	}
	wg__finder_fini(&f->finder);
}

void wg__flight_fini(struct wg__flight *f)
{
	wg__flight_drop(f);
	free(f->loop);
	wg__loops_fini(&f->loops);
	wg__flight_init(f);
}

/* ---- results that are ready ---- */

static void count_kind(struct wg__flight_loop *loop, const struct wg__op *op, uint32_t change)
{
	if (loop->ready_of_kind)
		loop->ready_of_kind[op->kind] += change;
}

static int push_ready(struct wg__flight *f, uint32_t i)
{
	struct wg__op *op = wg__flight_op(f, i);
	struct wg__flight_loop *loop = &f->loop[op->loop_idx];
	struct wg__op_list *list = &loop->ready;

	if (f->counts_kinds && !loop->ready_of_kind &&
		!(loop->ready_of_kind = calloc(WG_KIND_COUNT, sizeof(*loop->ready_of_kind))))
		return -ENOMEM;
	op->prev = list->tail;
	op->next = WG__NO_OP;
	if (list->tail == WG__NO_OP)
		list->head = i;
	else
		wg__flight_op(f, list->tail)->next = i & WG__NO_OP;
	list->tail = i;
	list->count++;
	count_kind(loop, op, 1);
	op->is_ready = true;
	return 0;
}

static void take_ready(struct wg__flight *f, struct wg__op *op)
{
	struct wg__op_list *list = &f->loop[op->loop_idx].ready;

	if (!op->is_ready)
		return;
	if (op->prev == WG__NO_OP)
		list->head = op->next;
	else
		wg__flight_op(f, op->prev)->next = op->next;
	if (op->next == WG__NO_OP)
		list->tail = op->prev;
	else
		wg__flight_op(f, op->next)->prev = op->prev;
	list->count--;
	count_kind(&f->loop[op->loop_idx], op, -1u);
	op->is_ready = false;
}

/* ---- those delivered and not over ---- */

static struct wg__late_op *late_at(const struct wg__flight *f, size_t i)
{
	return (struct wg__late_op *)&f->late[(f->late_head + i) % (2 * (size_t)WG__LINGER)];
}

static size_t late_find(const struct wg__flight *f, uint32_t number)
{
	size_t i = f->late_count;

	if (i && late_at(f, 0)->op == number) /* mostly it is the first */
		return 1;
	while (i > 0 && late_at(f, i - 1)->op != number)
		i--;
	return i; /* its place + 1; 0: it is not one of them */
}

static void take_late(struct wg__flight *f, uint32_t number)
{
	size_t i = late_find(f, number);

	if (i == 0)
		return;
	for (i--; i > 0; i--)
		*late_at(f, i) = *late_at(f, i - 1);
	f->late_head = (f->late_head + 1) % (2 * (size_t)WG__LINGER);
	f->late_count--;
}

int64_t wg__flight_delivered_ns(const struct wg__flight *f, uint32_t number)
{
	size_t i = wg__flight_op(f, number)->is_delivered ? late_find(f, number) : 0;

	return i ? late_at(f, i - 1)->deliver_ns : WG_NO_TIME;
}

/* ---- nodes ---- */

int wg__flight_forget(struct wg__flight *f, uint32_t i)
{
	struct wg__op *op = wg__flight_op(f, i);
	int rc;

	take_ready(f, op);
	rc = f->ended ? f->ended(f->user, op, i) : 0;
	if (op->is_delivered)
		take_late(f, i);
	wg__finder_remove(&f->finder, i);
	op->seq = 0;
	op->next = f->unused;
	f->unused = i;
	return rc;
}

/* One that was not used before. */
static uint32_t new_node(struct wg__flight *f)
{
	struct wg__op *chunk;

	if (f->count == WG__NO_OP)
		return WG__NO_OP;
	if (f->count / WG__OP_CHUNK == f->chunk_count) {
		if (wg__grow(&f->chunk, &f->chunk_cap, f->chunk_count, sizeof(struct wg__op *)) < 0)
			return WG__NO_OP;
		chunk = reallocarray(NULL, WG__OP_CHUNK, sizeof(*chunk));
		if (!chunk)
			return WG__NO_OP;
		f->chunk[f->chunk_count++] = chunk;
	}
	wg__flight_op(f, f->count)->next = WG__NO_OP;
	return f->count;
}

static uint32_t begin(struct wg__flight *f, const struct wg_event *ev, size_t loop_idx)
{
	bool is_new = f->unused == WG__NO_OP;
	uint32_t i = is_new ? new_node(f) : f->unused, unused;
	struct wg__op *op;

	if (i == WG__NO_OP)
		return i;
	op = wg__flight_op(f, i);
	unused = op->next;
	if ((uint32_t)++f->seq == 0)
		f->seq++;
	*op = (struct wg__op){
		.op = ev->op,
		.submit_ns = WG_NO_TIME,
		.start_ns = WG_NO_TIME,
		.done_ns = WG_NO_TIME,
		.wake_ns = WG_NO_TIME,
		.loop_idx = (uint32_t)loop_idx,
		.kind = WG_KIND_UNKNOWN,
	};
	if (wg__finder_put(&f->finder, i) < 0) {
		op->next = unused & WG__NO_OP;
		return WG__NO_OP;
	}
	op->seq = (uint32_t)f->seq;
	if (is_new)
		f->count++;
	else
		f->unused = unused;
	return i;
}

static size_t loop_of(struct wg__flight *f, const struct wg_event *ev)
{
	size_t i = wg__loops_of(&f->loops, ev);

	if (i == WG__NO_LOOP || i < f->loop_count)
		return i;
	if (wg__grow(&f->loop, &f->loop_cap, i, sizeof(*f->loop)) < 0)
		return WG__NONE;
	f->loop[i] = (struct wg__flight_loop){ ev->loop, ev->pid, nobody, NULL };
	return f->loop_count++;
}

/* ---- events ---- */

/* F4: from the head of those delivered. Before an event, so that its operation is still there. */
static int end_over(struct wg__flight *f)
{
	int rc = 0;

	while (f->late_count && rc == 0) {
		uint32_t i = late_at(f, 0)->op;
		const struct wg__op *op = wg__flight_op(f, i);
		bool is_over = op->done_ns != WG_NO_TIME && op->is_notified;

		if (!is_over && f->late_count <= WG__LINGER)
			break;
		rc = wg__flight_forget(f, i);
	}
	return rc;
}

/* F1: is this event of an operation of the same id that comes after this one? */
static bool begins_another(const struct wg__op *op, const struct wg_event *ev)
{
	bool has_ended = op->is_delivered && op->done_ns != WG_NO_TIME;

	switch (ev->type) {
	case WG_EV_SUBMIT: return op->submit_ns != WG_NO_TIME || op->is_delivered;
	case WG_EV_START:
	case WG_EV_DONE: return has_ended;
	default: return false;
	}
}

static bool is_counted(const struct wg__flight *f, enum wg_kind kind)
{
	return f->kinds >> kind & 1;
}

static void on_submit(struct wg__flight *f, struct wg__op *op, const struct wg_event *ev)
{
	struct wg__flight_loop *loop = &f->loop[op->loop_idx];

	op->submit_ns = ev->ts_ns;
	if (op->is_ready)
		count_kind(loop, op, -1u);
	op->kind = ev->submit.kind & 15;
	if (op->is_ready)
		count_kind(loop, op, 1);
}

static int on_done(struct wg__flight *f, uint32_t i, size_t loop_idx, const struct wg_event *ev)
{
	struct wg__op *op = wg__flight_op(f, i);

	op->done_ns = ev->ts_ns;
	if (op->is_delivered)
		return 0;
	op->loop_idx = (uint32_t)loop_idx;
	return op->is_ignored ? 0 : push_ready(f, i);
}

static void on_deliver(struct wg__flight *f, uint32_t i, const struct wg_event *ev)
{
	struct wg__op *op = wg__flight_op(f, i);

	take_ready(f, op);
	op->is_delivered = true;
	*late_at(f, f->late_count++) = (struct wg__late_op){ ev->ts_ns, i };
}

/* *ret_is_first: it is the first event of its type of the operation. 0 or -ENOMEM. */
static int apply(struct wg__flight *f, uint32_t i, size_t loop_idx, const struct wg_event *ev,
	bool *ret_is_first)
{
	struct wg__op *op = wg__flight_op(f, i);

	switch (ev->type) {
	case WG_EV_SUBMIT:
		*ret_is_first = op->submit_ns == WG_NO_TIME;
		on_submit(f, op, ev);
		break;
	case WG_EV_START:
		*ret_is_first = op->start_ns == WG_NO_TIME;
		op->start_ns = ev->ts_ns;
		op->worker_tid = ev->tid;
		break;
	case WG_EV_NOTIFY:
		*ret_is_first = !op->is_notified;
		op->is_notified = true;
		op->is_sent = ev->notify.sent != 0;
		break;
	case WG_EV_DONE: *ret_is_first = op->done_ns == WG_NO_TIME; break;
	default: *ret_is_first = !op->is_delivered; break;
	}
	if (!op->is_ready)
		op->is_ignored = !is_counted(f, op->kind);
	if (ev->type == WG_EV_DONE && *ret_is_first)
		return on_done(f, i, loop_idx, ev);
	if (ev->type == WG_EV_DELIVER && *ret_is_first)
		on_deliver(f, i, ev);
	return 0;
}

static int feed_op(struct wg__flight *f, const struct wg_event *ev, struct wg__step *step)
{
	const struct wg__key key = { f->loops.loop[step->loop_idx].who, ev->op };
	uint32_t i = wg__finder_get(&f->finder, key);

	/* A notify without a result is that of wg_loop_wake(). */
	if (ev->type == WG_EV_NOTIFY && (ev->op == 0 || i == WG__FINDER_NONE))
		return 0;
	if (i != WG__FINDER_NONE && begins_another(wg__flight_op(f, i), ev)) {
		if (wg__flight_forget(f, i) < 0)
			return -ENOMEM;
		i = WG__FINDER_NONE;
	}
	/* F6 */
	if (i == WG__FINDER_NONE && !is_counted(f, WG_KIND_UNKNOWN) &&
		!(ev->type == WG_EV_SUBMIT && is_counted(f, ev->submit.kind)))
		return 0;
	step->is_new = i == WG__FINDER_NONE;
	if (step->is_new)
		i = begin(f, ev, step->loop_idx);
	if (i == WG__NO_OP)
		return -ENOMEM;
	step->op = i;
	return apply(f, i, step->loop_idx, ev, &step->is_first);
}

/* F5 */
static int on_wait(struct wg__flight *f, size_t loop_idx, const struct wg_event *ev)
{
	const struct wg__op_list *ready = &f->loop[loop_idx].ready;
	int rc = 0;

	if (f->hole_end_ns == WG_NO_TIME || ev->wait.ready)
		return 0;
	while (ready->count && rc == 0 && wg__flight_op(f, ready->head)->done_ns <= f->hole_end_ns)
		rc = wg__flight_forget(f, ready->head);
	return rc;
}

/* F3: those that no wake has marked are the last of the list, so each is walked over once. */
static int on_wake(struct wg__flight *f, size_t loop_idx, const struct wg_event *ev)
{
	uint32_t first = WG__NO_OP, i = f->loop[loop_idx].ready.tail;
	int rc = 0;

	for (; i != WG__NO_OP && wg__flight_op(f, i)->wake_ns == WG_NO_TIME;
		i = wg__flight_op(f, i)->prev)
		first = i;
	for (i = first; i != WG__NO_OP && rc == 0; i = wg__flight_op(f, i)->next) {
		wg__flight_op(f, i)->wake_ns = ev->ts_ns;
		rc = f->woken ? f->woken(f->user, wg__flight_op(f, i), i) : 0;
	}
	return rc;
}

int wg__flight_feed(struct wg__flight *f, const struct wg_event *ev, struct wg__step *ret_step)
{
	*ret_step = (struct wg__step){ .loop_idx = WG__NONE, .op = WG__NO_OP };
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
