/*
 * descriptors.h: room for open files. Private to traces/read.
 *
 * Every stream of a trace is one, and the library does not say that it lacks them: it closes what
 * it could open before it gives up, and blames the metadata. So they are asked for beforehand.
 */
#ifndef TRACES_READ_DESCRIPTORS_H
#define TRACES_READ_DESCRIPTORS_H

#include <stdbool.h>
#include <stddef.h>

/* Whether so many more cannot be opened now; nothing stays open. */
bool wg__descriptors_lack(size_t count);

/* Raise the soft limit to the hard one, if there is more to have. A program that this one runs
 * later may use select(2): so only where it must be. */
bool wg__descriptors_raise(void);

/* The same, if there is hardly room for one more trace. */
void wg__descriptors_make_room(void);

#endif
