/*
 * fork.c: fork(): a schedule goes on either as the child or as the parent of a fork that failed.
 *
 * As the child: only the calling thread exists, with a copy of memory. So all other threads end
 * here, wherever they are and whatever lock they hold; other schedules have them elsewhere. A
 * parent whose fork succeeds would need a second memory, so it is not modelled.
 */
#include <errno.h>
#include <unistd.h>

#include "labs/explore/calls/wrap.h"
#include "labs/explore/engine/engine.h"
#include "labs/explore/engine/path.h"
#include "labs/explore/engine/record.h"

LX_WRAP(pid_t, fork, void)
{
	int i;

	lx_point(&(struct lx_op){ .call = "fork", .caller = LX_CALLER(), .touches_all = true });
	if (lx_pick(2) == 1)
		return lx_failed(EAGAIN);
	lx_note("this is the child: every other thread is gone");
	for (i = 0; i < lx.thread_count; i++) {
		struct lx_thread *t = &lx.thread[i];

		if (t == lx.self)
			continue;
		/* Even if it has ended: its handle means nothing in the child. */
		t->is_left_behind = true;
		t->is_live = false;
		t->store_count = 0;
		t->deadline_ns = LX_NEVER;
		t->cond = NULL;
	}
	return 0;
}
