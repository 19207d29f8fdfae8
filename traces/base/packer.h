/*
 * packer.h: a thread that packs full blocks (packed.h) while the caller fills others. Private to
 * traces/.
 *
 *   Q1 A block that was handed in is not written to until it is packed. Anybody may read it.
 *   Q2 All that was handed in is packed when the packer is destroyed.
 *
 * The thread allocates memory and takes the packer's own lock, nothing else: a child process of
 * fork(2) misses nothing.
 *
 * Thread: one hands blocks in, always the same one.
 */
#ifndef TRACES_BASE_PACKER_H
#define TRACES_BASE_PACKER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct wg__packed_type;
struct wg__packer;

/* Rows that stay open, and where their packed block will be. */
struct wg__packer_block {
	_Atomic(void *) packed; /* NULL: not yet; the block itself: there was no memory for it */
	size_t count;		/* rows to pack */
	_Alignas(16) char rows[];
};

/* NULL without memory. The thread starts with the 64th block: a small trace has none. */
struct wg__packer *wg__packer_create(void);
void wg__packer_destroy(struct wg__packer *packer); /* NULL is fine */

/* Hand a block in; false: there is no thread, or it has enough to do, so pack it yourself. */
bool wg__packer_hand_in(struct wg__packer *packer, const struct wg__packed_type *type,
	struct wg__packer_block *block);

/* Until that block is packed. */
void wg__packer_wait(struct wg__packer *packer, const struct wg__packer_block *block);

#endif
