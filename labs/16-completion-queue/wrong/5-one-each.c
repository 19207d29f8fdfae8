/*
 * One sleep, one completion.
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
		op = ring_reap();
		if (op == NOTIFIED) {
			ring_arm_eventfd();
		} else if (op != 0) {
			deliver(op);
			done++;
		}
		while ((op = mailbox_take()) != 0)
			ring_submit(op);
	}
}
