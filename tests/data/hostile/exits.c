/*
 * exits.c: a learner's file that ends the process at once, as if all were well.
 */
#include <unistd.h>

void attack(void) __attribute__((constructor));

void attack(void)
{
	_exit(0);
}
