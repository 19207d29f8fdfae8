/*
 * crash.h: what a learner's code may do to its process, as broken checks.
 */
#ifndef LABS_EXPLORE_LAB_CRASH_H
#define LABS_EXPLORE_LAB_CRASH_H

#include <stdint.h>

/* From now on crashes, loops without a step and calls that never return break a check. A crash ends
 * the schedule, or the process if it cannot go on; the findings are kept. endless_at: the step,
 * from 1, after which a loop without a step is known to begin; 0: not known. */
void lx_crash_install(int wall_seconds, uint32_t endless_at);

#endif
