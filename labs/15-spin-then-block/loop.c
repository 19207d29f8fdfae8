/*
 * loop.c: a loop that never sleeps, so it finds each result at once.
 */
#include "lab15.h"

#include <pthread.h>

/* In a worker. */
void publish(int op)
{
	inbox_put(op);
}

/* In the loop. TODO(lab15): this is fast if the result is near. And if it is not? */
int next_result(void)
{
	while (!look())
		continue;
	return inbox_take();
}
