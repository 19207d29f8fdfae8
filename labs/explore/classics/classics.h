/*
 * classics.h: the classic ways to lose a wake-up, each beside its cure, as programs of a few lines.
 *
 * All that matters is marked (LAB_LOAD, LAB_STORE), so a step is a call or a marked access. Their
 * counts stand in the README one folder up and are tested.
 */
#ifndef LABS_EXPLORE_CLASSICS_CLASSICS_H
#define LABS_EXPLORE_CLASSICS_CLASSICS_H

#include "labs/explore/lab.h"

/* Start these threads at once and wait for all. */
typedef void *classic_fn(void *unused);
void classic_threads(classic_fn *const *start, int count);
#define CLASSIC_THREADS(...)                                                                       \
	classic_threads((classic_fn *const[]){ __VA_ARGS__ },                                      \
		(int)(sizeof((classic_fn *const[]){ __VA_ARGS__ }) / sizeof(classic_fn *)))

#define CLASSIC(id, ...) void classic_##id(void);
#define RIGHT		 CLASSIC
#include "labs/explore/classics/classics.def"
#undef RIGHT
#undef CLASSIC

#endif
