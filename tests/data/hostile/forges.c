/*
 * forges.c: a learner's file that writes a report in which all is well, and kills who would differ.
 */
#include <signal.h>
#include <string.h>
#include <unistd.h>

void attack(void) __attribute__((constructor));

void attack(void)
{
	static const char text[] =
		"{\"lab\":\"x\",\"scenarios\":[{\"name\":\"one\",\"schedules\":9,\"failing\":0,"
		"\"complete\":true,\"bound\":\"\",\"checks\":[{\"id\":\"stuck\",\"failing\":0}]}]}";

	(void)!write(3, text, strlen(text));
	(void)kill(getppid(), SIGKILL);
	_exit(0);
}
