/*
 * pass.c: see pass.h.
 *
 * A trace is read to its end even if the range ends before: a hole is known only at its end, and
 * the reader knows what is missing only at the end. What has a length needs all events of it; but a
 * format of events, one by one, needs only those in the range, and then packets without any of them
 * are not decoded (wg_reader_narrow()).
 */
#include "traces/export/pass.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "traces/read/ahead.h"
#include "traces/read/read.h"
#include "traces/measure/summary.h"
#include "traces/base/units.h"

struct tally {
	uint64_t events, discarded;
	bool is_unknown; /* a hole of unknown size */
};

/* Up to where events were handed on: the time of the last one, and how many there were of it. */
struct mark {
	int64_t at_ns;
	uint64_t count;
};

struct reading {
	const struct wg__pass_ops *ops;
	void *user;
	struct wg__pass *pass;
	struct wg__ahead *ahead;
	struct tally tally;
	struct mark done, mark; /* done: by a reading of the same trace before this one */
};

static int64_t begin_of(const struct wg_event *ev)
{
	return ev->type == WG_EV_LOST ? ev->lost.begin_ns : ev->ts_ns;
}

static void tally_up(struct reading *r, const struct wg_event *ev)
{
	struct tally *tally = &r->tally;

	if (ev->type == WG_EV_LOST) {
		tally->discarded += ev->lost.count;
		tally->is_unknown = tally->is_unknown || ev->lost.count == 0;
	} else {
		tally->events++;
	}
}

/* Does the format need it? Not what the reading before has handed on. */
static bool needs(struct reading *r, const struct wg_event *ev)
{
	struct mark *mark = &r->mark;

	if (!r->ops->is_by_event)
		return true;
	if (!wg__pass_wants(r->pass, begin_of(ev), ev->ts_ns))
		return false;
	mark->count = ev->ts_ns == mark->at_ns ? mark->count + 1 : 1;
	mark->at_ns = ev->ts_ns;
	return mark->at_ns > r->done.at_ns ||
	       (mark->at_ns == r->done.at_ns && mark->count > r->done.count);
}

static int read_all(struct reading *r, bool may_narrow, struct wg_error *err)
{
	const struct wg_export *ex = r->pass->ex;
	const struct wg_event *ev;
	bool is_first = true;
	int rc;

	while ((rc = wg__ahead_next(r->ahead, &ev, err)) > 0 && !wg_out_failed(ex->out)) {
		if (is_first)
			r->pass->begin_ns = begin_of(ev);
		if (is_first && may_narrow && r->ops->is_by_event)
			(void)wg__ahead_narrow(r->ahead, r->pass->begin_ns, ex->from_ns, ex->to_ns);
		is_first = false;
		r->pass->end_ns = ev->ts_ns;
		tally_up(r, ev);
		if (needs(r, ev) && r->ops->feed(r->user, r->pass, ev) < 0)
			return wg_error_set(err, -ENOMEM, "out of memory");
	}
	return rc < 0 ? rc : 0;
}

/* A range past the end of a trace gives an empty file: not an error, but worth a line. */
static void say_if_outside(const struct wg__pass *pass)
{
	int64_t length_ns = pass->end_ns - pass->begin_ns;
	char line[160], length[32];

	if (length_ns >= pass->ex->from_ns)
		return;
	(void)snprintf(line, sizeof(line), "the range is past its end: it lasts %s",
		wg_format_time(length, sizeof(length), length_ns));
	wg_export_say(pass->ex, pass->label, line);
}

/* What is missing, to the person and into the file. */
static void report(struct wg_reader *reader, const struct reading *r)
{
	const struct wg__pass *pass = r->pass;
	const struct tally *tally = &r->tally;
	const char *note;
	char line[160];
	size_t i;

	for (i = 0; (note = wg_reader_note(reader, i)); i++) {
		wg_export_say(pass->ex, pass->label, note);
		if (r->ops->note)
			r->ops->note(r->user, pass, note);
	}
	if (!tally->discarded && !tally->is_unknown)
		return;
	if (tally->discarded)
		(void)snprintf(line, sizeof(line), "%s%" PRIu64 " events are missing",
			tally->is_unknown ? "more than " : "", tally->discarded);
	else
		(void)snprintf(line, sizeof(line), "an unknown number of events is missing");
	wg_export_say(pass->ex, pass->label, line);
}

/* All of a trace was read, or out has failed. */
static int end_pass(struct reading *r, const char *path, struct wg_error *err)
{
	struct wg_reader *reader = wg__ahead_stop(r->ahead);
	struct wg__pass *pass = r->pass;

	if (r->tally.events == 0 && !wg_out_failed(pass->ex->out))
		return wg__no_events(path, reader, err);
	pass->recorded_ns = wg_reader_end_ns(reader);
	if (r->ops->end && r->ops->end(r->user, pass) < 0)
		return wg_error_set(err, -ENOMEM, "out of memory");
	say_if_outside(pass);
	report(reader, r);
	return 0;
}

int wg__export_pass(const struct wg_export *ex, size_t i, const struct wg__pass_ops *ops,
	void *user, struct wg_error *err)
{
	struct wg__pass pass = { .ex = ex };
	const struct mark start = { INT64_MIN, 0 };
	struct reading r = {
		.ops = ops, .user = user, .pass = &pass, .done = start, .mark = start
	};
	struct wg__ahead *narrow = NULL;
	int rc;

	(void)wg_export_label(ex, i, pass.label, sizeof(pass.label));
	rc = wg__ahead_open(ex->paths[i], &r.ahead, err);
	if (rc < 0)
		return rc;
	rc = read_all(&r, true, err);
	if (rc == -EAGAIN) { /* damage: all must be read. The names of before are still in use. */
		narrow = r.ahead;
		r.done = r.mark;
		r.mark = start;
		r.tally = (struct tally){ 0 };
		r.ahead = NULL;
		rc = wg__ahead_open(ex->paths[i], &r.ahead, err);
		if (rc == 0)
			rc = read_all(&r, false, err);
	}
	if (rc == 0)
		rc = end_pass(&r, ex->paths[i], err);
	wg__ahead_close(r.ahead);
	wg__ahead_close(narrow);
	return rc;
}

bool wg__pass_wants(const struct wg__pass *pass, int64_t begin_ns, int64_t end_ns)
{
	return begin_ns - pass->begin_ns < pass->ex->to_ns &&
	       end_ns - pass->begin_ns >= pass->ex->from_ns;
}
