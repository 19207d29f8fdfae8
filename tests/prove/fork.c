/*
 * fork.c: wg_loop_fork() at any moment of a worker: the child's loop works, and has each operation
 * in exactly one place.
 */
#include <errno.h>

#include "core/fork.h"
#include "tests/prove/prove.h"

static int64_t give(struct wg_op *op, void *arg)
{
	(void)op;
	return (int64_t)(intptr_t)arg;
}

void prove_fork(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_op before, after;
	int64_t result = 0;
	int pid;

	wg_op_work(&before, give, (void *)(intptr_t)1);
	(void)wg_loop_submit(loop, &before);
	pid = (int)wg_loop_fork(loop);
	lab_check("forked", pid == 0 || pid == -EAGAIN, "fork returned %d", pid);
	(void)wg_loop_wait_result(loop, &before, &result);
	lab_check("result", result == 1 || (pid == 0 && result == -ECANCELED), "the result is %d",
		(int)result);
	wg_op_work(&after, give, (void *)(intptr_t)2);
	(void)wg_loop_submit(loop, &after);
	prove_result(loop, &after, 2);
	wg_loop_destroy(loop);
	prove_end();
}
