/*
 * support.c: see prove.h.
 */
#include "tests/prove/prove.h"

struct prove prove;

struct wg_loop *prove_loop(const char *wait, unsigned workers, struct wg_pool *pool)
{
	struct wg_loop_options options = { .wait = wait, .workers = workers, .pool = pool };
	struct wg_loop *loop = NULL;

	lab_check("made", wg_loop_create(&options, &loop) == 0, "no loop");
	return loop;
}

void prove_result(struct wg_loop *loop, struct wg_op *op, int64_t wanted)
{
	int64_t result = 0;
	int rc = wg_loop_wait_result(loop, op, &result);

	lab_check("result", rc == 0 && result == wanted, "the result is %d (%d), not %d",
		(int)result, rc, (int)wanted);
}

void prove_end(void)
{
	lab_check("late", prove.late_wakes == 0 || prove.polls, "%d late wakes", prove.late_wakes);
	lab_check("empty", prove.empty_notified == 0 || prove.wakes_are_empty,
		"%d wakes by a notify with nothing there", prove.empty_notified);
	lab_check("crowd", prove.crowds == 0, "%d still ask how busy the machine is", prove.crowds);
	lab_check("fds", lab_counts().open_fds == 0, "%d descriptors are left open",
		lab_counts().open_fds);
}
