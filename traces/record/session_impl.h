/*
 * session_impl.h: what session.c, which creates a session, and session_run.c share.
 */
#ifndef TRACES_RECORD_SESSION_IMPL_H
#define TRACES_RECORD_SESSION_IMPL_H

#include <limits.h>
#include <stdint.h>
#include <sys/types.h>

#include "traces/base/error.h"
#include "traces/record/ask.h"
#include "traces/record/session.h"

struct lttng_domain;

/* What a request gets and gives; see ask.h. */
struct wg__session_request {
	char name[sizeof(((struct wg__session *)NULL)->name)];
	const char *dir;
	const struct wg__session_plan *plan;
	unsigned control_port, data_port;
	pid_t pid;
	uint64_t discarded, lost_packets, created_s;
};

int wg__session_ask(const struct wg__session *s, wg__request_fn fn, struct wg__session_request *r,
	int64_t limit_ms, struct wg_error *err);

/* The line for a call of LTTng that failed; returns the code. */
int wg__session_failed(struct wg_error *err, const char *what, int code);

/* The one snapshot in dir, by its path. -ENODATA: there is none with a trace in it, since LTTng
 * makes folders for a program that has not told its events yet. */
int wg__snapshot_in(const char *dir, char ret[PATH_MAX]);

void wg__session_domain(struct lttng_domain *domain);

#endif
