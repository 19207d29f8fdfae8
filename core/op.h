/*
 * op.h: an operation: something slow that a loop hands to a worker, and its result.
 *
 * The struct is the caller's, from before submit until its result is delivered: on the stack, in an
 * array, inside something larger. The library links it into its lists and never allocates for it.
 *
 *     idle ──submit──► submitted ──(worker publishes, loop looks)──► ready ──deliver──► idle
 *
 * Only the loop's thread moves an operation along this line; between submit and ready the
 * arguments and `result` belong to the worker. An idle operation may be submitted again.
 *
 * Errors are results: a result is >= 0, or a negative errno. There is no completion path that does
 * not publish a result (O1), because a waiter cannot tell "failed" from "forgotten".
 */
#ifndef CORE_OP_H
#define CORE_OP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "core/list.h"

struct wg_loop;
struct wg_op;

/* The labels of these travel in traces; keep in step with tp.h. */
enum wg_op_kind {
	WG_OP_READ,
	WG_OP_WRITE,
	WG_OP_OPEN,
	WG_OP_CLOSE,
	WG_OP_STAT,
	WG_OP_CONNECT,
	WG_OP_ACCEPT,
	WG_OP_RECV,
	WG_OP_SEND,
	WG_OP_TIMER,
	WG_OP_WORK,
	WG_OP_KIND_COUNT
};

enum wg_op_state {
	WG_OP_IDLE,	 /* the caller's */
	WG_OP_SUBMITTED, /* queued, running, or published and not yet seen by the loop */
	WG_OP_READY,	 /* the loop has the result, the caller has not */
};

/*
 * Called on the loop's thread, inside wg_loop_run_once(), with no lock held. The operation is idle
 * again: it may be resubmitted or freed here. result is also in op->result.
 */
typedef void (*wg_done_fn)(struct wg_op *op, int64_t result);

struct wg_op {
	/* immutable while submitted; set by an initialiser below */
	enum wg_op_kind kind;
	int fd;
	void *buf;	  /* READ: filled; WRITE: not changed; STAT: a struct stat */
	size_t len;	  /* bytes */
	int64_t offset;	  /* bytes from the start of the file, or -1: where the file stands */
	const char *path; /* OPEN, STAT; borrowed until the result is there */
	int flags;	  /* OPEN */
	mode_t mode;	  /* OPEN */
	wg_done_fn done;  /* NULL: the caller asks with wg_loop_poll_result() */
	void *user;	  /* the caller's, never looked at */

	/* the library's */
	struct wg_list node;	/* in the pool's queue, the loop's inbox, or its ready list */
	struct wg_loop *loop;	/* immutable while submitted */
	uint64_t id;		/* unique in the process; a new one each submit */
	int64_t result;		/* worker's until published */
	enum wg_op_state state; /* loop's thread */
};

/*
 * Initialisers. Each sets all of *op: kind, arguments, no `done`, idle. They never fail and never
 * block; what is wrong with the arguments shows in the result. Any thread, on an idle operation.
 *
 * Results: read, write: bytes, possibly fewer than asked, 0 at the end of the file. open: a
 * descriptor with O_CLOEXEC set. stat, close: 0.
 */
void wg_op_read(struct wg_op *op, int fd, void *buf, size_t len, int64_t offset);
void wg_op_write(struct wg_op *op, int fd, const void *buf, size_t len, int64_t offset);
void wg_op_open(struct wg_op *op, const char *path, int flags, mode_t mode);
void wg_op_stat(struct wg_op *op, const char *path, struct stat *st);
void wg_op_close(struct wg_op *op, int fd);

/* The number a trace shows as `arg`: bytes asked for, descriptor to close, else 0. */
int64_t wg__op_arg(const struct wg_op *op);

/* Do it, here and now, and return the result. Blocks. A worker's thread; holds no lock. */
int64_t wg__op_perform(struct wg_op *op);

#endif
