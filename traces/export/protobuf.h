/*
 * protobuf.h: protocol buffers, the writing half of what is needed: varints, fixed64, texts and
 * messages within messages. Private to traces/.
 *
 *     wg__pb_reset(&pb);
 *     size_t event = wg__pb_begin(&pb, 11);
 *     wg__pb_u64(&pb, 9, 1);
 *     wg__pb_end(&pb, event);
 *
 * A message's length comes before it, but is known only at its end. So three bytes are left for it
 * (up to 2 MiB): longer than needed, and valid all the same.
 */
#ifndef TRACES_EXPORT_PROTOBUF_H
#define TRACES_EXPORT_PROTOBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct wg__pb {
	unsigned char *buf; /* owned */
	size_t used, cap;
	bool failed; /* no memory: what is in buf is not whole */
};

/* All zero is empty, too. */
static inline void wg__pb_reset(struct wg__pb *pb) /* empty it; keeps its memory */
{
	pb->used = 0;
	pb->failed = false;
}
void wg__pb_fini(struct wg__pb *pb);

/* Private: room for more, or false with `failed` set. */
bool wg__pb_grow(struct wg__pb *pb, size_t bytes);

/*
 * An export writes some twenty fields an event, so these are inline: a field's tag is a constant
 * then, and mostly one byte.
 */
enum { WG__PB_VARINT = 0, WG__PB_FIXED64 = 1, WG__PB_BYTES = 2 };
enum { WG__PB_LENGTH_BYTES = 3, WG__PB_VARINT_MAX = 10 };

static inline unsigned char *wg__pb_room(struct wg__pb *pb, size_t bytes)
{
	if (pb->cap - pb->used < bytes && !wg__pb_grow(pb, bytes))
		return NULL;
	return pb->buf + pb->used;
}

static inline unsigned char *wg__pb_varint(unsigned char *to, uint64_t value)
{
	while (value >= 0x80) {
		*to++ = (unsigned char)(value | 0x80);
		value >>= 7;
	}
	*to++ = (unsigned char)value;
	return to;
}

static inline void wg__pb_u64(struct wg__pb *pb, uint32_t field, uint64_t value)
{
	unsigned char *to = wg__pb_room(pb, (size_t)2 * WG__PB_VARINT_MAX);

	if (!to)
		return;
	to = wg__pb_varint(to, (uint64_t)field << 3 | WG__PB_VARINT);
	pb->used = (size_t)(wg__pb_varint(to, value) - pb->buf);
}

/* int32, int64, enums */
static inline void wg__pb_i64(struct wg__pb *pb, uint32_t field, int64_t value)
{
	wg__pb_u64(pb, field, (uint64_t)value);
}

static inline void wg__pb_fixed64(struct wg__pb *pb, uint32_t field, uint64_t value)
{
	unsigned char *to = wg__pb_room(pb, WG__PB_VARINT_MAX + 8);
	int i;

	if (!to)
		return;
	to = wg__pb_varint(to, (uint64_t)field << 3 | WG__PB_FIXED64);
	for (i = 0; i < 8; i++, value >>= 8)
		*to++ = (unsigned char)value;
	pb->used = (size_t)(to - pb->buf);
}

/* A string of that many bytes, written as it is: it must be valid UTF-8. */
static inline void wg__pb_bytes(struct wg__pb *pb, uint32_t field, const char *text, size_t len)
{
	unsigned char *to = wg__pb_room(pb, (size_t)2 * WG__PB_VARINT_MAX + len);

	if (!to)
		return;
	to = wg__pb_varint(to, (uint64_t)field << 3 | WG__PB_BYTES);
	to = wg__pb_varint(to, len);
	memcpy(to, text, len);
	pb->used = (size_t)(to - pb->buf) + len;
}

/* A string of ours, in ASCII: a literal, or a word that comes from a table of literals. */
static inline void wg__pb_word(struct wg__pb *pb, uint32_t field, const char *word)
{
	wg__pb_bytes(pb, field, word, strlen(word));
}

/* Any string: as valid UTF-8, cut at 1 KiB. */
void wg__pb_text(struct wg__pb *pb, uint32_t field, const char *text);

/* A message as a field; what is returned goes to the end. They nest. */
static inline size_t wg__pb_begin(struct wg__pb *pb, uint32_t field)
{
	unsigned char *to = wg__pb_room(pb, WG__PB_VARINT_MAX + WG__PB_LENGTH_BYTES);

	if (to) {
		to = wg__pb_varint(to, (uint64_t)field << 3 | WG__PB_BYTES);
		pb->used = (size_t)(to - pb->buf) + WG__PB_LENGTH_BYTES;
	}
	return pb->used;
}

static inline void wg__pb_end(struct wg__pb *pb, size_t begin)
{
	size_t len = pb->used - begin;
	unsigned char *to = pb->buf + begin - WG__PB_LENGTH_BYTES;

	if (pb->failed)
		return;
	if (len >> (7 * WG__PB_LENGTH_BYTES)) {
		pb->failed = true;
		return;
	}
	to[0] = (unsigned char)((len & 0x7f) | 0x80);
	to[1] = (unsigned char)((len >> 7 & 0x7f) | 0x80);
	to[2] = (unsigned char)(len >> 14);
}

#endif
