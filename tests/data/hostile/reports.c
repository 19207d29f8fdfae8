/*
 * reports.c: a learner's file that writes a report of its own.
 */
#include <string.h>
#include <unistd.h>

void attack(void) __attribute__((constructor));

void attack(void)
{
	static const char text[] = "{\"verdict\":\"all is well\"} \\ garbage";

	(void)!write(3, text, strlen(text));
}
