/*
 * aborts.c: a learner's file that gives up.
 */
#include <stdlib.h>

void attack(void) __attribute__((constructor));

void attack(void)
{
	abort();
}
