/*
 * model.c: see model.h; the pass itself is build.c, and load.c reads for it.
 *
 * What callers do not see of it is in model_impl.h.
 */
#include "traces/model/model.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "traces/base/names.h"
#include "traces/model/load_impl.h"
#include "traces/model/model_impl.h"

int wg_trace_load(const char *path, struct wg_trace **ret_trace, struct wg_error *err)
{
	struct wg_load *load = NULL;
	int rc = wg_load_open(path, &load, err);

	return wg__load_all(rc, load, ret_trace, err);
}

void wg__loaded_fini(struct wg__loaded *loaded)
{
	struct wg_trace *t = &loaded->trace;
	size_t i;

	for (i = 0; i < t->lane_count; i++)
		free((void *)t->lanes[i].name); /* the lanes own it; const is for everybody else */
	wg__levels_destroy(loaded->levels);
	for (i = 0; i < loaded->lane_count; i++)
		wg__packed_fini(&loaded->spans[i]);
	free(loaded->spans);
	free(t->lanes);
	free(t->loops);
	free(t->thread_places);
	wg_threads_destroy(t->threads);
	free(t->processes);
	free(t->holes);
	free(t->path);
	wg_measure_destroy(t->measure);
	wg__columns_fini(&loaded->columns);
}

void wg_trace_free(struct wg_trace *trace)
{
	struct wg__loaded *loaded = (struct wg__loaded *)trace;
	size_t i;

	if (!trace)
		return;
	for (i = 0; i < trace->note_count; i++)
		free(trace->notes[i]);
	free(trace->notes);
	wg__loaded_fini(loaded);
	wg__finder_fini(&loaded->op_map);
	wg__names_destroy(loaded->names);
	if (loaded->file.at)
		(void)munmap(loaded->file.at, loaded->file.bytes);
	free(loaded);
}

bool wg_event_is_of_schedule(const struct wg_event *event)
{
	return event->type == WG_EV_OTHER && event->record == WG_RECORD_NONE &&
	       event->never_ends.call && event->never_ends.why;
}

/* A step has a few events. */
bool wg_trace_is_schedule(const struct wg_trace *t)
{
	size_t first = t->event_count > 256 ? t->event_count - 256 : 0, i;

	for (i = t->event_count; i > first; i--) {
		if (wg_event_is_of_schedule(WG_EVENT(t, i - 1)))
			return true;
	}
	return false;
}

int64_t wg_trace_zero_ns(const struct wg_trace *t)
{
	int64_t first = t->op_count > 0 ? wg_trace_submit_ns(t, 0) : WG_NO_TIME;

	return first != WG_NO_TIME && !wg_trace_is_schedule(t) ? first : t->begin_ns;
}

const char *wg_trace_process(const struct wg_trace *trace, uint32_t who)
{
	return who < trace->process_count ? trace->processes[who].name : "";
}

char *wg_trace_again(char *buf, size_t len, const struct wg_trace *trace, uint32_t who)
{
	buf[0] = '\0';
	if (who < trace->process_count && trace->processes[who].life > 1)
		(void)snprintf(buf, len, " #%u", trace->processes[who].life);
	return buf;
}

size_t wg_wait_lane(const struct wg_trace *trace, const struct wg_wait_rec *rec)
{
	return rec->is_thread ? trace->thread_places[rec->interval.loop_idx].lane
			      : trace->loops[rec->interval.loop_idx].lane;
}

size_t wg_lane_first_wait(const struct wg_trace *trace, const struct wg_lane *lane)
{
	switch (lane->kind) {
	case WG_LANE_LOOP: return trace->loops[lane->loop_idx].first_wait;
	case WG_LANE_THREAD: return trace->thread_places[lane->loop_idx].first_wait;
	default: return 0;
	}
}

bool wg_lane_has_event(const struct wg_lane *lane, const struct wg_event *ev)
{
	if (lane->who != ev->who || lane->kind == WG_LANE_WORKER)
		return false;
	return lane->kind == WG_LANE_THREAD
		       ? ev->record != WG_RECORD_NONE && ev->tid == lane->tid
		       : ev->record == WG_RECORD_NONE && ev->loop == lane->loop;
}

/* The record of the wait's thread at that time. */
static const struct wg_event *record_at(const struct wg_trace *trace, const struct wg_wait_rec *rec,
	int64_t t, enum wg_record record, struct wg_event *room)
{
	const struct wg_lane *lane = &trace->lanes[wg_wait_lane(trace, rec)];
	size_t i = rec->is_thread ? wg_trace_first_event(trace, t) : trace->event_count;

	for (; i < trace->event_count && wg_trace_event_ns(trace, i) == t; i++) {
		const struct wg_event *event = wg_trace_event(trace, i, room);

		if (event->record == record && wg_lane_has_event(lane, event))
			return event;
	}
	return NULL;
}

const struct wg_event *wg_wait_event(
	const struct wg_trace *trace, const struct wg_wait_rec *rec, struct wg_event *room)
{
	return record_at(trace, rec, rec->interval.wait_ns, WG_RECORD_WAIT, room);
}

const struct wg_event *wg_wake_event(
	const struct wg_trace *trace, const struct wg_wait_rec *rec, struct wg_event *room)
{
	return rec->interval.open
		       ? NULL
		       : record_at(trace, rec, rec->interval.wake_ns, WG_RECORD_WAKE, room);
}

