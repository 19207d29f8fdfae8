/*
 * model.c: see model.h; the pass itself is build.c.
 *
 * What callers do not see of it is in model_impl.h.
 */
#include "traces/model/model.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/base/names.h"
#include "traces/model/build.h"
#include "traces/model/model_impl.h"
#include "traces/read/read.h"
#include "traces/measure/summary.h"

static int read_all(struct wg_reader *reader, struct wg__build *build, struct wg_error *err)
{
	struct wg_event ev;
	int rc;

	while ((rc = wg_reader_next(reader, &ev, err)) > 0) {
		if (wg__build_feed(build, &ev) < 0)
			return wg_error_set(err, -ENOMEM, "out of memory");
	}
	if (rc == 0 && wg__build_finish(build) < 0)
		rc = wg_error_set(err, -ENOMEM, "out of memory");
	return rc;
}

static int load(
	const char *path, struct wg_reader *reader, struct wg__loaded *loaded, struct wg_error *err)
{
	struct wg_trace *t = &loaded->trace;
	struct wg__build build;
	struct wg_measure_hooks hooks = wg__build_init(&build, t);
	int rc = wg_measure_create(&hooks, &t->measure);
	size_t faults;

	t->path = strdup(path);
	if (rc < 0 || !t->path)
		return wg_error_set(err, -ENOMEM, "out of memory");
	rc = read_all(reader, &build, err);
	if (rc == 0 && wg_measure_events(t->measure) == 0)
		rc = wg__no_events(path, reader, err);
	if (rc == 0 && wg__copy_notes(reader, t->measure, &t->notes, &t->note_count, &faults) < 0)
		rc = wg_error_set(err, -ENOMEM, "out of memory");
	loaded->op_map = build.op_map;
	build.op_map.slot = NULL; /* moved */
	wg__build_fini(&build);
	loaded->names = wg__reader_take_names(reader);
	return rc;
}

int wg_trace_load(const char *path, struct wg_trace **ret_trace, struct wg_error *err)
{
	struct wg__loaded *loaded = calloc(1, sizeof(*loaded));
	struct wg_reader *reader = NULL;
	int rc;

	if (!loaded)
		return wg_error_set(err, -ENOMEM, "out of memory");
	rc = wg_reader_open(path, &reader, err);
	if (rc == 0)
		rc = load(path, reader, loaded, err);
	wg_reader_close(reader);
	if (rc < 0) {
		wg_trace_free(&loaded->trace);
		return rc;
	}
	*ret_trace = &loaded->trace;
	return 0;
}

void wg_trace_free(struct wg_trace *trace)
{
	struct wg__loaded *loaded = (struct wg__loaded *)trace;
	size_t i;

	if (!trace)
		return;
	for (i = 0; i < trace->lane_count; i++) {
		/* The lanes own both; const is for everybody else. */
		free((void *)trace->lanes[i].spans);
		free((void *)trace->lanes[i].name);
	}
	for (i = 0; i < trace->note_count; i++)
		free(trace->notes[i]);
	free(trace->notes);
	free(trace->lanes);
	free(trace->ops);
	free(trace->waits);
	free(trace->loops);
	free(trace->thread_places);
	wg_threads_destroy(trace->threads);
	free(trace->processes);
	free(trace->holes);
	free(trace->events);
	free(trace->path);
	wg_measure_destroy(trace->measure);
	wg__finder_fini(&loaded->op_map);
	wg__names_destroy(loaded->names);
	free(loaded);
}

int64_t wg_trace_zero_ns(const struct wg_trace *t)
{
	bool has_submit = t->op_count > 0 && t->ops[0].submit_ns != WG_NO_TIME;

	return has_submit ? t->ops[0].submit_ns : t->begin_ns;
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
	int64_t t, enum wg_record record)
{
	const struct wg_lane *lane = &trace->lanes[wg_wait_lane(trace, rec)];
	size_t i = rec->is_thread ? wg_trace_first_event(trace, t) : trace->event_count;

	for (; i < trace->event_count && trace->events[i].ts_ns == t; i++) {
		if (trace->events[i].record == record && wg_lane_has_event(lane, &trace->events[i]))
			return &trace->events[i];
	}
	return NULL;
}

const struct wg_event *wg_wait_event(const struct wg_trace *trace, const struct wg_wait_rec *rec)
{
	return record_at(trace, rec, rec->interval.wait_ns, WG_RECORD_WAIT);
}

const struct wg_event *wg_wake_event(const struct wg_trace *trace, const struct wg_wait_rec *rec)
{
	return rec->interval.open ? NULL
				  : record_at(trace, rec, rec->interval.wake_ns, WG_RECORD_WAKE);
}

bool wg_wait_pair(const struct wg_trace *trace, const struct wg_wait_rec *rec, struct wg_pair *ret)
{
	const struct wg_lane *woken = &trace->lanes[wg_wait_lane(trace, rec)];
	const struct wg_event *wake;
	size_t i;

	if (!rec->is_thread || !rec->by_tid || rec->certainty == WG_CERTAINTY_NONE)
		return false;
	wake = wg_wake_event(trace, rec);
	*ret = (struct wg_pair){ .from_lane = SIZE_MAX,
		.by_pid = wake ? wake->thread_wake.by_pid : 0,
		.by_tid = rec->by_tid,
		.notify_ns = rec->notify_ns,
		.certainty = (enum wg_certainty)rec->certainty,
		.call = wake ? wake->thread_wake.by_call : "" };
	for (i = 0; i < trace->lane_count && ret->from_lane == SIZE_MAX; i++) {
		const struct wg_lane *lane = &trace->lanes[i];

		if (lane->kind == WG_LANE_THREAD && lane->space == woken->space &&
			lane->tid == ret->by_tid && (!ret->by_pid || lane->pid == ret->by_pid))
			ret->from_lane = i;
	}
	return true;
}

size_t wg_lane_first(const struct wg_lane *lane, int64_t t)
{
	return wg__first_from(lane->spans, lane->span_count, sizeof(*lane->spans),
		offsetof(struct wg_span, end_ns), t < INT64_MAX ? t + 1 : t);
}

size_t wg_trace_first_event(const struct wg_trace *trace, int64_t t)
{
	return wg__first_from(trace->events, trace->event_count, sizeof(*trace->events),
		offsetof(struct wg_event, ts_ns), t);
}

const struct wg_op_life *wg_trace_op(const struct wg_trace *trace, uint32_t who, uint64_t op)
{
	const struct wg__loaded *loaded = (const struct wg__loaded *)trace;
	uint32_t i = wg__finder_get(&loaded->op_map, (struct wg__key){ who, op });

	return i == WG__FINDER_NONE ? NULL : &trace->ops[i];
}

const struct wg_op_life *wg_trace_op_near(
	const struct wg_trace *trace, const struct wg_op_life *near, uint32_t who, uint64_t op)
{
	size_t i = near ? (size_t)(near - trace->ops) + (size_t)(op - near->op) : SIZE_MAX;

	if (i < trace->op_count && trace->ops[i].op == op && trace->ops[i].who == who)
		return &trace->ops[i];
	return wg_trace_op(trace, who, op);
}
