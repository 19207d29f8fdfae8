/*
 * inbox.c: publish a result, and take what was published. See inbox.h.
 */
#include "core/inbox.h"

#include <stdatomic.h>

#include "core/loop_state.h"
#include "core/ready.h"
#include "core/trace.h"

void wg__inbox_init(struct wg__inbox *in)
{
	wg_mutex_init(&in->lock);
	wg_cond_init(&in->quiet);
	in->kickers = 0;
}

void wg__inbox_fini(struct wg__inbox *in)
{
	wg_cond_fini(&in->quiet);
	wg_mutex_fini(&in->lock);
}

/* `kickers` counts us: until we uncount ourselves, the loop is not destroyed. */
static void kick(struct wg_loop *loop)
{
	struct wg__inbox *in = &loop->inbox;

	loop->waiter->ops->kick(loop->waiter);
	wg_lock(&in->lock);
	in->kickers--;
	if (in->kickers == 0 && in->is_closing)
		wg_cond_signal(&in->quiet); /* inside: after the unlock, `in` may be gone */
	wg_unlock(&in->lock);
}

void wg__inbox_await_quiet(struct wg_loop *loop)
{
	struct wg__inbox *in = &loop->inbox;

	wg_lock(&in->lock);
	in->is_closing = true;
	while (in->kickers > 0)
		(void)wg_cond_wait(&in->quiet, &in->lock, WG_FOREVER);
	wg_unlock(&in->lock);
}

void wg__inbox_publish(struct wg_op *op, int64_t result, struct wg_op **running)
{
	struct wg_loop *loop = op->loop;
	struct wg__inbox *in = &loop->inbox;
	int must_kick;

	wg_lock(&in->lock);
	/* Stamped under the lock although that is slow: see inbox.h. */
	WG_TRACE(done, loop->id, op->id, result);
	op->result = result;
	wg_list_push(&in->list, &op->node);
	if (running)
		*running = NULL;
	/* release: pairs with the acquire in wg__inbox_take(). The data is read under the lock, so
	 * this only has to be seen in time, and the notification that follows ensures that. */
	atomic_fetch_add_explicit(&in->count, 1, memory_order_release);
	must_kick = loop->waiter->ops->notify(loop->waiter);
	in->kickers += (unsigned)must_kick;
	if (!(loop->caps & WG_CAP_POLLS))
		WG_TRACE(notify, loop->id, op->id, must_kick);
	wg_unlock(&in->lock);
	if (must_kick)
		kick(loop);
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

	/* acquire: pairs with the release in wg__inbox_publish(). After arm(), to see 0 here is as
	 * good as to look under the lock: a notification that the ticket counts comes after its
	 * publication, so that is seen; one that it does not count ends the sleep (W1). */
	if (atomic_load_explicit(&loop->inbox.count, memory_order_acquire) == 0)
		return 0;
	wg_lock(&loop->inbox.lock);
	found = take_locked(loop);
	wg_unlock(&loop->inbox.lock);
	return found;
}

unsigned wg__inbox_take_awake(struct wg_loop *loop, enum wg_woke woke)
{
	bool may_miss_notifies = loop->caps & (WG_CAP_POLLS | WG_CAP_MAY_MISS);
	unsigned found, ready;

	wg_lock(&loop->inbox.lock);
	/* relaxed: under the lock */
	found = atomic_load_explicit(&loop->inbox.count, memory_order_relaxed);
	/* The time ran out, and a notification came before we had the lock: it would have ended the
	 * sleep, unless the strategy may miss notifications: there it is a late wake-up. */
	if (woke == WG_WOKE_TIMEOUT && found > 0 && !may_miss_notifies)
		woke = WG_WOKE_NOTIFIED;
	ready = found + loop->ready_count;
	WG_TRACE(wake, loop->id, (int)woke, ready);
	found = take_locked(loop);
	wg_unlock(&loop->inbox.lock);
	return found;
}

unsigned wg__inbox_count(struct wg_loop *loop)
{
	/* relaxed: a number to look at; no data rides on it */
	return atomic_load_explicit(&loop->inbox.count, memory_order_relaxed);
}
