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

struct wg__pb {
	unsigned char *buf; /* owned */
	size_t used, cap;
	bool failed; /* no memory: what is in buf is not whole */
};

void wg__pb_reset(struct wg__pb *pb); /* empty it; keeps its memory. All zero is empty, too */
void wg__pb_fini(struct wg__pb *pb);

void wg__pb_u64(struct wg__pb *pb, uint32_t field, uint64_t value);
void wg__pb_i64(struct wg__pb *pb, uint32_t field, int64_t value); /* int32, int64, enums */
void wg__pb_fixed64(struct wg__pb *pb, uint32_t field, uint64_t value);

/* A string: text as valid UTF-8, cut at 1 KiB. */
void wg__pb_text(struct wg__pb *pb, uint32_t field, const char *text);

/* A message as a field; what is returned goes to the end. They nest. */
size_t wg__pb_begin(struct wg__pb *pb, uint32_t field);
void wg__pb_end(struct wg__pb *pb, size_t begin);

#endif
