/*
 * model_keep.c: see model_keep.h.
 */
#include "traces/model/model_keep.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "traces/measure/measure_keep.h"
#include "traces/model/build.h"

/* ---- lanes ---- */

static void keep_lane(struct wg__keep *k, struct wg_lane *lane, const struct wg_trace *t)
{
	uint32_t v[] = { lane->kind, lane->space, lane->pid, lane->who, lane->worker, lane->tid };
	const char *name = lane->name;

	wg__keep_value(k, v, sizeof(v));
	wg__keep_value(k, &lane->loop, sizeof(lane->loop));
	wg__keep_value(k, &lane->loop_idx, sizeof(lane->loop_idx));
	wg__keep_text(k, &name);
	wg__keep_refuse(k, v[0] > WG_LANE_THREAD);
	wg__keep_refuse(k, v[0] == WG_LANE_LOOP && lane->loop_idx >= t->loop_count);
	wg__keep_refuse(k, v[0] == WG_LANE_THREAD && lane->loop_idx >= t->thread_count);
	wg__keep_refuse(k, !name);
	if (!wg__keep_reads(k) || k->rc < 0 || !name)
		return;
	lane->kind = (enum wg_lane_kind)v[0];
	lane->space = v[1];
	lane->pid = v[2];
	lane->who = v[3];
	lane->worker = v[4];
	lane->tid = v[5];
	lane->name = strdup(name); /* the lane owns it */
	if (!lane->name)
		k->rc = -ENOMEM;
}

/* Room for lanes, which take more than a word each in the file. */
static void make_lanes(struct wg__keep *k, struct wg__loaded *loaded, size_t count)
{
	loaded->trace.lanes = wg__keep_room(k, count, sizeof(*loaded->trace.lanes));
	loaded->spans = wg__keep_room(k, count, sizeof(*loaded->spans));
}

static void keep_lanes(struct wg__keep *k, struct wg__loaded *loaded, size_t count)
{
	struct wg_trace *t = &loaded->trace;
	size_t i;

	if (wg__keep_reads(k))
		make_lanes(k, loaded, count);
	for (i = 0; i < count && k->rc == 0; i++) {
		if (wg__keep_reads(k)) {
			t->lane_count = loaded->lane_count = i + 1;
			wg__spans_init(&loaded->spans[i], false);
			t->lanes[i].spans = &loaded->spans[i];
		}
		keep_lane(k, &t->lanes[i], t);
		wg__keep_spans(k, &loaded->spans[i], t->lanes[i].kind, t->wait_count);
		t->lanes[i].span_count = loaded->spans[i].count;
	}
}

/* ---- what is looked up by number ---- */

static void keep_processes(struct wg__keep *k, struct wg_trace *t)
{
	size_t count = t->process_count, i;

	wg__keep_value(k, &count, sizeof(count));
	if (wg__keep_reads(k)) {
		t->processes = wg__keep_room(k, count, sizeof(*t->processes));
		t->process_count = t->processes ? count : 0;
	}
	for (i = 0; i < t->process_count && k->rc == 0; i++) {
		wg__keep_text(k, &t->processes[i].name);
		wg__keep_value(k, &t->processes[i].life, sizeof(t->processes[i].life));
		wg__keep_time(k, &t->processes[i].last_ns, WG_NO_TIME);
		wg__keep_refuse(k, !t->processes[i].name);
	}
}

static void keep_holes(struct wg__keep *k, struct wg_trace *t)
{
	size_t i;

	wg__keep_array(k, &t->holes, &t->hole_count, sizeof(*t->holes));
	for (i = 0; i < t->hole_count; i++)
		wg__keep_refuse(k, t->holes[i].begin_ns > t->holes[i].end_ns ||
					   t->holes[i].begin_ns < -WG__KEEP_TIME_MAX ||
					   t->holes[i].end_ns > WG__KEEP_TIME_MAX);
}

