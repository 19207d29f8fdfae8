/*
 * map.h: the arena of this program and what all programs of a recording share, as memory.
 */
#ifndef TRACES_PRELOAD_MAP_H
#define TRACES_PRELOAD_MAP_H

#include <sys/mman.h>

#include "traces/preload/arena.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

/* In that folder. NULL: not possible, and nothing is recorded. */
struct wg_preload_control *wg__map_control(const char *dir);
struct wg_preload_arena *wg__map_arena(const char *dir);

/* A page that is all 0 again in the child of a fork; NULL: none. */
void *wg__map_own_page(void);

#endif
