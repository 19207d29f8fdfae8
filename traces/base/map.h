/*
 * map.h: (process, id) -> index. Ids are unique in a process only. Private to traces/.
 */
#ifndef TRACES_BASE_MAP_H
#define TRACES_BASE_MAP_H

#include <stddef.h>
#include <stdint.h>

#define WG__MAP_NONE SIZE_MAX

struct wg__map_slot {
	uint64_t id;
	size_t value; /* WG__MAP_NONE: free */
	uint32_t pid;
};

/* All zero is an empty map. */
struct wg__map {
	struct wg__map_slot *slot;
	size_t size, count; /* size is 0 or a power of two, at most 5/8 in use */
};

size_t wg__map_get(const struct wg__map *map, uint32_t pid, uint64_t id); /* or WG__MAP_NONE */

/* Add or replace; 0 or -ENOMEM. */
int wg__map_put(struct wg__map *map, uint32_t pid, uint64_t id, size_t value);

void wg__map_remove(struct wg__map *map, uint32_t pid, uint64_t id); /* absent is fine */

/* Every value v becomes to[v]. O(size), in the order of memory. */
void wg__map_renumber(struct wg__map *map, const size_t *to);
void wg__map_fini(struct wg__map *map);

#endif
