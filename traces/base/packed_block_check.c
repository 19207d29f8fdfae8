/*
 * packed_block_check.c: is what stands in a file a block of packed_block.h? It may have been made
 * up by a stranger, so all that reading it relies on is looked at here, once.
 */
#include "traces/base/packed_block_impl.h"
#include "traces/base/packed_keep.h"

/* How many values a column of so many rows has. */
static size_t kept_of(const struct head *head, const struct column *c, size_t rows)
{
	const uint64_t *bitmap = (const uint64_t *)(const void *)head + c->at;
	size_t kept = 0, w;

	for (w = 0; c->is_sparse && w < WORDS; w++)
		kept += (size_t)__builtin_popcountll(bitmap[w]);
	return c->is_sparse ? kept : rows;
}

static bool is_inside(const struct head *head, const struct column *c, size_t rows)
{
	const uint64_t *words = (const uint64_t *)(const void *)head + c->at;
	size_t used = c->at + (c->is_sparse ? WORDS : 0u), kept, i;

	if (used >= head->words || (c->width > WIDTH_MAX && c->width != 64) ||
		(c->has_values && (c->base > VALUES_MAX || c->width > 4)))
		return false;
	kept = kept_of(head, c, rows);
	used += (c->has_values ? c->base : 0) + (kept * c->width + 63) / 64;
	/* A word to spare: see bits_at(). */
	if (used >= head->words)
		return false;
	if (!c->has_values || UINT64_C(1) << c->width <= c->base)
		return true;
	words += (c->is_sparse ? WORDS : 0) + c->base;
	for (i = 0; i < kept && bits_at(words, c->width, i) < c->base; i++)
		;
	return i == kept;
}

size_t wg__packed_block_check(
	const struct wg__packed_type *type, const void *block, size_t bytes, size_t rows)
{
	const struct head *head = block;
	size_t columns, i;

	if (bytes < sizeof(*head) || head->words > bytes / sizeof(uint64_t) ||
		head->fields >> type->field_count)
		return 0;
	columns = (size_t)__builtin_popcount(head->fields);
	if (head->words < 1 + 2 * columns)
		return 0;
	for (i = 0; i < columns; i++) {
		if (!is_inside(head, &head->column[i], rows))
			return 0;
	}
	return head->words * sizeof(uint64_t);
}

static bool is_within(const struct wg__packed_range *range, uint64_t v)
{
	int64_t plain = (int64_t)(v & ~range->flags);

	return (plain >= range->low && plain <= range->high) || (int64_t)v == range->besides;
}

/* By its line alone; false: that does not tell. */
static bool is_line_within(const struct head *head, const struct column *c, size_t rows,
	const struct wg__packed_range *r)
{
	size_t kept = kept_of(head, c, rows);
	int64_t low = (int64_t)c->base, high = low, rise;

	if (c->has_values || c->width > WIDTH_MAX)
		return false;
	rise = kept ? (int64_t)(kept - 1) * c->slope : 0;
	return !__builtin_add_overflow(rise < 0 ? low : high, rise, rise < 0 ? &low : &high) &&
	       !__builtin_add_overflow(high, (int64_t)((UINT64_C(1) << c->width) - 1), &high) &&
	       low >= r->low && high <= r->high;
}

bool wg__packed_block_within(
	const void *block, size_t field, size_t rows, const struct wg__packed_range *range)
{
	const struct head *head = block;
	uint32_t bit = UINT32_C(1) << field;
	const struct column *c = &head->column[__builtin_popcount(head->fields & (bit - 1))];
	size_t i;

	if (!(head->fields & bit))
		return is_within(range, 0);
	if ((!c->is_sparse || is_within(range, 0)) && is_line_within(head, c, rows, range))
		return true;
	for (i = 0; i < rows && is_within(range, column_value(head, c, i)); i++)
		;
	return i == rows;
}
