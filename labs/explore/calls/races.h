/*
 * races.h: data races: two threads access the same memory, one of them writes, one access is
 * ordinary, and nothing orders the two (order.h).
 *
 * Such a program is undefined in C, even if every schedule here passes. So each pair of places is
 * kept for the report (struct lx_race). It breaks check `race` as well if lx.races_fail says so, or
 * with weak memory.
 */
#ifndef LABS_EXPLORE_CALLS_RACES_H
#define LABS_EXPLORE_CALLS_RACES_H

#include <stdbool.h>
#include <stddef.h>

/* A schedule begins. */
void lx_races_begin(void);

/* The running thread makes this access; is_atomic: two of these are no race. Memory of which each
 * thread has its own (thread-local, errno) is left out. */
void lx_races_access(
	const void *at, size_t size, bool is_write, bool is_atomic, const void *caller);

/* This memory is freed. */
void lx_races_forget(const void *at, size_t size);

#endif
