/*
 * flight.c: see flight.h.
 *
 * Nodes in one array, linked by index: the array may move when it grows, and unused nodes are used
 * again, so memory follows the most that ever was in flight and not the length of the trace.
 */
#include "traces/measure/flight.h"

#include <stdlib.h>

#include "traces/base/names.h"

void wg__flight_init(struct wg__flight *f)
{
	*f = (struct wg__flight){ .unused = WG__NONE };
}

void wg__flight_fini(struct wg__flight *f)
{
	free(f->op);
	wg__map_fini(&f->map);
	wg__flight_init(f);
}

static size_t new_node(struct wg__flight *f)
{
	size_t i = f->unused;

	if (i != WG__NONE) {
		f->unused = f->op[i].next;
		return i;
	}
	if (wg__grow(&f->op, &f->cap, f->count, sizeof(*f->op)) < 0)
		return WG__NONE;
	return f->count++;
}

static void free_node(struct wg__flight *f, size_t i)
{
	f->op[i].next = f->unused;
	f->unused = i;
}

size_t wg__flight_get(struct wg__flight *f, uint32_t pid, uint64_t id, size_t loop_idx)
{
	size_t i = wg__map_get(&f->map, pid, id);

	if (i != WG__MAP_NONE)
		return i;
	i = new_node(f);
	if (i == WG__NONE)
		return i;
	f->op[i] = (struct wg__op){
		.id = id,
		.pid = pid,
		.loop_idx = loop_idx,
		.kind = WG_KIND_UNKNOWN,
		.submit_ns = WG__NEVER,
		.start_ns = WG__NEVER,
		.done_ns = WG__NEVER,
		.wake_ns = WG__NEVER,
	};
	if (wg__map_put(&f->map, pid, id, i) < 0) {
		free_node(f, i);
		return WG__NONE;
	}
	return i;
}

size_t wg__flight_find(const struct wg__flight *f, uint32_t pid, uint64_t id)
{
	size_t i = wg__map_get(&f->map, pid, id);

	return i == WG__MAP_NONE ? WG__NONE : i;
}

void wg__flight_push_ready(struct wg__flight *f, struct wg__ready *ready, size_t i)
{
	f->op[i].is_ready = true;
	f->op[i].prev = ready->tail;
	f->op[i].next = WG__NONE;
	if (ready->tail == WG__NONE)
		ready->head = i;
	else
		f->op[ready->tail].next = i;
	ready->tail = i;
	ready->count++;
}

static void unlink_ready(struct wg__flight *f, struct wg__ready *ready, size_t i)
{
	const struct wg__op *op = &f->op[i];

	if (op->prev == WG__NONE)
		ready->head = op->next;
	else
		f->op[op->prev].next = op->next;
	if (op->next == WG__NONE)
		ready->tail = op->prev;
	else
		f->op[op->next].prev = op->prev;
	ready->count--;
}

void wg__flight_forget(struct wg__flight *f, struct wg__ready *ready, size_t i)
{
	if (f->op[i].is_ready)
		unlink_ready(f, ready, i);
	wg__map_remove(&f->map, f->op[i].pid, f->op[i].id);
	free_node(f, i);
}
