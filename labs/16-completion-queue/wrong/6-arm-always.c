/*
 * Arm the eventfd before each sleep, to be sure.
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

	while (done < total) {
		ring_arm_eventfd();
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
