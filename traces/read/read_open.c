/*
 * read_open.c: what read.h reads is opened: every folder that holds metadata, whole where possible,
 * else in parts (repair.h).
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/base/marker.h"
#include "traces/read/beginning.h"
#include "traces/read/descriptors.h"
#include "traces/read/find.h"
#include "traces/read/reader_impl.h"
#include "traces/read/repair.h"

int wg__reader_open_hole(struct wg_reader *r, int64_t begin_ns)
{
	struct wg_event hole = { .type = WG_EV_LOST, .procname = "", .ts_ns = WG__UNTIL_THE_END };

	hole.lost.begin_ns = begin_ns;
	return wg__reader_add_hole(r, &hole, r->folder);
}

static int open_part(struct wg_reader *r, const struct wg__input *input, const char *prefix,
	uint64_t skip, struct wg_error *err);

int wg__reader_open_streams(struct wg_reader *r, const char *dir, const char *prefix,
	const struct wg__feed *feed, size_t *ret_opened, struct wg_error *err)
{
	struct wg__inputs inputs = { 0 };
	size_t i, s, opened = 0;
	int rc = wg__repair_split(dir, &r->scratch, &inputs);

	for (i = 0; i < inputs.count && rc == 0; i++) {
		const char *file;
		uint64_t taken, skip = 0;
		struct wg_error why;

		for (s = 0; feed && wg__feed_stream(feed, s, &file, &taken); s++) {
			if (file && strcmp(file, inputs.v[i].stream) == 0)
				skip = taken;
		}
		rc = open_part(r, &inputs.v[i], prefix, skip, &why);
		opened += rc == 0;
		if (rc < 0 && rc != -ENOMEM) {
			wg__notes_add(&r->shared.notes, "stream %s%s was left out: %s", prefix,
				inputs.v[i].stream, why.text);
			rc = wg__reader_open_hole(r, r->now_ns);
		}
	}
	wg__inputs_fini(&inputs);
	*ret_opened = opened;
	if (rc == -EMFILE)
		return wg_error_set(err, rc,
			"cannot read on: too many open files: allow more with `ulimit -n`");
	return rc < 0 ? wg_error_set(err, rc, "cannot read on: %s", strerror(-rc)) : 0;
}

static int open_part(struct wg_reader *r, const struct wg__input *input, const char *prefix,
	uint64_t skip, struct wg_error *err)
{
	struct wg__part part = { .damaged = input->damaged,
		.folder = r->folder,
		.last_ns = INT64_MIN,
		.since_ns = r->since[r->folder] };
	uint64_t done;
	int rc;

	if (wg__grow(&r->parts, &r->part_cap, r->part_count, sizeof(*r->parts)) < 0)
		return wg_error_set(err, -ENOMEM, "out of memory");
	rc = wg__feed_open(input, &r->shared, &part.feed, err);
	if (rc < 0)
		return rc;
	if (part.feed.babeltrace)
		wg__source_skip(part.feed.babeltrace, skip);
	(void)wg__feed_bytes(&part.feed, &done, &part.bytes);
	part.dir = strdup(input->dir);
	part.prefix = strdup(prefix);
	part.stream = input->stream ? strdup(input->stream) : NULL;
	r->parts[r->part_count++] = part; /* from here on the reader frees it */
	if (!part.dir || !part.prefix || (input->stream && !part.stream))
		return wg_error_set(err, -ENOMEM, "out of memory");
	return wg__reader_go_on(r, r->part_count - 1, err);
}

/* A folder was refused: perhaps for one of its streams only. If for all, *err stays. */
static int open_split(
	struct wg_reader *r, const char *dir, const char *prefix, struct wg_error *err)
{
	struct wg__notes *notes = &r->shared.notes;
	size_t opened = 0, note_count = notes->count, hole_count = r->holes.count;
	struct wg_error why;
	int rc = wg__reader_open_streams(r, dir, prefix, NULL, &opened, &why);

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
	int rc = wg__repair_plan(
		dir, prefix, &r->scratch, &r->shared.notes, &r->endings, &inputs, err);

