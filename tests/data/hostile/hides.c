/*
 * hides.c: a learner's file that leaves a process in a session of its own, with its parents gone.
 */
#include <fcntl.h>
#include <unistd.h>

void attack(void) __attribute__((constructor));

void attack(void)
{
	if (fork() != 0)
		return;
	(void)setsid();
	if (fork() != 0)
		_exit(0);
	for (;;)
		(void)pause();
}
