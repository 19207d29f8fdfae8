/*
 * pass.c: see pass.h.
 *
 * A trace is read to its end even if the range ends before: a hole is known only at its end, and
 * the reader knows what is missing only at the end.
 */
#include "traces/export/pass.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "traces/read/ahead.h"
#include "traces/read/read.h"
#include "traces/measure/summary.h"
#include "traces/base/units.h"

#define PROGRESS_EVENTS 0x10000u /* some twenty times a second */

struct tally {
	uint64_t events, discarded;
	bool is_unknown; /* a hole of unknown size */
};

static int read_all(struct wg__ahead *ahead, struct wg__pass *pass, struct tally *tally,
	const struct wg__pass_ops *ops, void *user, struct wg_error *err)
{
	const struct wg_export *ex = pass->ex;
	const struct wg_event *ev;
	bool is_first = true;
	int rc;

	while ((rc = wg__ahead_next(ahead, &ev, err)) > 0 && !wg_out_failed(ex->out)) {
		if (is_first)
			pass->begin_ns = ev->type == WG_EV_LOST ? ev->lost.begin_ns : ev->ts_ns;
		is_first = false;
		pass->end_ns = ev->ts_ns;
		if (ev->type == WG_EV_LOST) {
			tally->discarded += ev->lost.count;
			tally->is_unknown = tally->is_unknown || ev->lost.count == 0;
		} else if (++tally->events % PROGRESS_EVENTS == 0 && ex->progress) {
			ex->progress(ex->user, tally->events);
		}
		if (ops->feed(user, pass, ev) < 0)
			return wg_error_set(err, -ENOMEM, "out of memory");
	}
	return rc < 0 ? rc : 0;
}

static void say(const struct wg_export *ex, const char *label, const char *line)
{
	char text[1024];

	if (!ex->say)
		return;
	(void)snprintf(text, sizeof(text), "%s: %s", label, line);
	ex->say(ex->user, text);
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
	say(pass->ex, pass->label, line);
}

/* What is missing, to the person and into the file. */
static void report(struct wg_reader *reader, struct wg__pass *pass, const struct tally *tally,
	const struct wg__pass_ops *ops, void *user)
{
	const char *note;
	char line[160];
	size_t i;

	for (i = 0; (note = wg_reader_note(reader, i)); i++) {
		say(pass->ex, pass->label, note);
		if (ops->note)
			ops->note(user, pass, note);
	}
	if (!tally->discarded && !tally->is_unknown)
		return;
	if (tally->discarded)
		(void)snprintf(line, sizeof(line), "%s%" PRIu64 " events are missing",
			tally->is_unknown ? "more than " : "", tally->discarded);
	else
		(void)snprintf(line, sizeof(line), "an unknown number of events is missing");
	say(pass->ex, pass->label, line);
}

int wg__export_pass(const struct wg_export *ex, size_t i, const struct wg__pass_ops *ops,
	void *user, struct wg_error *err)
{
	struct wg__pass pass = { .ex = ex };
	struct tally tally = { 0 };
	struct wg__ahead *ahead = NULL;
	struct wg_reader *reader;
	int rc;

	(void)wg_export_label(ex, i, pass.label, sizeof(pass.label));
	rc = wg__ahead_open(ex->paths[i], &ahead, err);
	if (rc < 0)
		return rc;
	rc = read_all(ahead, &pass, &tally, ops, user, err);
	reader = wg__ahead_stop(ahead);
	if (rc == 0 && tally.events == 0 && !wg_out_failed(ex->out))
		rc = wg__no_events(ex->paths[i], reader, err);
	pass.recorded_ns = wg_reader_end_ns(reader);
	if (rc == 0 && ops->end && ops->end(user, &pass) < 0)
		rc = wg_error_set(err, -ENOMEM, "out of memory");
	if (rc == 0) {
		say_if_outside(&pass);
		report(reader, &pass, &tally, ops, user);
	}
	wg__ahead_close(ahead);
	return rc;
}

bool wg__pass_wants(const struct wg__pass *pass, int64_t begin_ns, int64_t end_ns)
{
	return begin_ns - pass->begin_ns < pass->ex->to_ns &&
	       end_ns - pass->begin_ns >= pass->ex->from_ns;
}
