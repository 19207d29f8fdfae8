/*
 * life.c: see life.h.
 *
 * A node is in at most one list: that of its loop's ready results from `done` to `deliver`, or that
 * of those that linger after it. What a hole swallowed is mended as in measure.c: after one, a
 * `wait` that says nothing is ready ends what was ready before the hole's end.
 */
#include "traces/export/life.h"

#include <errno.h>
#include <stdlib.h>

#include "traces/base/names.h"

#define NONE SIZE_MAX

static void push(struct wg__lives *l, struct wg__life_list *list, size_t i)
{
	l->v[i].prev = list->tail;
	l->v[i].next = NONE;
	if (list->tail == NONE)
		list->head = i;
	else
		l->v[list->tail].next = i;
	list->tail = i;
	list->count++;
}

static void unlink_life(struct wg__lives *l, struct wg__life_list *list, size_t i)
{
	size_t prev = l->v[i].prev, next = l->v[i].next;

	if (prev == NONE)
		list->head = next;
	else
		l->v[prev].next = next;
	if (next == NONE)
		list->tail = prev;
	else
		l->v[next].prev = prev;
	list->count--;
}

/* Take a life out of its list, hand it out, forget it. */
static int end_life(struct wg__lives *l, size_t i)
{
	struct wg__life *life = &l->v[i];
	int rc;

	if (life->is_delivered)
		unlink_life(l, &l->lingering, i);
	else if (life->is_done)
		unlink_life(l, &l->loops[life->loop_idx].ready, i);
	rc = l->ended(l->user, life);
	wg__map_remove(&l->map, life->is.pid, life->is.op);
	life->seq = 0;
	life->next = l->unused;
	l->unused = i + 1;
	return rc;
}

static size_t loop_of(struct wg__lives *l, uint32_t pid, uint32_t loop)
{
	size_t i = wg__map_get(&l->loop_map, pid, loop);

	if (i != WG__MAP_NONE)
		return i;
	i = l->loop_count;
	if (wg__grow(&l->loops, &l->loop_cap, i, sizeof(*l->loops)) < 0 ||
		wg__map_put(&l->loop_map, pid, loop, i) < 0)
		return NONE;
	l->loops[i] = (struct wg__life_loop){ .ready = { NONE, NONE, 0 } };
	l->loop_count++;
	return i;
}