bool wg_wait_pair(const struct wg_trace *trace, const struct wg_wait_rec *rec, struct wg_pair *ret)
{
	const struct wg_lane *woken = &trace->lanes[wg_wait_lane(trace, rec)];
	const struct wg_event *wake;
	struct wg_event room;
	size_t i;

	if (!rec->is_thread || !rec->by_tid || rec->certainty == WG_CERTAINTY_NONE)
		return false;
	wake = wg_wake_event(trace, rec, &room);
	*ret = (struct wg_pair){ .from_lane = SIZE_MAX,
		.by_pid = wake ? wake->thread_wake.by_pid : 0,
		.by_tid = rec->by_tid,
		.notify_ns = rec->notify_ns,
		.certainty = (enum wg_certainty)rec->certainty,
		.call = wake && wake->thread_wake.by_call ? wake->thread_wake.by_call : "" };
	for (i = 0; i < trace->lane_count && ret->from_lane == SIZE_MAX; i++) {
		const struct wg_lane *lane = &trace->lanes[i];

		if (lane->kind == WG_LANE_THREAD && lane->space == woken->space &&
			lane->tid == ret->by_tid && (!ret->by_pid || lane->pid == ret->by_pid))
			ret->from_lane = i;
	}
	return true;
}

size_t wg_lane_from(const struct wg_lane *lane, int64_t t)
{
	size_t i = lane->spans ? wg__spans_from(lane->spans, t) : 0;

	return i < lane->span_count ? i : lane->span_count;
}

/* They do not overlap: of all that begin by t only the last may end after it. */
size_t wg_lane_first(const struct wg_lane *lane, int64_t t)
{
	size_t i;

	if (lane->levels)
		return wg__levels_first(lane, t);
	i = t < INT64_MAX ? wg_lane_from(lane, t + 1) : lane->span_count;

	return i > 0 && wg__spans_end_ns(lane->spans, i - 1) > t ? i - 1 : i;
}

/* ---- rows ---- */

static const struct wg__columns *columns_of(const struct wg_trace *trace)
{
	return &((const struct wg__loaded *)trace)->columns;
}

const struct wg_event *wg_trace_event(const struct wg_trace *trace, size_t i, struct wg_event *room)
{
	wg__columns_event(columns_of(trace), i, room);
	return room;
}

/* Columns know the number of its worker. */
const struct wg_op_life *wg_trace_op_at(
	const struct wg_trace *trace, size_t i, struct wg_op_life *room)
{
	const struct wg__columns *c = columns_of(trace);

	wg__columns_op(c, i, room);
	room->worker_lane = room->worker_lane < c->worker_count
				    ? (uint32_t)c->worker_lane[room->worker_lane]
				    : WG_NO_LANE;
	return room;
}

const struct wg_wait_rec *wg_trace_wait(
	const struct wg_trace *trace, size_t i, struct wg_wait_rec *room)
{
	wg__columns_wait(columns_of(trace), i, room);
	return room;
}

const struct wg_span *wg_lane_span(const struct wg_lane *lane, size_t i, struct wg_span *room)
{
	wg__spans_get(lane->spans, i, room);
	return room;
}

int64_t wg_trace_event_ns(const struct wg_trace *trace, size_t i)
{
	return wg__columns_event_ns(columns_of(trace), i);
}

int64_t wg_trace_submit_ns(const struct wg_trace *trace, size_t i)
{
	return wg__columns_submit_ns(columns_of(trace), i);
}

int64_t wg_lane_span_ns(const struct wg_lane *lane, size_t i)
{
	return wg__spans_begin_ns(lane->spans, i);
}

size_t wg_trace_first_event(const struct wg_trace *trace, int64_t t)
{
	return wg__columns_first_event(columns_of(trace), t);
}

size_t wg_trace_first_wait(const struct wg_trace *trace, int64_t t)
{
	return wg__columns_first_wait(columns_of(trace), t);
}

size_t wg_trace_first_op(const struct wg_trace *trace, int64_t t)
{
	return wg__columns_first_op(columns_of(trace), t);
}

size_t wg_trace_op_number(const struct wg_trace *trace, uint32_t who, uint64_t op)
{
	const struct wg__loaded *loaded = (const struct wg__loaded *)trace;
	uint32_t i = wg__finder_get(&loaded->op_map, (struct wg__key){ who, op });

	return i == WG__FINDER_NONE ? SIZE_MAX : i;
}

const struct wg_op_life *wg_trace_op(
	const struct wg_trace *trace, uint32_t who, uint64_t op, struct wg_op_life *room)
{
	size_t i = wg_trace_op_number(trace, who, op);

	return i == SIZE_MAX ? NULL : wg_trace_op_at(trace, i, room);
}

const struct wg_op_life *wg_trace_op_near(const struct wg_trace *trace, size_t *near, uint32_t who,
	uint64_t op, struct wg_op_life *room)
{
	const struct wg__columns *c = columns_of(trace);
	struct wg__key key;
	size_t i = *near;

	if (i < trace->op_count) {
		key = wg__columns_op_key(c, i);
		i += (size_t)(op - key.id);
	}
	if (i < trace->op_count) {
		key = wg__columns_op_key(c, i);
		if (key.id == op && key.pid == who) {
			*near = i;
			return wg_trace_op_at(trace, i, room);
		}
	}
	i = wg_trace_op_number(trace, who, op);
	if (i == SIZE_MAX)
		return NULL;
	*near = i;
	return wg_trace_op_at(trace, i, room);
}
