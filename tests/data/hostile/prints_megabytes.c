/*
 * prints_megabytes.c: a learner's file that prints 40 MB and ends.
 */
#include <stdio.h>

void attack(void) __attribute__((constructor));

void attack(void)
{
	int i;

	for (i = 0; i < 2000000; i++)
		puts("nothing but words, w");
}
