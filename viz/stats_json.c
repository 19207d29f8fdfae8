/*
 * stats_json.c: `wakegap stats --json`. Keys are a promise: some may be added, none renamed.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "viz/stats.h"

#define I(value) ((json_int_t)(value))

static json_t *dist_json(const struct wg_dist *d)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "count", I(d->count), "min",
		I(d->min), "p50", I(d->p50), "p90", I(d->p90), "p99", I(d->p99), "max", I(d->max),
		"p999", I(d->p999), "sum", I(d->sum));
}

static json_t *wakes_json(const struct wg_loop_stats *s)
{
	json_t *wakes = json_object();
	size_t i;

	for (i = 0; i < WG_REASON_COUNT; i++) {
		/* A reason that this version does not know is shown if there is one. */
		if (i == WG_REASON_UNKNOWN && s->wakes[i] == 0)
			continue;
		(void)json_object_set_new(
			wakes, wg_reason_name((enum wg_reason)i), json_integer(I(s->wakes[i])));
	}
	return wakes;
}

/* A name of the traced program: jansson takes UTF-8 only, a process name may be anything. */
static json_t *text_json(const char *text)
{
	json_t *string = json_string(text);

	return string ? string : json_string("?");
}

static json_t *stages_json(const struct wg_loop_stats *s)
{
	json_t *o = json_object();
	size_t i;

	for (i = 0; i < WG_STAGE_COUNT; i++)
		(void)json_object_set_new(o, wg_stage_name((enum wg_stage)i),
			dist_json(wg_stage_dist(s, (enum wg_stage)i)));
	return o;
}

/* Operations of one kind, of all loops: what a loop does by itself is not among it. */
static json_t *kind_json(const struct stats_group *g)
{
	const struct wg_loop_stats *s = &g->sum;
	json_t *o = json_object();

	(void)json_object_set_new(o, "kind", text_json(g->key));
	(void)json_object_set_new(o, "ops",
		json_pack("{s:I, s:I, s:I, s:I}", "submitted", I(s->submitted), "started",
			I(s->started), "done", I(s->done), "delivered", I(s->delivered)));
	(void)json_object_set_new(o, "late_wakes", json_integer(I(s->late_wakes)));
	(void)json_object_set_new(o, "stuck", json_integer(I(s->stuck)));
	(void)json_object_set_new(o, "wasted_ns", json_integer(I(s->wasted_ns)));
	(void)json_object_set_new(o, "gap_ns", dist_json(&s->gap));
	(void)json_object_set_new(o, "working_ns", json_integer(I(s->working_ns)));
	(void)json_object_set_new(o, "stages_ns", stages_json(s));
	return o;
}

static json_t *loop_json(const struct wg_loop_stats *s)
{
	json_t *o = json_object();

	if (!o)
		return NULL;
	(void)json_object_set_new(o, "process", text_json(s->process));
	(void)json_object_set_new(o, "pid", json_integer(I(s->pid)));
	(void)json_object_set_new(o, "loop", json_integer(I(s->loop)));
	(void)json_object_set_new(o, "wait", text_json(s->wait));
	(void)json_object_set_new(o, "tick_ns", json_integer(I(s->tick_ns)));
	(void)json_object_set_new(o, "ops",
		json_pack("{s:I, s:I, s:I, s:I}", "submitted", I(s->submitted), "started",
			I(s->started), "done", I(s->done), "delivered", I(s->delivered)));
	(void)json_object_set_new(o, "waits", json_integer(I(s->waits)));
	(void)json_object_set_new(o, "unclosed_waits", json_integer(I(s->unclosed_waits)));
	(void)json_object_set_new(o, "asleep_ns", json_integer(I(s->asleep_ns)));
	(void)json_object_set_new(o, "wakes", wakes_json(s));
	(void)json_object_set_new(o, "empty_wakes", json_integer(I(s->empty_wakes)));
	(void)json_object_set_new(o, "late_wakes", json_integer(I(s->late_wakes)));
	(void)json_object_set_new(o, "stuck", json_integer(I(s->stuck)));
	(void)json_object_set_new(o, "stuck_results", json_integer(I(s->stuck_results)));
	(void)json_object_set_new(o, "stuck_ns", json_integer(I(s->stuck_ns)));
	(void)json_object_set_new(o, "polls", json_integer(I(s->polls)));
	(void)json_object_set_new(o, "empty_polls", json_integer(I(s->empty_polls)));
	(void)json_object_set_new(o, "notifies",
		json_pack("{s:I, s:I}", "sent", I(s->notifies_sent), "coalesced",
			I(s->notifies_coalesced)));
	(void)json_object_set_new(o, "wasted_ns", json_integer(I(s->wasted_ns)));
	(void)json_object_set_new(o, "gap_ns", dist_json(&s->gap));
	(void)json_object_set_new(o, "working_ns", json_integer(I(s->working_ns)));
	(void)json_object_set_new(o, "service_ns", dist_json(&s->service));
	(void)json_object_set_new(o, "stages_ns", stages_json(s));
	/* Not recorded is not 0. */
	(void)json_object_set_new(
		o, "cpu_ns", s->cpu_samples ? json_integer(I(s->cpu_ns)) : json_null());
	return o;
}

