/*
 * pass.h: one trace of an export, read once from its beginning to its end. Private to
 * traces/.
 */
#ifndef TRACES_EXPORT_PASS_H
#define TRACES_EXPORT_PASS_H

#include <stdbool.h>

#include "traces/base/format.h"
#include "traces/read/schema.h"

struct wg__pass {
	const struct wg_export *ex;
	char label[256];     /* what the trace is called */
	int64_t begin_ns;    /* of the first event, or of a hole before it: time 0 of the export */
	int64_t end_ns;	     /* of the last event so far */
	int64_t recorded_ns; /* wg_reader_end_ns(): in end() */
};

struct wg__pass_ops {
	/* Take one event, holes included; the callee checks the range. 0 or -ENOMEM. */
	int (*feed)(void *user, const struct wg__pass *pass, const struct wg_event *event);
	/* After the last event. May be NULL. 0 or -ENOMEM. */
	int (*end)(void *user, const struct wg__pass *pass);
	/* A line on what is missing from the trace, after end(). May be NULL. */
	void (*note)(void *user, const struct wg__pass *pass, const char *line);
	/* An event needs none of those before it, nor after it: feed is called for those in the
	 * range, and what is outside is read only as far as it must be. */
	bool is_by_event;
};

/*
 * Read trace i of the request to its end, or until ex->out fails. Says its notes, and how many
 * events are missing. Errors as wg_reader_open(), -ENODATA without one event, -ENOMEM; each with a
 * line.
 */
int wg__export_pass(const struct wg_export *ex, size_t i, const struct wg__pass_ops *ops,
	void *user, struct wg_error *err);

/* Is any part of [begin, end] in the range of the request? Times of the trace. */
bool wg__pass_wants(const struct wg__pass *pass, int64_t begin_ns, int64_t end_ns);

#endif
