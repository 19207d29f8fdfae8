/*
 * heap.h: the memory of the lab: an arena that starts empty in every schedule.
 *
 * Every block has fences around it. free() fills it with a pattern, and it is not allocated again
 * within the schedule. So the explorer finds uses after free(), second free()s and overruns.
 */
#ifndef LABS_EXPLORE_CALLS_HEAP_H
#define LABS_EXPLORE_CALLS_HEAP_H

#include <stdbool.h>
#include <stddef.h>

void lx_heap_reset(void);

/* At the end of a schedule: check fences, patterns, and that all blocks were freed. */
void lx_heap_check(void);

/* If this access is not allowed, the schedule ends with a message about it. */
void lx_heap_touch(const void *at, size_t size, const char *what);

/* Is this address in the arena? */
bool lx_heap_has(const void *at);

#endif
