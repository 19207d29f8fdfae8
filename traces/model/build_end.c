/*
 * build_end.c: the end of the pass of build.h: what is open is cut, and lanes find their order.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/model/build.h"
#include "traces/base/names.h"
#include "traces/measure/flight.h"

/* What the order of lanes is made of. */
struct place {
	uint32_t who; /* processes are numbered as they appear */
	enum wg_lane_kind kind;
	uint64_t loop;
	uint32_t worker;
	size_t from; /* index among loops, or loop_count + index among workers */
};

static int by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->who != y->who)
		return x->who < y->who ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->loop != y->loop)
		return x->loop < y->loop ? -1 : 1;
	if (x->worker != y->worker)
		return x->worker < y->worker ? -1 : 1;
	return x->from < y->from ? -1 : x->from > y->from;
}

static struct wg__lane *grown_lane(struct wg__build *b, size_t from)
{
	return from < b->loop_count ? &b->loops[from] : &b->workers[from - b->loop_count];
}

static char *name_lane(const struct wg__build *b, const struct wg_lane *lane)
{
	char *name;
	int rc;

	if (lane->kind == WG_LANE_LOOP) {
		rc = asprintf(&name, "loop %" PRIu64 " %s", lane->loop,
			wg_measure_loop(b->trace->measure, lane->loop_idx)->wait);
	} else {
		rc = asprintf(&name, "worker %u", lane->worker);
	}
	return rc < 0 ? NULL : name;
}

struct wg__lane *wg__build_lane_at(struct wg__build *b, size_t i)
{
	return grown_lane(b, b->order[i]);
}

static void free_names(struct wg_trace *t)
{
	size_t i;

	for (i = 0; i < t->lane_count; i++)
		free((void *)t->lanes[i].name); /* the lanes own them; const is for others */
	t->lane_count = 0;
}

/* Room for `count` lanes, and then some: lanes come one by one. */
static int make_room(struct wg__build *b, size_t count)
{
	struct wg_trace *t = b->trace;
	struct wg_lane *lanes = reallocarray(t->lanes, count + 1, sizeof(*lanes));
	size_t *order;

	if (!lanes)
		return -ENOMEM;
	t->lanes = lanes;
	order = reallocarray(b->order, count + 1, sizeof(*order));
	if (!order)
		return -ENOMEM;
	b->order = order;
	order = reallocarray(b->worker_place, b->worker_count + 1, sizeof(*order));
	if (!order)
		return -ENOMEM;
	b->worker_place = order;
	return 0;
}

/* Lanes in trace, from places that are in order; `to` is the way back. */
static int fill_lanes(struct wg__build *b, const struct place *places, size_t count, size_t *to)
{
	struct wg_trace *t = b->trace;
	size_t i;

	for (i = 0; i < count; i++) {
		const struct wg__lane *grown = grown_lane(b, places[i].from);

		to[places[i].from] = i;
		b->order[i] = places[i].from;
		t->lanes[i] = grown->lane;
		t->lanes[i].spans = NULL;
		t->lanes[i].name = name_lane(b, &grown->lane);
		t->lane_count++;
		if (!t->lanes[i].name)
			return -ENOMEM;
	}
	memcpy(b->worker_place, to + b->loop_count, b->worker_count * sizeof(*to));
	b->placed_workers = b->worker_count;
	for (i = 0; i < t->op_count; i++) {
		uint32_t w = b->op_worker[i];

		t->ops[i].worker_lane =
			w == WG__NO_WORKER ? WG_NO_LANE : (uint32_t)b->worker_place[w];
	}
	return 0;
}

int wg__build_lanes(struct wg__build *b)
{
	size_t count = b->loop_count + b->worker_count, i;
	struct place *places = calloc(count + 1, sizeof(*places));
	size_t *to = calloc(count + 1, sizeof(*to));
	int rc = places && to ? 0 : -ENOMEM;

	free_names(b->trace);
	if (rc == 0)
		rc = make_room(b, count);
	for (i = 0; i < count && rc == 0; i++) {
		const struct wg_lane *lane = &grown_lane(b, i)->lane;

		places[i] = (struct place){ lane->who, lane->kind, lane->loop, lane->worker, i };
	}
	if (rc == 0) {
		qsort(places, count, sizeof(*places), by_place);
		rc = fill_lanes(b, places, count, to);
	}
	free(places);
	free(to);
	return rc;
}

/* From here on the trace owns the spans. */
static void move_spans(struct wg__build *b)
{
	size_t i;

	for (i = 0; i < b->trace->lane_count; i++) {
		struct wg__lane *grown = wg__build_lane_at(b, i);

		b->trace->lanes[i].spans = grown->spans;
		grown->spans = NULL;
	}
}

/* Take waits that no wake closed out of the list, and tell the spans their new numbers. */
static int drop_unclosed_waits(struct wg__build *b)
{
	struct wg_trace *t = b->trace;
	size_t *to = calloc(t->wait_count + 1, sizeof(*to));
	size_t i, l, kept = 0;

	if (!to)
		return -ENOMEM;
	for (i = 0; i < t->wait_count; i++) {
		if (t->waits[i].interval.wake_ns == WG_NO_TIME)
			continue;
		to[i] = kept;
		t->waits[kept++] = t->waits[i];
	}
	for (l = 0; l < b->loop_count && kept < t->wait_count; l++) {
		struct wg__lane *lane = &b->loops[l];

		for (i = 0; i < lane->lane.span_count; i++) {
			if (lane->spans[i].wait)
				lane->spans[i].wait = (uint32_t)(to[lane->spans[i].wait - 1] + 1);
		}
	}
	t->wait_count = kept;
	free(to);
	wg__build_chain_waits(b);
	return 0;
}

