/*
 * net_local.c: socket operations on a loop whose strategy waits for descriptors itself.
 *
 * Everything happens on the loop's thread: an attempt at submit, and the next when the sleep has
 * reported the descriptor. Nothing is published and nobody rings. Loops of other strategies hand
 * the operation to the net thread; see net_thread.h.
 */
#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "core/loop_impl.h"
#include "core/net.h"
#include "core/net_thread.h"
#include "core/pool.h"

/* Have the strategy report `events` of sock as well. */
static int watch(struct wg_loop *loop, struct wg_sock *sock, uint32_t events)
{
	int rc;

	if ((sock->watched & events) == events)
		return 0;
	rc = loop->waiter->ops->watch(
		loop->waiter, sock->fd, sock->watched | events, sock->watched != 0, sock);
	if (rc < 0)
		return rc;
	if (sock->watched == 0)
		wg_list_push(&loop->watched, &sock->link);
	sock->watched |= events;
	return 0;
}

static void submit_local(struct wg_loop *loop, struct wg_op *op)
{
	struct wg_list *queue = wg__net_queue(op);
	int64_t result = -EAGAIN;

	if (wg_list_is_empty(queue))
		result = wg__net_try(op);
	if (result == -EAGAIN) {
		int rc = watch(loop, op->sock, wg__net_events(op));

		if (rc == 0) {
			wg_list_push(queue, &op->node);
			return;
		}
		result = rc;
	}
	wg__loop_complete(loop, op, result);
}

void wg__net_submit(struct wg_loop *loop, struct wg_op *op)
{
	struct wg__net_thread *net;
	int rc = 0;

	if (loop->has_fds) {
		submit_local(loop, op);
		return;
	}
	rc = wg__pool_net_thread(loop->pool, &net);
	if (rc == 0)
		rc = wg__net_thread_submit(net, op);
	if (rc < 0)
		wg__loop_complete(loop, op, rc);
}

bool wg__net_cancel(struct wg_loop *loop, struct wg_op *op)
{
	struct wg__net_thread *net;

	if (loop->has_fds) {
		wg_list_remove(&op->node);
		return true;
	}
	return wg__pool_net_thread(loop->pool, &net) == 0 && wg__net_thread_take_back(net, op);
}

/* Do what can be done in one direction; returns how many operations ended. */
static unsigned drain(struct wg_loop *loop, struct wg_sock *sock, uint32_t direction)
{
	struct wg_op *op;
	unsigned found = 0;

	while ((op = wg__net_first(sock, direction))) {
		int64_t result = wg__net_try(op);

		if (result == -EAGAIN)
			break;
		wg_list_remove(&op->node);
		wg__loop_complete(loop, op, result);
		found++;
	}
	return found;
}

unsigned wg__net_harvest(struct wg_loop *loop)
{
	const struct wg_fd_ready *ready;
	unsigned i, count, found = 0;

	if (!loop->has_fds)
		return 0;
	count = loop->waiter->ops->harvest(loop->waiter, &ready);
	for (i = 0; i < count; i++) {
		struct wg_sock *sock = ready[i].cookie;

		wg__net_note(sock, ready[i].events);
		found += drain(loop, sock, EPOLLIN) + drain(loop, sock, EPOLLOUT);
	}
	return found;
}

static void cancel_all(struct wg_loop *loop, struct wg_list *queue)
{
	struct wg_list *node;

	while ((node = wg_list_pop(queue)))
		wg__loop_complete(loop, wg_container_of(node, struct wg_op, node), -ECANCELED);
}

void wg_loop_sock_close(struct wg_loop *loop, struct wg_sock *sock)
{
	struct wg__net_thread *net;

	wg__assert_own_thread(loop);
	if (loop->has_fds && sock->watched) {
		loop->waiter->ops->unwatch(loop->waiter, sock->fd);
		wg_list_remove(&sock->link);
	} else if (sock->slot && wg__pool_net_thread(loop->pool, &net) == 0) {
		wg__net_thread_forget(net, sock);
		/* The net thread publishes no more for sock; what it has published becomes ready
		 * here. So whatever is still submitted afterwards has nothing to do with sock, and
		 * a cancel that comes late does not look for it in memory given back. */
		(void)wg__inbox_take(loop);
	}
	cancel_all(loop, &sock->readers);
	cancel_all(loop, &sock->writers);
	(void)close(sock->fd);
	sock->fd = -1;
}