	memcpy(r->end[r->folder].uuid, inputs.uuid, sizeof(inputs.uuid));
	for (i = 0; i < inputs.count && rc == 0; i++) {
		const struct wg__input *input = &inputs.v[i];

		rc = open_part(r, input, prefix, 0, &why);
		if (rc == -EINVAL && !input->stream)
			rc = open_split(r, input->dir, prefix, &why);
		if (rc == -EINVAL && input->damaged) {
			wg__notes_add(&r->shared.notes, "stream %s%s was left out: %s", prefix,
				input->stream, why.text);
			rc = wg__reader_open_hole(r, r->now_ns);
		} else if (rc < 0) {
			(void)wg_error_set(err, rc, "cannot read '%s': %s", dir, why.text);
		}
	}
	/* Nobody knows what was in a stream that was left out, nor when. */
	for (i = 0; i < inputs.left_out && rc == 0; i++) {
		if (wg__reader_open_hole(r, INT64_MIN) < 0)
			rc = wg_error_set(err, -ENOMEM, "out of memory");
	}
	wg__inputs_fini(&inputs);
	return rc;
}

static void shift_hole(struct wg_event *hole, int64_t by_ns)
{
	if (hole->ts_ns != WG__UNTIL_THE_END)
		hole->ts_ns += by_ns;
	if (hole->lost.begin_ns != INT64_MIN)
		hole->lost.begin_ns += by_ns;
}

/* The first events are there, so the clocks are known: put all on one. */
static int settle_clocks(struct wg_reader *r, struct wg_error *err)
{
	int rc = wg__clocks_settle(r->clocks, r->dirs.count, r->dirs.line, &r->shared.remarks, err);
	size_t i, holes;

	if (rc <= 0)
		return rc;
	/* The order of the heap may change. */
	for (i = 0, holes = r->holes.count, r->holes.count = 0; i < holes; i++) {
		struct wg_event hole = r->holes.v[i];

		shift_hole(&hole, r->clocks[hole.who].shift_ns);
		(void)wg__holes_add(&r->holes, &hole); /* there is room */
	}
	r->order.count = 0;
	for (i = 0; i < r->part_count; i++) {
		struct wg__part *part = &r->parts[i];
		int64_t shift_ns = r->clocks[part->folder].shift_ns;

		if (part->last_ns != INT64_MIN)
			part->last_ns += shift_ns;
		if (!wg__feed_is_open(&part->feed))
			continue;
		wg__reader_shift(part, shift_ns);
		if (wg__order_add(&r->order, part->run[part->at]->ts_ns, i) < 0)
			return wg_error_set(err, -ENOMEM, "out of memory");
	}
	return 0;
}

/* Said once, however many folders the recording has. */
static void note_unfinished(struct wg_reader *r, const char *dir)
{
	if (r->is_unfinished || !wg__marker_is_in(dir))
		return;
	r->is_unfinished = true;
	wg__notes_add(&r->shared.notes,
		"'%s' was read, or copied, while it was being recorded (or the recorder or LTTng "
		"was killed): its end is missing",
		dir);
}

/* Than the part before. */
static bool is_of_another_host(const struct wg_reader *r, size_t i)
{
	const struct wg__folder_clock *a = &r->clocks[i - 1], *b = &r->clocks[i];

	return a->is_known && b->is_known && strcmp(a->clock.host, b->clock.host) != 0;
}

int wg__reader_open_all(struct wg_reader *r, size_t path_len, struct wg_error *err)
{
	const struct wg__notes *dirs = &r->dirs;
	size_t i, opened = 0;
	struct wg_error first = { 0 };

	if (wg__beginnings(dirs, path_len, r->since) < 0)
		return wg_error_set(err, -ENOMEM, "out of memory");
	for (i = 0; i < dirs->count; i++) {
		const char *dir = dirs->line[i];
		char prefix[PATH_MAX] = "";
		struct wg_error why = { 0 };
		int rc;

		wg__descriptors_make_room();
		if (dirs->count > 1)
			(void)snprintf(prefix, sizeof(prefix), "%s/", dir + path_len + 1);
		r->folder = i;
		r->shared.folder = dir;
		note_unfinished(r, dir);
		if (wg__reader_find_others(r, i) < 0)
			return wg_error_set(err, -ENOMEM, "out of memory");
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
		if (wg__reader_open_hole(r, INT64_MIN) < 0)
			return wg_error_set(err, -ENOMEM, "out of memory");
	}
	for (i = 0; i < dirs->count; i++)
		/* LTTng names a chunk only when it is whole; a CPU that slept ends before. */
		r->end[i].first = wg__is_chunk(dirs->line[i])
					  ? NULL
					  : wg__endings_first(&r->endings, r->end[i].uuid);
	for (i = 1; i < dirs->count; i++)
		r->has_hosts = r->has_hosts || is_of_another_host(r, i);
	return settle_clocks(r, err);
}
