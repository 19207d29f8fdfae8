/*
 * net_thread.c: see net_thread.h.
 *
 * Sockets are watched one event at a time (EPOLLONESHOT, level-triggered). To arm a socket reports
 * what is there at that moment, so nothing that came before can be missed, and no second event
 * comes while one is handled. It costs a system call for each operation; a strategy that waits for
 * descriptors itself needs none.
 *
 * An event that epoll has handed over may concern a socket that was closed before we hold the lock.
 * So an event carries not the address of a socket but a slot and its generation. The slot says,
 * under the lock, whether its socket still exists. DOC(stale-event)
 */
#include "core/net_thread.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/inbox.h"
#include "core/loop_state.h"
#include "core/sync.h"
#include "core/thread.h"
#include "core/trace.h"

#define BATCH 64
#define STOP  0 /* the slot that no socket has: the eventfd's */

struct slot {
	struct wg_sock *sock; /* NULL: free */
	uint32_t generation;
	uint32_t next_free;
};

struct wg__net_thread {
	/* immutable after start */
	int epfd, efd; /* efd: written once, to stop the thread */
	uint32_t worker_id;
	pthread_t thread;

	struct wg_mutex lock; /* guards: all below, and their socks. order: before an inbox's */
	struct slot *slots;
	uint32_t slot_count, free_slot; /* free_slot 0: none */
	bool is_stopping;
};

static uint64_t cookie(const struct wg__net_thread *net, uint32_t slot) WG_REQUIRES(net->lock)
{
	return (uint64_t)net->slots[slot].generation << 32 | slot;
}

/* Give sock a slot. 0 or -ENOMEM. */
static int take_slot(struct wg__net_thread *net, struct wg_sock *sock) WG_REQUIRES(net->lock)
{
	uint32_t slot = net->free_slot;

	if (slot == 0) {
		struct slot *grown =
			reallocarray(net->slots, net->slot_count + 1, sizeof(*net->slots));

		if (!grown)
			return -ENOMEM;
		net->slots = grown;
		slot = net->slot_count++;
		grown[slot] = (struct slot){ 0 };
	} else {
		net->free_slot = net->slots[slot].next_free;
	}
	net->slots[slot].sock = sock;
	sock->slot = slot;
	return 0;
}

/* Ask for the next event of each direction that has an operation waiting. */
static int arm(struct wg__net_thread *net, struct wg_sock *sock) WG_REQUIRES(net->lock)
{
	struct epoll_event ev = { .events = EPOLLONESHOT };
	int how = sock->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;

	if (wg__net_first(sock, EPOLLIN))
		ev.events |= EPOLLIN | EPOLLRDHUP;
	if (wg__net_first(sock, EPOLLOUT))
		ev.events |= EPOLLOUT;
	if (!(ev.events & (EPOLLIN | EPOLLOUT)))
		return 0;
	ev.data.u64 = cookie(net, sock->slot);
	if (epoll_ctl(net->epfd, how, sock->fd, &ev) < 0)
		return -errno;
	sock->watched = 1;
	return 0;
}

int wg__net_thread_submit(struct wg__net_thread *net, struct wg_op *op)
{
	int64_t result = -EAGAIN;
	int rc = 0;

	wg_lock(&net->lock);
	/* A connect must begin before there is anything to wait for. */
	if (op->kind == WG_OP_CONNECT) {
		result = wg__net_try(op);
		if (result >= 0) /* connected at once: the next attempt says so again */
			result = -EAGAIN;
	}
	if (result == -EAGAIN && op->sock->slot == 0)
		rc = take_slot(net, op->sock);
	if (result == -EAGAIN && rc == 0) {
		wg_list_push(wg__net_queue(op), &op->node);
		rc = arm(net, op->sock);
		if (rc < 0)
			wg_list_remove(&op->node);
	}
	wg_unlock(&net->lock);
	/* An operation that fails at once is handed back like one that cannot wait. */
	return rc < 0 || result == -EAGAIN ? rc : (int)result;
}

bool wg__net_thread_take_back(struct wg__net_thread *net, struct wg_op *op)
{
	struct wg_list *queue = wg__net_queue(op), *node;
	bool found = false;

	wg_lock(&net->lock);
	/* Only what is found in the queue is ours to take: it may be published already. */
	for (node = queue->next; node != queue && !found; node = node->next)
		found = node == &op->node;
	if (found)
		wg_list_remove(&op->node);
	wg_unlock(&net->lock);
	return found;
}

