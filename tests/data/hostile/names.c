/*
 * names.c: a learner's file that has a call of lab.h itself, so that the scenario asks nobody else.
 */
#include <stdbool.h>

__attribute__((visibility("hidden"))) void lab_check(
	const char *id, bool condition, const char *message, ...);

void lab_check(const char *id, bool condition, const char *message, ...)
{
	(void)id;
	(void)condition;
	(void)message;
}
