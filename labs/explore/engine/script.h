/*
 * script.h: what a schedule did, as segments, and a schedule that is told what to do.
 *
 * Every event is logged: so a schedule has an id (id.h). A script is such a log; replayed, it holds
 * until it is over, and from then on the usual happens: who runs goes on while it can, else the
 * first that can.
 */
#ifndef LABS_EXPLORE_ENGINE_SCRIPT_H
#define LABS_EXPLORE_ENGINE_SCRIPT_H

#include "labs/explore/engine/engine.h"

/* Who goes on if nothing else is asked for. */
int lx_usual(uint64_t options);

/* The next event is this actor's; forced: it is not the usual one. */
void lx_log_actor(int actor, bool is_forced);
void lx_log_pick(int pick);

/* Follow this from the next schedule on. The segments are copied. */
void lx_script_set(const struct lx_segment *segment, uint32_t count);
void lx_script_clear(void);

/* A schedule begins: to the start of the script. */
void lx_script_begin(void);

bool lx_is_replay(void);

/* Was all of it used? */
bool lx_script_is_over(void);

/* What it says; a script that does not fit ends the schedule with LX_UNFIT. */
int lx_script_choose(uint64_t options);
int lx_script_pick(int n);

/* An event of the running thread that no other can notice, so far as is known. False: it is a point
 * nevertheless, because the script changes threads here. */
bool lx_passes_quietly(void);

#endif