void wg__net_thread_forget(struct wg__net_thread *net, struct wg_sock *sock)
{
	struct slot *slot;

	wg_lock(&net->lock);
	if (sock->watched)
		(void)epoll_ctl(net->epfd, EPOLL_CTL_DEL, sock->fd, NULL);
	slot = &net->slots[sock->slot];
	slot->sock = NULL;
	slot->generation++;
	slot->next_free = net->free_slot;
	net->free_slot = sock->slot;
	sock->slot = 0;
	wg_unlock(&net->lock);
}

static void serve(struct wg__net_thread *net, struct wg_sock *sock, uint32_t direction)
	WG_REQUIRES(net->lock)
{
	struct wg_op *op;

	while ((op = wg__net_first(sock, direction))) {
		int64_t result = wg__net_try(op);

		if (result == -EAGAIN)
			break;
		WG_TRACE(start, op->loop->id, op->id, net->worker_id);
		wg_list_remove(&op->node);
		wg__inbox_publish(op, result, NULL);
	}
}

static void handle(struct wg__net_thread *net, const struct epoll_event *ev) WG_REQUIRES(net->lock)
{
	uint32_t slot = (uint32_t)ev->data.u64;
	struct wg_sock *sock;

	/* see DOC(stale-event) */
	if (net->slots[slot].generation != ev->data.u64 >> 32)
		return;
	sock = net->slots[slot].sock; /* STOP has none */
	if (!sock)
		return;
	wg__net_note(sock, ev->events);
	serve(net, sock, EPOLLIN);
	serve(net, sock, EPOLLOUT);
	/* Cannot fail: the descriptor is registered, and this changes no more than the events. */
	(void)arm(net, sock);
}

static void *net_main(void *arg)
{
	struct wg__net_thread *net = arg;
	struct epoll_event ev[BATCH];
	bool is_stopping = false;

	while (!is_stopping) {
		int i, n = epoll_wait(net->epfd, ev, BATCH, -1);

		wg_lock(&net->lock);
		for (i = 0; i < n; i++)
			handle(net, &ev[i]);
		is_stopping = net->is_stopping;
		wg_unlock(&net->lock);
	}
	return NULL;
}

static void release(struct wg__net_thread *net)
{
	if (net->efd >= 0)
		(void)close(net->efd);
	if (net->epfd >= 0)
		(void)close(net->epfd);
	free(net->slots);
	free(net);
}

static void destroy(struct wg__net_thread *net)
{
	wg_mutex_fini(&net->lock);
	release(net);
}

void wg__net_thread_abandon(struct wg__net_thread *net)
{
	wg_mutex_init(&net->lock); /* anew: it is held */
	destroy(net);
}

static int prepare(struct wg__net_thread *net)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u64 = STOP };

	net->slots = calloc(1, sizeof(*net->slots));
	net->slot_count = 1; /* slot 0 is the eventfd's */
	if (!net->slots)
		return -ENOMEM;
	net->efd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	net->epfd = epoll_create1(EPOLL_CLOEXEC);
	if (net->efd < 0 || net->epfd < 0)
		return -errno;
	return epoll_ctl(net->epfd, EPOLL_CTL_ADD, net->efd, &ev) < 0 ? -errno : 0;
}

int wg__net_thread_start(uint32_t worker_id, struct wg__net_thread **ret_net)
{
	struct wg__net_thread *net = calloc(1, sizeof(*net));
	int rc;

	if (!net)
		return -ENOMEM;
	net->worker_id = worker_id;
	net->efd = net->epfd = -1;
	wg_mutex_init(&net->lock);
	rc = prepare(net);
	if (rc == 0)
		rc = wg__thread_start(&net->thread, net_main, net);
	if (rc < 0) {
		destroy(net);
		return rc;
	}
	*ret_net = net;
	return 0;
}

void wg__net_thread_stop(struct wg__net_thread *net)
{
	if (!net)
		return;
	wg_lock(&net->lock);
	net->is_stopping = true;
	wg_unlock(&net->lock);
	(void)eventfd_write(net->efd, 1);
	(void)pthread_join(net->thread, NULL);
	destroy(net);
}

void wg__net_thread_hold(struct wg__net_thread *net) WG_UNCHECKED
{
	wg_lock(&net->lock);
}

void wg__net_thread_release(struct wg__net_thread *net) WG_UNCHECKED
{
	wg_unlock(&net->lock);
}

struct wg_sock *wg__net_thread_pop(struct wg__net_thread *net) WG_UNCHECKED
{
	while (net->slot_count > 0) {
		struct wg_sock *sock = net->slots[--net->slot_count].sock;

		if (sock)
			return sock;
	}
	return NULL;
}
