/*
 * packed_block.c: see packed_block.h, and packed_block_impl.h for the form of a block.
 */
#include "traces/base/packed_block_impl.h"

#include <stdlib.h>
#include <string.h>

/* ---- reading ---- */

uint64_t wg__packed_block_value(const void *block, size_t field, size_t i)
{
	const struct head *head = block;
	uint32_t bit = UINT32_C(1) << field;

	if (!(head->fields & bit))
		return 0;
	return column_value(head, &head->column[__builtin_popcount(head->fields & (bit - 1))], i);
}

static void put(void *at, size_t bytes, uint64_t v)
{
	switch (bytes) {
	case 1: *(uint8_t *)at = (uint8_t)v; break;
	case 2: *(uint16_t *)at = (uint16_t)v; break;
	case 4: *(uint32_t *)at = (uint32_t)v; break;
	default: *(uint64_t *)at = v;
	}
}

void wg__packed_block_row(
	const struct wg__packed_type *type, const void *block, size_t i, void *row)
{
	const struct head *head = block;
	const struct column *c = head->column;
	uint32_t fields = head->fields;

	for (; fields; fields &= fields - 1, c++) {
		const struct wg__packed_field *f = &type->field[__builtin_ctz(fields)];

		put((char *)row + f->offset, f->bytes, column_value(head, c, i));
	}
}

size_t wg__packed_block_bytes(const void *block)
{
	return ((const struct head *)block)->words * sizeof(uint64_t);
}

/* ---- choosing ---- */

static unsigned width_of(uint64_t range)
{
	unsigned width = range ? 64 - (unsigned)__builtin_clzll(range) : 0;

	return width > WIDTH_MAX ? 64 : width;
}

/* How far values stray from a line of that slope: the least, and the bits that the rest takes. */
static unsigned stray(const uint64_t *v, size_t n, int32_t slope, uint64_t *ret_least)
{
	int64_t least = 0, most = 0;
	/* NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign): n > 0 */
	uint64_t line = v[0];
	size_t i;

	for (i = 0; i < n; i++, line += (uint64_t)(int64_t)slope) {
		int64_t off = (int64_t)(v[i] - line);

		least = off < least ? off : least;
		most = off > most ? off : most;
	}
	*ret_least = (uint64_t)least;
	return width_of((uint64_t)most - (uint64_t)least);
}

static void fit_line(struct column *c, const uint64_t *v, size_t n)
{
	int64_t rise = n > 1 ? (int64_t)(v[n - 1] - v[0]) / (int64_t)(n - 1) : 0;
	uint64_t least, sloped_least;
	unsigned width = stray(v, n, 0, &least), sloped;

	c->slope = 0;
	if (width > 0 && rise != 0 && rise >= INT32_MIN && rise <= INT32_MAX) {
		sloped = stray(v, n, (int32_t)rise, &sloped_least);
		if (sloped < width) {
			width = sloped;
			least = sloped_least;
			c->slope = (int32_t)rise;
		}
	}
	/* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): likewise */
	c->base = v[0] + least;
	c->width = (uint8_t)width;
}

/* The different values of a column, if they are few: how many, else 0. */
static size_t values_of(const uint64_t *v, size_t n, uint64_t *values)
{
	size_t count = 0, i, k;

	for (i = 0; i < n; i++) {
		for (k = 0; k < count && values[k] != v[i]; k++)
			;
		if (k < count)
			continue;
		if (count == VALUES_MAX)
			return 0;
		values[count++] = v[i];
	}
	return count;
}

/* What is chosen for a column, and all that it needs besides its description. */
struct plan {
	struct column column;
	uint64_t v[WG__PACKED_BLOCK]; /* those that are kept */
	size_t count, value_count;
	uint64_t bitmap[WORDS], value[VALUES_MAX];
};

static size_t words_of(const struct plan *p)
{
	const struct column *c = &p->column;

	return (c->is_sparse ? WORDS : 0) + p->value_count + (p->count * c->width + 63) / 64;
}

static void plan_values(struct plan *p)
{
	struct plan with = { .column = p->column, .count = p->count };
	uint64_t values[VALUES_MAX];

	if (p->column.width <= 4)
		return;
	with.value_count = values_of(p->v, p->count, values);
	if (!with.value_count)
		return;
	with.column.width = (uint8_t)width_of(with.value_count - 1);
	if (words_of(&with) >= words_of(p))
		return;
	p->value_count = with.value_count;
	memcpy(p->value, values, sizeof(values));
	p->column.width = with.column.width;
	p->column.has_values = true;
	p->column.base = p->value_count;
	p->column.slope = 0;
}

