/*
 * loop.c: one ring for everything, and an eventfd in it.
 *
 * A read of the eventfd is always in flight, so a thread that hands in an operation can complete
 * it. The eventfd counts: a notify while no read is in flight completes the next one at once.
 */
#include "lab16.h"

/* In any thread. */
void handoff(int op)
{
	mailbox_put(op);
	notify();
}

/* In the loop. */
void run_loop(int total)
{
	int done = 0, op;

	ring_arm_eventfd();
	while (done < total) {
		ring_wait(-1);
		while ((op = ring_reap()) != 0) {
			if (op == NOTIFIED) {
				ring_arm_eventfd();
				continue;
			}
			deliver(op);
			done++;
		}
		while ((op = mailbox_take()) != 0)
			ring_submit(op);
	}
}
