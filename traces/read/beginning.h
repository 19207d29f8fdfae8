/*
 * beginning.h: from when on each trace of a recording is complete (since.h). Private to traces/.
 */
#ifndef TRACES_READ_BEGINNING_H
#define TRACES_READ_BEGINNING_H

#include <stddef.h>
#include <stdint.h>

#include "traces/base/names.h"

/*
 * dirs: folders with metadata, sorted, below a path of that length. ret[i]: on its own clock, what
 * is earlier in dirs[i] is not whole; 0: all is. Chunks of a rotation are one recording: their
 * streams go on from one to the next. 0 or -ENOMEM.
 */
int wg__beginnings(const struct wg__notes *dirs, size_t path_len, int64_t *ret);

#endif
