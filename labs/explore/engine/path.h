/*
 * path.h: a schedule as a path of choices, and the way from one schedule to the next.
 *
 * The search runs the scenario and notes at each point which actors could have gone on. Then it
 * changes the last choice that has an alternative left, and runs the scenario again: depth first,
 * and only the path is stored. With sleep sets (Godefroid) it skips a schedule that differs from an
 * earlier one only in the order of independent steps. Without them it counts every schedule.
 */
#ifndef LABS_EXPLORE_ENGINE_PATH_H
#define LABS_EXPLORE_ENGINE_PATH_H

#include "labs/explore/engine/engine.h"

/* Choose one of these actors. Called at every point. Ends the schedule if nothing new can follow.
 */
int lx_choose(uint64_t options);

/* Choose one of n equal possibilities within a step: 0 .. n - 1. */
int lx_pick(int n);

/*
 * Only a part of all schedules, the number-th of `of` (0: none of them); of 0: all. The tree of
 * choices is cut `below` some choices that had alternatives; each shard comes to every cut, and
 * goes on under those whose turn it is. So shards are disjoint, and together all. Before
 * lx_path_forget().
 */
void lx_path_shard(int number, int of, int below);

/* The schedule that ended is one of this shard. */
bool lx_path_is_mine(void);

/* How many subtrees were met, and a hash of what is above them. */
uint32_t lx_path_parts(uint64_t *ret_tree);

enum { LX_UNBOUNDED = -1 };

/* Start with the first schedule again. Reduced: with sleep sets. Bound: at most this many
 * preemptions, which are switches although the running thread could go on. */
void lx_path_forget(bool is_reduced, int bound);

/* A schedule begins. */
void lx_path_begin(void);

/* To the next schedule. False: there is none. */
bool lx_path_next(void);

/* The preemptions of the schedule so far; for the bound. */
int lx_path_cost(void);

#endif
