/*
 * ctf.h: records of threads, and a few events of loops, as a trace: CTF 1.8, as LTTng writes it.
 *
 * A folder with `metadata` in text and streams `wakegap_N`. babeltrace2 and Trace Compass read it,
 * and so does wg_reader_open().
 *
 * Records may come in any order of time, as importers have them: up to WG_CTF_RUN of them are
 * sorted in memory and written as one stream, and readers merge streams. A record of a thread that
 * follows another of the same thread at the same time stays behind it.
 *
 * Thread: one at a time. wg_ctf_add() blocks for the disk now and then. A file appears when it is
 * whole, the metadata last: a trace that was not finished is no trace.
 *
 * A trace that grows is the other way round: it is one from the beginning, whatever becomes of its
 * writer. It has what was there at the last wg_ctf_flush().
 */
#ifndef TRACES_WRITE_CTF_H
#define TRACES_WRITE_CTF_H

#include <stdbool.h>
#include <stdint.h>

#include "traces/base/error.h"
#include "traces/read/schema.h"

#define WG_CTF_LOOPS 100	/* events of loops have this and their type as number */
#define WG_CTF_RUN   (1u << 17) /* records in memory, at most about 40 MB */

struct wg_ctf;

struct wg_ctf_about {
	const char *tracer; /* "wakegap-import" */
	bool is_epoch;	    /* times count from 1970 */
	bool grows;
	uint64_t max_bytes; /* of one that grows: the oldest records are removed; 0: no limit */
};

/* What was removed to keep within max_bytes. */
struct wg_ctf_dropped {
	uint64_t packets;
	int64_t since_ns; /* from when on the trace is whole */
};

/* In a folder that is there and empty. 0 or a negative errno with a line. */
int wg_ctf_create(const char *dir, const struct wg_ctf_about *about, struct wg_ctf **ret,
	struct wg_error *err);

/* Times count from 1970, or do not; may be told until the end. */
void wg_ctf_set_epoch(struct wg_ctf *ctf, bool is_epoch);

/* A record, a hole (WG_EV_LOST), or what a caller sees of a loop: loop, submit or deliver. Others
 * are refused with -EINVAL. Names are copied. 0 or a negative errno, which wg_ctf_finish() tells in
 * a line. */
int wg_ctf_add(struct wg_ctf *ctf, const struct wg_event *event);

/* Of one that grows: write what was added. 0 or a negative errno, as wg_ctf_add(). */
int wg_ctf_flush(struct wg_ctf *ctf);
struct wg_ctf_dropped wg_ctf_dropped(const struct wg_ctf *ctf);

/* Write what is left and free all. With keep false, or after an error, the files are removed; after
 * an error what has grown stays. */
int wg_ctf_finish(struct wg_ctf *ctf, bool keep, struct wg_error *err);

/* The text of the metadata. The caller frees it; NULL without memory. */
char *wg__ctf_metadata(const struct wg_ctf_about *about, const uint8_t uuid[16]);

#endif
