/*
 * search.h: every order of steps, one after the other.
 *
 * A schedule is a path of choices. The search runs the scenario, notes at each point who could have
 * gone on, and runs it again with the last choice changed that has an alternative left: depth
 * first, nothing remembered but the path. With sleep sets (Godefroid) an order is dropped that
 * differs from an earlier one only by steps which nobody could tell apart; without them (`full`)
 * every order counts.
 */
#ifndef LABS_EXPLORE_SEARCH_H
#define LABS_EXPLORE_SEARCH_H

#include "labs/explore/engine.h"

/* Who of these goes on? Called at every point. Ends the schedule if nothing new can follow. */
int lx_choose(uint64_t options);

/* One of n equal possibilities within a step: 0 .. n - 1. */
int lx_pick(int n);

/* An event of the running thread that no other can notice, so far as is known. True: it is a point
 * nevertheless, because the schedule that is replayed changes threads here. */
bool lx_passes_quietly(void);

/* Is one given schedule being replayed? */
bool lx_is_replay(void);

/* Words that are accessed without a lock became more: what was searched so far is void. */
void lx_search_void(void);

/* End the search after the schedule under way, which was bounded so. */
void lx_search_stop(const char *bound);

/* All schedules of lx.scenario within its bounds; the findings go to lx.shared. */
void lx_search(void);

/* The one schedule of this id. */
void lx_replay(const char *id);

#endif
