/*
 * One notify, one operation.
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
		op = mailbox_take();
		if (op != 0)
			ring_submit(op);
	}
}
