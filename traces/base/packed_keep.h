/*
 * packed_keep.h: a long array (packed.h) in a file, used where it stands there. Private to traces/.
 */
#ifndef TRACES_BASE_PACKED_KEEP_H
#define TRACES_BASE_PACKED_KEEP_H

#include "traces/base/keep.h"
#include "traces/base/packed.h"

/*
 * All of a closed array. One that is read has its type already, is not to be changed, and lives as
 * long as the file is in memory: no block of it reaches outside of itself. Frees with
 * wg__packed_fini(), also after an error.
 */
void wg__keep_packed(struct wg__keep *k, struct wg__packed *packed);

/* The field is, in each row, within [low, high] as a number of 64 bits without these flags, or is
 * the one besides. If it is not, what was read is refused. */
struct wg__packed_range {
	int64_t low, high, besides;
	uint64_t flags;
};
void wg__keep_within(struct wg__keep *k, const struct wg__packed *packed, size_t field,
	struct wg__packed_range range);

/* The same for an index into an array of `count`. */
void wg__keep_below(
	struct wg__keep *k, const struct wg__packed *packed, size_t field, uint64_t count);

#endif
