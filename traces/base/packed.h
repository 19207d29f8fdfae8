/*
 * packed.h: a long array of structs in few bits. Private to traces/.
 *
 * A trace of a hundred million events does not fit in memory as structs. Its rows differ little
 * from their neighbours, though: times go up, processes and kinds repeat, most fields are 0. So
 * rows are kept in blocks of 256, and of a block each field is a column of its own:
 *
 *     ts_ns   base + slope * i + 11 bits        op     bitmap of the rows that have one, + 8 bits
 *     kind    base + 0 bits: all are equal      arg    4 bits: which of 9 values
 *
 * whatever takes the least. Any row is read alone, without those before it. Nothing is lost: a row
 * comes out as it went in, whatever its values are.
 *
 * The last blocks are open: structs that may be set again. How many is the caller's choice. To set
 * a row of a packed block unpacks the block for some time; that is allowed, and slow.
 *
 * Thread: one at a time while rows are added or set; any number may read what nobody changes.
 */
#ifndef TRACES_BASE_PACKED_H
#define TRACES_BASE_PACKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WG__PACKED_BLOCK  256 /* rows */
#define WG__PACKED_FIELDS 24

/* A field of an unsigned or signed integer, by place and size. All bytes of a row that matter
 * belong to one; others come out as 0. */
struct wg__packed_field {
	uint16_t offset;
	uint16_t bytes; /* 1, 2, 4 or 8 */
};
#define WG__PACKED_FIELD(type, field)                                                              \
	{                                                                                          \
		(uint16_t) offsetof(type, field), (uint16_t)sizeof(((type *)NULL)->field)          \
	}

struct wg__packed_type {
	size_t row_bytes;
	size_t open_blocks; /* so many of the last ones stay open; SIZE_MAX: all */
	size_t field_count;
	struct wg__packed_field field[WG__PACKED_FIELDS];
};

struct wg__packed_slot {
	void *at;
	bool is_open;
	bool is_queued; /* with the packer; it is open until it comes back */
};

struct wg__packer;

/* All zero but for type is empty. */
struct wg__packed {
	const struct wg__packed_type *type;
	size_t count;
	struct wg__packer
		*packer; /* packs full blocks (packer.h); NULL: the caller's thread does */
	/* private */
	size_t skipped; /* rows at the beginning of the first block that were dropped */
	struct wg__packed_slot *block;
	size_t block_count, block_cap;
	size_t last_cap;      /* rows for which the last block has room */
	size_t reopened[8];   /* packed blocks that were opened again, 1 + index; 0: none */
	size_t next_reopened; /* whose turn it is to be packed again */
	size_t first_queued;  /* none before it is with the packer */
	bool is_kept;	      /* its packed blocks stand in a file: see packed_keep.h */
};

/* A row at the end, of which all is to be set now; NULL without memory. */
void *wg__packed_add(struct wg__packed *packed);

/* Row i, in room or where it stands: valid until the next change. */
const void *wg__packed_get(const struct wg__packed *packed, size_t i, void *room);

/* One field of row i, as 64 bits; a smaller one is not sign-extended. */
uint64_t wg__packed_value(const struct wg__packed *packed, size_t i, size_t field);

/* Row i, to be changed before anything else is done to the array; NULL without memory. */
void *wg__packed_open(struct wg__packed *packed, size_t i);

/* The first row whose field, an int64_t that never goes back, is not before t; count if none. */
size_t wg__packed_first_from(const struct wg__packed *packed, size_t field, int64_t t);

void wg__packed_drop_first(struct wg__packed *packed, size_t rows);
void wg__packed_drop_last(struct wg__packed *packed, size_t rows);

/* No more rows come: pack all that is open. Without memory some stay open, which is as good. The
 * packer is not used from then on. */
void wg__packed_close(struct wg__packed *packed);

/* The bytes that it takes. */
size_t wg__packed_bytes(const struct wg__packed *packed);

void wg__packed_fini(struct wg__packed *packed); /* empty again, of the same type */

#endif
