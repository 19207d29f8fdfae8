/*
 * crashes.c: a learner's file that writes where nothing is.
 */
#include <stdint.h>

void attack(void) __attribute__((constructor));

void attack(void)
{
	*(int *)(uintptr_t)8 = 1;
}
