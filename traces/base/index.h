/*
 * index.h: the index that LTTng keeps beside each stream, DIR/index/NAME.idx for DIR/NAME: one
 * entry a packet. It tells what the stream should hold. Private to traces/.
 */
#ifndef TRACES_BASE_INDEX_H
#define TRACES_BASE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wg__index {
	int fd;
	bool is_cut;	/* not even its header is whole */
	uint64_t count; /* of entries; 0 if it is no index that we know */
	size_t entry_bytes;
};

struct wg__index_entry {
	uint64_t offset_bytes, packet_bits;
	uint64_t content_bits;	   /* the rest is padding */
	uint64_t begin, end;	   /* in ticks of the trace's clock */
	uint64_t stream, instance; /* of the metadata, and which of that kind: its CPU */
	uint64_t number;	   /* of the packet in its stream, from 0 on */
};

/* 0 or a negative errno; -EINVAL if it is no regular file. */
int wg__index_open(int at, const char *path, struct wg__index *ret_index);
void wg__index_close(struct wg__index *index);

/* The i-th entry; false if it cannot be read. */
bool wg__index_entry(const struct wg__index *index, uint64_t i, struct wg__index_entry *ret_entry);

#endif
