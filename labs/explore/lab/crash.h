/*
 * crash.h: what a learner's code may do to its process, and the words for it.
 */
#ifndef LABS_EXPLORE_LAB_CRASH_H
#define LABS_EXPLORE_LAB_CRASH_H

#include <stdint.h>

/* From now on signals such as SIGSEGV, loops without a step and calls that never return break a
 * check. Crashes end the schedule; where nothing can be saved they end the process, and the
 * findings stay. endless_at: the step after which a loop without one is known to begin, from 1; 0:
 * nothing is known. */
void lx_crash_install(int wall_seconds, uint32_t endless_at);

#endif