void wg__build_chain_wait(struct wg__build *b, size_t wait)
{
	struct wg_wait_rec *waits = b->trace->waits;
	struct wg__lane *loop = &b->loops[waits[wait].interval.loop_idx];

	waits[wait].next = 0;
	if (loop->last_wait)
		waits[loop->last_wait - 1].next = wait + 1;
	else
		loop->first_wait = wait + 1;
	loop->last_wait = wait + 1;
}

void wg__build_chain_waits(struct wg__build *b)
{
	size_t i;

	for (i = 0; i < b->loop_count; i++)
		b->loops[i].first_wait = b->loops[i].last_wait = 0;
	for (i = 0; i < b->trace->wait_count; i++)
		wg__build_chain_wait(b, i);
}

/* ---- what is looked up by number ---- */

static int fill_processes(struct wg__build *b)
{
	struct wg_trace *t = b->trace;
	const struct wg__loops *loops = &wg__measure_flight(t->measure)->loops;
	struct wg_process *processes =
		reallocarray(t->processes, loops->who_count + 1, sizeof(*processes));
	const struct wg_loop_stats *stats;
	size_t i;

	if (!processes)
		return -ENOMEM;
	t->processes = processes;
	t->process_count = loops->who_count;
	for (i = 0; i < t->process_count; i++)
		processes[i] = (struct wg_process){ "", loops->who[i].life, WG_NO_TIME };
	for (i = 0; (stats = wg_measure_loop(t->measure, i)); i++) {
		struct wg_process *p = &processes[stats->who];

		if (!p->name[0] && stats->process)
			p->name = stats->process;
		if (stats->last_ns > p->last_ns)
			p->last_ns = stats->last_ns;
	}
	return 0;
}

int wg__build_places(struct wg__build *b)
{
	struct wg_trace *t = b->trace;
	struct wg_loop_place *places = reallocarray(t->loops, b->loop_count + 1, sizeof(*places));
	size_t i;

	if (!places)
		return -ENOMEM;
	t->loops = places;
	t->loop_count = b->loop_count;
	for (i = 0; i < b->loop_count; i++)
		places[i].first_wait = b->loops[i].first_wait;
	for (i = 0; i < t->lane_count; i++) {
		if (b->order[i] < b->loop_count)
			places[b->order[i]].lane = i;
	}
	return fill_processes(b);
}

int64_t wg__build_end_ns(const struct wg__build *b, const struct wg__lane *lane)
{
	return wg__measure_who_end(b->trace->measure, lane->lane.who, lane->since_ns);
}

int wg__build_push_open(struct wg__lane *lane, int64_t end_ns)
{
	bool is_loop = lane->lane.kind == WG_LANE_LOOP;

	if (lane->since_ns == WG_NO_TIME || lane->since_ns >= end_ns)
		return 0;
	if (wg__grow(&lane->spans, &lane->span_cap, lane->lane.span_count, sizeof(*lane->spans)) <
		0)
		return -ENOMEM;
	lane->spans[lane->lane.span_count++] = (struct wg_span){
		.begin_ns = lane->since_ns,
		.end_ns = end_ns,
		.state = is_loop ? WG_SPAN_AWAKE : WG_SPAN_WORKING,
		.open = true,
		.op = is_loop ? 0 : lane->op,
	};
	return 0;
}

int wg__build_finish(struct wg__build *b)
{
	size_t i;
	int rc;

	wg_measure_finish(b->trace->measure);
	rc = b->rc;
	b->trace->begin_ns = wg_measure_begin_ns(b->trace->measure);
	b->trace->end_ns = wg_measure_end_ns(b->trace->measure);
	if (rc == 0)
		rc = fill_processes(b);
	/* A loop that is awake at the end is so until the last event of its process. */
	for (i = 0; i < b->loop_count && rc == 0; i++)
		rc = wg__build_push_open(
			&b->loops[i], b->trace->processes[b->loops[i].lane.who].last_ns);
	for (i = 0; i < b->worker_count && rc == 0; i++)
		rc = wg__build_push_open(&b->workers[i], wg__build_end_ns(b, &b->workers[i]));
	if (rc == 0)
		rc = drop_unclosed_waits(b);
	if (rc == 0)
		rc = wg__build_lanes(b);
	if (rc == 0)
		rc = wg__build_places(b);
	if (rc == 0)
		move_spans(b);
	return rc;
}

static void free_lanes(struct wg__lane *lanes, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		free(lanes[i].spans);
	free(lanes);
}

void wg__build_fini(struct wg__build *b)
{
	free_lanes(b->loops, b->loop_count);
	free_lanes(b->workers, b->worker_count);
	wg__map_fini(&b->worker_map);
	wg__finder_fini(&b->op_map);
	free(b->op_worker);
	free(b->order);
	free(b->worker_place);
}
