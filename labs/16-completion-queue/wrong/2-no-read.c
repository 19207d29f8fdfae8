/*
 * Each handoff notifies, so the loop may sleep for ever.
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
		while ((op = mailbox_take()) != 0)
			ring_submit(op);
		ring_wait(-1);
		while ((op = ring_reap()) != 0) {
			deliver(op);
			done++;
		}
	}
}
