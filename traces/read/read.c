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
	wg__reader_tell(r);
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

static void hand_out_single(struct wg_reader *r)
{
	r->single_at = &r->single;
	r->rest = &r->single_at;
	r->rest_count = 1;
}

int64_t wg_reader_end_ns(const struct wg_reader *r)
{
	int64_t end_ns = INT64_MAX;
	size_t i;

	for (i = 0; i < r->dirs.count; i++) {
		const struct wg__ending *e = r->end[i].first;

		if (!e || !e->end)
			return INT64_MIN;
		if ((int64_t)e->end + r->clocks[i].shift_ns < end_ns)
			end_ns = (int64_t)e->end + r->clocks[i].shift_ns;
	}
	return r->is_unfinished ? INT64_MIN : end_ns;
}

static bool is_written_over(const struct wg_reader *r)
{
	size_t i;

	for (i = 0; i < r->dirs.count; i++) {
		if (r->since[i])
			return true;
	}
	return false;
}

/* All was read: say what was there twice, and what is missing. 1 if there is a last event. */
static int end_all(struct wg_reader *r)
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
			"its beginning was written over, or is in the chunk before, on some CPUs "
			"more than on others: %" PRIu64
			" events from before all have some are left out",
			r->left_out);
	else if (is_first && is_written_over(r))
		wg__notes_add(&r->shared.remarks,
			"its beginning was written over, or is in the chunk before");
	if (is_first)
		wg__reader_say_others(r);
	if (is_first)
		note_end(r);
	r->has_ended = true;
	if (!is_first || (!r->is_unfinished && !r->first_end))
		return 0;
	r->single = (struct wg_event){ .type = WG_EV_LOST, .procname = "", .ts_ns = r->now_ns };
	r->single.lost.begin_ns = !r->first_end		      ? r->now_ns
				  : r->whole_ns < r->first_ns ? r->first_ns
							      : r->whole_ns;
	hand_out_single(r);
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
static int name_host(struct wg_reader *r, const struct wg_event *handed_out, size_t folder)
{
	struct wg_event *ev = (struct wg_event *)handed_out; /* the decoder's, until the next */
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

/* Take the earliest hole if no event comes before it. */
static bool has_hole(struct wg_reader *r)
{
	int64_t limit_ns = r->order.count ? r->order.head[0].at_ns : WG__UNTIL_THE_END;

	if (!r->holes.count || !take_hole(r, limit_ns, &r->single))
		return false;
	r->now_ns = r->single.ts_ns;
	if (r->first_ns == INT64_MIN)
		r->first_ns = r->single.lost.begin_ns;
	hand_out_single(r);
	return true;
}

/* So many events of the first part come before all that others have, and before the next hole: one
 * at least. */
static size_t run_length(const struct wg_reader *r, const struct wg__part *part)
{
	int64_t limit_ns = wg__order_limit(&r->order);
	size_t i = part->at + 1;

	if (r->holes.count && r->holes.v[0].ts_ns < limit_ns)
		limit_ns = r->holes.v[0].ts_ns;
	if (r->order.count == 1 && !r->holes.count)
		return part->count - part->at;
	while (i < part->count && part->run[i]->ts_ns < limit_ns)
		i++;
	return i - part->at;
}

/* So many of the run were not there already: 0 if the first was, which is passed over then. */
static int count_new(struct wg_reader *r, const struct wg__part *part, size_t *count)
{
	size_t i;

	for (i = 0; r->dirs.count > 1 && i < *count; i++) {
		int again = wg__twice_look(&r->twice, part->run[part->at + i], part->folder);

		if (again < 0)
			return -ENOMEM;
		if (again) {
			*count = i;
			return 1;
		}
		if (name_host(r, part->run[part->at + i], part->folder) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* The earliest events of all parts: 1, 0 if they were there already, or -errno. */
static int take_run(struct wg_reader *r, struct wg_error *err)
{
	size_t i = r->order.head[0].i;
	struct wg__part *part = &r->parts[i];
	size_t count = run_length(r, part);
	int again = count_new(r, part, &count);

	if (again < 0)
		return wg_error_set(err, -ENOMEM, "out of memory");
	r->rest = part->run + part->at;
	r->rest_count = count;
	if (r->first_ns == INT64_MIN)
		r->first_ns = part->run[part->at]->ts_ns;
	part->at += count + (size_t)again;
	r->now_ns = part->run[part->at - 1]->ts_ns;
	look_at_end(r, part->folder, r->now_ns);
	r->is_behind = part->at == part->count;
	if (!r->is_behind)
		wg__order_put_first(&r->order, (struct wg__head){ part->run[part->at]->ts_ns, i });
	return count > 0;
}

/* Get events into r->rest. As wg_reader_events(). */
static int get(struct wg_reader *r, struct wg_error *err)
{
	int rc = 0;

	while (rc == 0) {
		/* Only now: what was handed out was in there. */
		if (r->is_behind) {
			size_t i = r->order.head[0].i;

			r->is_behind = false;
			wg__order_drop_first(&r->order);
			rc = wg__reader_go_on(r, i, err);
			if (rc < 0)
				return rc;
		}
		if (has_hole(r))
			return 1;
		if (!r->order.count)
			return r->shared.notes.is_short
				       ? wg_error_set(err, -ENOMEM, "out of memory")
				       : end_all(r);
		rc = take_run(r, err);
	}
	return rc;
}

int wg_reader_events(struct wg_reader *r, const struct wg_event *const **ret_events,
	size_t *ret_count, struct wg_error *err)
{
	int rc = r->rest_count ? 1 : get(r, err);

	if (rc <= 0)
		return rc;
	*ret_events = r->rest;
	*ret_count = r->rest_count;
	r->events += r->rest_count;
	r->rest_count = 0;
	wg__reader_tell(r);
	return 1;
}

int wg_reader_next(struct wg_reader *r, struct wg_event *ret_event, struct wg_error *err)
{
	int rc = r->rest_count ? 1 : get(r, err);

	if (rc <= 0)
		return rc;
	*ret_event = **r->rest++;
	r->rest_count--;
	r->events++;
	if (!r->rest_count)
		wg__reader_tell(r);
	return 1;
}

bool wg__reader_is_ahead(const struct wg_reader *r)
{
	size_t i;

	for (i = 0; i < r->part_count; i++) {
		if (r->parts[i].feed.babeltrace)
			return false;
	}
	return true;
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
	wg__reader_tell_end(reader);
	for (i = 0; i < reader->part_count; i++) {
		wg__feed_close(&reader->parts[i].feed);
		free(reader->parts[i].dir);
		free(reader->parts[i].stream);
		free(reader->parts[i].prefix);
	}
	free(reader->parts);
	free(reader->order.head);
	free(reader->clocks);
	free(reader->since);
	free(reader->end);
	wg__endings_fini(&reader->endings);
	wg__others_free(reader->others);
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
