/*
 * packets.h: the packets of an LTTng stream file, looked at without decoding events: is this file
 * whole, and if not, what of it can be read. Private to traces/.
 */
#ifndef TRACES_READ_PACKETS_H
#define TRACES_READ_PACKETS_H

#include <stdbool.h>
#include <stdint.h>

#include "traces/base/error.h"

#define WG__HEADER_MAX 512 /* bytes, with its context */

/* Where a packet keeps what, in bytes from its start; 0: it has no such field. */
struct wg__layout {
	uint32_t uuid, stream_id, stream_instance_id, timestamp_begin, timestamp_end, content_size,
		packet_size;
	uint32_t packet_seq_num, events_discarded;
	uint32_t bytes; /* up to the end of the last of these */
};

/* What of the metadata matters before the library sees it. */
struct wg__metadata {
	bool has_lttng_packets; /* headers are what LTTng writes, laid out as follows */
	struct wg__layout layout;
	uint64_t stream_ids; /* bit N: the metadata describes stream N; 0: not known */
	bool is_plain;	     /* no event can ask for more memory than its bytes */
	bool ends_at_stop;   /* the last packet of each stream ends when recording stopped */
	bool has_uuid;
	uint8_t uuid[16];
};

/* 0, or -EINVAL with a line: empty, cut, CTF 2; or what open and read gave. */
int wg__metadata_check(const char *dir, struct wg__metadata *ret_metadata, struct wg_error *err);

/*
 * Its text alone, for our own decoder: the caller's. *ret_has_uuid: it was in packets, of a trace
 * with that uuid. -ENOTSUP: packets that are not as LTTng writes them; or what open and read gave.
 */
int wg__metadata_text(const char *dir, char **ret_text, uint8_t ret_uuid[16], bool *ret_has_uuid);

/* The part of it that reads the text; see layout.c. -EINVAL with a line: a clock has no frequency.
 */
int wg__layout_parse(
	const char *dir, const char *text, struct wg__metadata *metadata, struct wg_error *err);

/* What a walk over the packet headers of one stream file found. */
struct wg__health {
	uint64_t file_bytes;
	uint64_t packets;      /* whole ones */
	uint64_t cut_at;       /* where the incomplete last packet begins */
	uint64_t cut_there;    /* bytes of it that are there; 0: not cut */
	uint64_t cut_wanted;   /* bytes it should have; 0: not even its header is there */
	bool only_padding_cut; /* all events of it are there */
	uint64_t garbage_at, garbage_bytes; /* no packet header where one belongs; 0 bytes: none */
	uint64_t unfinished;		    /* packets without a size of their content (a crash) */
	uint64_t unclosed;		    /* packets without a time of their end only */
	uint64_t mistaken;    /* packets with a count in the header that cannot be true */
	bool is_no_stream;    /* nothing in it looks like a packet, and no index names it */
	uint64_t index_lacks; /* packets the index lists and the file lacks */
	bool index_wrong;     /* the index contradicts the file */
	uint64_t stream, instance, end; /* of its last packet, if there is one */
};

/* Look at DIR/NAME and DIR/index/NAME.idx. 0 or a negative errno; damage is no error. */
int wg__packets_check(const char *dir, const char *name, const struct wg__metadata *metadata,
	struct wg__health *ret_health);

bool wg__health_is_good(const struct wg__health *health);

/* Write the readable packets of DIR/NAME to OUT_DIR/NAME, the cut one made shorter. 0 or negative
 * errno.
 */
int wg__packets_repair(const char *dir, const char *name, const struct wg__metadata *metadata,
	const char *out_dir);

#endif
