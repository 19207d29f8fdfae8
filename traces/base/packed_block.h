/*
 * packed_block.h: one block of packed.h: rows to bits and back. Private to traces/base.
 */
#ifndef TRACES_BASE_PACKED_BLOCK_H
#define TRACES_BASE_PACKED_BLOCK_H

#include "traces/base/packed.h"

/* The rows, at most WG__PACKED_BLOCK of them, in as few bits as they need; NULL without memory. */
void *wg__packed_block(const struct wg__packed_type *type, const void *rows, size_t count);

/* Field `field` of row i of a block. */
uint64_t wg__packed_block_value(const void *block, size_t field, size_t i);

/* All fields of row i, into a row of zeros. */
void wg__packed_block_row(
	const struct wg__packed_type *type, const void *block, size_t i, void *row);

size_t wg__packed_block_bytes(const void *block);

/* Of bytes that may be anything: how many the block of so many rows takes that begins there, none
 * of whose values is read outside of it; 0: there is none. */
size_t wg__packed_block_check(
	const struct wg__packed_type *type, const void *block, size_t bytes, size_t rows);

/* Is that field within the range (packed_keep.h) in each row of a block that was checked? */
struct wg__packed_range;
bool wg__packed_block_within(
	const void *block, size_t field, size_t rows, const struct wg__packed_range *range);

#endif
