/*
 * corrupts.c: a learner's file that overwrites its own heap and stack.
 */
#include <stdlib.h>
#include <string.h>

void attack(void) __attribute__((constructor));

void attack(void)
{
	char *p = malloc(16);

	memset(p - 64, 0x5a, 4096);
	free(p);
	memset(&p, 0x5a, 1 << 16);
}
