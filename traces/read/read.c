/*
 * read.c: see read.h.
 *
 * A recording can hold several traces (per user, per process, per rotation), and a damaged one is
 * read in parts (repair.h). Each part is a source (source.h) whose events come in order; here they
 * are merged by time, the earlier part first where times are equal.
 *
 * A hole becomes known when it begins, but is an event of its end: holes wait in a small list until
 * the merge has come that far. What is missing at the end of a damaged stream is a hole of unknown
 * size from its last event to the end of the trace: such a trace must not be called whole.
 */
#include "traces/read/read.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/read/find.h"
#include "traces/read/holes.h"
#include "traces/read/probe.h"
#include "traces/read/repair.h"
#include "traces/read/source.h"

#define UNTIL_THE_END INT64_MAX

struct part {
	struct wg__source *source; /* NULL: ended */
	char *dir;
	char *stream; /* the one stream it holds, or NULL for all of dir */
	char *prefix; /* before stream names in notes */
	bool damaged;
	bool has_pids;	      /* the context vpid was recorded */
	struct wg_event head; /* the next event, if source is not NULL */
	int64_t last_ns;      /* time of the last event taken from it */
};

struct wg_reader {
	struct wg__shared shared;
	struct wg__scratch scratch;
	struct part *parts;
	size_t part_count, part_cap;
	size_t *heap; /* parts that have a head, the earliest first */
	size_t heap_count, heap_cap;
	struct wg__holes holes;	  /* not yet due */
	int64_t first_ns, now_ns; /* of what was returned: its beginning and end so far */
};

static int add_open_hole(struct wg_reader *r, int64_t begin_ns)
{
	struct wg_event hole = { .type = WG_EV_LOST, .procname = "", .ts_ns = UNTIL_THE_END };

	hole.lost.begin_ns = begin_ns;
	return wg__holes_add(&r->holes, &hole);
}

static int open_part(struct wg_reader *r, const struct wg__input *input, const char *prefix,
	uint64_t skip, struct wg_error *err);

/* Each stream of dir as a part of its own; from where `source` stands, if there is one. */
static int open_streams(struct wg_reader *r, const char *dir, const char *prefix,
	const struct wg__source *source, size_t *ret_opened, struct wg_error *err)
{
	struct wg__inputs inputs = { 0 };
	size_t i, s, opened = 0;
	int rc = wg__repair_split(dir, &r->scratch, &inputs);

	for (i = 0; i < inputs.count && rc == 0; i++) {
		const char *file;
		uint64_t taken, skip = 0;
		struct wg_error why;

		for (s = 0; source && wg__source_stream(source, s, &file, &taken); s++) {
			if (file && strcmp(file, inputs.v[i].stream) == 0)
				skip = taken;
		}
		rc = open_part(r, &inputs.v[i], prefix, skip, &why);
		opened += rc == 0;
		if (rc < 0 && rc != -ENOMEM) {
			wg__notes_add(&r->shared.notes, "stream %s%s was left out: %s", prefix,
				inputs.v[i].stream, why.text);
			rc = add_open_hole(r, r->now_ns);
		}
	}
	wg__inputs_fini(&inputs);
	*ret_opened = opened;
	if (rc == -EMFILE)
		return wg_error_set(err, rc,
			"cannot read on: too many open files: allow more with `ulimit -n`");
	return rc < 0 ? wg_error_set(err, rc, "cannot read on: %s", strerror(-rc)) : 0;
}

/* Read each stream of a part by itself, from where it stands: one of them is damaged. */
static int split_part(struct wg_reader *r, struct part *part, struct wg_error *err)
{
	struct wg__source *source = part->source;
	size_t opened;
	int rc;

	part->source = NULL;
	/* r->parts moves, but its strings stay. */
	rc = open_streams(r, part->dir, part->prefix, source, &opened, err);
	wg__source_close(source);
	return rc;
}

