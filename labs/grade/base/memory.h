/*
 * memory.h: no verdict is made of half a record.
 *
 * A record, a learner's state and a report are JSON, put together in hundreds of small steps. Where
 * memory is short jansson leaves a value out, and a check that lost its `fail` would be one that
 * holds. So every allocation of jansson's is watched: what was made since is used only if none
 * failed.
 */
#ifndef LABS_GRADE_BASE_MEMORY_H
#define LABS_GRADE_BASE_MEMORY_H

#include <stdbool.h>

#include "traces/base/error.h"

/* Watch from here on; what failed before is forgotten. Main thread. */
void wg_memory_watch(void);

/* Something could not be had that is missing now. */
void wg_memory_note_lack(void);

bool wg_memory_is_short(void);

/* -ENOMEM and its line if memory is short, else 0. */
int wg_memory_check(struct wg_error *err);

#endif
