/*
 * fork.c: see fork.h.
 *
 * fork copies the memory and only the thread that calls it. So the child has a pool without
 * workers; locks that threads may hold which it does not have; an epoll that it shares with the
 * parent (an EPOLL_CTL_DEL in the child would unwatch the parent's socket); and operations that
 * threads perform for the parent. Hence, in this order:
 *
 *   1. The parent takes the pool's, the net thread's and the inbox lock, in that order, and forks:
 *      nobody publishes, queues or begins anything, so each operation is in exactly one place.
 *   2. The child makes those locks anew instead of releasing them: a lock remembers its waiters,
 *      and these are not here. It leaves the waiter, inside which another thread may have been, as
 *      it is, and makes a new one.
 *   3. What was queued, running or waiting for a socket is the parent's: here it ends with
 *      -ECANCELED. What was published is in memory and is delivered in both. Timers are memory and
 *      a clock that both share: they fire in both.
 *   4. The child makes its workers, and reports. Until then the parent waits. A child that cannot
 *      make them ends, and for the parent it never existed. (If the child returned the error
 *      instead, it would run the parent's error path: two parents.)
 */
#include "core/fork.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/loop_state.h"
#include "core/net_thread.h"
#include "core/pool_queue.h"
#include "core/ready.h"
#include "core/trace.h"
#include "core/worker.h"

static void hold(struct wg_loop *loop) WG_UNCHECKED
{
	wg_lock(&loop->pool->lock);
	if (loop->pool->net)
		wg__net_thread_hold(loop->pool->net);
	wg_lock(&loop->inbox.lock);
}

static void release(struct wg_loop *loop) WG_UNCHECKED
{
	wg_unlock(&loop->inbox.lock);
	if (loop->pool->net)
		wg__net_thread_release(loop->pool->net);
	wg_unlock(&loop->pool->lock);
}

/* ---- in the child: one thread, and locks whose holders are gone ---- */

static void renew_locks(struct wg_loop *loop)
{
	wg__inbox_init(&loop->inbox);
	wg_mutex_init(&loop->pool->lock);
	wg_cond_init(&loop->pool->work);
}

static int renew_waiter(struct wg_loop *loop)
{
	const struct wg_wait_ops *ops = loop->waiter->ops;

	if (ops->abandon)
		ops->abandon(loop->waiter);
	else
		ops->destroy(loop->waiter);
	loop->waiter = NULL;
	return ops->create(loop->tick_ns, &loop->waiter);
}

/* As wg_sock_init() left it, but for what the stream itself remembers. */
static void renew_sock(struct wg_sock *sock, struct wg_list *orphans)
{
	wg_list_move(orphans, &sock->readers);
	wg_list_move(orphans, &sock->writers);
	sock->may_read = sock->may_write = true;
	sock->watched = 0;
	sock->slot = 0;
}

static void renew_socks(struct wg_loop *loop, struct wg_list *orphans)
{
	struct wg_list *node;
	struct wg_sock *sock;
	struct wg__net_thread *net = loop->pool->net;

	while ((node = wg_list_pop(&loop->watched)))
		renew_sock(wg_container_of(node, struct wg_sock, link), orphans);
	if (!net)
		return;
	while ((sock = wg__net_thread_pop(net)))
		renew_sock(sock, orphans);
	wg__net_thread_abandon(net);
	loop->pool->net = NULL;
}

static int renew_pool(struct wg_pool *pool, struct wg_list *orphans) WG_UNCHECKED
{
	unsigned i, count = pool->worker_count;

	wg__pool_unqueue_all(pool, NULL, orphans);
	for (i = 0; i < count; i++) {
		struct wg__worker *w = &pool->workers[i];

		if (w->running)
			wg_list_push(orphans, &w->running->node);
		w->running = NULL;
		w->has_predecessor = false;
	}
	pool->slow_running = pool->alive = pool->idle = 0;
	wg__pool_spin_abandon(&pool->spin);
	/* relaxed: one thread */
	atomic_store_explicit(&pool->returning, 0, memory_order_relaxed);
	pool->worker_count = 0;
	return wg__pool_start_workers(pool, count);
}

static int revive(struct wg_loop *loop)
{
	struct wg_list orphans, *node;
	int rc;

	wg_list_init(&orphans);
	loop->thread = pthread_self();
	renew_locks(loop);
	rc = renew_waiter(loop);
	if (rc < 0)
		return rc;
	WG_TRACE(loop, loop->id, loop->waiter->ops->name, loop->tick_ns);
	rc = renew_pool(loop->pool, &orphans);
	renew_socks(loop, &orphans);
	while ((node = wg_list_pop(&orphans)))
		wg__loop_complete(loop, wg_container_of(node, struct wg_op, node), -ECANCELED);
	return rc;
}

/* ---- both ---- */

/* The child's report: 0, or why there is none. */
static int await_report(int fd, pid_t pid)
{
	ssize_t n;
	int rc = -ECHILD;

	do
		n = recv(fd, &rc, sizeof(rc), 0);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof(rc))
		rc = -ECHILD; /* it was killed before it could say */
	if (rc < 0)
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	return rc;
}

static pid_t in_child(struct wg_loop *loop, const int report[2])
{
	int rc = revive(loop);

	(void)close(report[0]);
	/* No SIGPIPE: that the parent is gone is no error of the loop's. */
	(void)send(report[1], &rc, sizeof(rc), MSG_NOSIGNAL);
	(void)close(report[1]);
	if (rc < 0)
		_exit(127);
	return 0;
}

pid_t wg_loop_fork(struct wg_loop *loop)
{
	int report[2], rc;
	pid_t pid;

	wg__assert_own_thread(loop);
	if (loop->is_turning)
		return -EBUSY;
	if (!loop->owns_pool)
		return -ENOTSUP;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, report) < 0)
		return -errno;
	hold(loop);
	pid = fork();
	if (pid == 0)
		return in_child(loop, report);
	rc = -errno;
	release(loop);
	(void)close(report[1]);
	if (pid > 0)
		rc = await_report(report[0], pid);
	(void)close(report[0]);
	return rc < 0 ? rc : pid;
}