/* A part has ended, by itself (why is NULL) or because the decoder could not go on. */
static int end_part(struct wg_reader *r, struct part *part, const char *why, struct wg_error *err)
{
	int64_t from = part->last_ns != INT64_MIN ? part->last_ns : r->now_ns;

	if (why && !part->stream)
		return split_part(r, part, err);
	wg__source_close(part->source);
	part->source = NULL;
	if (why && !part->damaged) {
		wg__notes_add(&r->shared.notes,
			"stream %s%s is damaged and was read up to its last good event: %s",
			part->prefix, part->stream, why);
	}
	if (!why && !part->damaged)
		return 0;
	return add_open_hole(r, from) < 0 ? wg_error_set(err, -ENOMEM, "out of memory") : 0;
}

/*
 * Memory that was never written decodes as events of process 0, which is the process of no program.
 * Only repaired streams have any, and only a trace with that context can tell.
 */
static bool is_unwritten(const struct part *part, const struct wg_event *ev)
{
	return part->damaged && part->has_pids && ev->pid == 0 && ev->tid == 0;
}

/* Get the next head of a part, or end it. */
static int fill(struct wg_reader *r, size_t i, struct wg_error *err)
{
	struct wg_error why;

	for (;;) {
		struct part *part = &r->parts[i];
		int rc = wg__source_next(part->source, &part->head, &why);

		if (rc == -EIO)
			return end_part(r, part, why.text, err);
		if (rc < 0)
			return wg_error_set(err, rc, "%s", why.text);
		if (rc == 0 || is_unwritten(part, &part->head))
			return end_part(r, part, NULL, err);
		if (part->head.type != WG_EV_LOST) {
			part->last_ns = part->head.ts_ns;
			part->has_pids = part->has_pids || part->head.pid;
			return 0;
		}
		if (wg__holes_add(&r->holes, &part->head) < 0)
			return wg_error_set(err, -ENOMEM, "out of memory");
	}
}

static bool is_before(const struct wg_reader *r, size_t a, size_t b)
{
	int64_t a_ns = r->parts[a].head.ts_ns, b_ns = r->parts[b].head.ts_ns;

	return a_ns < b_ns || (a_ns == b_ns && a < b);
}

/* Put a part that has a head among the others. */
static int push_part(struct wg_reader *r, size_t part)
{
	size_t i;

	if (wg__grow(&r->heap, &r->heap_cap, r->heap_count, sizeof(*r->heap)) < 0)
		return -ENOMEM;
	for (i = r->heap_count++; i > 0 && is_before(r, part, r->heap[(i - 1) / 2]);
		i = (i - 1) / 2)
		r->heap[i] = r->heap[(i - 1) / 2];
	r->heap[i] = part;
	return 0;
}

/* Take the earliest one out. */
static void pop_part(struct wg_reader *r)
{
	size_t last = r->heap[--r->heap_count], i = 0, child;

	while ((child = 2 * i + 1) < r->heap_count) {
		if (child + 1 < r->heap_count && is_before(r, r->heap[child + 1], r->heap[child]))
			child++;
		if (!is_before(r, r->heap[child], last))
			break;
		r->heap[i] = r->heap[child];
		i = child;
	}
	r->heap[i] = last;
}

/* Get the next head of a part and put it among the others, or end it. */
static int go_on(struct wg_reader *r, size_t part, struct wg_error *err)
{
	int rc = fill(r, part, err);

	if (rc == 0 && r->parts[part].source && push_part(r, part) < 0)
		rc = wg_error_set(err, -ENOMEM, "out of memory");
	return rc;
}

/* Open a folder, but not what the decoder fails on. */
static int open_probed(struct wg_reader *r, const struct wg__input *input,
	struct wg__source **ret_source, struct wg_error *err)
{
	char why[240];
	struct wg__probe probe;
	int rc;

	wg__probe(input->dir, input->doubtful, &probe);
	if (probe.has_died && !probe.has_opened)
		return wg_error_set(err, -EINVAL, "babeltrace2 itself fails: %s", probe.why);
	rc = wg__source_open(input->dir, &r->shared, ret_source, err);
	if (rc == 0 && probe.has_died) {
		(void)snprintf(why, sizeof(why), "babeltrace2 itself fails: %s", probe.why);
		wg__source_stop_at(*ret_source, probe.messages, why);
	}
	return rc;
}

