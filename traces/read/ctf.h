/*
 * ctf.h: one folder with metadata as a stream of events, decoded by ourselves: beside source.h,
 * many times as fast, for traces that are as LTTng-UST and traces/write leave them. Private to
 * traces/.
 *
 *   C1 Its events, holes and notes are those of source.h, and so is their order; but if several
 *      streams are damaged, libbabeltrace2 may notice one later, and notes come in another order.
 *   C2 What it does not know it refuses when it is opened, and source.h reads the folder.
 *   C3 What is damaged behind that is -EIO, at the event at which source.h would say so. Then each
 *      stream is read by itself, by source.h, which knows what is wrong.
 */
#ifndef TRACES_READ_CTF_H
#define TRACES_READ_CTF_H

#include "traces/read/source.h"

struct wg__ctf;
struct wg__ctf_window;

/* 0; -ENOTSUP with the reason in why; -ENOMEM. Blocks for the disk: all packet headers are read. */
int wg__ctf_open(const char *dir, struct wg__shared *shared, struct wg__ctf **ret, char *why,
	size_t why_len);

/*
 * The next events, several at once, where wg__source_next() gives one: 1, or 0 at the end, or an
 * error of that. A hole comes alone. They live until the next call, and may be
 * changed with a cast.
 */
int wg__ctf_run(struct wg__ctf *ctf, const struct wg_event *const **ret_run, size_t *ret_count,
	struct wg_error *err);

/*
 * From now on packets outside of the window may be left out (ctf_stream.h), and what would be -EIO
 * is -EAGAIN: nobody knows then how many messages came before. False: none will be.
 */
bool wg__ctf_narrow(struct wg__ctf *ctf, const struct wg__ctf_window *window);

/* As wg__source_origin(), wg__source_doubles() and wg__source_stream(). */
const struct wg__origin *wg__ctf_origin(const struct wg__ctf *ctf);
uint64_t wg__ctf_doubles(const struct wg__ctf *ctf);
bool wg__ctf_stream(
	const struct wg__ctf *ctf, size_t i, const char **ret_file, uint64_t *ret_messages);

/* So many bytes of its files were decoded for what was handed out, of so many. */
void wg__ctf_bytes(const struct wg__ctf *ctf, uint64_t *ret_done, uint64_t *ret_all);

void wg__ctf_close(struct wg__ctf *ctf); /* NULL is fine */

#endif
