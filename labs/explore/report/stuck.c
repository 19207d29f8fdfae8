/*
 * stuck.c: see stuck.h.
 */
#include "labs/explore/report/stuck.h"

#include <stdio.h>
#include <string.h>

#include "labs/explore/engine/engine.h"
#include "labs/explore/calls/loops.h"
#include "labs/explore/calls/mutex.h"
#include "labs/explore/engine/record.h"

static size_t describe(const struct lx_thread *t, char *text, size_t len)
{
	const struct lx_thread *owner = NULL;
	const char *call = t->op.call;

	if (strncmp(call, "pthread_mutex", 13) == 0)
		owner = lx_mutex_owner(t->op.object);
	if (strcmp(call, "(back from the wait)") == 0)
		call = "a wait on a condition";
	return (size_t)snprintf(text, len, "%s%s is in %s at {%llx} for ever%s%s",
		text[-1] ? "; " : "", t->name, call, lx_place(t->op.caller),
		owner ? ", held by " : "", owner ? owner->name : "");
}

void lx_check_stuck(void)
{
	char text[240] = "";
	size_t used = 1;
	int i, open = lx_ops_open(), ready = lx_ops_ready();

	if (!lx.thread[0].is_live && open == 0)
		return;
	for (i = 0; i < lx.thread_count; i++) {
		if (lx.thread[i].is_live && used + 1 < sizeof(text))
			used += describe(&lx.thread[i], text + used, sizeof(text) - used);
	}
	if (used == 1)
		used += (size_t)snprintf(
			text + used, sizeof(text) - used, "every thread has ended");
	if (open > 0)
		lx_fail("stuck", "%s; %d of %d open operations %s ready", text + 1, ready, open,
			ready == 1 ? "is" : "are");
	else
		lx_fail("stuck", "%s", text + 1);
}
