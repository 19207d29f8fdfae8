/*
 * ctf_impl.h: what ctf.c, which opens, and ctf_take.c, which merges, share. Private to them.
 */
#ifndef TRACES_READ_CTF_IMPL_H
#define TRACES_READ_CTF_IMPL_H

#include "traces/read/ctf.h"
#include "traces/read/ctf_pool.h"
#include "traces/read/order.h"
#include "traces/read/twice.h"

#define WG__CTF_RUN_MAX 2048

struct wg__ctf_stream_of {
	char *name;
	struct wg__ctf_stream_file *file; /* until it is the pool's */
	struct wg__ctf_seen seen;
	const void *channel;			 /* what tells streams of another kind apart */
	bool has_vpid, has_pid_ns, has_procname; /* contexts of its events */
	const struct wg__ctf_items *items;
	size_t next;
	uint64_t messages;
};

struct wg__ctf {
	struct wg__shared *shared;
	char *dir;
	struct wg__ctf_schema schema;
	struct wg__ctf_tables *tables;
	struct wg__ctf_pool *pool;
	struct wg__ctf_stream_of *stream;
	size_t streams;
	struct wg__order order;	      /* of those that have an item */
	size_t items_max, chunks;     /* of a chunk; of a stream */
	uint64_t bytes, budget_bytes; /* of its files; of memory */
	bool is_narrow;		      /* what is outside a window may be missing */
	bool has_origin;
	struct wg__origin origin;
	struct wg__doubles doubles;
	/* The last pid namespace. */
	bool has_ns;
	uint64_t ns;
	uint32_t space_in_ns;
	/* What was handed out. */
	const struct wg_event *run[WG__CTF_RUN_MAX];
	size_t run_count;
	struct wg_event lost;
};

#endif
