/*
 * json.c: `wakegap stats --json`. Keys are a promise: some may be added, none renamed.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>

#include "traces/base/say.h"
#include "viz/stats/json_parts.h"
#include "viz/stats/json_stream.h"
#include "viz/stats/stats.h"

static json_t *dist_json(const struct wg_dist *d)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "count", I(d->count), "min",
		I(d->min), "p50", I(d->p50), "p90", I(d->p90), "p99", I(d->p99), "max", I(d->max),
		"p999", I(d->p999), "sum", I(d->sum));
}

/* What cannot be observed is null. */
static json_t *count_json(const struct wg_loop_stats *s, enum wg_sees figure, uint64_t value)
{
	return wg_stats_sees(s, figure) ? json_integer(I(value)) : json_null();
}

static json_t *seen_dist_json(
	const struct wg_loop_stats *s, enum wg_sees figure, const struct wg_dist *d)
{
	return wg_stats_sees(s, figure) ? dist_json(d) : json_null();
}

static json_t *ops_json(const struct wg_loop_stats *s)
{
	json_t *o = json_object();

	wg__json_set(&o, "submitted", count_json(s, WG_SEES_SUBMITTED, s->submitted));
	wg__json_set(&o, "started", count_json(s, WG_SEES_WORKED, s->started));
	wg__json_set(&o, "done", count_json(s, WG_SEES_DONE, s->done));
	wg__json_set(&o, "delivered", count_json(s, WG_SEES_DELIVERED, s->delivered));
	return o;
}

/* The names of the events that are not emitted. */
static json_t *missing_json(const struct wg_loop_stats *s)
{
	json_t *list = json_array();
	uint32_t missing = wg_stats_missing(s);
	size_t i;

	for (i = 0; i < WG_EV_COUNT; i++) {
		if (missing >> i & 1)
			wg__json_append(
				&list, json_string(wg_event_type_name((enum wg_event_type)i)));
	}
	return list;
}

static json_t *wakes_json(const struct wg_loop_stats *s)
{
	json_t *wakes = json_object();
	size_t i;

	for (i = 0; i < WG_REASON_COUNT; i++) {
		/* A reason that this version does not know is shown if there is one. */
		if (i == WG_REASON_UNKNOWN && s->wakes[i] == 0)
			continue;
		wg__json_set(
			&wakes, wg_reason_name((enum wg_reason)i), json_integer(I(s->wakes[i])));
	}
	return wakes;
}

static json_t *stages_json(const struct wg_loop_stats *s)
{
	json_t *o = json_object();
	size_t i;

	for (i = 0; i < WG_STAGE_COUNT; i++)
		wg__json_set(&o, wg_stage_name((enum wg_stage)i),
			seen_dist_json(s, wg_dist_sees(i), wg_stage_dist(s, (enum wg_stage)i)));
	return o;
}

/* Operations of one kind, of all loops; without what belongs to a loop alone. */
static json_t *kind_json(const struct stats_group *g)
{
	const struct wg_loop_stats *s = &g->sum;
	json_t *o = json_object();

	wg__json_set(&o, "kind", wg__json_text(g->key));
	wg__json_set(&o, "ops", ops_json(s));
	wg__json_set(&o, "late_wakes", count_json(s, WG_SEES_LATE_WAKES, s->late_wakes));
	wg__json_set(&o, "stuck", count_json(s, WG_SEES_STUCK, s->stuck));
	wg__json_set(&o, "wasted_ns", count_json(s, WG_SEES_GAPS, (uint64_t)s->wasted_ns));
	wg__json_set(&o, "gap_ns", seen_dist_json(s, WG_SEES_GAPS, &s->gap));
	wg__json_set(&o, "working_ns", count_json(s, WG_SEES_WORKED, (uint64_t)s->working_ns));
	wg__json_set(&o, "stages_ns", stages_json(s));
	return o;
}