/* A column of n values, not all 0. */
static void plan_column(struct plan *p, size_t n, size_t zeros)
{
	struct column dense;
	size_t i, kept = 0;

	memset(&p->column, 0, sizeof(p->column));
	p->count = n;
	p->value_count = 0;
	fit_line(&p->column, p->v, n);
	if (zeros > 0 && p->column.width > 1) {
		uint64_t some[WG__PACKED_BLOCK];

		dense = p->column;
		memset(p->bitmap, 0, sizeof(p->bitmap));
		for (i = 0; i < n; i++) {
			if (!p->v[i])
				continue;
			p->bitmap[i / 64] |= UINT64_C(1) << i % 64;
			some[kept++] = p->v[i];
		}
		fit_line(&p->column, some, kept);
		if (kept * p->column.width + WG__PACKED_BLOCK < n * dense.width) {
			p->column.is_sparse = true;
			p->count = kept;
			memcpy(p->v, some, kept * sizeof(*some));
		} else {
			p->column = dense;
		}
	}
	plan_values(p);
}

/* ---- writing ---- */

static void set_bits(uint64_t *words, unsigned width, size_t i, uint64_t v)
{
	size_t bit = i * width;
	unsigned at = bit % 64;

	words[bit / 64] |= v << at;
	if (at + width > 64)
		/* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): at > 0 */
		words[bit / 64 + 1] |= v >> (64 - at);
}

static size_t number_of(const struct plan *p, uint64_t v)
{
	size_t k = 0;

	while (p->value[k] != v)
		k++;
	return k;
}

static void write_column(const struct plan *p, uint64_t *words)
{
	const struct column *c = &p->column;
	uint64_t line = c->base;
	size_t i;

	if (c->is_sparse) {
		memcpy(words, p->bitmap, sizeof(p->bitmap));
		words += WORDS;
	}
	memcpy(words, p->value, p->value_count * sizeof(*p->value));
	words += p->value_count;
	for (i = 0; c->width && i < p->count; i++, line += (uint64_t)(int64_t)c->slope)
		set_bits(
			words, c->width, i, c->has_values ? number_of(p, p->v[i]) : p->v[i] - line);
}

/* One field of all rows; returns how many are 0. */
static size_t gather(
	const struct wg__packed_type *type, size_t field, const void *rows, size_t n, uint64_t *v)
{
	const char *at = (const char *)rows + type->field[field].offset;
	size_t zeros = 0, i;

#define GATHER(bits)                                                                               \
	for (i = 0; i < n; i++, at += type->row_bytes) {                                           \
		v[i] = *(const uint##bits##_t *)(const void *)at;                                  \
		zeros += v[i] == 0;                                                                \
	}
	switch (type->field[field].bytes) {
	case 1: GATHER(8) break;
	case 2: GATHER(16) break;
	case 4: GATHER(32) break;
	default: GATHER(64)
	}
#undef GATHER
	return zeros;
}

/* Room in which a block is made: the most that one takes. */
#define ROOM (1 + WG__PACKED_FIELDS * (2 + WORDS + VALUES_MAX + WG__PACKED_BLOCK) + 1)

/* The words of the columns, from `used` on; their descriptions in front. Returns where they end. */
static size_t write_columns(
	const struct wg__packed_type *type, const void *rows, size_t n, uint64_t *room, size_t used)
{
	struct head *head = (struct head *)(void *)room;
	size_t columns = 0, field;
	struct plan plan;

	for (field = 0; field < type->field_count; field++) {
		size_t zeros = gather(type, field, rows, n, plan.v), words;

		if (zeros == n)
			continue;
		plan_column(&plan, n, zeros);
		words = words_of(&plan);
		plan.column.at = (uint16_t)used;
		head->fields |= UINT32_C(1) << field;
		head->column[columns++] = plan.column;
		memset(room + used, 0, words * sizeof(*room));
		write_column(&plan, room + used);
		used += words;
	}
	room[used] = 0;
	return used + 1;
}

void *wg__packed_block(const struct wg__packed_type *type, const void *rows, size_t n)
{
	uint64_t *room = malloc(ROOM * sizeof(*room)), *block;
	struct head *head = (struct head *)(void *)room;
	size_t described = 1 + 2 * type->field_count, used, words, gap, columns, i;

	if (!room)
		return NULL;
	*head = (struct head){ 0 };
	used = write_columns(type, rows, n, room, described);
	/* Fields without a column leave a gap between the descriptions and the words. */
	columns = (size_t)__builtin_popcount(head->fields);
	gap = described - 1 - 2 * columns;
	words = used - gap;
	for (i = 0; i < columns; i++)
		head->column[i].at = (uint16_t)(head->column[i].at - gap);
	head->words = (uint32_t)words;
	block = malloc(words * sizeof(*block));
	if (block) {
		memcpy(block, room, (described - gap) * sizeof(*block));
		memcpy(block + described - gap, room + described,
			(used - described) * sizeof(*block));
	}
	free(room);
	return block;
}
