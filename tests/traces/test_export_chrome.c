/*
 * test_export_chrome.c: the trace-event JSON as its importers read it: slices that nest, arrows
 * that find their slice, times that do not go back.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/traces/export_run.h"
#include "tests/harness/harness.h"
#include "tests/harness/trace_files.h"
#include "traces/measure/summary.h"

#define TRACKS_MAX 32
#define FLOWS_MAX  4096

/* What an importer keeps of a track. */
struct track {
	json_int_t pid, tid;
	int64_t last_ns;
	const json_t *open[16]; /* slices, the innermost last */
	size_t depth;
};

struct file {
	json_t *root;
	size_t count[128]; /* of events, by phase */
	struct track tracks[TRACKS_MAX];
	size_t track_count;
	char flows[FLOWS_MAX]; /* by id: the last phase, 0 for none */
	const char *slice;     /* name of the last slice seen */
	int64_t slice_ns, wasted_ns, working_ns;
	json_int_t slice_tid, slice_pid, ready;
};

static json_int_t number(const json_t *event, const char *key)
{
	CU_ASSERT(json_is_integer(json_object_get(event, key)));
	return json_integer_value(json_object_get(event, key));
}

static const char *text(const json_t *event, const char *key)
{
	const char *value = json_string_value(json_object_get(event, key));

	CU_ASSERT_PTR_NOT_NULL_FATAL(value);
	return value;
}

/* Microseconds with three decimals, as nanoseconds. */
static int64_t ns(const json_t *event, const char *key)
{
	double us = json_number_value(json_object_get(event, key));

	CU_ASSERT(json_is_real(json_object_get(event, key)));
	return (int64_t)(us * 1000 + 0.5);
}

static struct track *track_of(struct file *f, const json_t *event)
{
	json_int_t pid = number(event, "pid"), tid = number(event, "tid");
	size_t i;

	for (i = 0; i < f->track_count; i++) {
		if (f->tracks[i].pid == pid && f->tracks[i].tid == tid)
			return &f->tracks[i];
	}
	CU_ASSERT_FATAL(i < TRACKS_MAX);
	f->tracks[f->track_count++] = (struct track){ .pid = pid, .tid = tid };
	return &f->tracks[i];
}

/* A slice begins: not before the last edge of its track. */
static void open_slice(struct file *f, const json_t *event)
{
	struct track *t = track_of(f, event);

	f->slice = text(event, "name");
	f->slice_ns = ns(event, "ts");
	f->slice_pid = t->pid;
	f->slice_tid = t->tid;
	CU_ASSERT(f->slice_ns >= t->last_ns);
	t->last_ns = f->slice_ns;
	CU_ASSERT_FATAL(t->depth < 16);
	t->open[t->depth++] = event;
}

/* It ends: the innermost, by name and arguments, as speedscope wants it. */
static void close_slice(struct file *f, const json_t *event)
{
	struct track *t = track_of(f, event);
	int64_t end_ns = ns(event, "ts"), length_ns;
	const json_t *begin;

	CU_ASSERT(end_ns >= t->last_ns);
	t->last_ns = end_ns;
	CU_ASSERT_FATAL(t->depth > 0);
	begin = t->open[--t->depth];
	CU_ASSERT_STRING_EQUAL(text(begin, "name"), text(event, "name"));
	CU_ASSERT(json_object_get(begin, "args") == json_object_get(event, "args") ||
		  json_equal(json_object_get(begin, "args"), json_object_get(event, "args")));
	length_ns = end_ns - ns(begin, "ts");
	if (strcmp(text(event, "name"), "wasted") == 0)
		f->wasted_ns += length_ns;
	if (strcmp(text(event, "name"), "working") == 0)
		f->working_ns += length_ns;
}

/* An arrow's end: at the begin of the slice before it, and in order. */
static void take_flow(struct file *f, const json_t *event, char phase)
{
	json_int_t id = number(event, "id");

	CU_ASSERT_FATAL(id > 0 && id < FLOWS_MAX);
	CU_ASSERT_EQUAL(number(event, "pid"), f->slice_pid);
	CU_ASSERT_EQUAL(number(event, "tid"), f->slice_tid);
	CU_ASSERT_EQUAL(ns(event, "ts"), f->slice_ns);
	CU_ASSERT_STRING_EQUAL(text(event, "cat"), "operation");
	CU_ASSERT_STRING_EQUAL(text(event, "name"), "result");
	CU_ASSERT_STRING_EQUAL(text(event, "bp"), "e");
	if (phase == 's') {
		CU_ASSERT_EQUAL(f->flows[id], 0);
		CU_ASSERT_STRING_EQUAL(f->slice, "submit");
	} else {
		CU_ASSERT(f->flows[id] != 0);
	}
	if (phase == 't')
		CU_ASSERT_STRING_EQUAL(f->slice, "notify");
	if (phase == 'f')
		CU_ASSERT(strcmp(f->slice, "wake") == 0 || strcmp(f->slice, "deliver") == 0);
	/* The worker's `notify` may be in the file after the loop's `wake`; its time is not. */
	if (f->flows[id] != 'f')
		f->flows[id] = phase;
}

static void take_event(struct file *f, const json_t *event)
{
	char phase = text(event, "ph")[0];

	f->count[phase & 127]++;
	switch (phase) {
	case 'B': open_slice(f, event); break;
	case 'E': close_slice(f, event); break;
	case 's':
	case 't':
	case 'f': take_flow(f, event, phase); break;
	case 'C': f->ready = number(json_object_get(event, "args"), "ready"); break;
	default: break;
	}
}

