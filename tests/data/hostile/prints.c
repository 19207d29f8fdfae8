/*
 * prints.c: a learner's file that prints without end: the grader keeps the beginning and counts the
 * rest.
 */
#include <stdio.h>

void attack(void) __attribute__((constructor));

void attack(void)
{
	for (;;)
		puts("all work and no play");
}
