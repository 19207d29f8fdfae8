/*
 * actor.h: the actors: threads, and the machine, which acts besides them.
 *
 * Actors are numbers below 64, so a set of them is one word. By default the lowest number comes
 * first, so actions that need not happen come last.
 */
#ifndef LABS_EXPLORE_ENGINE_ACTOR_H
#define LABS_EXPLORE_ENGINE_ACTOR_H

#include <stdint.h>

#define LX_THREADS 14

enum {
	LX_RUN = 0,		  /* + thread: its next step */
	LX_DRAIN = LX_THREADS,	  /* + thread: its oldest buffered store reaches memory */
	LX_TIME = 2 * LX_THREADS, /* the clock advances to the next deadline */
	LX_END,			  /* nothing more happens */
	LX_SPURIOUS,		  /* + thread: its wait on a condition ends without cause */
	LX_INTERRUPT = LX_SPURIOUS + LX_THREADS, /* + thread: its blocking call ends with EINTR */
	LX_ACTORS = LX_INTERRUPT + LX_THREADS,
	LX_PICK = 63, /* no actor: a choice within a step, in logs and ids */
};

static inline uint64_t lx_bit(int actor)
{
	return (uint64_t)1 << actor;
}

/* The lowest actor of a set that is not empty. */
static inline int lx_first(uint64_t set)
{
	return __builtin_ctzll(set);
}

/* The thread whose step it is, or -1. */
static inline int lx_thread_of(int actor)
{
	if (actor < LX_DRAIN)
		return actor;
	if (actor < LX_TIME)
		return actor - LX_DRAIN;
	if (actor < LX_SPURIOUS)
		return -1;
	return actor < LX_INTERRUPT ? actor - LX_SPURIOUS : actor - LX_INTERRUPT;
}

#endif
