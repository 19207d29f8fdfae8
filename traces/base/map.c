/*
 * map.c: see map.h.
 *
 * Open addressing with linear probing. Removal moves the followers back instead of leaving a
 * tombstone: millions of operations come and go while few are in flight, and tombstones would make
 * the table grow or slow down.
 */
#include "traces/base/map.h"

#include <errno.h>
#include <stdlib.h>

static size_t home(const struct wg__map *map, uint32_t pid, uint64_t id)
{
	uint64_t h = (id ^ ((uint64_t)pid << 40)) * 0x9e3779b97f4a7c15ull;

	return (size_t)(h ^ (h >> 32)) & (map->size - 1);
}

static struct wg__map_slot *find(const struct wg__map *map, uint32_t pid, uint64_t id)
{
	size_t i = home(map, pid, id);

	while (map->slot[i].value != WG__MAP_NONE &&
		(map->slot[i].id != id || map->slot[i].pid != pid))
		i = (i + 1) & (map->size - 1);
	return &map->slot[i];
}

static int grow(struct wg__map *map)
{
	struct wg__map bigger = { .size = map->size ? map->size * 2 : 64, .count = map->count };
	size_t i;

	bigger.slot = reallocarray(NULL, bigger.size, sizeof(*bigger.slot));
	if (!bigger.slot)
		return -ENOMEM;
	for (i = 0; i < bigger.size; i++)
		bigger.slot[i].value = WG__MAP_NONE;
	for (i = 0; i < map->size; i++) {
		if (map->slot[i].value != WG__MAP_NONE)
			*find(&bigger, map->slot[i].pid, map->slot[i].id) = map->slot[i];
	}
	free(map->slot);
	*map = bigger;
	return 0;
}

size_t wg__map_get(const struct wg__map *map, uint32_t pid, uint64_t id)
{
	return map->size ? find(map, pid, id)->value : WG__MAP_NONE;
}

int wg__map_put(struct wg__map *map, uint32_t pid, uint64_t id, size_t value)
{
	struct wg__map_slot *slot;

	if ((map->count + 1) * 8 > map->size * 5 && grow(map) < 0)
		return -ENOMEM;
	slot = find(map, pid, id);
	if (slot->value == WG__MAP_NONE)
		map->count++;
	*slot = (struct wg__map_slot){ id, value, pid };
	return 0;
}

void wg__map_remove(struct wg__map *map, uint32_t pid, uint64_t id)
{
	size_t mask = map->size - 1, gap, i;

	if (map->size == 0 || find(map, pid, id)->value == WG__MAP_NONE)
		return;
	gap = (size_t)(find(map, pid, id) - map->slot);
	for (i = (gap + 1) & mask; map->slot[i].value != WG__MAP_NONE; i = (i + 1) & mask) {
		size_t h = home(map, map->slot[i].pid, map->slot[i].id);

		/* It may move into the gap unless its home lies between the gap and itself. */
		if (((i - h) & mask) >= ((i - gap) & mask)) {
			map->slot[gap] = map->slot[i];
			gap = i;
		}
	}
	map->slot[gap].value = WG__MAP_NONE;
	map->count--;
}

void wg__map_renumber(struct wg__map *map, const size_t *to)
{
	size_t i;

	for (i = 0; i < map->size; i++) {
		if (map->slot[i].value != WG__MAP_NONE)
			map->slot[i].value = to[map->slot[i].value];
	}
}

void wg__map_fini(struct wg__map *map)
{
	free(map->slot);
	*map = (struct wg__map){ 0 };
}
