/*
 * read.c: see read.h.
 *
 * A recording can hold several traces (per user, per process, per rotation), and a damaged one is
 * read in parts (repair.h). Each part is a source (source.h) whose events come in order; here they
 * are merged by time, the earlier part first where times are equal.
 *
 * Holes wait (holes.h) until the merge has come that far. What two folders have, as a trace and its
 * copy, is taken once (twice.h), and parts with different clocks are put on one (clocks.h).
 */
#include "traces/read/read.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "traces/read/find.h"
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

/* A part has ended, by itself (why is NULL) or because the decoder could not go on. */
static int end_part(
	struct wg_reader *r, struct wg__part *part, const char *why, struct wg_error *err)
{
	int64_t from = part->last_ns != INT64_MIN ? part->last_ns : r->now_ns;

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

/* Put the time of a head on the clock of the reader. */
static void use_clock(struct wg_reader *r, struct wg__part *part)
{
	struct wg__folder_clock *clock = &r->clocks[part->folder];

	if (!clock->is_known) {
		clock->is_known = true;
		clock->clock = wg__feed_origin(&part->feed)->clock;
	}
	part->head.ts_ns += clock->shift_ns;
	if (part->head.type == WG_EV_LOST)
		part->head.lost.begin_ns += clock->shift_ns;
}

/* What describes an object or a call site is said once, and is good for what follows. */
static bool is_place(const struct wg_event *ev)
{
	return ev->record == WG_RECORD_OBJECT || ev->record == WG_RECORD_SITE;
}

/* Get the next head of a part, or end it. */
static int fill(struct wg_reader *r, size_t i, struct wg_error *err)
{
	struct wg_error why;

	for (;;) {
		struct wg__part *part = &r->parts[i];
		int rc = wg__feed_next(&part->feed, &part->head, &why);

		if (rc == 1 && is_place(&part->head) && part->head.ts_ns < part->since_ns)
			part->head.ts_ns = part->since_ns;
		if (rc == 1 && part->head.ts_ns < part->since_ns) {
			r->left_out += part->head.type != WG_EV_LOST;
			continue;
		}
		if (rc == 1)
			use_clock(r, part);
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
		if (wg__reader_add_hole(r, &part->head, part->folder) < 0)
			return wg_error_set(err, -ENOMEM, "out of memory");
	}
}

static bool is_before(const struct wg_reader *r, size_t a, size_t b)
{
	int64_t a_ns = r->parts[a].head.ts_ns, b_ns = r->parts[b].head.ts_ns;

	return a_ns < b_ns || (a_ns == b_ns && a < b);
}

int wg__reader_push(struct wg_reader *r, size_t part)
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

int wg__reader_go_on(struct wg_reader *r, size_t part, struct wg_error *err)
{
	int rc = fill(r, part, err);

	if (rc == 0 && wg__feed_is_open(&r->parts[part].feed) && wg__reader_push(r, part) < 0)
		rc = wg_error_set(err, -ENOMEM, "out of memory");
	return rc;
}

int wg_reader_open(const char *path, struct wg_reader **ret_reader, struct wg_error *err)
{
	struct wg_reader *r = calloc(1, sizeof(*r));
	size_t len = 0;
	int rc;

	if (!r)
		return wg_error_set(err, -ENOMEM, "out of memory");
	r->first_ns = r->now_ns = INT64_MIN;
	r->shared.names = wg__names_create();
	rc = r->shared.names ? wg__find_all(path, &r->dirs, &r->shared.notes, &len, err)
			     : wg_error_set(err, -ENOMEM, "out of memory");
	if (rc == 0) {
		/* NOLINTNEXTLINE(clang-analyzer-optin.portability.UnixAPI): one at least */
		r->clocks = calloc(r->dirs.count, sizeof(*r->clocks));
		/* NOLINTNEXTLINE(clang-analyzer-optin.portability.UnixAPI): one at least */
		r->since = calloc(r->dirs.count, sizeof(*r->since));
		/* NOLINTNEXTLINE(clang-analyzer-optin.portability.UnixAPI): one at least */
		r->end = calloc(r->dirs.count, sizeof(*r->end));
		rc = r->clocks && r->since && r->end ? wg__reader_open_all(r, len, err)
						     : wg_error_set(err, -ENOMEM, "out of memory");
	}
	if (rc < 0) {
		wg_reader_close(r);
		return rc;
	}
	*ret_reader = r;
	return 0;
}

/* Some stream ended before the last event: a copy of a session that records. */
static void note_end(struct wg_reader *r)
{
	const struct wg__ending *e = r->first_end;

	if (!e || r->is_unfinished)
		return;
	if (e->end)
		wg__notes_add(&r->shared.notes,
			"stream %s ends %.3g ms before the last event (a copy of a session that "
			"records, or it was killed): what is later is not whole",
			e->name, (double)(r->now_ns - r->whole_ns) / 1e6);
	else
		wg__notes_add(&r->shared.notes,
			"stream %s is empty (a copy of a session that records, or it was killed): "
			"events of its CPU are missing",
			e->name);
}

/* An event of that folder, later than the end of one of its streams? */
static void look_at_end(struct wg_reader *r, size_t folder, int64_t ts_ns)
{
	const struct wg__ending *e = r->end[folder].first;
	int64_t shift_ns = r->clocks[folder].shift_ns;
	int64_t whole_ns = e && e->end ? (int64_t)e->end + shift_ns : INT64_MIN;

	if (!e || ts_ns <= whole_ns || (r->first_end && whole_ns >= r->whole_ns))
		return;
	r->first_end = e;
	r->whole_ns = whole_ns;
}

/* All was read: say what was there twice, and what is missing. 1 if there is a last event. */
static int end_all(struct wg_reader *r, struct wg_event *ret_event)
{
	bool is_first = !r->has_ended;

	if (!r->has_ended && r->twice.count)
		wg__notes_add(&r->shared.notes,
			"%" PRIu64 " event%s both in '%s' and in '%s' (a copy, or snapshots that "
			"overlap) and counted once",
			r->twice.count, r->twice.count == 1 ? " is" : "s are",
			r->dirs.line[r->twice.a], r->dirs.line[r->twice.b]);
	if (is_first && r->left_out)
		wg__notes_add(&r->shared.remarks,
			"its beginning was written over, on some CPUs more than on others: %" PRIu64
			" events from before all have some are left out",
			r->left_out);
	if (is_first)
		note_end(r);
	r->has_ended = true;
	if (!is_first || (!r->is_unfinished && !r->first_end))
		return 0;
	*ret_event = (struct wg_event){ .type = WG_EV_LOST, .procname = "", .ts_ns = r->now_ns };
	ret_event->lost.begin_ns = !r->first_end	       ? r->now_ns
				   : r->whole_ns < r->first_ns ? r->first_ns
							       : r->whole_ns;
	return 1;
}

/* A copy of a trace has the same holes; their counts must not add up. */
int wg__reader_add_hole(struct wg_reader *r, const struct wg_event *hole, size_t folder)
{
	struct wg_event ours = *hole;
	size_t i;

	for (i = 0; r->dirs.count > 1 && hole->lost.count && i < r->holes.count; i++) {
		const struct wg_event *other = &r->holes.v[i];

		if (other->who != folder && other->lost.count == hole->lost.count &&
			other->ts_ns == hole->ts_ns && other->lost.begin_ns == hole->lost.begin_ns)
			return 0;
	}
	ours.who = (uint32_t)folder;
	return wg__holes_add(&r->holes, &ours);
}

/* Take the earliest hole that ends by limit_ns. */
static bool take_hole(struct wg_reader *r, int64_t limit_ns, struct wg_event *ret)
{
	if (!wg__holes_take(&r->holes, limit_ns, ret))
		return false;
	ret->who = 0;
	/* Without any event no time is known; any time will do that does not overflow. */
	if (ret->ts_ns == WG__UNTIL_THE_END)
		ret->ts_ns = r->now_ns != INT64_MIN ? r->now_ns : 0;
	if (ret->lost.begin_ns == INT64_MIN)
		ret->lost.begin_ns = r->first_ns != INT64_MIN ? r->first_ns : ret->ts_ns;
	if (ret->lost.begin_ns > ret->ts_ns)
		ret->lost.begin_ns = ret->ts_ns;
	return true;
}

/* Of several hosts, which one: "redis-server@alpha". 0 or -ENOMEM. */
static int name_host(struct wg_reader *r, struct wg_event *ev, size_t folder)
{
	const char *host = r->clocks[folder].clock.host;
	size_t name;
	char text[400];

	if (!r->has_hosts || !host || !*host || !ev->procname || !*ev->procname)
		return 0;
	name = wg__map_get(&r->at_host, (uint32_t)folder, (uintptr_t)ev->procname);
	if (name == WG__MAP_NONE) {
		(void)snprintf(text, sizeof(text), "%s@%s", ev->procname, host);
		name = (size_t)(uintptr_t)wg__names_intern(r->shared.names, text);
		if (!name || wg__map_put(&r->at_host, (uint32_t)folder, (uintptr_t)ev->procname,
				     name) < 0)
			return -ENOMEM;
	}
	ev->procname = (const char *)(uintptr_t)name;
	return 0;
}

/* The earliest event of all parts: 1, 0 if it was there already, or -errno. */
static int take_head(struct wg_reader *r, struct wg_event *ret_event, struct wg_error *err)
{
	size_t i = r->heap[0];
	int again = 0, rc;

	*ret_event = r->parts[i].head;
	r->now_ns = ret_event->ts_ns;
	if (r->first_ns == INT64_MIN)
		r->first_ns = r->now_ns;
	look_at_end(r, r->parts[i].folder, r->now_ns);
	pop_part(r);
	if (r->dirs.count > 1)
		again = wg__twice_look(&r->twice, ret_event, r->parts[i].folder);
	if (again < 0 || name_host(r, ret_event, r->parts[i].folder) < 0)
		return wg_error_set(err, -ENOMEM, "out of memory");
	rc = wg__reader_go_on(r, i, err);
	return rc < 0 ? rc : !again;
}

int wg_reader_next(struct wg_reader *r, struct wg_event *ret_event, struct wg_error *err)
{
	int rc = 0;

	while (rc == 0) {
		bool more = r->heap_count > 0;

		if (r->holes.count &&
			take_hole(r, more ? r->parts[r->heap[0]].head.ts_ns : WG__UNTIL_THE_END,
				ret_event)) {
			r->now_ns = ret_event->ts_ns;
			if (r->first_ns == INT64_MIN)
				r->first_ns = ret_event->lost.begin_ns;
			return 1;
		}
		if (!more && r->shared.notes.is_short)
			return wg_error_set(err, -ENOMEM, "out of memory");
		if (!more)
			return end_all(r, ret_event);
		rc = take_head(r, ret_event, err);
	}
	return rc;
}

uint64_t wg_reader_foreign(const struct wg_reader *reader)
{
	return reader->shared.foreign;
}

const char *wg_reader_note(const struct wg_reader *reader, size_t i)
{
	const struct wg__notes *faults = &reader->shared.notes, *remarks = &reader->shared.remarks;

	if (i < faults->count)
		return faults->line[i];
	i -= faults->count;
	return i < remarks->count ? remarks->line[i] : NULL;
}

size_t wg_reader_faults(const struct wg_reader *reader)
{
	return reader->shared.notes.count;
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
		wg__feed_close(&reader->parts[i].feed);
		free(reader->parts[i].dir);
		free(reader->parts[i].stream);
		free(reader->parts[i].prefix);
	}
	free(reader->parts);
	free(reader->heap);
	free(reader->clocks);
	free(reader->since);
	free(reader->end);
	wg__endings_fini(&reader->endings);
	free(reader->holes.v);
	wg__twice_fini(&reader->twice);
	wg__map_fini(&reader->at_host);
	wg__notes_fini(&reader->dirs);
	wg__notes_fini(&reader->shared.remarks);
	wg__spaces_fini(&reader->shared.spaces);
	wg__scratch_fini(&reader->scratch);
	wg__notes_fini(&reader->shared.notes);
	wg__names_destroy(reader->shared.names);
	free(reader);
}
