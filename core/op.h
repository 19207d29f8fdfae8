/*
 * op.h: an operation: something slow that a loop gets done elsewhere, and its result.
 *
 * The struct is the caller's memory: on the stack, in an array, inside something larger. It stays
 * there until the result is delivered. The library links it into its lists and allocates nothing.
 *
 *     idle ──submit──► submitted ──(result published, loop looks)──► ready ──deliver──► idle
 *
 * Only the loop's thread moves an operation along this line. Between submit and ready, arguments
 * and `result` belong to the thread that performs it. An idle operation may be submitted again.
 *
 * Errors are results: a result is >= 0, or a negative errno.
 * O1 Every submitted operation gets exactly one result, since a waiter cannot tell "failed" from
 *    "forgotten". -ECANCELED: cancelled; -EOWNERDEAD: worker died; -ESHUTDOWN: pool stopped.
 */
#ifndef CORE_OP_H
#define CORE_OP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "core/list.h"

struct wg_loop;
struct wg_op;
struct wg_sock;

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
	WG_OP_SUBMITTED, /* queued, running, armed, or published and not yet seen by the loop */
	WG_OP_READY,	 /* the loop has the result, the caller has not */
};

/*
 * Called on the loop's thread, inside wg_loop_run_once(), with no lock held. The operation is idle
 * again: it may be resubmitted or freed here. result is also in op->result.
 */
typedef void (*wg_done_fn)(struct wg_op *op, int64_t result);

/* Called on a worker's thread with no lock held; may block. Its return value is the result. */
typedef int64_t (*wg_work_fn)(struct wg_op *op, void *arg);

struct wg_op {
	/* immutable while submitted; set by an initialiser below */
	enum wg_op_kind kind;
	int fd;		      /* READ, WRITE, CLOSE */
	void *buf;	      /* READ, RECV: filled; WRITE, SEND: only read; STAT: a struct stat */
	size_t len;	      /* bytes */
	int64_t offset;	      /* READ, WRITE: from the start of the file, or -1: where it stands */
	const char *path;     /* OPEN, STAT; borrowed until the result is there */
	int flags;	      /* OPEN: of open(2); SEND, RECV: of send(2) and recv(2) */
	mode_t mode;	      /* OPEN */
	struct wg_sock *sock; /* CONNECT, ACCEPT, RECV, SEND */
	const struct sockaddr *addr; /* CONNECT; borrowed */
	socklen_t addr_len;	     /* CONNECT */
	int64_t delay_ns;	     /* TIMER */
	wg_work_fn work;	     /* WORK */
	void *work_arg;		     /* WORK */
	wg_done_fn done;	     /* NULL: the caller asks with wg_loop_poll_result() */
	void *user;		     /* the caller's, never looked at */

	/* the library's */
	struct wg_list node;  /* in the pool's queue, a socket's, the loop's inbox or ready list */
	struct wg_loop *loop; /* immutable while submitted */
	uint64_t id;	      /* unique in the process; a new one each submit */
	int64_t result;	      /* the performing thread's until published */
	size_t heap_idx;      /* TIMER, armed: its place among the timers. Loop's thread */
	uint64_t queue_seq;   /* queued: its number in the pool. Guarded by the pool's lock */
	uint64_t ready_turn;  /* ready: since which of the loop's turns. Loop's thread */
	bool is_queued;	      /* in the pool, and no worker has it. Guarded by the pool's lock */
	enum wg_op_state state;	   /* loop's thread */
	_Atomic bool is_cancelled; /* wg_loop_cancel() came too late to take it back */
};

/*
 * Initialisers. Each sets all of *op: kind, arguments, no `done`, idle. They never fail and never
 * block; what is wrong with the arguments shows in the result. Any thread, on an idle operation.
 * Results: read, write: bytes, possibly fewer than asked, 0 at the end of the file. open: a
 * descriptor with O_CLOEXEC set. stat, close: 0. Sockets: see net.h.
 */
void wg_op_read(struct wg_op *op, int fd, void *buf, size_t len, int64_t offset);
void wg_op_write(struct wg_op *op, int fd, const void *buf, size_t len, int64_t offset);
void wg_op_open(struct wg_op *op, const char *path, int flags, mode_t mode);
void wg_op_stat(struct wg_op *op, const char *path, struct stat *st);
void wg_op_close(struct wg_op *op, int fd);

/* Result 0, not before delay_ns have passed since submit. A negative delay is 0. */
void wg_op_timer(struct wg_op *op, int64_t delay_ns);

/*
 * Call work(op, arg) on a worker. It counts as slow: at most half the workers do slow operations at
 * a time, so that files are still read while others compute. A `work` that ends its thread gives
 * -EOWNERDEAD; one that takes long may ask wg_op_is_cancelled() now and then.
 */
void wg_op_work(struct wg_op *op, wg_work_fn work, void *arg);

/* Is it a socket operation (net.h)? */
static inline bool wg__op_is_net(const struct wg_op *op)
{
	return op->kind >= WG_OP_CONNECT && op->kind <= WG_OP_SEND;
}

/* Does it go to a worker and may take long? */
static inline bool wg__op_is_slow(const struct wg_op *op)
{
	return op->kind == WG_OP_WORK;
}

/* Do it, here and now, and return the result. Blocks. A worker's thread; holds no lock. */
int64_t wg__op_perform(struct wg_op *op);

#endif
