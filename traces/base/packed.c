/*
 * packed.c: see packed.h. Which blocks there are, and which of them are open.
 */
#include "traces/base/packed.h"

#include <stdlib.h>
#include <string.h>

#include "traces/base/names.h"
#include "traces/base/packed_block.h"
#include "traces/base/packer.h"

#define ROWS	   WG__PACKED_BLOCK
#define ROOM_LEAST 8 /* rows of a small array: there may be one for each of many threads */

static void *row_at(const struct wg__packed *p, size_t block, size_t i)
{
	return (char *)p->block[block].at + i * p->type->row_bytes;
}

/* Rows of a block that are there. */
static size_t rows_in(const struct wg__packed *p, size_t block)
{
	size_t before = block * ROWS, all = p->count + p->skipped;

	return all - before < ROWS ? all - before : ROWS;
}

/* ---- open blocks ---- */

/* What an open block stands in, for the packer. */
static struct wg__packer_block *block_of(const struct wg__packed_slot *slot)
{
	return (struct wg__packer_block *)(void *)((char *)slot->at -
						   offsetof(struct wg__packer_block, rows));
}

/* Rows that are moved, or made, NULL without memory. */
static void *open_rows(struct wg__packed_slot *slot, size_t bytes)
{
	struct wg__packer_block *block =
		realloc(slot->at ? block_of(slot) : NULL, sizeof(*block) + bytes);

	if (!block)
		return NULL;
	atomic_init(&block->packed, NULL);
	return block->rows;
}

static void free_block(const struct wg__packed *p, const struct wg__packed_slot *slot)
{
	if (slot->is_open)
		free(block_of(slot));
	else if (!p->is_kept)
		free(slot->at);
}

/* An open block becomes a packed one; without memory it stays as it is. */
static void put_packed(struct wg__packed_slot *slot, void *packed)
{
	slot->is_queued = false;
	if (!packed || packed == block_of(slot))
		return;
	free(block_of(slot));
	*slot = (struct wg__packed_slot){ .at = packed };
}

static void pack(struct wg__packed *p, size_t block)
{
	struct wg__packed_slot *slot = &p->block[block];

	if (slot->is_open && !slot->is_queued)
		put_packed(slot, wg__packed_block(p->type, slot->at, rows_in(p, block)));
}

/* If it is with the packer, until it is packed. */
static void settle(struct wg__packed *p, size_t block)
{
	struct wg__packed_slot *slot = &p->block[block];

	if (!slot->is_queued)
		return;
	wg__packer_wait(p->packer, block_of(slot));
	/* relaxed: wg__packer_wait() has acquired what the thread made */
	put_packed(slot, atomic_load_explicit(&block_of(slot)->packed, memory_order_relaxed));
}

static void settle_all(struct wg__packed *p)
{
	for (; p->packer && p->first_queued < p->block_count; p->first_queued++)
		settle(p, p->first_queued);
}

/* The packer packs the block, or we do. */
static void hand_in(struct wg__packed *p, size_t block)
{
	struct wg__packed_slot *slot = &p->block[block];

	if (!slot->is_open || slot->is_queued)
		return;
	block_of(slot)->count = rows_in(p, block);
	if (p->packer && wg__packer_hand_in(p->packer, p->type, block_of(slot)))
		slot->is_queued = true;
	else
		pack(p, block);
}

/* Take back what is packed by now, of the blocks before that one. */
static void take_back(struct wg__packed *p, size_t end)
{
	for (; p->first_queued < end; p->first_queued++) {
		struct wg__packed_slot *slot = &p->block[p->first_queued];
		void *packed;

		if (!slot->is_queued)
			continue;
		/* acquire: pairs with release in packer.c; makes the packed block visible */
		packed = atomic_load_explicit(&block_of(slot)->packed, memory_order_acquire);
		if (!packed)
			return;
		put_packed(slot, packed);
	}
}

static int unpack(struct wg__packed *p, size_t block)
{
	struct wg__packed_slot *slot = &p->block[block], open = { .is_open = true };
	size_t i, n = rows_in(p, block);

	open.at = open_rows(&open, ROWS * p->type->row_bytes);
	if (!open.at)
		return -1;
	memset(open.at, 0, ROWS * p->type->row_bytes);
	for (i = 0; i < n; i++)
		wg__packed_block_row(
			p->type, slot->at, i, (char *)open.at + i * p->type->row_bytes);
	free_block(p, slot);
	*slot = open;
	return 0;
}

/* Room for one more row in the last block; blocks begin small. */
static int grow_last(struct wg__packed *p)
{
	size_t cap = p->last_cap * 2;
	void *rows = open_rows(&p->block[p->block_count - 1], cap * p->type->row_bytes);

	if (!rows)
		return -1;
	p->block[p->block_count - 1].at = rows;
	p->last_cap = cap;
	return 0;
}

static int begin_block(struct wg__packed *p)
{
	/* After the first block it is no small array any more. */
	size_t cap = p->block_count ? ROWS : ROOM_LEAST;
	struct wg__packed_slot slot = { .is_open = true };

	if (wg__grow(&p->block, &p->block_cap, p->block_count, sizeof(*p->block)) < 0)
		return -1;
	slot.at = open_rows(&slot, cap * p->type->row_bytes);
	if (!slot.at)
		return -1;
	p->block[p->block_count++] = slot;
	p->last_cap = cap;
	if (p->block_count > p->type->open_blocks) {
		hand_in(p, p->block_count - 1 - p->type->open_blocks);
		take_back(p, p->block_count - p->type->open_blocks);
	}
	return 0;
}