static int open_part(struct wg_reader *r, const struct wg__input *input, const char *prefix,
	uint64_t skip, struct wg_error *err)
{
	struct part part = { .damaged = input->damaged, .last_ns = INT64_MIN };
	int rc;

	if (wg__grow(&r->parts, &r->part_cap, r->part_count, sizeof(*r->parts)) < 0)
		return wg_error_set(err, -ENOMEM, "out of memory");
	rc = open_probed(r, input, &part.source, err);
	if (rc < 0)
		return rc;
	wg__source_skip(part.source, skip);
	part.dir = strdup(input->dir);
	part.prefix = strdup(prefix);
	part.stream = input->stream ? strdup(input->stream) : NULL;
	r->parts[r->part_count++] = part; /* from here on the reader frees it */
	if (!part.dir || !part.prefix || (input->stream && !part.stream))
		return wg_error_set(err, -ENOMEM, "out of memory");
	return go_on(r, r->part_count - 1, err);
}

/* A folder was refused: perhaps for one of its streams only. If for all, *err stays. */
static int open_split(
	struct wg_reader *r, const char *dir, const char *prefix, struct wg_error *err)
{
	struct wg__notes *notes = &r->shared.notes;
	size_t opened = 0, note_count = notes->count, hole_count = r->holes.count;
	struct wg_error why;
	int rc = open_streams(r, dir, prefix, NULL, &opened, &why);

	if (rc < 0)
		return wg_error_set(err, rc, "%s", why.text);
	if (opened)
		return 0;
	while (notes->count > note_count)
		free(notes->line[--notes->count]);
	r->holes.count = hole_count; /* those added end last: they are at its end */
	return err->code;
}

/* Open all of one folder that holds metadata. */
static int open_trace(
	struct wg_reader *r, const char *dir, const char *prefix, struct wg_error *err)
{
	struct wg__inputs inputs = { 0 };
	struct wg_error why;
	size_t i;
	int rc = wg__repair_plan(dir, prefix, &r->scratch, &r->shared.notes, &inputs, err);

	for (i = 0; i < inputs.count && rc == 0; i++) {
		const struct wg__input *input = &inputs.v[i];

		rc = open_part(r, input, prefix, 0, &why);
		if (rc == -EINVAL && !input->stream)
			rc = open_split(r, input->dir, prefix, &why);
		if (rc == -EINVAL && input->damaged) {
			wg__notes_add(&r->shared.notes, "stream %s%s was left out: %s", prefix,
				input->stream, why.text);
			rc = add_open_hole(r, r->now_ns);
		} else if (rc < 0) {
			(void)wg_error_set(err, rc, "cannot read '%s': %s", dir, why.text);
		}
	}
	/* Nobody knows what was in a stream that was left out, nor when. */
	for (i = 0; i < inputs.left_out && rc == 0; i++) {
		if (add_open_hole(r, INT64_MIN) < 0)
			rc = wg_error_set(err, -ENOMEM, "out of memory");
	}
	wg__inputs_fini(&inputs);
	return rc;
}

/* Open what can be opened; an error only if nothing can. */
static int open_all(
	struct wg_reader *r, const char *path, const struct wg__notes *dirs, struct wg_error *err)
{
	size_t i, opened = 0, path_len = strlen(path);
	struct wg_error first = { 0 };

	for (i = 0; i < dirs->count; i++) {
		const char *dir = dirs->line[i];
		char prefix[PATH_MAX] = "";
		struct wg_error why = { 0 };
		int rc;

		wg__source_make_room();
		if (dirs->count > 1)
			(void)snprintf(prefix, sizeof(prefix), "%s/", dir + path_len + 1);
		rc = open_trace(r, dir, prefix, &why);
		if (rc == -ENOMEM)
			return wg_error_set(err, rc, "%s", why.text);
		if (rc == 0)
			opened++;
		else if (dirs->count > 1)
			wg__notes_add(
				&r->shared.notes, "a part of the trace was left out: %s", why.text);
		if (rc < 0 && !first.code)
			first = why;
	}
	if (opened == 0)
		return wg_error_set(err, first.code, "%s", first.text);
	/* A left-out part is a hole over all of the trace. */
	for (i = opened; i < dirs->count; i++) {
		if (add_open_hole(r, INT64_MIN) < 0)
			return wg_error_set(err, -ENOMEM, "out of memory");
	}
	return 0;
}