static size_t begin_life(struct wg__lives *l, const struct wg_event *ev, size_t loop_idx)
{
	size_t i = l->unused ? l->unused - 1 : l->count;

	if (i == l->count && wg__grow(&l->v, &l->cap, i, sizeof(*l->v)) < 0)
		return NONE;
	if (wg__map_put(&l->map, ev->pid, ev->op, i) < 0)
		return NONE;
	if (i == l->count)
		l->count++;
	else
		l->unused = l->v[i].next;
	l->v[i] = (struct wg__life){
		.is = {
			.op = ev->op,
			.pid = ev->pid,
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
		.process = ev->procname,
		.seq = ++l->seq,
		.loop_idx = loop_idx,
		.prev = NONE,
		.next = NONE,
	};
	return i;
}

/* Those at the head of the queue of which all has been told, or which waited long enough. */
static int end_lingering(struct wg__lives *l)
{
	int rc = 0;

	while (l->lingering.count && rc == 0) {
		const struct wg__life *head = &l->v[l->lingering.head];
		bool is_told = head->is_done && head->is.notify_ns != WG_NO_TIME;

		if (!is_told && l->lingering.count <= WG__LINGER)
			break;
		rc = end_life(l, l->lingering.head);
	}
	return rc;
}

static void on_done(struct wg__lives *l, size_t i, const struct wg_event *ev)
{
	struct wg__life *life = &l->v[i];

	if (life->is_done)
		return; /* a second one: the first counts */
	life->is_done = true;
	life->is.done_ns = ev->ts_ns;
	life->is.result = ev->done.result;
	if (!life->is_delivered)
		push(l, &l->loops[life->loop_idx].ready, i);
}

static void on_deliver(struct wg__lives *l, size_t i, const struct wg_event *ev)
{
	struct wg__life *life = &l->v[i];

	if (life->is_delivered)
		return;
	if (life->is_done)
		unlink_life(l, &l->loops[life->loop_idx].ready, i);
	life->is_delivered = true;
	life->is.deliver_ns = ev->ts_ns;
	life->is.result = ev->deliver.result;
	push(l, &l->lingering, i);
}

/* Results that became ready since the last wake stand at the end of the list. */
static int on_wake(struct wg__lives *l, size_t loop_idx, const struct wg_event *ev)
{
	size_t first = NONE, i = l->loops[loop_idx].ready.tail;
	int rc = 0;

	for (; i != NONE && l->v[i].is.wake_ns == WG_NO_TIME; i = l->v[i].prev)
		first = i;
	for (i = first; i != NONE && rc == 0; i = l->v[i].next) {
		l->v[i].is.wake_ns = ev->ts_ns;
		rc = l->woke ? l->woke(l->user, &l->v[i]) : 0;
	}
	return rc;
}

static int on_wait(struct wg__lives *l, size_t loop_idx, const struct wg_event *ev)
{
	struct wg__life_list *ready = &l->loops[loop_idx].ready;
	int rc = 0;

	if (!l->has_hole || ev->wait.ready)
		return 0;
	while (ready->count && l->v[ready->head].is.done_ns <= l->hole_end_ns && rc == 0)
		rc = end_life(l, ready->head);
	return rc;
}

/* The events that belong to one operation. */
static int feed_op(
	struct wg__lives *l, const struct wg_event *ev, size_t loop_idx, struct wg__life **ret_life)
{
	size_t i = wg__map_get(&l->map, ev->pid, ev->op);

	if (ev->type == WG_EV_NOTIFY && (ev->op == 0 || i == WG__MAP_NONE))
		return 0; /* nobody's, or of one that is over */
	/* A second submit of the same id is another operation. */
	if (i != WG__MAP_NONE && ev->type == WG_EV_SUBMIT && l->v[i].is.submit_ns != WG_NO_TIME) {
		if (end_life(l, i) < 0)
			return -ENOMEM;
		i = WG__MAP_NONE;
	}
	if (i == WG__MAP_NONE)
		i = begin_life(l, ev, loop_idx);
	if (i == NONE)
		return -ENOMEM;
	switch (ev->type) {
	case WG_EV_SUBMIT:
		l->v[i].is.submit_ns = ev->ts_ns;
		l->v[i].is.kind = ev->submit.kind;
		l->v[i].is.arg = ev->submit.arg;
		break;
	case WG_EV_START:
		l->v[i].is.start_ns = ev->ts_ns;
		l->v[i].worker = ev->start.worker;
		l->v[i].worker_tid = ev->tid;
		break;
	case WG_EV_DONE: on_done(l, i, ev); break;
	case WG_EV_NOTIFY:
		l->v[i].is.notify_ns = ev->ts_ns;
		l->v[i].is.notify_sent = ev->notify.sent;
		break;
	default: on_deliver(l, i, ev); break;
	}
	*ret_life = &l->v[i];
	return 0;
}

int wg__lives_feed(struct wg__lives *l, const struct wg_event *ev, struct wg__life **ret_life)
{
	struct wg__life *unused;
	size_t loop_idx;

	if (!ret_life)
		ret_life = &unused;
	*ret_life = NULL;
	if (!l->has_lingering)
		l->lingering = (struct wg__life_list){ NONE, NONE, 0 };
	l->has_lingering = true;
	if (ev->type == WG_EV_LOST) {
		l->hole_end_ns =
			l->has_hole && l->hole_end_ns > ev->ts_ns ? l->hole_end_ns : ev->ts_ns;
		l->has_hole = true;
		return 0;
	}
	if (ev->type == WG_EV_OTHER)
		return 0;
	/* Before this event, so that the life that it belongs to is still there afterwards. */
	if (end_lingering(l) < 0)
		return -ENOMEM;
	loop_idx = loop_of(l, ev->pid, ev->loop);
	if (loop_idx == NONE)
		return -ENOMEM;
	switch (ev->type) {
	case WG_EV_LOOP:
	case WG_EV_POLL: return 0;
	case WG_EV_WAIT: return on_wait(l, loop_idx, ev);
	case WG_EV_WAKE: return on_wake(l, loop_idx, ev);
	default: return feed_op(l, ev, loop_idx, ret_life);
	}
}

uint64_t wg__lives_ready(const struct wg__lives *l, uint32_t pid, uint32_t loop)
{
	size_t i = wg__map_get(&l->loop_map, pid, loop);

	return i == WG__MAP_NONE ? 0 : l->loops[i].ready.count;
}

static int by_seq(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

int wg__lives_finish(struct wg__lives *l)
{
	struct {
		uint64_t seq;
		size_t i;
	} *left = calloc(l->count + 1, sizeof(*left));
	size_t count = 0, i;
	int rc = left ? 0 : -ENOMEM;

	while (rc == 0 && l->lingering.count)
		rc = end_life(l, l->lingering.head);
	for (i = 0; rc == 0 && i < l->count; i++) {
		if (l->v[i].seq) {
			left[count].seq = l->v[i].seq;
			left[count++].i = i;
		}
	}
	if (count)
		qsort(left, count, sizeof(*left), by_seq);
	for (i = 0; rc == 0 && i < count; i++)
		rc = end_life(l, left[i].i);
	free(left);
	return rc;
}

void wg__lives_fini(struct wg__lives *l)
{
	free(l->v);
	free(l->loops);
	wg__map_fini(&l->map);
	wg__map_fini(&l->loop_map);
}
