/*
 * out.h: where an export goes: a large buffer in front of a file that appears only when it is
 * whole.
 *
 * What is written goes to a file without a name in the folder of the wanted one and gets that name
 * at the end, so nobody ever sees half an export, and an interrupted one leaves nothing behind.
 * Standard output, pipes and devices are written to directly. A file can be read again
 * (out_file.h).
 *
 * A file that grows large is written in whole blocks, and has room on the disk ahead.
 *
 * An error sticks: after the first one, all other calls do nothing. So writers need not check until
 * the end; wg_out_failed() lets them stop early.
 *
 * Thread: one at a time. wg_out_flush() and what fills the buffer block for the file.
 */
#ifndef TRACES_BASE_OUT_H
#define TRACES_BASE_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "traces/base/error.h"

#define WG_OUT_ROOM_MAX 4096 /* the most that wg_out_room() can be asked for */

struct wg_out {
	int fd;		 /* -1: not open */
	int rc;		 /* the first error, a negative errno; 0: none */
	bool is_mine;	 /* fd is ours to close */
	char *buf;	 /* owned */
	size_t used;	 /* bytes in buf */
	uint64_t bytes;	 /* taken so far, buffer included */
	uint64_t room;	 /* bytes of the file for which there is room; UINT64_MAX: do not ask */
	char *final;	 /* the name it gets at the end, or NULL: written to directly; owned */
	char *temp;	 /* the name it has until then, or NULL: none; owned */
	char label[256]; /* how a message calls it */
};

/*
 * Open for path; NULL or "-" is standard output. A link is followed; a file that is there keeps its
 * permissions and its content until wg_out_close(). Errors, each with a line in *err: -EISDIR for a
 * folder, -ENOENT, -EACCES, -EROFS, -ENOMEM and others of open(2).
 */
int wg_out_open(struct wg_out *out, const char *path, struct wg_error *err);

/*
 * Write what is left and give the file its name; with keep false (or after an error) throw it away.
 * Returns 0 or the first error, with a line in *err if it was one of writing. Frees all; fine on an
 * object that is closed or all zero with fd -1.
 */
int wg_out_close(struct wg_out *out, bool keep, struct wg_error *err);

/* Append. */
static inline void wg_out_write(struct wg_out *out, const void *bytes, size_t count);
static inline void wg_out_text(struct wg_out *out, const char *text);
static inline void wg_out_char(struct wg_out *out, char c);
void wg_out_printf(struct wg_out *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Empty the buffer into the file. */
void wg_out_flush(struct wg_out *out);

/*
 * At least `bytes` (at most WG_OUT_ROOM_MAX) free bytes in a row, to be filled from the start;
 * wg_out_took() says up to where. Nothing else may be written between the two.
 */
static inline char *wg_out_room(struct wg_out *out, size_t bytes);
static inline void wg_out_took(struct wg_out *out, const char *end);

static inline bool wg_out_failed(const struct wg_out *out)
{
	return out->rc < 0;
}

/*
 * What is written at a time: large enough that write(2) costs nothing worth measuring. Not larger:
 * the kernel then looks for larger pages, and that can take longer than the copy. Behind it, what
 * is asked for next has its place.
 */
#define WG__OUT_BLOCK (64u << 10)
#define WG__OUT_BYTES (WG__OUT_BLOCK + WG_OUT_ROOM_MAX)

/* Write the first block of the buffer, which is there. */
void wg__out_write_block(struct wg_out *out);

static inline char *wg_out_room(struct wg_out *out, size_t bytes)
{
	if (WG__OUT_BYTES - out->used < bytes)
		wg__out_write_block(out);
	return out->buf + out->used;
}

static inline void wg_out_took(struct wg_out *out, const char *end)
{
	size_t count = (size_t)(end - (out->buf + out->used));

	out->used += count;
	out->bytes += count;
}

/* Of any length. */
void wg__out_write_parts(struct wg_out *out, const void *bytes, size_t count);

/* Here, since most texts are literals: where its length is known, a copy is a few moves. */
static inline void wg_out_write(struct wg_out *out, const void *bytes, size_t count)
{
	if (count > WG__OUT_BYTES - out->used) {
		wg__out_write_parts(out, bytes, count);
		return;
	}
	memcpy(out->buf + out->used, bytes, count);
	out->used += count;
	out->bytes += count;
}

static inline void wg_out_text(struct wg_out *out, const char *text)
{
	wg_out_write(out, text, strlen(text));
}

static inline void wg_out_char(struct wg_out *out, char c)
{
	char *to = wg_out_room(out, 1);

	*to = c;
	wg_out_took(out, to + 1);
}

#endif
