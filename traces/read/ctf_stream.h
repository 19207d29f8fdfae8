/*
 * ctf_stream.h: one stream file as items in the order of time. Private to traces/read.
 *
 * Whatever is not as it should be is an item too, WG__CTF_BROKEN, and the last one: from there on
 * libbabeltrace2 reads, which says what is wrong. It comes right behind the message before it, the
 * moment at which libbabeltrace2 finds it.
 *
 * The file is read with pread() in windows, not mapped: a file that somebody cuts meanwhile is a
 * short read then, and no SIGBUS in a process that has other threads. Copying costs 2 % of
 * decoding.
 *
 * Thread: one at a time; different streams are independent.
 */
#ifndef TRACES_READ_CTF_STREAM_H
#define TRACES_READ_CTF_STREAM_H

#include "traces/read/ctf_decode.h"

enum wg__ctf_what {
	WG__CTF_EVENT,
	WG__CTF_EVENT_TO_SAY, /* wg__take_event() is to look at it */
	WG__CTF_LOST_EVENTS,
	WG__CTF_LOST_PACKETS,
	WG__CTF_LAST, /* the stream ends here */
	WG__CTF_BROKEN,
	WG__CTF_NO_ROOM /* no memory */
};

/* What is needed to merge an item: apart from the events, so that merging hardly touches memory. */
struct wg__ctf_tag {
	int64_t at_ns; /* its place among those of all streams */
	uint32_t what;
	uint32_t foreign; /* events of others between the item before it and this one */
};

/* Items of a stream: three arrays of one length. */
struct wg__ctf_items {
	struct wg__ctf_tag *tag;
	struct wg_event *event; /* LOST: ts_ns, lost.begin_ns, lost.count */
	uint64_t *ns;		/* the context pid_ns of an event, if it is recorded */
	size_t count;
	uint64_t bytes; /* of the file are decoded with them */
};

#define WG__CTF_ITEM_BYTES (sizeof(struct wg__ctf_tag) + sizeof(struct wg_event) + sizeof(uint64_t))

struct wg__ctf_stream_file;

/*
 * Which events are of use: those from from_ns on and before to_ns. A packet that has none of them
 * is not decoded, but what was lost before it is an item all the same. These are decoded anyway:
 * the last packet with events, as it may be the end of the trace; the one with the first event from
 * to_ns on, which shows that the trace goes on; and all that end after whole_ns.
 */
struct wg__ctf_window {
	int64_t from_ns, to_ns, whole_ns;
};

/* Such a file, looked at from packet to packet. */
struct wg__ctf_seen {
	size_t stream; /* which of the schema's */
	uint64_t instance;
	uint64_t bytes;
};

/*
 * Open DIR/NAME and look at all its packet headers. 0; -ENOTSUP with the reason in why; -ENOMEM.
 * buffer_bytes: how much of it to have in memory at a time. Names are borrowed.
 */
int wg__ctf_stream_open(const char *dir, const char *name, const struct wg__ctf_schema *schema,
	const struct wg__ctf_tables *tables, size_t buffer_bytes, struct wg__ctf_stream_file **ret,
	struct wg__ctf_seen *ret_seen, char *why, size_t len);

/* The next items, at most max, at least one: from the first of the arrays on, count is set. Nothing
 * comes behind LAST, BROKEN and NO_ROOM. */
void wg__ctf_stream_items(
	struct wg__ctf_stream_file *file, struct wg__ctf_items *items, size_t max);

/* From the next packet on. */
void wg__ctf_stream_narrow(struct wg__ctf_stream_file *file, const struct wg__ctf_window *window);

void wg__ctf_stream_close(struct wg__ctf_stream_file *file); /* NULL is fine */

#endif
