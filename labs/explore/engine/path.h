/*
 * path.h: a schedule as a path of choices, and the way from one schedule to the next.
 *
 * The search runs the scenario, notes at each point who could have gone on, and runs it again with
 * the last choice changed that has an alternative left: depth first, nothing remembered but the
 * path. With sleep sets (Godefroid) an order is dropped that differs from an earlier one only by
 * steps which nobody could tell apart; without them every order counts.
 */
#ifndef LABS_EXPLORE_ENGINE_PATH_H
#define LABS_EXPLORE_ENGINE_PATH_H

#include "labs/explore/engine/engine.h"

/* Who of these goes on? Called at every point. Ends the schedule if nothing new can follow. */
int lx_choose(uint64_t options);

/* One of n equal possibilities within a step: 0 .. n - 1. */
int lx_pick(int n);

enum { LX_UNBOUNDED = -1 };

/* Start with the first schedule again. Reduced: with sleep sets. Bound: at most so many times does
 * something else happen though the running thread could go on. */
void lx_path_forget(bool is_reduced, int bound);

/* A schedule begins. */
void lx_path_begin(void);

/* To the next schedule. False: there is none. */
bool lx_path_next(void);

/* How often the schedule did what was not forced; for the bound. */
int lx_path_cost(void);

#endif
