/*
 * classics.h: the classic ways to lose a wake-up, each beside its fix, as programs of a few lines.
 *
 * Every access that matters is marked (LAB_LOAD, LAB_STORE), so a step is a call or a marked
 * access. The README one folder up lists how many schedules fail; a test checks these counts.
 */
#ifndef LABS_EXPLORE_CLASSICS_CLASSICS_H
#define LABS_EXPLORE_CLASSICS_CLASSICS_H

#include "labs/explore/lab.h"

/* Start these threads and wait for all of them. */
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
