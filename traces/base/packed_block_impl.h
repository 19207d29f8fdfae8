/*
 * packed_block_impl.h: the form of a block. Private to packed_block.c and packed_block_check.c.
 *
 *     head | a column's description for each field that is not 0 in all rows | their bits
 *
 * Value i of a column is base + slope * i + bits[i], or value[bits[i]] where few values repeat.
 * Where most are 0, a bitmap of 256 bits stands in front, and i counts those that are not.
 */
#ifndef TRACES_BASE_PACKED_BLOCK_IMPL_H
#define TRACES_BASE_PACKED_BLOCK_IMPL_H

#include <string.h>

#include "traces/base/packed_block.h"

#define WORDS	   (WG__PACKED_BLOCK / 64)
#define VALUES_MAX 16 /* that a column names one by one */
/* A value is read by one load from the byte where it begins; so 57 to 63 bits take 64. */
#define WIDTH_MAX 56

struct column {
	uint64_t base;
	int32_t slope;
	uint16_t at; /* of its words, from the beginning of the block */
	uint8_t width;
	uint8_t is_sparse : 1, has_values : 1;
};

struct head {
	uint32_t fields; /* 1u << field: it has a column */
	uint32_t words;	 /* of the whole block */
	struct column column[];
};

_Static_assert(sizeof(struct column) == 16, "a column is described in 16 bytes");
_Static_assert(sizeof(struct head) == 8, "columns begin at a word");
_Static_assert(WG__PACKED_FIELDS <= 32, "a field has a bit");

static inline uint64_t bits_at(const uint64_t *words, unsigned width, size_t i)
{
	size_t bit = i * width;
	uint64_t v;

	if (width == 0)
		return 0;
	/* A block ends with a word to spare. */
	memcpy(&v, (const unsigned char *)words + bit / 8, sizeof(v));
	return width == 64 ? v : (v >> bit % 8) & ((UINT64_C(1) << width) - 1);
}

/* How many rows before row i have a value; *ret_has: row i has one. */
static inline size_t rank_of(const uint64_t *bitmap, size_t i, bool *ret_has)
{
	size_t rank = 0, w;

	for (w = 0; w < i / 64; w++)
		rank += (size_t)__builtin_popcountll(bitmap[w]);
	*ret_has = bitmap[i / 64] >> i % 64 & 1;
	return rank + (size_t)__builtin_popcountll(bitmap[i / 64] & ((UINT64_C(1) << i % 64) - 1));
}

static inline uint64_t column_value(const struct head *head, const struct column *c, size_t i)
{
	const uint64_t *words = (const uint64_t *)(const void *)head + c->at;
	bool has = true;

	if (c->is_sparse) {
		i = rank_of(words, i, &has);
		words += WORDS;
	}
	if (!has)
		return 0;
	if (c->has_values)
		return words[bits_at(words + c->base, c->width, i)];
	return c->base + (uint64_t)(int64_t)c->slope * i + bits_at(words, c->width, i);
}

#endif
