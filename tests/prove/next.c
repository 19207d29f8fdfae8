/*
 * next.c: which operation a worker takes next, while others are at work.
 */
#include <errno.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "tests/prove/prove.h"

static int gates[3]; /* eventfds: each holds up one worker */

static int64_t pass_gate(struct wg_op *op, void *unused)
{
	eventfd_t count;

	(void)op;
	(void)unused;
	return eventfd_read(gates[0], &count) == 0 ? 1 : -1;
}

static int64_t give(struct wg_op *op, void *unused)
{
	(void)op;
	(void)unused;
	return 1;
}

/* One of three workers does slow work, two are held up. Slow work and then quick work come: that
 * worker which is free first takes the older one, since two may do slow work. */
void prove_next(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 3, NULL);
	struct wg_op held[3], slow, quick;
	uint64_t counts[3];
	int i;

	for (i = 0; i < 3; i++) {
		gates[i] = eventfd(0, EFD_CLOEXEC);
		if (i == 0)
			wg_op_work(&held[i], pass_gate, NULL);
		else
			wg_op_read(&held[i], gates[i], &counts[i], sizeof(counts[i]), -1);
		(void)wg_loop_submit(loop, &held[i]);
	}
	while (prove.starts < 3)
		sched_yield();
	prove.overtaken = 0; /* among those three: each had a worker of its own */
	wg_op_work(&slow, give, NULL);
	(void)wg_loop_submit(loop, &slow);
	wg_op_close(&quick, -1);
	(void)wg_loop_submit(loop, &quick);
	(void)eventfd_write(gates[2], 1);
	prove_result(loop, &slow, 1);
	prove_result(loop, &quick, -EBADF);
	lab_check("next", prove.overtaken == 0, "the quick one began first");
	(void)eventfd_write(gates[0], 1);
	(void)eventfd_write(gates[1], 1);
	prove_result(loop, &held[0], 1);
	for (i = 1; i < 3; i++)
		prove_result(loop, &held[i], sizeof(counts[i]));
	wg_loop_destroy(loop);
	for (i = 0; i < 3; i++)
		(void)close(gates[i]);
	prove_end();
}