void *wg__packed_add(struct wg__packed *p)
{
	size_t at = p->count + p->skipped, last;
	void *row;

	if (at == p->block_count * ROWS) {
		if (begin_block(p) < 0)
			return NULL;
	} else if (!p->block[p->block_count - 1].is_open) {
		/* It was closed, and goes on. */
		if (unpack(p, p->block_count - 1) < 0)
			return NULL;
		p->last_cap = ROWS;
	} else if (at % ROWS == p->last_cap && grow_last(p) < 0) {
		return NULL;
	}
	last = p->block_count - 1;
	row = row_at(p, last, at % ROWS);
	p->count++;
	return row;
}

const void *wg__packed_get(const struct wg__packed *p, size_t i, void *room)
{
	const struct wg__packed_slot *slot;

	i += p->skipped;
	slot = &p->block[i / ROWS];
	if (slot->is_open)
		return row_at(p, i / ROWS, i % ROWS);
	memset(room, 0, p->type->row_bytes);
	wg__packed_block_row(p->type, slot->at, i % ROWS, room);
	return room;
}

static uint64_t value_at(const void *at, size_t bytes)
{
	switch (bytes) {
	case 1: return *(const uint8_t *)at;
	case 2: return *(const uint16_t *)at;
	case 4: return *(const uint32_t *)at;
	default: return *(const uint64_t *)at;
	}
}

uint64_t wg__packed_value(const struct wg__packed *p, size_t i, size_t field)
{
	const struct wg__packed_field *f = &p->type->field[field];
	const struct wg__packed_slot *slot;

	i += p->skipped;
	slot = &p->block[i / ROWS];
	return slot->is_open ? value_at((char *)row_at(p, i / ROWS, i % ROWS) + f->offset, f->bytes)
			     : wg__packed_block_value(slot->at, field, i % ROWS);
}

void *wg__packed_open(struct wg__packed *p, size_t i)
{
	size_t block = (i + p->skipped) / ROWS, *turn;

	settle(p, block);
	if (!p->block[block].is_open) {
		turn = &p->reopened[p->next_reopened];
		if (*turn && *turn <= p->block_count)
			pack(p, *turn - 1);
		if (unpack(p, block) < 0)
			return NULL;
		*turn = block + 1;
		p->next_reopened =
			(p->next_reopened + 1) % (sizeof(p->reopened) / sizeof(p->reopened[0]));
		if (block == p->block_count - 1)
			p->last_cap = ROWS;
	}
	return row_at(p, block, (i + p->skipped) % ROWS);
}

size_t wg__packed_first_from(const struct wg__packed *p, size_t field, int64_t t)
{
	size_t low = 0, high = p->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if ((int64_t)wg__packed_value(p, middle, field) < t)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void wg__packed_drop_first(struct wg__packed *p, size_t rows)
{
	size_t blocks, i;

	settle_all(p);
	p->skipped += rows;
	p->count -= rows;
	if (p->count == 0) {
		wg__packed_fini(p);
		return;
	}
	blocks = p->skipped / ROWS;
	for (i = 0; i < blocks; i++)
		free_block(p, &p->block[i]);
	p->block_count -= blocks;
	p->first_queued = 0;
	p->skipped -= blocks * ROWS;
	memmove(p->block, p->block + blocks, p->block_count * sizeof(*p->block));
	if (blocks)
		memset(p->reopened, 0, sizeof(p->reopened)); /* some stay open for good */
}

void wg__packed_drop_last(struct wg__packed *p, size_t rows)
{
	size_t blocks, i;

	p->count -= rows;
	blocks = p->count ? (p->count + p->skipped + ROWS - 1) / ROWS : 0;
	if (blocks == p->block_count)
		return;
	/* Those that go, and the last one, to which rows are added. */
	for (i = blocks ? blocks - 1 : 0; i < p->block_count; i++)
		settle(p, i);
	p->first_queued = p->first_queued < blocks ? p->first_queued : 0;
	while (p->block_count > blocks)
		free_block(p, &p->block[--p->block_count]);
	/* Rows of a block that was full: it has room for all. */
	p->last_cap = ROWS;
	if (p->count == 0)
		p->skipped = 0;
}

void wg__packed_close(struct wg__packed *p)
{
	size_t i;

	for (i = 0; i < p->block_count; i++)
		hand_in(p, i);
	p->first_queued = 0;
	settle_all(p);
	p->packer = NULL;
	memset(p->reopened, 0, sizeof(p->reopened));
}

size_t wg__packed_bytes(const struct wg__packed *p)
{
	size_t bytes = p->block_cap * sizeof(*p->block), i;

	for (i = 0; i < p->block_count; i++) {
		if (!p->block[i].is_open)
			bytes += wg__packed_block_bytes(p->block[i].at);
		else
			bytes += (i + 1 < p->block_count ? ROWS : p->last_cap) * p->type->row_bytes;
	}
	return bytes;
}

void wg__packed_fini(struct wg__packed *p)
{
	size_t i;

	p->first_queued = 0;
	settle_all(p);
	for (i = 0; i < p->block_count; i++)
		free_block(p, &p->block[i]);
	free(p->block);
	*p = (struct wg__packed){ .type = p->type, .packer = p->packer };
}
