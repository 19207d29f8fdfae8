/*
 * stuck.c: see stuck.h.
 */
#include "labs/explore/report/stuck.h"

#include <stdio.h>
#include <string.h>

#include "labs/explore/calls/loops.h"
#include "labs/explore/calls/mutex.h"
#include "labs/explore/engine/engine.h"
#include "labs/explore/engine/record.h"

static bool is_in(const struct lx_thread *t, const char *calls)
{
	return strncmp(t->op.call, calls, strlen(calls)) == 0;
}

/* Who holds the mutex that t needs to go on, or NULL. */
static const struct lx_thread *holder(const struct lx_thread *t)
{
	return is_in(t, "pthread_mutex") || (is_in(t, "pthread_cond") && !t->cond)
		       ? lx_mutex_owner(t->op.object)
		       : NULL;
}

/* What t waits for; "" if its call says that. */
static void say_why(const struct lx_thread *t, char *ret, size_t len)
{
	const struct lx_thread *other = holder(t);

	*ret = '\0';
	if (t->cond)
		(void)snprintf(ret, len, "waits for a notify");
	else if (is_in(t, "pthread_join"))
		(void)snprintf(ret, len, "%s has not ended",
			((const struct lx_thread *)t->op.object)->name);
	else if (other && is_in(t, "pthread_mutex"))
		(void)snprintf(ret, len, "held by %s", other->name);
	else if (other)
		(void)snprintf(ret, len, "%s, but %s holds the mutex",
			t->wake == LX_NOTIFIED ? "notified" : "awake", other->name);
}

static void list(const struct lx_thread *t, const char *why)
{
	struct lx_shared *s = lx.shared;

	lx_step_fill(&s->blocked[s->blocked_count], t, t->op.call, t->op.caller);
	(void)snprintf(s->blocked[s->blocked_count++].note, sizeof(s->blocked[0].note), "%s", why);
}

static size_t describe(const struct lx_thread *t, char *text, size_t len)
{
	char why[64];

	say_why(t, why, sizeof(why));
	list(t, why);
	return (size_t)snprintf(text, len, "%s%s is in %s at {%llx} for ever%s%s",
		text[-1] ? "; " : "", t->name,
		is_in(t, "pthread_cond") ? "a wait on a condition" : t->op.call,
		lx_place(t->op.caller), holder(t) ? ", " : "", holder(t) ? why : "");
}

void lx_check_stuck(void)
{
	char text[LX_MESSAGE - 80] = "";
	size_t used = 1;
	int i, open = lx_ops_open(), ready = lx_ops_ready();

	if (!lx.thread[0].is_live && open == 0)
		return;
	for (i = 0; i < lx.thread_count; i++) {
		if (lx.thread[i].is_live && used + 1 < sizeof(text))
			used += describe(&lx.thread[i], text + used, sizeof(text) - used);
	}
	if (used == 1)
		(void)snprintf(text + used, sizeof(text) - used, "every thread has ended");
	if (open > 0)
		lx_fail("stuck", "%s; %d of %d open operations %s ready", text + 1, ready, open,
			ready == 1 ? "is" : "are");
	else
		lx_fail("stuck", "%s", text + 1);
}
