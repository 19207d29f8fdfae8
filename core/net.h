/*
 * net.h: TCP on a loop: connect, accept, recv, send.
 *
 * A wg_sock is the caller's memory beside the descriptor: what the library knows about it. Socket
 * operations are tried at once. Those that would block wait for the descriptor: inside the loop's
 * own sleep if the strategy can wait for descriptors (fds.h), else on the pool's net thread, which
 * then publishes and notifies like a worker.
 *
 * Readiness is edge-triggered: the kernel says once that something came. A program that forgets
 * this, or did not yet watch at that moment, waits for ever; this is the story's last bug. Hence
 * three rules. N1: the wg_sock remembers "may be ready" until a call said EAGAIN, or read less than
 * it asked for (and was no peek, and met no urgent data). N2: a descriptor is watched only after
 * that, and to begin watching reports what is there at that moment; so nothing that came in between
 * is missed. N3: once the peer has hung up, nothing clears "may be ready": the end of the stream
 * gives no second edge. DOC(edge)
 *
 * Operations of one direction (accept and recv; connect and send) on one socket are done in the
 * order in which they were submitted.
 */
#ifndef CORE_NET_H
#define CORE_NET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "core/list.h"
#include "core/op.h"

struct wg_sock {
	int fd; /* immutable; O_NONBLOCK */

	/* owned by the loop's thread, or by the net thread if that waits for it */
	bool may_read, may_write; /* N1 */
	bool has_ended;		  /* hung up or broken (N3) */
	bool has_urgent;	  /* urgent data came at some time: a short read proves nothing */
	uint32_t watched;	  /* EPOLL* events asked for so far */
	uint32_t slot;		  /* its place among the net thread's; 0: none */
	struct wg_list readers, writers; /* of wg_op.node, waiting, first in first out */

	struct wg_list link; /* among the loop's watched sockets. The loop's thread */
};

/*
 * Begin to use fd, which becomes non-blocking. The sock is the caller's memory; it stays where it
 * is until wg_loop_sock_close(). 0, or what fcntl(2) failed with. Any thread.
 */
int wg_sock_init(struct wg_sock *sock, int fd);

/*
 * Initialisers, as in op.h. Results: connect 0; accept a new descriptor, non-blocking and
 * close-on-exec; recv bytes, 0 when the peer has closed; send bytes, possibly fewer than asked
 * (EPIPE is a result, not a signal).
 */
void wg_op_connect(
	struct wg_op *op, struct wg_sock *sock, const struct sockaddr *addr, socklen_t addr_len);
void wg_op_accept(struct wg_op *op, struct wg_sock *sock);
void wg_op_recv(struct wg_op *op, struct wg_sock *sock, void *buf, size_t len);
void wg_op_send(struct wg_op *op, struct wg_sock *sock, const void *buf, size_t len);

/*
 * End all that waits on sock with -ECANCELED (delivered like any result), stop watching it and
 * close the descriptor. The memory is the caller's again when this returns; to close it once more
 * does nothing. The loop's thread.
 */
void wg_loop_sock_close(struct wg_loop *loop, struct wg_sock *sock);

/*
 * One attempt, without waiting: the result, or -EAGAIN. The thread that owns the sock.
 */
int64_t wg__net_try(struct wg_op *op);

/* The events that op waits for: EPOLLIN or EPOLLOUT. */
uint32_t wg__net_events(const struct wg_op *op);

/* The queue of its direction. */
struct wg_list *wg__net_queue(struct wg_op *op);

/* Note what the kernel reported. The thread that owns the sock. */
void wg__net_note(struct wg_sock *sock, uint32_t events);

/* The first operation that waits for `direction` (EPOLLIN or EPOLLOUT), or NULL. */
struct wg_op *wg__net_first(struct wg_sock *sock, uint32_t direction);

#endif
