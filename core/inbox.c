/*
 * inbox.c: publishing, and taking what was published. See inbox.h.
 */
#include <errno.h>
#include <stdatomic.h>

#include "core/loop_impl.h"
#include "core/trace.h"

/* notify() said so; `kicks` counts us. Not the loop after this: it may be destroyed. */
static void kick(struct wg_loop *loop)
{
	struct wg__inbox *in = &loop->inbox;

	loop->waiter->ops->kick(loop->waiter);
	wg_lock(&in->lock);
	in->kicks--;
	if (in->kicks == 0 && in->is_closing)
		wg_cond_signal(&in->quiet); /* inside: once out, `in` may be gone */
	wg_unlock(&in->lock);
}

void wg__inbox_await_quiet(struct wg_loop *loop)
{
	struct wg__inbox *in = &loop->inbox;

	wg_lock(&in->lock);
	in->is_closing = true;
	while (in->kicks > 0)
		(void)wg_cond_wait(&in->quiet, &in->lock, WG_FOREVER);
	wg_unlock(&in->lock);
}

int wg__inbox_init(struct wg__inbox *in)
{
	int rc = wg_mutex_init(&in->lock);

	if (rc < 0)
		return rc;
	rc = wg_cond_init(&in->quiet);
	if (rc < 0)
		wg_mutex_fini(&in->lock);
	in->kicks = 0;
	return rc;
}

void wg__inbox_fini(struct wg__inbox *in)
{
	wg_cond_fini(&in->quiet);
	wg_mutex_fini(&in->lock);
}

void wg__loop_publish(struct wg_op *op, int64_t result, struct wg_op **running)
{
	struct wg_loop *loop = op->loop;
	struct wg__inbox *in = &loop->inbox;
	uint64_t id = op->id;
	int must_kick;

	wg_lock(&in->lock);
	/* Stamped under the lock although that is slow: see inbox.h. */
	WG_TRACE(done, loop->id, id, result);
	op->result = result;
	wg_list_push(&in->list, &op->node);
	if (running)
		*running = NULL;
	/* release: pairs with the acquire in wg__inbox_take(), which then takes the lock anyway; so
	 * this only has to be seen in time, and the ring that follows sees to that. */
	atomic_fetch_add_explicit(&in->count, 1, memory_order_release);
	must_kick = loop->waiter->ops->notify(loop->waiter);
	in->kicks += (unsigned)must_kick;
	if (!loop->is_polling)
		WG_TRACE(notify, loop->id, id, must_kick);
	wg_unlock(&in->lock);
	if (must_kick)
		kick(loop);
	(void)id;
}

static unsigned take_locked(struct wg_loop *loop) WG_REQUIRES(loop->inbox.lock)
{
	struct wg__inbox *in = &loop->inbox;
	struct wg_list *node;
	unsigned found = 0;

	for (node = in->list.next; node != &in->list; node = node->next, found++)
		wg__loop_note_ready(loop, wg_container_of(node, struct wg_op, node));
	wg_list_move(&loop->ready, &in->list);
	/* relaxed: under the lock */
	atomic_store_explicit(&in->count, 0, memory_order_relaxed);
	return found;
}

unsigned wg__inbox_take(struct wg_loop *loop)
{
	unsigned found;

	/* acquire: pairs with the release in wg__loop_publish(). Seeing 0 here after arm() is as
	 * good as looking under the lock: a publication that the ticket counts came before its
	 * ring, so it is seen; one that the ticket does not count rings after arm() (W1). */
	if (atomic_load_explicit(&loop->inbox.count, memory_order_acquire) == 0)
		return 0;
	wg_lock(&loop->inbox.lock);
	found = take_locked(loop);
	wg_unlock(&loop->inbox.lock);
	return found;
}

unsigned wg__inbox_take_awake(struct wg_loop *loop, enum wg_woke woke)
{
	unsigned found;

	wg_lock(&loop->inbox.lock);
	/* relaxed: under the lock */
	found = atomic_load_explicit(&loop->inbox.count, memory_order_relaxed);
	/* The time ran out, and before we were back here somebody rang as well: it was told. */
	if (woke == WG_WOKE_TIMEOUT && found > 0 && !loop->is_deaf)
		woke = WG_WOKE_NOTIFIED;
	WG_TRACE(wake, loop->id, (int)woke, found + loop->ready_count);
	found = take_locked(loop);
	wg_unlock(&loop->inbox.lock);
	return found;
}

unsigned wg__inbox_count(struct wg_loop *loop)
{
	unsigned n;

	wg_lock(&loop->inbox.lock);
	/* relaxed: under the lock */
	n = atomic_load_explicit(&loop->inbox.count, memory_order_relaxed);
	wg_unlock(&loop->inbox.lock);
	return n;
}
