/*
 * chunks.h: a recording in chunks (LTTng's session rotation): DIR/archives/FROM-TO-N each.
 */
#ifndef TRACES_RECORD_CHUNKS_H
#define TRACES_RECORD_CHUNKS_H

#include <stddef.h>
#include <stdint.h>

struct wg__folder;

/* How many finished chunks there are. */
size_t wg__chunks_count(const struct wg__folder *folder);

/* What is being written now, without the chunks that are finished. */
uint64_t wg__chunks_bytes_now(const struct wg__folder *folder);

/*
 * Remove the oldest chunks until the folder takes at most max_bytes, or one chunk is left; how many
 * were removed. Reads the folder's sizes: blocks for the disk.
 */
size_t wg__chunks_prune(const struct wg__folder *folder, uint64_t max_bytes);

#endif
