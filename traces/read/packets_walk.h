/*
 * packets_walk.h: from packet to packet of one stream file. Private to packets*.c.
 */
#ifndef TRACES_READ_PACKETS_WALK_H
#define TRACES_READ_PACKETS_WALK_H

#include "traces/read/packets.h"

struct wg__packet {
	uint64_t off, there; /* bytes; there: of the packet that the file has */
	uint64_t backed;     /* of these, up to the last that was ever written */
	uint64_t begin, end, content_bits, packet_bits;
	uint64_t seq, discarded;
	uint64_t stream, instance; /* which stream of the trace */
	bool no_content;	   /* content_size was never filled in, or is impossible */
	bool no_end;		   /* the same of timestamp_end */
	bool no_seq, no_discarded;
};

struct wg__walk {
	int fd;
	uint64_t size, off;
	bool is_sparse; /* parts of the file may be holes: never written, all 0 */
	const struct wg__metadata *metadata;
	bool has_magic;	     /* some packet begins as it should */
	uint64_t cut_header; /* bytes at the end that are too few for a header */
	uint64_t garbage_at, garbage_bytes;
};

/* 0 or a negative errno; then the caller closes fd. */
int wg__walk_open(const char *dir, const char *name, const struct wg__metadata *metadata,
	struct wg__walk *ret_walk);

/* 1 and the next packet, 0 at the end, negative errno. */
int wg__walk_next(struct wg__walk *walk, struct wg__packet *ret);

/* Something in it, or the beginning of a cut file, looks like a packet. */
bool wg__walk_saw_magic(const struct wg__walk *walk);

/* The first bytes from `from` on that are no hole; false if there are none before `to`. */
bool wg__walk_data(int fd, uint64_t from, uint64_t to, uint64_t *ret_begin, uint64_t *ret_end);

#endif
