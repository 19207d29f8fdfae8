/*
 * protobuf.c: see protobuf.h.
 */
#include "traces/export/protobuf.h"

#include <stdlib.h>
#include <string.h>

#include "traces/base/text_out.h"

#define LENGTH_BYTES 3
#define TEXT_MAX     1023 /* the rest of a longer one is left out */

enum { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2 };

void wg__pb_reset(struct wg__pb *pb)
{
	pb->used = 0;
	pb->failed = false;
}

void wg__pb_fini(struct wg__pb *pb)
{
	free(pb->buf);
	*pb = (struct wg__pb){ .buf = NULL };
}

static bool grow(struct wg__pb *pb, size_t bytes)
{
	size_t cap = pb->cap * 2 + bytes + 256;
	unsigned char *bigger = realloc(pb->buf, cap);

	if (!bigger) {
		pb->failed = true;
		return false;
	}
	pb->buf = bigger;
	pb->cap = cap;
	return true;
}

static inline unsigned char *room(struct wg__pb *pb, size_t bytes)
{
	if (pb->cap - pb->used < bytes && !grow(pb, bytes))
		return NULL;
	return pb->buf + pb->used;
}

#define VARINT_MAX 10

static inline unsigned char *put(unsigned char *to, uint64_t value)
{
	while (value >= 0x80) {
		*to++ = (unsigned char)(value | 0x80);
		value >>= 7;
	}
	*to++ = (unsigned char)value;
	return to;
}

/* A tag and a number, which is the value or the length of what follows. */
static void put_pair(struct wg__pb *pb, uint32_t field, unsigned wire, uint64_t value)
{
	unsigned char *to = room(pb, (size_t)2 * VARINT_MAX);

	if (to)
		pb->used = (size_t)(put(put(to, (uint64_t)field << 3 | wire), value) - pb->buf);
}

/* Such a text needs no cleaning. */
static bool is_ascii(const char *text, size_t *ret_len)
{
	size_t len = strlen(text), i;
	unsigned char all = 0;

	for (i = 0; i < len; i++)
		all |= (unsigned char)text[i];
	*ret_len = len;
	return all < 0x80;
}

static void tag(struct wg__pb *pb, uint32_t field, unsigned wire)
{
	unsigned char *to = room(pb, VARINT_MAX);

	if (to)
		pb->used = (size_t)(put(to, (uint64_t)field << 3 | wire) - pb->buf);
}

void wg__pb_u64(struct wg__pb *pb, uint32_t field, uint64_t value)
{
	put_pair(pb, field, WIRE_VARINT, value);
}

void wg__pb_i64(struct wg__pb *pb, uint32_t field, int64_t value)
{
	wg__pb_u64(pb, field, (uint64_t)value);
}

void wg__pb_fixed64(struct wg__pb *pb, uint32_t field, uint64_t value)
{
	unsigned char *to;
	int i;

	tag(pb, field, WIRE_FIXED64);
	to = room(pb, 8);
	for (i = 0; to && i < 8; i++, value >>= 8)
		*to++ = (unsigned char)value;
	pb->used += to ? 8 : 0;
}

void wg__pb_text(struct wg__pb *pb, uint32_t field, const char *text)
{
	char clean[TEXT_MAX + 1];
	size_t len;
	unsigned char *to;

	if (!is_ascii(text, &len) || len > TEXT_MAX) {
		len = wg_utf8_clean(text, clean, sizeof(clean));
		text = clean;
	}
	put_pair(pb, field, WIRE_BYTES, len);
	to = room(pb, len);
	if (!to)
		return;
	memcpy(to, text, len);
	pb->used += len;
}

size_t wg__pb_begin(struct wg__pb *pb, uint32_t field)
{
	tag(pb, field, WIRE_BYTES);
	if (room(pb, LENGTH_BYTES))
		pb->used += LENGTH_BYTES;
	return pb->used;
}

void wg__pb_end(struct wg__pb *pb, size_t begin)
{
	size_t len = pb->used - begin, i;

	if (pb->failed)
		return;
	if (len >> (7 * LENGTH_BYTES)) {
		pb->failed = true;
		return;
	}
	for (i = 0; i < LENGTH_BYTES; i++) {
		pb->buf[begin - LENGTH_BYTES + i] =
			(unsigned char)((len & 0x7f) | (i + 1 < LENGTH_BYTES ? 0x80 : 0));
		len >>= 7;
	}
}
