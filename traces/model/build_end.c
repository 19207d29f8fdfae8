/*
 * build_end.c: the end of the pass of build.h: what is open is cut, and lanes find their order.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/model/build.h"
#include "traces/model/model_impl.h"
#include "traces/base/names.h"
#include "traces/base/processors.h"
#include "traces/measure/flight.h"

#define OPS_FOR_THREAD 10000 /* some 2 ms: a thread pays from there on */

/* What the order of lanes is made of. */
struct place {
	uint32_t who; /* processes are numbered as they appear */
	enum wg_lane_kind kind;
	uint64_t loop;
	uint32_t worker;
	size_t from; /* as in wg__build_grown() */
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

size_t wg__build_lane_count(const struct wg__build *b)
{
	return b->loop_count + b->worker_count + b->thread_count;
}

struct wg__lane *wg__build_grown(struct wg__build *b, size_t i)
{
	if (i < b->loop_count)
		return &b->loops[i];
	i -= b->loop_count;
	return i < b->worker_count ? &b->workers[i] : &b->threads[i - b->worker_count];
}

struct wg__lane *wg__build_sleeper(struct wg__build *b, const struct wg_wait_rec *rec)
{
	return rec->is_thread ? &b->threads[rec->interval.loop_idx]
			      : &b->loops[rec->interval.loop_idx];
}

static char *name_lane(const struct wg__build *b, const struct wg__lane *grown)
{
	const struct wg_lane *lane = &grown->lane;
	const char *comm = grown->comm;
	char *name;
	int rc;

	switch (lane->kind) {
	case WG_LANE_LOOP:
		rc = asprintf(&name, "loop %" PRIu64 " %s", lane->loop,
			wg_measure_loop(b->trace->measure, lane->loop_idx)->wait);
		break;
	case WG_LANE_WORKER: rc = asprintf(&name, "worker %u", lane->worker); break;
	default:
		/* A log of one thread does not say its number. */
		rc = lane->tid ? asprintf(&name, "%s %u", *comm ? comm : "thread", lane->tid)
			       : asprintf(&name, "%s", *comm ? comm : "main thread");
	}
	return rc < 0 ? NULL : name;
}

struct wg__lane *wg__build_lane_at(struct wg__build *b, size_t i)
{
	return wg__build_grown(b, b->order[i]);
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
	order = reallocarray(b->columns->worker_lane, b->worker_count + 1, sizeof(*order));
	if (!order)
		return -ENOMEM;
	b->columns->worker_lane = order;
	return 0;
}

/* Lanes in trace, from places that are in order; `to` is the way back. */
static int fill_lanes(struct wg__build *b, const struct place *places, size_t count, size_t *to)
{
	struct wg_trace *t = b->trace;
	size_t i;

	for (i = 0; i < count; i++) {
		const struct wg__lane *grown = wg__build_grown(b, places[i].from);

		to[places[i].from] = i;
		b->order[i] = places[i].from;
		t->lanes[i] = grown->lane;
		t->lanes[i].spans = NULL;
		t->lanes[i].name = name_lane(b, grown);
		t->lane_count++;
		if (!t->lanes[i].name)
			return -ENOMEM;
	}
	memcpy(b->columns->worker_lane, to + b->loop_count, b->worker_count * sizeof(*to));
	b->columns->worker_count = b->worker_count;
	return 0;
}

int wg__build_lanes(struct wg__build *b)
{
	size_t count = wg__build_lane_count(b), i;
	struct place *places = calloc(count + 1, sizeof(*places));
	size_t *to = calloc(count + 1, sizeof(*to));
	int rc = places && to ? 0 : -ENOMEM;

	free_names(b->trace);
	if (rc == 0)
		rc = make_room(b, count);
	for (i = 0; i < count && rc == 0; i++) {
		const struct wg_lane *lane = &wg__build_grown(b, i)->lane;

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

static void *map_ops(void *user)
{
	struct wg__build *b = user;

	if (wg__finder_reserve(&b->op_map, b->trace->op_count) < 0 || wg__build_map_ops(b) < 0)
		b->rc = -ENOMEM;
	return NULL;
}

/* What is looked up and summed up, made of columns that are closed: nobody changes them any more.
 * A thread makes the map of operations meanwhile, if that takes long; it alone sets op_map,
 * mapped_ops and rc. */
static int make_indexes(struct wg__build *b, struct wg__loaded *loaded)
{
	pthread_t thread;
	bool has_thread = b->trace->op_count >= OPS_FOR_THREAD && wg_processors() > 1 &&
			  pthread_create(&thread, NULL, map_ops, b) == 0;
	int rc;

	if (!has_thread)
		(void)map_ops(b);
	rc = wg__levels_create(b->trace, &loaded->levels);
	if (has_thread)
		(void)pthread_join(thread, NULL);
	return b->rc < 0 ? b->rc : rc;
}

/* From here on the trace owns the spans, and nothing changes. */
static int move_spans(struct wg__build *b)
{
	struct wg__loaded *loaded = (struct wg__loaded *)b->trace;
	size_t i;

	loaded->spans = calloc(b->trace->lane_count + 1, sizeof(*loaded->spans));
	if (!loaded->spans)
		return -ENOMEM;
	for (i = 0; i < b->trace->lane_count; i++) {
		struct wg__packed *grown = &wg__build_lane_at(b, i)->spans;

		wg__packed_close(grown);
		loaded->spans[i] = *grown;
		b->trace->lanes[i].spans = &loaded->spans[i];
		*grown = (struct wg__packed){ .type = grown->type };
	}
	loaded->lane_count = b->trace->lane_count;
	wg__columns_close(b->columns);
	return make_indexes(b, loaded);
}

/* ---- what is looked up by number ---- */

/* The thread that began a process names it best. */
static void name_by_thread(struct wg_process *p, const struct wg_lane *lane, const char *comm)
{
	if (*comm && (!p->name[0] || lane->tid == lane->pid))
		p->name = comm;
}

static const struct wg_thread_stats *thread_of(
	const struct wg__build *b, const struct wg_lane *lane)
{
	return wg_thread_of(b->trace->threads, lane->space, lane->pid, lane->tid);
}

static void fill_from_threads(struct wg__build *b)
{
	struct wg_process *processes = b->trace->processes;
	const struct wg_thread_stats *s;
	size_t i;

	for (i = 0; i < b->thread_count; i++)
		name_by_thread(&processes[b->threads[i].lane.who], &b->threads[i].lane,
			b->threads[i].comm);
	for (i = 0; i < b->thread_count; i++) {
		struct wg_process *p = &processes[b->threads[i].lane.who];

		s = thread_of(b, &b->threads[i].lane);
		if (s && s->last_ns > p->last_ns)
			p->last_ns = s->last_ns;
	}
}

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
	fill_from_threads(b);
	return 0;
}

/* Threads alike: room for them, and their first waits. */
static int place_threads(struct wg__build *b)
{
	struct wg_trace *t = b->trace;
	struct wg_loop_place *places;
	size_t i;

	if (b->thread_count == 0)
		return 0;
	places = reallocarray(t->thread_places, b->thread_count, sizeof(*places));
	if (!places)
		return -ENOMEM;
	t->thread_places = places;
	t->thread_count = b->thread_count;
	for (i = 0; i < b->thread_count; i++)
		places[i].first_wait = b->threads[i].first_wait;
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
	if (place_threads(b) < 0)
		return -ENOMEM;
	for (i = 0; i < t->lane_count; i++) {
		size_t threads = b->loop_count + b->worker_count;

		if (b->order[i] < b->loop_count)
			places[b->order[i]].lane = i;
		else if (b->order[i] >= threads)
			t->thread_places[b->order[i] - threads].lane = i;
	}
	return fill_processes(b);
}

int64_t wg__build_end_ns(const struct wg__build *b, const struct wg__lane *lane)
{
	if (lane->lane.kind == WG_LANE_THREAD)
		return thread_of(b, &lane->lane)->last_ns;
	return wg__measure_who_end(b->trace->measure, lane->lane.who, lane->since_ns);
}

int wg__build_push_open(struct wg__lane *lane, int64_t end_ns)
{
	bool is_loop = lane->lane.kind != WG_LANE_WORKER; /* or a thread */

	if (lane->since_ns == WG_NO_TIME || lane->since_ns >= end_ns)
		return 0;
	return wg__build_push_span(lane, &(const struct wg_span){
						 .begin_ns = lane->since_ns,
						 .end_ns = end_ns,
						 .state = is_loop ? WG_SPAN_AWAKE : WG_SPAN_WORKING,
						 .open = true,
						 .op = is_loop ? 0 : lane->op,
					 });
}

/* At the end a thread is asleep, or awake until its last record: it may have ended there (T7). */
static int end_thread(struct wg__build *b, struct wg__lane *thread)
{
	if (thread->wait == SIZE_MAX)
		return wg__build_push_open(thread, wg__build_end_ns(b, thread));
	if (wg__build_open_thread(b, thread) < 0)
		return -ENOMEM;
	return wg__build_push_wait(b, thread, thread->wait);
}

int wg__build_finish(struct wg__build *b)
{
	size_t i;
	int rc;

	wg_measure_finish(b->trace->measure);
	rc = b->rc;
	b->trace->begin_ns = wg_measure_begin_ns(b->trace->measure);
	b->trace->end_ns = wg_measure_end_ns(b->trace->measure);
	if (b->trace->threads)
		wg_threads_finish(b->trace->threads, true);
	if (rc == 0)
		rc = fill_processes(b);
	/* A loop that is awake at the end is so until the last event of its process. */
	for (i = 0; i < b->loop_count && rc == 0; i++)
		rc = wg__build_push_open(
			&b->loops[i], b->trace->processes[b->loops[i].lane.who].last_ns);
	for (i = 0; i < b->thread_count && rc == 0; i++)
		rc = end_thread(b, &b->threads[i]);
	for (i = 0; i < b->worker_count && rc == 0; i++)
		rc = wg__build_push_open(&b->workers[i], wg__build_end_ns(b, &b->workers[i]));
	if (rc == 0)
		rc = wg__build_drop_unclosed(b);
	if (rc == 0)
		rc = wg__build_lanes(b);
	if (rc == 0)
		rc = wg__build_places(b);
	return rc == 0 ? move_spans(b) : rc;
}

static void free_lanes(struct wg__lane *lanes, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		wg__packed_fini(&lanes[i].spans);
	free(lanes);
}

void wg__build_fini(struct wg__build *b)
{
	wg__packer_destroy(b->packer);
	free_lanes(b->loops, b->loop_count);
	free_lanes(b->workers, b->worker_count);
	free_lanes(b->threads, b->thread_count);
	wg__map_fini(&b->worker_map);
	wg__finder_fini(&b->op_map);
	free(b->order);
}
