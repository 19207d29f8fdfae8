/*
 * heap.h: the memory of the lab: an arena that starts empty in every schedule.
 *
 * Every block is fenced and filled with a pattern when it is freed, and is not handed out again
 * within the schedule. So a use after free, a second free and a write beyond the end have names.
 */
#ifndef LABS_EXPLORE_CALLS_HEAP_H
#define LABS_EXPLORE_CALLS_HEAP_H

#include <stdbool.h>
#include <stddef.h>

void lx_heap_reset(void);

/* At the end of a schedule: fences, patterns, and what was never freed. */
void lx_heap_check(void);

/* If this memory is not to be touched, the schedule ends with the words for it. */
void lx_heap_touch(const void *at, size_t size, const char *what);

/* Is it in the arena? */
bool lx_heap_has(const void *at);

#endif
