/*
 * load.c: see load.h.
 */
#include "traces/model/load_impl.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/measure/summary.h"
#include "traces/model/grow.h"

struct wg_load {
	struct wg__loaded *loaded; /* NULL: taken */
	struct wg__grow grow;
	struct wg_reader *reader; /* NULL: it is over */
	/* What the reader gave and was not taken yet. */
	const struct wg_event *const *rest;
	size_t rest_count;
	struct wg_reader_progress progress;
};

static int no_memory(struct wg_error *err)
{
	return wg_error_set(err, -ENOMEM, "out of memory");
}

int wg_load_open(const char *path, struct wg_load **ret_load, struct wg_error *err)
{
	struct wg_load *load = calloc(1, sizeof(*load));
	struct wg_measure_hooks hooks;
	int rc = 0;

	if (!load)
		return no_memory(err);
	load->loaded = calloc(1, sizeof(*load->loaded));
	if (!load->loaded) {
		free(load);
		return no_memory(err);
	}
	hooks = wg__grow_init(&load->grow, load->loaded, false);
	load->loaded->trace.path = strdup(path);
	if (!load->loaded->trace.path ||
		wg_measure_create(&hooks, &load->loaded->trace.measure) < 0)
		rc = no_memory(err);
	if (rc == 0)
		rc = wg_reader_open(path, &load->reader, err);
	if (rc < 0) {
		wg_load_close(load);
		return rc;
	}
	wg_reader_progress(load->reader, &load->progress);
	*ret_load = load;
	return 0;
}

/* The trace is whole, or as much of it as was read. */
static int finish(struct wg_load *load, struct wg_error *err)
{
	struct wg__loaded *loaded = load->loaded;
	struct wg_trace *t = &loaded->trace;
	size_t faults = 0;
	int rc = wg__build_finish(&load->grow.build) < 0 ? no_memory(err) : 0;

	if (rc == 0 && wg_measure_events(t->measure) == 0)
		rc = wg__no_events(t->path, load->reader, err);
	if (rc == 0 &&
		wg__copy_notes(load->reader, t->measure, &t->notes, &t->note_count, &faults) < 0)
		rc = no_memory(err);
	if (rc < 0)
		return rc;
	loaded->op_map = load->grow.build.op_map;
	load->grow.build.op_map.slot = NULL; /* moved */
	wg__build_fini(&load->grow.build);
	memset(&load->grow.build, 0, sizeof(load->grow.build));
	loaded->names = wg__reader_take_names(load->reader);
	loaded->cached.is_whole = faults == 0;
	wg_reader_close(load->reader);
	load->reader = NULL;
	return 0;
}

/* Take at most so many of the next events, at least one. As wg_reader_events(). */
static int take_some(struct wg_load *load, size_t most, size_t *ret_count, struct wg_error *err)
{
	size_t i;
	int rc = 1;

	if (!load->rest_count)
		rc = wg_reader_events(load->reader, &load->rest, &load->rest_count, err);
	if (rc <= 0)
		return rc;
	*ret_count = load->rest_count < most ? load->rest_count : most;
	for (i = 0; i < *ret_count; i++) {
		if (wg__grow_feed(&load->grow, load->rest[i]) < 0)
			return no_memory(err);
	}
	load->rest += *ret_count;
	load->rest_count -= *ret_count;
	return 1;
}

int wg_load_read(struct wg_load *load, size_t events, struct wg_error *err)
{
	size_t count = 0, done;
	int rc = 1;

	if (!load->reader)
		return 0;
	if (wg__grow_hide(&load->grow) < 0)
		return no_memory(err);
	for (done = 0; done < events && rc > 0; done += count)
		rc = take_some(load, events - done, &count, err);
	wg_reader_progress(load->reader, &load->progress);
	load->progress.events -= load->rest_count;
	if (rc != 0)
		return rc;
	wg_measure_recorded(load->loaded->trace.measure, wg_reader_end_ns(load->reader));
	return finish(load, err);
}

/* First of all notes: the figures are those of a part. */
static int note_stop(struct wg_trace *t, const struct wg_reader_progress *p)
{
	char **notes = reallocarray(t->notes, t->note_count + 1, sizeof(*notes)), *line;
	int rc = -1;

	if (!notes)
		return -ENOMEM;
	t->notes = notes;
	if (p->all_bytes)
		rc = asprintf(&line,
			"only %d %% of it was read, %" PRIu64 " events: reading was stopped",
			wg_reader_percent(p->bytes, p->all_bytes), p->events);
	else
		rc = asprintf(&line, "only %" PRIu64 " events of it were read: reading was stopped",
			p->events);
	if (rc < 0)
		return -ENOMEM;
	memmove(notes + 1, notes, t->note_count++ * sizeof(*notes));
	notes[0] = line;
	return 0;
}

int wg_load_stop(struct wg_load *load, struct wg_error *err)
{
	struct wg_trace *t = &load->loaded->trace;
	int rc;

	if (!load->reader)
		return 0;
	if (wg__grow_hide(&load->grow) < 0)
		return no_memory(err);
	wg_measure_cut(t->measure, wg_measure_end_ns(t->measure));
	rc = finish(load, err);
	load->loaded->cached.is_whole = false;
	return rc == 0 && note_stop(t, &load->progress) < 0 ? no_memory(err) : rc;
}

int wg_load_show(struct wg_load *load, bool has_rates)
{
	if (!load->reader || (load->grow.is_shown && !has_rates))
		return 0;
	return wg__grow_show(&load->grow, has_rates);
}

bool wg_load_is_over(const struct wg_load *load)
{
	return !load->reader;
}

void wg_load_progress(const struct wg_load *load, struct wg_reader_progress *ret)
{
	*ret = load->progress;
}

const struct wg_trace *wg_load_trace(const struct wg_load *load)
{
	return &load->loaded->trace;
}

struct wg_trace *wg_load_take(struct wg_load *load)
{
	struct wg__loaded *loaded = load->loaded;

	load->loaded = NULL;
	return &loaded->trace;
}

int wg__load_whole(struct wg__loaded *loaded, struct wg_load **ret_load, struct wg_error *err)
{
	struct wg_load *load = calloc(1, sizeof(*load));

	if (!load) {
		wg_trace_free(&loaded->trace);
		return no_memory(err);
	}
	load->loaded = loaded;
	load->progress.events = loaded->trace.event_count;
	*ret_load = load;
	return 0;
}

struct wg__loaded *wg__load_loaded(struct wg_load *load)
{
	return load->loaded;
}

int wg__load_all(int rc, struct wg_load *load, struct wg_trace **ret_trace, struct wg_error *err)
{
	if (rc == 0)
		rc = wg_load_read(load, SIZE_MAX, err);
	if (rc == 0)
		*ret_trace = wg_load_take(load);
	wg_load_close(load);
	return rc;
}

void wg_load_close(struct wg_load *load)
{
	if (!load)
		return;
	if (load->loaded) {
		/* The map of operations was only lent to the trace. */
		if (load->reader)
			load->loaded->op_map = (struct wg__finder){ 0 };
		wg_trace_free(&load->loaded->trace);
	}
	wg__build_fini(&load->grow.build);
	wg_reader_close(load->reader);
	free(load);
}
