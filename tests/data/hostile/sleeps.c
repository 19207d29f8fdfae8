/*
 * sleeps.c: a learner's file that sleeps before there is a schedule.
 */
#include <unistd.h>

void attack(void) __attribute__((constructor));

void attack(void)
{
	(void)sleep(100000);
}
