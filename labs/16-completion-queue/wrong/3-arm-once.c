/*
 * The eventfd is in the ring.
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
			if (op == NOTIFIED)
				continue;
			deliver(op);
			done++;
		}
		while ((op = mailbox_take()) != 0)
			ring_submit(op);
	}
}
