/*
 * behind.h: a file that grows large, written by a thread of its own: the next bytes are made
 * meanwhile. Private to out.c.
 *
 * Thread: one at a time, and not the one that a struct wg__behind makes.
 */
#ifndef TRACES_BASE_BEHIND_H
#define TRACES_BASE_BEHIND_H

#include <stddef.h>
#include <stdint.h>

struct wg__behind;

/*
 * From now on fd, a regular file of `written` bytes, is written by a thread. buf_bytes is the size
 * of the buffers that change hands. -ENOMEM or -EAGAIN if no thread is available.
 */
int wg__behind_start(int fd, uint64_t written, size_t buf_bytes, struct wg__behind **ret_behind);

/*
 * Give a buffer of `used` bytes away and get another one for it. Blocks until the one before is
 * written. Returns 0 or the first error of writing; then the bytes are thrown away.
 */
int wg__behind_pass(struct wg__behind *behind, char **buf, size_t used);

/* Wait until all is written, and end the thread. Returns 0 or the first error of writing. */
int wg__behind_stop(struct wg__behind *behind);

#endif
