/*
 * places.h: what the addresses and descriptors of a recorded process are.
 *
 * The program in the kernel tells numbers; the process itself knows what they stand for, as long
 * as it lives. So it is looked at as soon as it is heard of. What it took along when it ended is
 * not known: 0.
 *
 * One thread. Functions read files of /proc.
 */
#ifndef TRACES_KERNEL_PLACES_H
#define TRACES_KERNEL_PLACES_H

#include <stdint.h>

#include "traces/kernel/raw.h"
#include "traces/observe/call.h"
#include "traces/read/schema.h"

/* Gets the records `object` and `site`, before the first record that names them. */
typedef int wg__places_sink(void *user, struct wg_event *event);

struct wg__places;

struct wg__places *wg__places_create(wg__places_sink *sink, void *user); /* NULL: no memory */
void wg__places_destroy(struct wg__places *places);			 /* NULL is fine */

/* A wait, in words. */
struct wg__place {
	struct wg__call call; /* of a futex: what it is part of */
	uint64_t object;      /* 0: not known */
	uint32_t site;	      /* 0: not known */
};

/* 0, -ENOMEM, or what the sink returned. */
int wg__places_find(
	struct wg__places *places, const struct wg_raw_wait *wait, struct wg__place *ret);

/* What was notified, and from where: the object of a descriptor or a futex that somebody writes to
 * or wakes. */
int wg__places_notified(
	struct wg__places *places, const struct wg_raw_notify *notify, struct wg__place *ret);

/* Is it about a socket, or a set of descriptors with one in it maybe? */
bool wg__places_may_be_socket(const struct wg__places *places, uint64_t object);

/* A process is another program now; a thread has ended. */
void wg__places_exec(struct wg__places *places, uint32_t pid);
void wg__places_exit(struct wg__places *places, uint32_t pid, uint32_t tid);

#endif
