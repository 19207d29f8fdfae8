/*
 * made.c: what cannot be made leaves nothing behind, and takes nothing away.
 */
#include <errno.h>

#include "core/pool.h"
#include "tests/prove/prove.h"

/* A pool that is too large is none, and leaves nothing behind. */
void prove_refused(const char *wait)
{
	struct wg_pool *none = NULL;

	(void)wait;
	lab_check("refused", wg_pool_create(WG_WORKERS_MAX + 1, &none) == -EINVAL && !none,
		"a pool of %u workers", WG_WORKERS_MAX + 1);
	wg_pool_destroy(NULL);
	prove_end();
}

static int make_none(int64_t tick_ns, struct wg_waiter **ret_waiter)
{
	(void)tick_ns;
	(void)ret_waiter;
	return -ENOSYS;
}

/* The strategy is not available, so there is no loop. The pool was borrowed: others use it. */
void prove_not_made(const char *wait)
{
	struct wg_wait_ops none = *wg_wait_find(wait);
	struct wg_loop_options options = { .ops = &none };
	struct wg_loop *loop = NULL;
	struct wg_op op;

	none.create = make_none;
	lab_check("made", wg_pool_create(1, &options.pool) == 0, "no pool");
	lab_check("refused", wg_loop_create(&options, &loop) == -ENOSYS && !loop, "it was made");
	loop = prove_loop(wait, 0, options.pool);
	wg_op_close(&op, -1);
	(void)wg_loop_submit(loop, &op);
	prove_result(loop, &op, -EBADF);
	wg_loop_destroy(loop);
	wg_pool_destroy(options.pool);
	prove_end();
}
