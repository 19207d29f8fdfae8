/*
 * search.h: which schedules are run, and what is kept of them.
 *
 * First every order that anybody can tell apart. If these are too many and none of those that were
 * tried is bad, all orders with few switches that nothing forces: most mistakes need one or two of
 * them (Musuvathi and Qadeer). Then the failing schedules that were found are made shorter.
 */
#ifndef LABS_EXPLORE_ENGINE_SEARCH_H
#define LABS_EXPLORE_ENGINE_SEARCH_H

/* All schedules of lx.scenario within its bounds; the findings go to lx.shared. */
void lx_search(void);

/* The one schedule of this id. */
void lx_replay(const char *id);

/* Words that are accessed without a lock became more: what was searched so far is void. */
void lx_search_void(void);

/* End the search after the schedule under way, which was bounded so. */
void lx_search_stop(const char *bound);

#endif
