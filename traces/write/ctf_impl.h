/*
 * ctf_impl.h: what ctf.c (runs that are sorted, and what others call), ctf_packet.c (bytes) and
 * ctf_lanes.c (streams that grow as records come) share.
 */
#ifndef TRACES_WRITE_CTF_IMPL_H
#define TRACES_WRITE_CTF_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/base/names.h"
#include "traces/write/ctf.h"

#define WG__CTF_HEADER 84u	   /* bytes of a packet before its events */
#define WG__CTF_BYTES  (64u << 10) /* of a packet at most */
#define WG__CTF_EVENT  1024u	   /* of an event at most */
#define WG__CTF_BUFFER (WG__CTF_BYTES + 4096u)

struct wg__ctf_packet {
	uint8_t *bytes; /* WG__CTF_BUFFER of them */
	size_t used;	/* WG__CTF_HEADER: it has no event */
};

struct wg__ctf_head {
	const uint8_t *uuid;
	uint64_t stream;
	int64_t begin_ns, end_ns;
	uint64_t sequence, discarded;
};

struct wg__ctf_kept {
	struct wg_event ev;
	uint32_t number; /* keeps the order of equals */
};

struct wg__ctf_lane;

struct wg_ctf {
	char *dir;
	struct wg_ctf_about about;
	uint8_t uuid[16];
	struct wg__names *names;
	struct wg__ctf_kept *v;
	size_t count, cap;
	uint32_t streams;
	struct wg__ctf_packet packet; /* of a run */
	uint64_t sequence, discarded; /* of the stream */
	struct wg__ctf_lane *lane;
	size_t lanes, lane_cap;
	uint64_t bytes; /* that all lanes have on disk */
	struct wg_ctf_dropped dropped;
	int dir_fd; /* of lanes; -1: none */
	int rc;
	struct wg_error err;
};

/* ctf_packet.c */
void wg__ctf_put_event(struct wg__ctf_packet *packet, const struct wg_event *event);
/* Fill in its header; returns how many bytes it takes on disk. Its events stay as they are. */
size_t wg__ctf_seal(struct wg__ctf_packet *packet, const struct wg__ctf_head *head);

/* ctf_lanes.c: write what is kept, which is sorted, to streams that grow. 0 or a negative errno
 * with a line in ctf->err. */
int wg__ctf_lanes_write(struct wg_ctf *ctf);
void wg__ctf_lanes_fini(struct wg_ctf *ctf, bool keep);

#endif
