/*
 * format.h: what an export is asked for, and what a format is.
 *
 * A format writes the traces of a request to ex->out. It speaks through ex->say only (what is
 * missing from a trace is said there, once for each trace), and returns 0 or a negative errno with
 * a line. Errors of writing stick to ex->out and need no attention.
 *
 * To add a format: write a file that defines `const struct wg_export_format wg__format_NAME`, and
 * add NAME to the list in traces/formats.c.
 */
#ifndef TRACES_BASE_FORMAT_H
#define TRACES_BASE_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#include "traces/base/error.h"
#include "traces/base/out.h"

enum wg_export_what {
	WG_EXPORT_EVENTS,     /* one row an event */
	WG_EXPORT_INTERVALS,  /* one row a wait interval: M1 and M3 of measure.h */
	WG_EXPORT_OPERATIONS, /* one row an operation */
	WG_EXPORT_THREADS,    /* one row a wait of a thread that was seen from outside */
	WG_EXPORT_WHAT_COUNT
};

struct wg_export {
	const char *const *paths;
	size_t path_count;
	enum wg_export_what what;
	/*
	 * Since the first event of each trace; half-open. What has a length is in the range if any
	 * part of it is. 0 and INT64_MAX: all.
	 */
	int64_t from_ns, to_ns;
	struct wg_out *out;
	/* A line for a person: holes, damage. May be NULL. */
	void (*say)(void *user, const char *line);
	void *user;
};

struct wg_export_format {
	const char *name;      /* as in --format */
	const char *extension; /* without the dot */
	const char *does;      /* one line for --help */
	unsigned sheets;       /* which of 1u << enum wg_export_what it can write */
	int (*run)(const struct wg_export *ex, struct wg_error *err);
};

#define WG_EXPORT_SHEETS ((1u << WG_EXPORT_WHAT_COUNT) - 1) /* rows of any kind */
#define WG_EXPORT_WHOLE	 (1u << WG_EXPORT_EVENTS)	    /* one document, nothing to choose */

/* "events", "intervals", "operations", "threads"; WG_EXPORT_WHAT_COUNT for any other name. */
const char *wg_export_what_name(enum wg_export_what what);
enum wg_export_what wg_export_what_of(const char *name);

/*
 * What a trace is called in an export of several: the last part of its path, or all of it where
 * another one ends alike. ret is at least len bytes; cut if it must be. Returns ret.
 */
char *wg_export_label(const struct wg_export *ex, size_t i, char *ret, size_t len);

/* A line for the person about the trace of that label, if anybody listens. */
void wg_export_say(const struct wg_export *ex, const char *label, const char *line);

#endif
