/*
 * search.h: which schedules run, and what is kept of them.
 *
 * First all schedules, equivalent ones once. If these are too many, and none so far fails: all
 * schedules with few preemptions, since most mistakes need one or two (Musuvathi and Qadeer). Then
 * the failing schedules are made shorter.
 */
#ifndef LABS_EXPLORE_ENGINE_SEARCH_H
#define LABS_EXPLORE_ENGINE_SEARCH_H

/* All schedules of lx.scenario within its bounds; the findings go to lx.shared. */
void lx_search(void);

/* Run the schedule with this id. */
void lx_replay(const char *id);

/* A new word is shared without a lock: what was searched so far is void. */
void lx_search_void(void);

/* End the search after the current schedule; the report gives this bound. */
void lx_search_stop(const char *bound);

#endif
