/*
 * read_part.c: one part of what read.h reads: its next events, and what becomes of it at its end.
 * Here damage turns into holes, and the part's clock into that of the reader.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "traces/read/reader_impl.h"

/* Read each stream of a part by itself, from where it stands: one of them is damaged. */
static int split_part(struct wg_reader *r, struct wg__part *part, struct wg_error *err)
{
	struct wg__feed feed = part->feed;
	size_t opened;
	int rc;

	r->folder = part->folder;
	r->shared.folder = r->dirs.line[r->folder];
	part->feed = (struct wg__feed){ 0 };
	/* r->parts moves, but its strings stay. */
	rc = wg__reader_open_streams(r, part->dir, part->prefix, &feed, &opened, err);
	wg__feed_close(&feed);
	return rc;
}

static void note_doubles(struct wg_reader *r, const struct wg__part *part)
{
	uint64_t count = wg__feed_doubles(&part->feed);

	if (count)
		wg__notes_add(&r->shared.notes,
			"%" PRIu64 " event%s in two channels of '%s' and counted once", count,
			count == 1 ? " is" : "s are", r->dirs.line[part->folder]);
}

/* The last good event of a part. libbabeltrace2 may find damage later than behind that, while it
 * reads other streams. */
static int64_t last_good_ns(const struct wg_reader *r, const struct wg__part *part)
{
	int64_t skipped_ns =
		part->feed.babeltrace ? wg__source_skipped_ns(part->feed.babeltrace) : INT64_MIN;

	if (part->last_ns != INT64_MIN)
		return part->last_ns;
	return skipped_ns != INT64_MIN ? skipped_ns + r->clocks[part->folder].shift_ns : r->now_ns;
}

/* A part has ended, by itself (why is NULL) or because the decoder could not go on. */
static int end_part(
	struct wg_reader *r, struct wg__part *part, const char *why, struct wg_error *err)
{
	int64_t from = last_good_ns(r, part);

	if (why && !part->stream)
		return split_part(r, part, err);
	note_doubles(r, part);
	wg__feed_close(&part->feed);
	r->folder = part->folder;
	if (why && !part->damaged) {
		wg__notes_add(&r->shared.notes,
			"stream %s%s is damaged and was read up to its last good event: %s",
			part->prefix, part->stream, why);
	}
	if (!why && !part->damaged)
		return 0;
	return wg__reader_open_hole(r, from) < 0 ? wg_error_set(err, -ENOMEM, "out of memory") : 0;
}

/*
 * Memory that was never written decodes as events of process 0, which is the process of no program.
 * Only repaired streams have any, and only a trace with that context can tell.
 */
static bool is_unwritten(const struct wg__part *part, const struct wg_event *ev)
{
	return part->damaged && part->has_pids && ev->pid == 0 && ev->tid == 0;
}

void wg__reader_shift(const struct wg__part *part, int64_t by_ns)
{
	size_t i;

	for (i = part->at; i < part->count; i++) {
		struct wg_event *ev =
			(struct wg_event *)part->run[i]; /* the decoder's, until the next */

		ev->ts_ns += by_ns;
		if (ev->type == WG_EV_LOST)
			ev->lost.begin_ns += by_ns;
	}
}

/* Put the times of a run on the clock of the reader. */
static void use_clock(struct wg_reader *r, struct wg__part *part)
{
	struct wg__folder_clock *clock = &r->clocks[part->folder];

	if (!clock->is_known) {
		clock->is_known = true;
		clock->clock = wg__feed_origin(&part->feed)->clock;
	}
	if (clock->shift_ns)
		wg__reader_shift(part, clock->shift_ns);
}

/* What describes an object or a call site is said once, and is good for what follows. */
static bool is_place(const struct wg_event *ev)
{
	return ev->record == WG_RECORD_OBJECT || ev->record == WG_RECORD_SITE;
}

/* Pass over what is before the part's beginning; places are moved to where it begins. */
static void skip(struct wg_reader *r, struct wg__part *part)
{
	/* The decoder's, until it is asked for more. */
	const struct wg_event **run = (const struct wg_event **)part->run;
	size_t i = part->at, to;

	while (i < part->count && run[i]->ts_ns < part->since_ns)
		i++;
	for (to = i; i > part->at;) {
		struct wg_event *ev = (struct wg_event *)run[--i];

		if (is_place(ev)) {
			ev->ts_ns = part->since_ns;
			run[--to] = ev;
		} else {
			r->left_out += ev->type != WG_EV_LOST;
		}
	}
	part->at = to;
}

/* Get the next events of a part, or end it. */
static int fill(struct wg_reader *r, size_t i, struct wg_error *err)
{
	struct wg_error why;

	for (;;) {
		struct wg__part *part = &r->parts[i];
		int rc = wg__feed_run(&part->feed, &part->run, &part->count, &why);
		const struct wg_event *head;

		part->at = 0;
		if (rc == -EIO)
			return end_part(r, part, why.text, err);
		if (rc < 0)
			return wg_error_set(err, rc, "%s", why.text);
		if (rc == 0)
			return end_part(r, part, NULL, err);
		skip(r, part);
		wg__reader_leave_out(r, part);
		if (part->at == part->count)
			continue;
		use_clock(r, part);
		head = part->run[part->at];
		if (head->type == WG_EV_LOST) { /* which comes alone */
			if (wg__reader_add_hole(r, head, part->folder) < 0)
				return wg_error_set(err, -ENOMEM, "out of memory");
			continue;
		}
		if (is_unwritten(part, head))
			return end_part(r, part, NULL, err);
		part->last_ns = part->run[part->count - 1]->ts_ns;
		part->has_pids = part->has_pids || head->pid;
		return 0;
	}
}

int wg__reader_go_on(struct wg_reader *r, size_t i, struct wg_error *err)
{
	int rc = fill(r, i, err);
	const struct wg__part *part = &r->parts[i];

	if (rc == 0 && wg__feed_is_open(&part->feed) &&
		wg__order_add(&r->order, part->run[part->at]->ts_ns, i) < 0)
		rc = wg_error_set(err, -ENOMEM, "out of memory");
	return rc;
}