static void load(struct file *f, char *json)
{
	json_t *event, *events;
	size_t i;

	*f = (struct file){ .root = json_loads(json, JSON_REJECT_DUPLICATES, NULL) };
	CU_ASSERT_PTR_NOT_NULL_FATAL(f->root);
	events = json_object_get(f->root, "traceEvents");
	CU_ASSERT(json_array_size(events) > 20);
	json_array_foreach(events, i, event) take_event(f, event);
	for (i = 0; i < f->track_count; i++)
		CU_ASSERT_EQUAL(f->tracks[i].depth, 0);
	free(json);
}

/* Is a thread of this name there? */
static bool has_name(const struct file *f, const char *what, const char *name)
{
	json_t *event;
	size_t i;

	json_array_foreach(json_object_get(f->root, "traceEvents"), i, event)
	{
		const json_t *args = json_object_get(event, "args");

		if (strcmp(text(event, "name"), what) == 0 && strcmp(text(args, "name"), name) == 0)
			return true;
	}
	return false;
}

static void figures_are_those_of_stats(const struct file *f, const char *path)
{
	const struct wg_loop_stats *loop;
	struct wg_summary *summary = NULL;

	CU_ASSERT_EQUAL_FATAL(wg_summary_load(path, NULL, false, &summary, NULL), 0);
	loop = wg_measure_loop(summary->measure, 0);
	CU_ASSERT_EQUAL(f->wasted_ns, loop->wasted_ns);
	CU_ASSERT_EQUAL(f->working_ns, loop->working_ns);
	CU_ASSERT_EQUAL(f->count['s'], loop->submitted);
	CU_ASSERT_EQUAL(f->count['f'], loop->delivered);
	CU_ASSERT_EQUAL(f->count['B'], f->count['E']);
	wg_summary_free(summary);
}

static void slices_nest_and_arrows_find_them(void)
{
	static const char *const names[] = { "tick", "eventfd" };
	struct file f;
	char *out;
	size_t i;

	for (i = 0; i < 2; i++) {
		const char *path = wg_sample(names[i]);
		char loop[32];

		CU_ASSERT_EQUAL(wg_export(&out, NULL, path, "--format", "chrome", NULL), 0);
		load(&f, out);
		figures_are_those_of_stats(&f, path);
		/* With eventfd each result has a notify, unless the loop was faster. */
		CU_ASSERT(i == 0 ? f.count['t'] == 0 : f.count['t'] >= 6);
		CU_ASSERT_EQUAL(f.ready, 0);
		(void)snprintf(loop, sizeof(loop), "loop 1 %s", names[i]);
		CU_ASSERT(has_name(&f, "thread_name", loop));
		CU_ASSERT(has_name(&f, "thread_name", "worker 0"));
		CU_ASSERT(has_name(&f, "process_name", "wakegap-workloa"));
		json_decref(f.root);
	}
}

static void two_traces_do_not_mix(void)
{
	struct file f;
	char *out;

	/* The same process twice: its numbers are taken the second time. */
	CU_ASSERT_EQUAL(wg_export(&out, NULL, wg_sample("tick"), wg_sample("tick"),
				wg_sample("eventfd"), "--format", "chrome", NULL),
		0);
	load(&f, out);
	CU_ASSERT_EQUAL(f.count['s'], 36);
	CU_ASSERT_EQUAL(f.count['f'], 36);
	CU_ASSERT(has_name(&f, "process_name", "eventfd: wakegap-workloa"));
	json_decref(f.root);
}

static void a_range_is_cut_out(void)
{
	struct file f;
	size_t i;
	char *out;

	CU_ASSERT_EQUAL(wg_export(&out, NULL, wg_sample("tick"), "--format", "chrome", "--range",
				"15ms..35ms", NULL),
		0);
	load(&f, out);
	CU_ASSERT(f.wasted_ns > 15000000 && f.wasted_ns < 20000000);
	for (i = 0; i < f.track_count; i++)
		CU_ASSERT(f.tracks[i].last_ns >= 15000000 && f.tracks[i].last_ns <= 35000000);
	json_decref(f.root);
}

static void what_is_missing_is_in_it(void)
{
	const char *dir = wg_copy_sample("packets");
	struct file f;
	char *out;

	CU_ASSERT_EQUAL(wg_export(&out, NULL, wg_sample("lossy"), "--format", "chrome", NULL), 0);
	CU_ASSERT(wg_has(out, "\"name\":\"events lost\",\"args\":{\"trace\":\"lossy\""));
	CU_ASSERT(wg_has(out, "\"count\":82"));
	load(&f, out);
	json_decref(f.root);
	wg_cut(dir, "wakegap_0", 1000);
	CU_ASSERT_EQUAL(wg_export(&out, NULL, dir, "--format", "chrome", NULL), 0);
	load(&f, out);
	CU_ASSERT(json_array_size(json_object_get(json_object_get(f.root, "otherData"), "notes")) >=
		  1);
	json_decref(f.root);
}

void suite_export_chrome(void)
{
	WG_TEST(slices_nest_and_arrows_find_them);
	WG_TEST(two_traces_do_not_mix);
	WG_TEST(a_range_is_cut_out);
	WG_TEST(what_is_missing_is_in_it);
}
