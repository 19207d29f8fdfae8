/*
 * No condition variable: it works badly with the scheduler. Sleep 1 ms and look.
 */
#include "lab04.h"

#include <unistd.h>

/* In a source, after it has put a result. */
void notify(void)
{
}

static void wait_for_change(void)
{
	usleep(1000);
}

/* In a loop. */
int next_result(void)
{
	int op = take_any();

	while (op == 0) {
		wait_for_change();
		op = take_any();
	}
	return op;
}