/* The window, in ns from the first event; null where it is open. */
static json_t *window_json(const struct wg_part *part)
{
	json_t *o = json_object();

	(void)json_object_set_new(
		o, "since_ns", part->has_since ? json_integer(I(part->since_ns)) : json_null());
	(void)json_object_set_new(
		o, "until_ns", part->has_until ? json_integer(I(part->until_ns)) : json_null());
	return o;
}

/* The groups of a trace, each as `as` has it; NULL without memory. */
static json_t *groups_json(const struct stats_trace *trace, enum stats_by by,
	json_t *(*as)(const struct stats_group *))
{
	json_t *list = json_array();
	struct stats_groups groups;
	size_t i;

	if (wg_stats_groups_init(&groups, trace, by) < 0) {
		json_decref(list);
		list = NULL;
	}
	for (i = 0; list && i < groups.count; i++)
		(void)json_array_append_new(list, as(&groups.group[i]));
	wg_stats_groups_fini(&groups);
	return list;
}

static json_t *process_json(const struct stats_group *g)
{
	json_t *o = loop_json(&g->sum);

	(void)json_object_del(o, "loop");
	(void)json_object_set_new(o, "loops", json_integer(I(g->loops)));
	return o;
}

static json_t *trace_json(const struct stats_trace *trace, const struct stats_options *options)
{
	const struct wg_measure *m = trace->summary->measure;
	const struct wg_loop_stats *s;
	json_t *o = json_object(), *loops = json_array(), *notes = json_array();
	size_t i;

	for (i = 0; (s = wg_measure_loop(m, i)); i++)
		(void)json_array_append_new(loops, loop_json(s));
	for (i = 0; i < trace->summary->note_count; i++)
		(void)json_array_append_new(notes, text_json(trace->summary->notes[i]));
	(void)json_object_set_new(o, "path", text_json(trace->path));
	(void)json_object_set_new(o, "events", json_integer(I(wg_measure_events(m))));
	(void)json_object_set_new(o, "discarded", json_integer(I(wg_measure_discarded(m))));
	(void)json_object_set_new(
		o, "duration_ns", json_integer(I(wg_measure_end_ns(m) - wg_measure_begin_ns(m))));
	(void)json_object_set_new(o, "notes", notes);
	(void)json_object_set_new(o, "loops", loops);
	(void)json_object_set_new(o, "kinds", groups_json(trace, STATS_BY_KIND, kind_json));
	(void)json_object_set_new(
		o, "processes", groups_json(trace, STATS_BY_PROCESS, process_json));
	if (options->part.has_since || options->part.has_until)
		(void)json_object_set_new(o, "window", window_json(&options->part));
	return o;
}

int wg_stats_print_json(
	const struct stats_trace *traces, size_t count, const struct stats_options *options)
{
	json_t *list = json_array();
	json_t *root = json_pack("{s:o}", "traces", list);
	char *text;
	size_t i;

	for (i = 0; i < count; i++)
		(void)json_array_append_new(list, trace_json(&traces[i], options));
	text = root ? json_dumps(root, JSON_INDENT(2)) : NULL;
	json_decref(root);
	if (!text)
		return -ENOMEM;
	(void)puts(text);
	free(text);
	return 0;
}
