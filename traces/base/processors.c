/*
 * processors.c: see processors.h.
 */
#include "traces/base/processors.h"

#include <sched.h>

unsigned wg_processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}