static void keep_notes(struct wg__keep *k, struct wg_trace *t)
{
	size_t count = t->note_count, i;

	wg__keep_value(k, &count, sizeof(count));
	if (wg__keep_reads(k))
		t->notes = wg__keep_room(k, count, sizeof(*t->notes));
	for (i = 0; i < count && k->rc == 0; i++) {
		const char *line = wg__keep_reads(k) ? NULL : t->notes[i];

		wg__keep_text(k, &line);
		wg__keep_refuse(k, !line);
		if (!wg__keep_reads(k) || k->rc < 0 || !line)
			continue;
		t->notes[i] = strdup(line);
		t->note_count = i + 1;
		if (!t->notes[i])
			k->rc = -ENOMEM;
	}
}

/* Each slot has the number of an operation, or is free, and one is: so a search ends. */
static void keep_op_map(struct wg__keep *k, struct wg__loaded *loaded)
{
	struct wg__finder *map = &loaded->op_map;

	wg__keep_array(k, &map->slot, &map->size, sizeof(*map->slot));
	wg__keep_value(k, &map->count, sizeof(map->count));
	if (!wg__keep_reads(k))
		return;
	map->key = wg__build_op_key;
	map->user = &loaded->columns;
	wg__keep_refuse(k, !wg__finder_is_sound(map, loaded->columns.ops.count));
}

/* ---- all ---- */

static void keep_counts(struct wg__keep *k, struct wg_trace *t, size_t *lane_count)
{
	wg__keep_time(k, &t->begin_ns, 0);
	wg__keep_time(k, &t->end_ns, 0);
	wg__keep_value(k, &t->event_count, sizeof(t->event_count));
	wg__keep_value(k, &t->op_count, sizeof(t->op_count));
	wg__keep_value(k, &t->wait_count, sizeof(t->wait_count));
	wg__keep_value(k, lane_count, sizeof(*lane_count));
	wg__keep_refuse(k, t->begin_ns > t->end_ns);
}

static void check_counts(struct wg__keep *k, const struct wg__loaded *loaded)
{
	const struct wg_trace *t = &loaded->trace;

	wg__keep_refuse(
		k, loaded->columns.events.count != t->event_count ||
			   loaded->columns.ops.count != t->op_count ||
			   loaded->columns.waits.count != t->wait_count ||
			   (t->loop_count > 0 && !wg_measure_loop(t->measure, t->loop_count - 1)) ||
			   wg_measure_loop(t->measure, t->loop_count));
}

/* Loops, or threads. */
static void keep_places(
	struct wg__keep *k, struct wg_loop_place **places, size_t *count, const struct wg_trace *t)
{
	size_t i;

	wg__keep_array(k, places, count, sizeof(**places));
	for (i = 0; i < *count && k->rc == 0; i++)
		wg__keep_refuse(k, (*places)[i].first_wait > t->wait_count);
}

/* Whose lane it is leads back to the lane. */
static void check_places(struct wg__keep *k, const struct wg_loop_place *places, size_t count,
	const struct wg_trace *t, enum wg_lane_kind kind)
{
	size_t i;

	for (i = 0; i < count && k->rc == 0; i++)
		wg__keep_refuse(k, places[i].lane >= t->lane_count ||
					   t->lanes[places[i].lane].kind != kind ||
					   t->lanes[places[i].lane].loop_idx != i);
}

void wg__keep_model(struct wg__keep *k, struct wg__loaded *loaded)
{
	struct wg_trace *t = &loaded->trace;
	size_t lane_count = t->lane_count;

	keep_counts(k, t, &lane_count);
	wg__keep_measure(k, t->measure);
	wg__keep_threads(k, &t->threads, t->event_count);
	keep_places(k, &t->loops, &t->loop_count, t);
	keep_places(k, &t->thread_places, &t->thread_count, t);
	wg__keep_columns(k, &loaded->columns, t, lane_count);
	if (k->rc == 0)
		check_counts(k, loaded);
	keep_lanes(k, loaded, lane_count);
	check_places(k, t->loops, t->loop_count, t, WG_LANE_LOOP);
	check_places(k, t->thread_places, t->thread_count, t, WG_LANE_THREAD);
	keep_processes(k, t);
	keep_holes(k, t);
	keep_notes(k, t);
	keep_op_map(k, loaded);
	if (k->rc == 0)
		wg__keep_levels(k, t, &loaded->levels);
	wg__keep_refuse(k, wg__keep_reads(k) && k->at != k->end);
}
