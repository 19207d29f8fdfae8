/*
 * eats.c: a learner's file that takes all the memory there is.
 */
#include <stdlib.h>
#include <string.h>

void attack(void) __attribute__((constructor));

void attack(void)
{
	for (;;) {
		char *p = malloc(1 << 20);

		if (!p)
			abort();
		memset(p, 1, 1 << 20);
	}
}
