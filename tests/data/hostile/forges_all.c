/*
 * forges_all.c: a learner's file that writes a whole report in which all is well: to descriptor 3,
 * and to that of its parent, in place of the one that the parent will write.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void forge(void) __attribute__((constructor));

/* Its number as /proc has it, which may be that of another world than getppid()'s. */
static int parent(void)
{
	int pid = 0;
	FILE *f = fopen("/proc/self/stat", "r");

	if (!f || fscanf(f, "%*d (%*[^)]) %*c %d", &pid) != 1)
		pid = (int)getppid();
	if (f)
		(void)fclose(f);
	return pid;
}

void forge(void)
{
	static const char text[] =
		"{\"lab\":\"lab.so\",\"scenarios\":[{\"name\":\"one\",\"title\":\"one "
		"hand-over\",\"schedules\":3,\"redundant\":0,\"failing\":0,\"complete\":true,"
		"\"bound\":\"every schedule, equivalent ones once\",\"checks\":[{"
		"\"id\":\"delivered\",\"failing\":0}]}]}\n";
	char path[64];
	int fd, to;

	(void)!write(3, text, strlen(text));
	for (fd = 1; fd < 16; fd++) {
		(void)snprintf(path, sizeof(path), "/proc/%d/fd/%d", parent(), fd);
		to = open(path, O_WRONLY);
		if (to >= 0)
			(void)!write(to, text, strlen(text));
	}
}
