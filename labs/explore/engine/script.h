/*
 * script.h: the log of a schedule as segments, and its replay.
 *
 * Every choice is logged, which gives the schedule its id (id.h). A script is such a log. A replay
 * follows it to its end, and from there the default: the running thread goes on while it can, else
 * the first that can.
 */
#ifndef LABS_EXPLORE_ENGINE_SCRIPT_H
#define LABS_EXPLORE_ENGINE_SCRIPT_H

#include "labs/explore/engine/engine.h"

/* The default: which actor goes on. */
int lx_usual(uint64_t options);

/* Log the next choice; forced: it is not the default. */
void lx_log_actor(int actor, bool is_forced);
void lx_log_pick(int pick);

/* Follow these from the next schedule on. The segments are copied. */
void lx_script_set(const struct lx_segment *segment, uint32_t count);
void lx_script_clear(void);

/* A schedule begins: back to the start of the script. */
void lx_script_begin(void);

bool lx_is_replay(void);

/* Was all of it used? */
bool lx_script_is_over(void);

/* The choice in the script. A script that does not fit ends the schedule with LX_UNFIT. */
int lx_script_choose(uint64_t options);
int lx_script_pick(int n);

/* Log a step of the running thread that, as far as is known, no other thread can see. False: it
 * must be a point, because the script switches threads here. */
bool lx_passes_quietly(void);

#endif
