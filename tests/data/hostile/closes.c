/*
 * closes.c: a learner's file that closes every descriptor there may be.
 */
#include <unistd.h>

void attack(void) __attribute__((constructor));

void attack(void)
{
	int fd;

	for (fd = 0; fd < 65536; fd++)
		(void)close(fd);
}
