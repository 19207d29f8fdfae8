/*
 * thread_findings.c: the sentences of threads.h as findings of the viewer, worst first as there.
 */
#include <stdio.h>

#include "viz/app/findings.h"

/* At the end of the trace a thread is asleep: that is how things stand, not waste. */
static int severity_of(const struct wg_thread_finding *finding)
{
	return finding->weight < 0 ? 0 : finding->severe ? 2 : 1;
}

size_t wg_thread_findings_of(const struct wg_trace *trace, struct wg_finding *findings, size_t max)
{
	struct wg_thread_finding *found = NULL;
	size_t count = 0, i;

	/* Without memory there are none to see; the figures stay. */
	if (!trace->threads || wg_thread_findings(trace->threads, &found, &count) < 0)
		return 0;
	for (i = 0; i < count && i < max; i++) {
		findings[i] = (struct wg_finding){ .severity = severity_of(&found[i]),
			.weight = (int64_t)found[i].weight,
			.is_thread = true,
			.pid = found[i].pid,
			.tid = found[i].tid,
			.at_ns = found[i].at_ns };
		(void)snprintf(findings[i].text, sizeof(findings[i].text), "%s", found[i].text);
	}
	wg_thread_findings_free(found, count);
	return i;
}
