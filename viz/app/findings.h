/*
 * findings.h: what is wrong with a trace, as sentences with a cause, worst first.
 *
 * A finding says what was counted, then the cause. It names a cause only if the events show it:
 * "no notify in this trace" is said only of a trace without notify events.
 */
#ifndef VIZ_APP_FINDINGS_H
#define VIZ_APP_FINDINGS_H

#include <stddef.h>
#include <stdint.h>

#include "traces/model/model.h"

#define WG_FINDINGS_MAX 24

struct wg_finding {
	char text[400];
	char find[64];	/* an expression of filter.h that finds the first of them; "" for none */
	int64_t weight; /* nanoseconds at stake; INT64_MAX for what never ends */
	size_t pane;	/* which trace, where several were asked about */
	bool is_thread; /* then it is found at a time, in a thread: */
	uint32_t pid, tid;
	int64_t at_ns;
	int severity; /* 3 stuck or lost, 2 waste, 1 empty wakes, 0 good news */
};

/* Fill at most max; returns how many. O(waits). Those of loops come first. */
size_t wg_findings(const struct wg_trace *trace, struct wg_finding *findings, size_t max);

/* Those of threads only, in their order. */
size_t wg_thread_findings_of(const struct wg_trace *trace, struct wg_finding *findings, size_t max);

#endif