static json_t *loop_json(const struct wg_loop_stats *s, int64_t life_ns)
{
	json_t *o = json_object();

	wg__json_set(&o, "process", wg__json_text(s->process));
	wg__json_set(&o, "pid", json_integer(I(s->pid)));
	wg__json_set(&o, "pid_use", json_integer(I(s->life)));
	wg__json_set(&o, "loop", json_integer(I(s->loop)));
	wg__json_set(&o, "wait", wg__json_text(s->wait));
	wg__json_set(&o, "tick_ns", json_integer(I(s->tick_ns)));
	wg__json_set(&o, "ops", ops_json(s));
	wg__json_set(&o, "waits", count_json(s, WG_SEES_WAITS, s->waits));
	wg__json_set(&o, "unclosed_waits", json_integer(I(s->unclosed_waits)));
	wg__json_set(&o, "life_ns", json_integer(I(life_ns)));
	wg__json_set(&o, "asleep_ns", count_json(s, WG_SEES_ASLEEP, (uint64_t)s->asleep_ns));
	wg__json_set(&o, "wakes", wg_stats_sees(s, WG_SEES_WAKES) ? wakes_json(s) : json_null());
	wg__json_set(&o, "empty_wakes", count_json(s, WG_SEES_EMPTY_WAKES, s->empty_wakes));
	wg__json_set(&o, "late_wakes", count_json(s, WG_SEES_LATE_WAKES, s->late_wakes));
	wg__json_set(&o, "stuck", count_json(s, WG_SEES_STUCK, s->stuck));
	wg__json_set(&o, "stuck_results", count_json(s, WG_SEES_STUCK, s->stuck_results));
	wg__json_set(&o, "stuck_ns", count_json(s, WG_SEES_STUCK, (uint64_t)s->stuck_ns));
	wg__json_set(&o, "polls", count_json(s, WG_SEES_POLLS, s->polls));
	wg__json_set(&o, "empty_polls", count_json(s, WG_SEES_POLLS, s->empty_polls));
	wg__json_set(&o, "notifies",
		wg_stats_sees(s, WG_SEES_NOTIFIES)
			? json_pack("{s:I, s:I}", "sent", I(s->notifies_sent), "coalesced",
				  I(s->notifies_coalesced))
			: json_null());
	wg__json_set(&o, "missing_events", missing_json(s));
	wg__json_set(&o, "wasted_ns", count_json(s, WG_SEES_GAPS, (uint64_t)s->wasted_ns));
	wg__json_set(&o, "gap_ns", seen_dist_json(s, WG_SEES_GAPS, &s->gap));
	wg__json_set(&o, "working_ns", count_json(s, WG_SEES_WORKED, (uint64_t)s->working_ns));
	wg__json_set(&o, "service_ns", seen_dist_json(s, WG_SEES_WORKED, &s->service));
	wg__json_set(&o, "stages_ns", stages_json(s));
	/* Not recorded is not 0. */
	wg__json_set(&o, "cpu_ns", s->cpu_samples ? json_integer(I(s->cpu_ns)) : json_null());
	return o;
}

/* The window, in ns from the first event; null where it is open. */
static json_t *window_json(const struct wg_part *part)
{
	json_t *o = json_object();

	wg__json_set(
		&o, "since_ns", part->has_since ? json_integer(I(part->since_ns)) : json_null());
	wg__json_set(
		&o, "until_ns", part->has_until ? json_integer(I(part->until_ns)) : json_null());
	return o;
}

static json_t *process_json(const struct stats_group *g)
{
	json_t *o = loop_json(&g->sum, g->life_ns);

	(void)json_object_del(o, "loop");
	wg__json_set(&o, "loops", json_integer(I(g->loops)));
	return o;
}

/* The groups of a trace, each as `as` has it. */
static void put_groups(struct wg__json_stream *out, const char *key,
	const struct stats_trace *trace, enum stats_by by,
	json_t *(*as)(const struct stats_group *))
{
	struct stats_groups groups;
	size_t i;

	if (wg_stats_groups_init(&groups, trace, by) < 0)
		out->rc = -ENOMEM;
	wg__json_open(out, key, '[');
	for (i = 0; out->rc == 0 && i < groups.count; i++)
		wg__json_put(out, NULL, as(&groups.group[i]));
	wg__json_close(out, ']');
	wg_stats_groups_fini(&groups);
}

static void put_trace(struct wg__json_stream *out, const struct stats_trace *trace,
	const struct stats_options *options)
{
	const struct wg_summary *summary = trace->summary;
	const struct wg_measure *m = summary->measure;
	const struct wg_loop_stats *s;
	size_t i;

	wg__json_open(out, NULL, '{');
	wg__json_put(out, "path", wg__json_text(trace->path));
	wg__json_put(out, "events", json_integer(I(wg_measure_events(m))));
	wg__json_put(out, "discarded", json_integer(I(wg_measure_discarded(m))));
	wg__json_put(
		out, "duration_ns", json_integer(I(wg_measure_end_ns(m) - wg_measure_begin_ns(m))));
	wg__json_open(out, "notes", '[');
	for (i = 0; i < summary->note_count; i++)
		wg__json_put(out, NULL, wg__json_text(summary->notes[i]));
	wg__json_close(out, ']');
	wg__json_open(out, "loops", '[');
	for (i = 0; out->rc == 0 && (s = wg_measure_loop(m, i)); i++)
		wg__json_put(out, NULL, loop_json(s, wg_measure_life_ns(m, i)));
	wg__json_close(out, ']');
	if (summary->threads) {
		wg_threads_json(out, "threads", summary->threads);
		wg_thread_findings_json(out, "findings", summary->threads);
	}
	put_groups(out, "kinds", trace, STATS_BY_KIND, kind_json);
	put_groups(out, "processes", trace, STATS_BY_PROCESS, process_json);
	if (options->part.has_since || options->part.has_until)
		wg__json_put(out, "window", window_json(&options->part));
	wg__json_close(out, '}');
}

int wg_stats_print_json(
	const struct stats_trace *traces, size_t count, const struct stats_options *options)
{
	struct wg__json_stream out = { 0 };
	size_t i;

	wg_say_json(stdout);
	wg__json_open(&out, NULL, '{');
	wg__json_open(&out, "traces", '[');
	for (i = 0; i < count; i++)
		put_trace(&out, &traces[i], options);
	wg__json_close(&out, ']');
	wg__json_close(&out, '}');
	(void)putchar('\n');
	return out.rc;
}
