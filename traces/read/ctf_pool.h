/*
 * ctf_pool.h: stream files decoded ahead, by threads. Private to traces/read.
 *
 *     stream file --> chunks, decoded by whichever thread is free --> the one that is taken from
 *
 *   P1 The items of a stream and their order are those of wg__ctf_stream_items().
 *   P2 So many chunks of each stream are in memory, however slow the caller is.
 *   P3 All pools of the process together have one thread less than it may use processors: the other
 *      one is the caller's, who decodes where it would wait.
 *
 * Thread: one caller at a time.
 */
#ifndef TRACES_READ_CTF_POOL_H
#define TRACES_READ_CTF_POOL_H

#include "traces/read/ctf_stream.h"

struct wg__ctf_pool;

/* For so many streams, with so many chunks, two at least, of so many items. NULL: no memory. */
struct wg__ctf_pool *wg__ctf_pool_create(size_t streams, size_t items, size_t chunks);

/* The next stream, in the order of calls; the pool closes it. 0 or -ENOMEM (then it is closed). */
int wg__ctf_pool_add(struct wg__ctf_pool *pool, struct wg__ctf_stream_file *file);

/* All were added: decode them, with threads or without. */
void wg__ctf_pool_start(struct wg__ctf_pool *pool, bool with_threads);

/* What is not decoded yet may lack what is outside (ctf_stream.h). */
void wg__ctf_pool_narrow(struct wg__ctf_pool *pool, const struct wg__ctf_window *window);

/* The next items of the i-th stream, at least one, until the next call for it; none after its last
 * one. Blocks until they are decoded. */
const struct wg__ctf_items *wg__ctf_pool_take(struct wg__ctf_pool *pool, size_t i);

/* Ends all threads. NULL is fine. */
void wg__ctf_pool_destroy(struct wg__ctf_pool *pool);

#endif
