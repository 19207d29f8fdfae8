/*
 * recorder_kept.c: see recorder_kept.h.
 *
 * The buffer has one writer, its thread, and whoever holds the mutex takes from it. The blocks are
 * made present before they are written to: one call for 64 pages instead of 64 page faults.
 */
#include "core/workload/recorder_kept.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "core/clock.h"

#define BLOCK_BYTES  ((size_t)128 * WG__KEPT_BUFFER) /* 256 KiB */
#define BLOCK_EVENTS ((BLOCK_BYTES - sizeof(struct wg__kept_block)) / sizeof(struct wg__kept_event))

_Static_assert(sizeof(struct wg__kept_event) == 32, "two in a line of the cache, none in two");

struct wg__kept_block {
	struct wg__kept_block *next;
	size_t count;
	struct wg__kept_event events[];
};

static _Atomic unsigned blocks;

/* Zeroed, and present; or NULL. */
static void *pages(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

struct wg__kept *wg__kept_create(void)
{
	struct wg__kept *k = pages(sizeof(*k));

	if (!k)
		return NULL;
	k->limit = WG__KEPT_BUFFER;
	k->who.vpid = (int32_t)getpid();
	k->who.vtid = (int32_t)gettid();
	(void)prctl(PR_GET_NAME, k->who.procname);
	wg_mutex_init(&k->m);
	return k;
}

struct wg__kept *wg__kept_join(struct wg__kept_list *all)
{
	struct wg__kept *k = wg__kept_create();

	if (!k) {
		/* relaxed: a number alone */
		atomic_fetch_add_explicit(&all->unkept, 1, memory_order_relaxed);
		return NULL;
	}
	k->next = atomic_load_explicit(&all->newest, memory_order_relaxed);
	/* release: whoever sees it in the list sees what is in it */
	while (!atomic_compare_exchange_weak_explicit(
		&all->newest, &k->next, k, memory_order_release, memory_order_relaxed))
		;
	return k;
}

/* Another block, or NULL. */
static struct wg__kept_block *extend_locked(struct wg__kept *k)
{
	struct wg__kept_block *b = NULL;

	/* relaxed: a number alone */
	if (atomic_fetch_add_explicit(&blocks, 1, memory_order_relaxed) < WG__KEPT_BLOCKS)
		b = pages(BLOCK_BYTES);
	if (b && k->last)
		k->last->next = b;
	else if (b)
		k->first = b;
	if (b)
		k->last = b;
	return b;
}

/* What was lost once is the end: a trace says how many are missing behind the others. */
static void store_locked(struct wg__kept *k, const struct wg__kept_event *events, size_t n)
{
	while (n > 0 && !k->lost) {
		struct wg__kept_block *b = k->last;
		size_t fit;

		if (!b || b->count == BLOCK_EVENTS)
			b = extend_locked(k);
		if (!b)
			break;
		fit = BLOCK_EVENTS - b->count < n ? BLOCK_EVENTS - b->count : n;
		memcpy(&b->events[b->count], events, fit * sizeof(*events));
		b->count += fit;
		k->count += fit;
		events += fit;
		n -= fit;
	}
	k->lost += n;
}

static void put_away_locked(struct wg__kept *k)
{
	/* acquire: pairs with release in wg__kept_add(); makes the events visible */
	size_t head = atomic_load_explicit(&k->head, memory_order_acquire);
	/* relaxed: written under the mutex alone */
	size_t tail = atomic_load_explicit(&k->tail, memory_order_relaxed);

	while (tail != head) {
		size_t at = tail % WG__KEPT_BUFFER;
		size_t n = WG__KEPT_BUFFER - at < head - tail ? WG__KEPT_BUFFER - at : head - tail;

		store_locked(k, &k->buffer[at], n);
		tail += n;
	}
	/* release: pairs with acquire in wg__kept_make_room(): the events have been read */
	atomic_store_explicit(&k->tail, tail, memory_order_release);
}

void wg__kept_put_away(struct wg__kept *k)
{
	wg_lock(&k->m);
	put_away_locked(k);
	wg_unlock(&k->m);
}

void wg__kept_put_away_all(struct wg__kept_list *all)
{
	/* acquire: pairs with release in wg__kept_join() */
	struct wg__kept *k = atomic_load_explicit(&all->newest, memory_order_acquire);

	for (; k; k = k->next)
		wg__kept_put_away(k);
}

void wg__kept_settle(struct wg__kept *k)
{
	wg_lock(&k->m);
	put_away_locked(k);
	k->until = k->count;
	k->until_lost = k->lost;
	wg_unlock(&k->m);
}

/*
 * A loop that hangs emits nothing: that it hung until now is seen from the end of its last packet.
 * No event may be later than that, and threads go on meanwhile. So first it is settled for all of
 * them how much is written, then the clock is read.
 */
int wg__kept_settle_all(struct wg__kept_list *all, struct wg__kept **ret_list, int64_t *ret_end_ns)
{
	/* acquire: pairs with release in wg__kept_join() */
	struct wg__kept *list = atomic_load_explicit(&all->newest, memory_order_acquire), *k;
	/* relaxed: a number alone */
	uint64_t unkept = atomic_load_explicit(&all->unkept, memory_order_relaxed);

	if (!list && unkept)
		return -ENOMEM;
	for (k = list; k; k = k->next)
		wg__kept_settle(k);
	if (list)
		list->until_lost += unkept;
	*ret_list = list;
	*ret_end_ns = wg_now_ns();
	return 0;
}

void wg__kept_make_room(struct wg__kept *k)
{
	/* relaxed: this thread alone writes it */
	size_t head = atomic_load_explicit(&k->head, memory_order_relaxed);
	/* acquire: pairs with release in put_away_locked(): its room may be written to */
	size_t tail = atomic_load_explicit(&k->tail, memory_order_acquire);

	if (head - tail == WG__KEPT_BUFFER) {
		wg__kept_put_away(k);
		tail = head;
	}
	k->limit = tail + WG__KEPT_BUFFER;
}

int wg__kept_each(const struct wg__kept *k,
	int (*fn)(void *user, const struct wg__kept_event *event), void *user)
{
	const struct wg__kept_block *b = k->first;
	size_t left = k->until, i;
	int rc = 0;

	/* Its thread may go on, behind `until`: neither that, nor the last block's count, is read.
	 */
	for (; left > 0 && rc == 0; b = left > 0 ? b->next : NULL) {
		size_t n = left < BLOCK_EVENTS ? left : BLOCK_EVENTS;

		for (i = 0; i < n && rc == 0; i++)
			rc = fn(user, &b->events[i]);
		left -= n;
	}
	return rc;
}
