/*
 * finder.c: see finder.h.
 *
 * Open addressing with linear probing, as in map.c. A slot holds a number and five bits of the hash
 * of its key, so that of 32 others on the way to an element only one is looked at in memory. The
 * table grows by half, not to twice its size: that bounds the bytes of an element.
 */
#include "traces/base/finder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FREE	 UINT32_MAX
#define NUMBER	 ((UINT32_C(1) << WG__FINDER_BITS) - 1)
#define SIZE_MIN 32

static uint64_t hash(struct wg__key key)
{
	return (key.id ^ ((uint64_t)key.pid << 40)) * 0x9e3779b97f4a7c15ull;
}

/* Any size will do, not only powers of two: the upper half of the hash as a part of 1. */
static size_t home(const struct wg__finder *f, uint64_t h)
{
	return (size_t)((h >> 32) * f->size >> 32);
}

static uint32_t tag(uint64_t h)
{
	return (uint32_t)(h ^ h >> 32) & ~NUMBER;
}

static size_t next(const struct wg__finder *f, size_t at)
{
	return at + 1 < f->size ? at + 1 : 0;
}

/* The slot of the key, or the free one where it belongs. */
static size_t find(const struct wg__finder *f, struct wg__key key)
{
	uint64_t h = hash(key);
	size_t at = home(f, h);

	for (; f->slot[at] != FREE; at = next(f, at)) {
		struct wg__key other;

		if ((f->slot[at] & ~NUMBER) != tag(h))
			continue;
		other = f->key(f->user, f->slot[at] & NUMBER);
		if (other.id == key.id && other.pid == key.pid)
			break;
	}
	return at;
}

static int resize(struct wg__finder *f, size_t size)
{
	struct wg__finder bigger = *f;
	size_t i;

	bigger.size = size;
	bigger.slot = reallocarray(NULL, size, sizeof(*bigger.slot));
	if (!bigger.slot)
		return -ENOMEM;
	memset(bigger.slot, 0xff, size * sizeof(*bigger.slot)); /* FREE */
	for (i = 0; i < f->size; i++) {
		size_t at;

		if (f->slot[i] == FREE)
			continue;
		at = home(&bigger, hash(f->key(f->user, f->slot[i] & NUMBER)));
		while (bigger.slot[at] != FREE)
			at = next(&bigger, at);
		bigger.slot[at] = f->slot[i];
	}
	free(f->slot);
	*f = bigger;
	return 0;
}

static int grow(struct wg__finder *f)
{
	return resize(f, f->size ? f->size + f->size / 2 : SIZE_MIN);
}

int wg__finder_reserve(struct wg__finder *f, size_t count)
{
	size_t size = count + count / 2 + SIZE_MIN;

	return size > f->size ? resize(f, size) : 0;
}

void wg__finder_init(struct wg__finder *finder, wg__key_fn key, const void *user)
{
	*finder = (struct wg__finder){ .key = key, .user = user };
}

void wg__finder_fini(struct wg__finder *finder)
{
	free(finder->slot);
	wg__finder_init(finder, finder->key, finder->user);
}

uint32_t wg__finder_get(const struct wg__finder *f, struct wg__key key)
{
	uint32_t slot = f->count ? f->slot[find(f, key)] : FREE;

	return slot == FREE ? WG__FINDER_NONE : slot & NUMBER;
}

int wg__finder_put(struct wg__finder *f, size_t i)
{
	struct wg__key key;
	size_t at;

	/* One less, so that no element looks like a free slot. */
	if (i >= NUMBER || ((f->count + 1) * 4 > f->size * 3 && grow(f) < 0))
		return -ENOMEM;
	key = f->key(f->user, (uint32_t)i);
	at = find(f, key);
	f->count += f->slot[at] == FREE;
	f->slot[at] = tag(hash(key)) | (uint32_t)i;
	return 0;
}

/* How far it is from a to b, going forward. */
static size_t way(const struct wg__finder *f, size_t a, size_t b)
{
	return b >= a ? b - a : b + f->size - a;
}

void wg__finder_remove(struct wg__finder *f, uint32_t i)
{
	size_t gap, at;

	if (f->count == 0)
		return;
	gap = find(f, f->key(f->user, i));
	if (f->slot[gap] == FREE || (f->slot[gap] & NUMBER) != i)
		return;
	/* No tombstones: elements come and go by the million while few are there. */
	for (at = next(f, gap); f->slot[at] != FREE; at = next(f, at)) {
		size_t h = home(f, hash(f->key(f->user, f->slot[at] & NUMBER)));

		/* It may move into the gap unless its home lies between the gap and itself. */
		if (way(f, h, at) >= way(f, gap, at)) {
			f->slot[gap] = f->slot[at];
			gap = at;
		}
	}
	f->slot[gap] = FREE;
	f->count--;
}

void wg__finder_renumber(struct wg__finder *f, const size_t *to)
{
	size_t i;

	for (i = 0; i < f->size; i++) {
		if (f->slot[i] != FREE)
			f->slot[i] = (f->slot[i] & ~NUMBER) | (uint32_t)to[f->slot[i] & NUMBER];
	}
}

bool wg__finder_is_sound(const struct wg__finder *f, size_t count)
{
	size_t i, used = 0;

	for (i = 0; i < f->size; i++) {
		if (f->slot[i] != FREE && (f->slot[i] & NUMBER) >= count)
			return false;
		used += f->slot[i] != FREE;
	}
	return used == f->count && (used < f->size || !used);
}

size_t wg__finder_drain(struct wg__finder *f, uint32_t **ret_numbers)
{
	size_t i, count = 0;

	for (i = 0; i < f->size; i++) {
		if (f->slot[i] != FREE)
			f->slot[count++] = f->slot[i] & NUMBER;
	}
	*ret_numbers = f->slot;
	wg__finder_init(f, f->key, f->user);
	return count;
}
