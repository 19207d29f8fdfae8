/*
 * memory.h: a trace in memory of a bounded size, whose oldest records go, and copies of it: what a
 * flight recorder keeps.
 *
 * It is a trace that grows (ctf.h), below /dev/shm. A copy is a trace as any other; readers see
 * that its beginning was written over.
 */
#ifndef TRACES_WRITE_MEMORY_H
#define TRACES_WRITE_MEMORY_H

#include <limits.h>
#include <stdint.h>

#include "traces/base/error.h"
#include "traces/base/scratch.h"
#include "traces/write/ctf.h"

#define WG_MEMORY_BYTES (UINT64_C(32) << 20) /* if nobody says how many */

struct wg__memory {
	struct wg__scratch scratch;
	char *dir;
	struct wg_ctf *ctf; /* add to it as to any other */
};

/*
 * All zero at first. bytes 0: WG_MEMORY_BYTES, or a quarter of what is free there. 0 or a negative
 * errno with a line: -ENOSPC; in any case close it.
 */
int wg__memory_open(
	struct wg__memory *memory, const char *tracer, uint64_t bytes, struct wg_error *err);

/* Copy it to a folder in dir, ret, which is made; blocks for the disk. 0 or a negative errno with a
 * line. */
int wg__memory_snapshot(
	struct wg__memory *memory, const char *dir, char ret[PATH_MAX], struct wg_error *err);

void wg__memory_close(struct wg__memory *memory);

#endif