int wg_reader_open(const char *path, struct wg_reader **ret_reader, struct wg_error *err)
{
	struct wg_reader *r = calloc(1, sizeof(*r));
	struct wg__notes dirs = { 0 };
	int rc;

	if (!r)
		return wg_error_set(err, -ENOMEM, "out of memory");
	r->first_ns = r->now_ns = INT64_MIN;
	r->shared.names = wg__names_create();
	rc = r->shared.names ? wg__find_traces(path, &dirs, &r->shared.notes, err)
			     : wg_error_set(err, -ENOMEM, "out of memory");
	if (rc == 0)
		rc = open_all(r, path, &dirs, err);
	wg__notes_fini(&dirs);
	if (rc < 0) {
		wg_reader_close(r);
		return rc;
	}
	*ret_reader = r;
	return 0;
}

/* Take the earliest hole that ends by limit_ns. */
static bool take_hole(struct wg_reader *r, int64_t limit_ns, struct wg_event *ret)
{
	if (!wg__holes_take(&r->holes, limit_ns, ret))
		return false;
	/* Without any event no time is known; any time will do that does not overflow. */
	if (ret->ts_ns == UNTIL_THE_END)
		ret->ts_ns = r->now_ns != INT64_MIN ? r->now_ns : 0;
	if (ret->lost.begin_ns == INT64_MIN)
		ret->lost.begin_ns = r->first_ns != INT64_MIN ? r->first_ns : ret->ts_ns;
	if (ret->lost.begin_ns > ret->ts_ns)
		ret->lost.begin_ns = ret->ts_ns;
	return true;
}

int wg_reader_next(struct wg_reader *r, struct wg_event *ret_event, struct wg_error *err)
{
	bool more = r->heap_count > 0;
	size_t i = more ? r->heap[0] : 0;
	int rc;

	if (r->holes.count &&
		take_hole(r, more ? r->parts[i].head.ts_ns : UNTIL_THE_END, ret_event)) {
		r->now_ns = ret_event->ts_ns;
		if (r->first_ns == INT64_MIN)
			r->first_ns = ret_event->lost.begin_ns;
		return 1;
	}
	if (!more && r->shared.notes.is_short)
		return wg_error_set(err, -ENOMEM, "out of memory");
	if (!more)
		return 0;
	*ret_event = r->parts[i].head;
	r->now_ns = ret_event->ts_ns;
	if (r->first_ns == INT64_MIN)
		r->first_ns = r->now_ns;
	pop_part(r);
	rc = go_on(r, i, err);
	return rc < 0 ? rc : 1;
}

uint64_t wg_reader_foreign(const struct wg_reader *reader)
{
	return reader->shared.foreign;
}

const char *wg_reader_note(const struct wg_reader *reader, size_t i)
{
	return i < reader->shared.notes.count ? reader->shared.notes.line[i] : NULL;
}

struct wg__names *wg__reader_take_names(struct wg_reader *reader)
{
	struct wg__names *names = reader->shared.names;

	reader->shared.names = NULL;
	return names;
}

void wg_reader_close(struct wg_reader *reader)
{
	size_t i;

	if (!reader)
		return;
	for (i = 0; i < reader->part_count; i++) {
		wg__source_close(reader->parts[i].source);
		free(reader->parts[i].dir);
		free(reader->parts[i].stream);
		free(reader->parts[i].prefix);
	}
	free(reader->parts);
	free(reader->heap);
	free(reader->holes.v);
	wg__scratch_fini(&reader->scratch);
	wg__notes_fini(&reader->shared.notes);
	wg__names_destroy(reader->shared.names);
	free(reader);
}
