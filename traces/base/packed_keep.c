/*
 * packed_keep.c: see packed_keep.h.
 */
#include "traces/base/packed_keep.h"

#include <errno.h>
#include <stdlib.h>

#include "traces/base/packed_block.h"

#define ROWS WG__PACKED_BLOCK

static size_t rows_in(const struct wg__packed *p, size_t block)
{
	size_t left = p->count - block * ROWS;

	return left < ROWS ? left : ROWS;
}

/* An array that is not closed, for want of memory, is not worth the trouble. */
static void write_blocks(struct wg__keep *k, const struct wg__packed *p)
{
	size_t i;

	wg__keep_refuse(k, p->skipped > 0);
	for (i = 0; i < p->block_count && k->rc == 0; i++) {
		const void *at = p->block[i].at;

		wg__keep_refuse(k, p->block[i].is_open);
		if (k->rc == 0)
			wg__keep_place(k, &at, wg__packed_block_bytes(at), 1);
	}
}

static void read_blocks(struct wg__keep *k, struct wg__packed *p)
{
	size_t blocks = p->count / ROWS + (p->count % ROWS > 0);

	p->is_kept = true;
	/* Each takes a word at least, so this bounds what is allocated. */
	wg__keep_refuse(k, blocks > (size_t)(k->end - k->at) / sizeof(uint64_t));
	p->block = k->rc < 0 ? NULL : calloc(blocks + 1, sizeof(*p->block));
	if (k->rc == 0 && !p->block)
		k->rc = -ENOMEM;
	for (; k->rc == 0 && p->block_count < blocks; p->block_count++) {
		const void *at = NULL;
		size_t bytes = wg__packed_block_check(
			p->type, k->at, (size_t)(k->end - k->at), rows_in(p, p->block_count));

		wg__keep_refuse(k, bytes == 0);
		wg__keep_place(k, &at, bytes, 1);
		p->block[p->block_count].at = (void *)at; /* nothing writes to a packed block */
	}
	p->block_cap = p->block_count;
}

void wg__keep_packed(struct wg__keep *k, struct wg__packed *p)
{
	wg__keep_value(k, &p->count, sizeof(p->count));
	if (k->rc < 0)
		return;
	if (wg__keep_reads(k))
		read_blocks(k, p);
	else
		write_blocks(k, p);
	if (k->rc < 0 && wg__keep_reads(k))
		p->count = 0;
}

void wg__keep_within(
	struct wg__keep *k, const struct wg__packed *p, size_t field, struct wg__packed_range range)
{
	size_t i;

	if (!wg__keep_reads(k))
		return;
	for (i = 0; i < p->block_count && k->rc == 0; i++)
		wg__keep_refuse(
			k, !wg__packed_block_within(p->block[i].at, field, rows_in(p, i), &range));
}

void wg__keep_below(struct wg__keep *k, const struct wg__packed *p, size_t field, uint64_t count)
{
	/* Of an empty array nothing is below 0. */
	wg__keep_within(
		k, p, field, (struct wg__packed_range){ .high = count ? (int64_t)(count - 1) : 0 });
	wg__keep_refuse(k, wg__keep_reads(k) && p->count && !count);
}
