/*
 * loop.c: one ring for everything. Other threads put their operations into the mailbox.
 */
#include "lab16.h"

/* In any thread. */
void handoff(int op)
{
	mailbox_put(op);
}

/* In the loop. TODO(lab16): completions wake the ring. What wakes it for the mailbox? */
void run_loop(int total)
{
	int done = 0, op;

	while (done < total) {
		while ((op = mailbox_take()) != 0)
			ring_submit(op);
		ring_wait(10);
		while ((op = ring_reap()) != 0) {
			deliver(op);
			done++;
		}
	}
}
