/*
 * net_local.c: see net_local.h.
 *
 * With a strategy that waits for descriptors: one attempt at submit, and the next when the sleep
 * has reported the descriptor. Nothing is published, and nobody notifies.
 */
#include "core/net_local.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "core/loop_state.h"
#include "core/net.h"
#include "core/net_thread.h"
#include "core/pool_state.h"
#include "core/ready.h"
#include "core/wait/fds.h"

static const struct wg_wait_fds *fds_of(const struct wg_loop *loop)
{
	return loop->waiter->ops->fds;
}

/* The pool's net thread, started if need be. 0 or a negative errno. */
static int net_thread(struct wg_pool *pool, struct wg__net_thread **ret_net)
{
	int rc = 0;

	wg_lock(&pool->lock);
	if (!pool->net)
		rc = wg__net_thread_start(pool->first_id + pool->worker_count, &pool->net);
	*ret_net = pool->net;
	wg_unlock(&pool->lock);
	return rc;
}

/* Have the strategy report `events` of sock as well. */
static int watch(struct wg_loop *loop, struct wg_sock *sock, uint32_t events)
{
	int rc;

	if ((sock->watched & events) == events)
		return 0;
	rc = fds_of(loop)->watch(
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
	int rc;

	if (fds_of(loop)) {
		submit_local(loop, op);
		return;
	}
	rc = net_thread(loop->pool, &net);
	if (rc == 0)
		rc = wg__net_thread_submit(net, op);
	if (rc < 0)
		wg__loop_complete(loop, op, rc);
}

bool wg__net_cancel(struct wg_loop *loop, struct wg_op *op)
{
	struct wg__net_thread *net;

	if (fds_of(loop)) {
		wg_list_remove(&op->node);
		return true;
	}
	return net_thread(loop->pool, &net) == 0 && wg__net_thread_take_back(net, op);
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
	const struct epoll_event *ev;
	unsigned i, count, found = 0;

	if (!fds_of(loop))
		return 0;
	count = fds_of(loop)->harvest(loop->waiter, &ev);
	for (i = 0; i < count; i++) {
		struct wg_sock *sock = ev[i].data.ptr;

		if (!sock)
			continue;
		wg__net_note(sock, ev[i].events);
		found += drain(loop, sock, EPOLLIN) + drain(loop, sock, EPOLLOUT);
	}
	return found;
}

unsigned wg__net_glance(struct wg_loop *loop, uint64_t ticket)
{
	if (wg_list_is_empty(&loop->watched))
		return 0;
	(void)loop->waiter->ops->sleep(loop->waiter, ticket, 0);
	return wg__net_harvest(loop);
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
	if (fds_of(loop) && sock->watched) {
		fds_of(loop)->unwatch(loop->waiter, sock->fd);
		wg_list_remove(&sock->link);
	} else if (sock->slot && net_thread(loop->pool, &net) == 0) {
		wg__net_thread_forget(net, sock);
		/* The net thread publishes no more for sock; what it has published becomes ready
		 * here. So nothing that is still submitted afterwards belongs to sock, and a late
		 * cancel does not look for it in memory that the caller has back. */
		(void)wg__inbox_take(loop);
	}
	cancel_all(loop, &sock->readers);
	cancel_all(loop, &sock->writers);
	(void)close(sock->fd);
	sock->fd = -1;
	sock->watched = 0;
}
