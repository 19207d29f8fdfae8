/*
 * finder.h: (process, id) -> the number of an element that knows its own key. Private to traces/.
 *
 * map.h keeps keys and values, in 24 bytes a slot. Where the elements stand in an array and hold
 * their keys anyway, their numbers are enough: 5 to 8 bytes an element.
 */
#ifndef TRACES_BASE_FINDER_H
#define TRACES_BASE_FINDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WG__FINDER_NONE UINT32_MAX
#define WG__FINDER_BITS 27 /* of a number: 134 million elements */

struct wg__key {
	uint32_t pid;
	uint64_t id;
};

/* The key of element i; user is the caller's. */
typedef struct wg__key (*wg__key_fn)(const void *user, uint32_t i);

struct wg__finder {
	uint32_t *slot;
	size_t size, count; /* at most 3/4 of the slots in use */
	wg__key_fn key;
	const void *user;
};

/* Empty; the key of an element must not change while the element is in it. */
void wg__finder_init(struct wg__finder *finder, wg__key_fn key, const void *user);
void wg__finder_fini(struct wg__finder *finder); /* empty again */

uint32_t wg__finder_get(const struct wg__finder *finder, struct wg__key key); /* or NONE */

/* Room for so many elements in all. 0 or -ENOMEM. */
int wg__finder_reserve(struct wg__finder *finder, size_t count);

/* Add element i, instead of one that has its key. 0 or -ENOMEM, also for too high a number. */
int wg__finder_put(struct wg__finder *finder, size_t i);

/* Element i goes; that it is not there, or another one of its key is, is fine. */
void wg__finder_remove(struct wg__finder *finder, uint32_t i);

/* Every element i has become to[i]; their keys are read by the new numbers from now on. */
void wg__finder_renumber(struct wg__finder *finder, const size_t *to);

/* Of slots that may hold anything: does each lead to one of `count` elements, and does every search
 * end? */
bool wg__finder_is_sound(const struct wg__finder *finder, size_t count);

/* Its elements' numbers in any order, in its own memory, which is the caller's now; how many. The
 * finder is empty. */
size_t wg__finder_drain(struct wg__finder *finder, uint32_t **ret_numbers);

#endif
