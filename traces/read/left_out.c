/*
 * left_out.c: the part of read.h that leaves out what other programs than the recorded one emitted,
 * as the recorder wrote down (others.h). It is done before anything else is known of an event, so
 * for all that follows they were never there.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "traces/base/units.h"
#include "traces/read/read.h"
#include "traces/read/reader_impl.h"

int wg__reader_find_others(struct wg_reader *r, size_t i)
{
	const char *dir = r->dirs.line[i];
	char at[32] = "";
	size_t line;
	int rc = wg__others_read(dir, &r->others, &r->end[i].others, &line);

	if (rc == 0 || rc == -ENOMEM || r->has_bad_others)
		return rc == -ENOMEM ? rc : 0;
	r->has_bad_others = true;
	if (line)
		(void)snprintf(at, sizeof(at), ", line %zu", line);
	wg__notes_add(&r->shared.remarks,
		"the file " WG__OTHERS " of '%s' cannot be used (%s%s): the events of all programs "
		"are read",
		dir, rc == -EINVAL ? "it has another form" : strerror(-rc), at);
	return 0;
}

void wg__reader_leave_out(const struct wg_reader *r, struct wg__part *part)
{
	struct wg__others *others = r->end[part->folder].others;
	/* The decoder's, until it is asked for more. */
	const struct wg_event **run = (const struct wg_event **)part->run;
	size_t i, to = part->at;

	if (!others)
		return;
	for (i = part->at; i < part->count; i++) {
		if (!wg__others_has(others, run[i]->pid, run[i]->ts_ns))
			run[to++] = run[i];
	}
	part->count = to;
}

uint64_t wg_reader_others(const struct wg_reader *r, size_t *ret_processes)
{
	const struct wg__others *o;
	uint64_t events = 0;

	*ret_processes = 0;
	for (o = r->others; o; o = o->next) {
		events += o->events;
		*ret_processes += wg__others_met(o);
	}
	return events;
}

void wg__reader_say_others(struct wg_reader *r)
{
	size_t processes;
	uint64_t events = wg_reader_others(r, &processes);

	if (events)
		wg__notes_add(&r->shared.remarks,
			"%" PRIu64 " event%s of %zu process%s that the recorded command did not "
			"start %s left out: without the file " WG__OTHERS ", or recorded with "
			"--everything, all are shown",
			events, wg_s(events), processes, processes == 1 ? "" : "es",
			events == 1 ? "is" : "are");
}
