/*
 * net_thread.h: the thread that waits for sockets on behalf of loops that cannot.
 *
 * No call waits for a condition variable and a socket together. So a loop that blocks on a
 * condition variable leaves its sockets to this thread, which publishes and notifies like a worker:
 * one more hand-over for each operation. One thread serves all loops of a pool. It starts with the
 * first socket operation and uses no processor time while nothing comes.
 */
#ifndef CORE_NET_THREAD_H
#define CORE_NET_THREAD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/net.h"

struct wg__net_thread;

/* worker_id: how traces name it. 0, or -ENOMEM, -EMFILE, -EAGAIN with nothing left behind. */
int wg__net_thread_start(uint32_t worker_id, struct wg__net_thread **ret_net);

/* End it and free. No operation may wait there. NULL is fine. */
void wg__net_thread_stop(struct wg__net_thread *net);

/* Wait for op's socket and publish its result. A loop's thread. 0, or what epoll_ctl failed with.
 */
int wg__net_thread_submit(struct wg__net_thread *net, struct wg_op *op);

/* Take op back if it still waits there. Its loop's thread. */
bool wg__net_thread_take_back(struct wg__net_thread *net, struct wg_op *op);

/*
 * Stop watching sock and leave its operations in its queues, which are the caller's afterwards. The
 * thread will not touch it again.
 */
void wg__net_thread_forget(struct wg__net_thread *net, struct wg_sock *sock);

/* For fork: hold the lock, so that nothing moves, and release it. */
void wg__net_thread_hold(struct wg__net_thread *net);
void wg__net_thread_release(struct wg__net_thread *net);

/* For the child of a fork, where the thread does not exist: the next socket it had, or NULL. */
struct wg_sock *wg__net_thread_pop(struct wg__net_thread *net);

/* The same: free, and close the child's copies of its descriptors. */
void wg__net_thread_abandon(struct wg__net_thread *net);

#endif
