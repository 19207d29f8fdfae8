/*
 * packer.c: see packer.h.
 *
 * A block takes some 10 us to pack, so the lock is hardly ever waited for.
 */
#include "traces/base/packer.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "traces/base/packed_block.h"
#include "traces/base/processors.h"

#define QUEUE	    256
#define THREAD_FROM 64 /* blocks: 16384 rows */

struct job {
	const struct wg__packed_type *type;
	struct wg__packer_block *block;
};

struct wg__packer {
	/* the caller's */
	size_t seen; /* blocks offered while there was no thread */
	bool has_thread, is_alone;
	pthread_t thread;

	pthread_mutex_t lock; /* guards: job, first, count, is_over. order: alone. */
	/* The thread waits for a job, which the caller brings, or for is_over. */
	pthread_cond_t work;
	/* The caller waits for a block, which the thread packs. */
	pthread_cond_t done;
	struct job job[QUEUE]; /* a ring buffer */
	size_t first, count;
	bool is_over;
};

static void pack(const struct job *job)
{
	struct wg__packer_block *block = job->block;
	void *packed = wg__packed_block(job->type, block->rows, block->count);

	/* release: pairs with acquire in packed.c and wg__packer_wait(); makes the packed block
	 * visible */
	atomic_store_explicit(&block->packed, packed ? packed : block, memory_order_release);
}

/* Take the first job, pack it without the lock. With the lock held; there is one. */
static void pack_first(struct wg__packer *p)
{
	struct job job = p->job[p->first];

	p->first = (p->first + 1) % QUEUE;
	p->count--;
	(void)pthread_mutex_unlock(&p->lock);
	pack(&job);
	(void)pthread_mutex_lock(&p->lock);
}

static void *pack_on(void *user)
{
	struct wg__packer *p = user;

	(void)pthread_mutex_lock(&p->lock);
	for (;;) {
		while (p->count == 0 && !p->is_over)
			(void)pthread_cond_wait(&p->work, &p->lock);
		if (p->count == 0)
			break;
		pack_first(p);
		(void)pthread_cond_signal(&p->done);
	}
	(void)pthread_mutex_unlock(&p->lock);
	return NULL;
}

struct wg__packer *wg__packer_create(void)
{
	struct wg__packer *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->is_alone = wg_processors() < 2;
	(void)pthread_mutex_init(&p->lock, NULL);
	(void)pthread_cond_init(&p->work, NULL);
	(void)pthread_cond_init(&p->done, NULL);
	return p;
}

void wg__packer_destroy(struct wg__packer *p)
{
	if (!p)
		return;
	if (p->has_thread) {
		(void)pthread_mutex_lock(&p->lock);
		p->is_over = true;
		(void)pthread_cond_signal(&p->work);
		(void)pthread_mutex_unlock(&p->lock);
		(void)pthread_join(p->thread, NULL);
	}
	(void)pthread_mutex_destroy(&p->lock);
	(void)pthread_cond_destroy(&p->work);
	(void)pthread_cond_destroy(&p->done);
	free(p);
}

static bool has_thread(struct wg__packer *p)
{
	if (p->has_thread || p->is_alone || ++p->seen < THREAD_FROM)
		return p->has_thread;
	p->has_thread = pthread_create(&p->thread, NULL, pack_on, p) == 0;
	p->is_alone = !p->has_thread;
	return p->has_thread;
}

bool wg__packer_hand_in(
	struct wg__packer *p, const struct wg__packed_type *type, struct wg__packer_block *block)
{
	bool has_room;

	if (!has_thread(p))
		return false;
	(void)pthread_mutex_lock(&p->lock);
	has_room = p->count < QUEUE;
	if (has_room) {
		p->job[(p->first + p->count) % QUEUE] = (struct job){ type, block };
		if (p->count++ == 0)
			(void)pthread_cond_signal(&p->work);
	}
	(void)pthread_mutex_unlock(&p->lock);
	return has_room;
}

void wg__packer_wait(struct wg__packer *p, const struct wg__packer_block *block)
{
	/* acquire: pairs with release in pack(); makes the packed block visible */
	if (atomic_load_explicit(&block->packed, memory_order_acquire))
		return;
	(void)pthread_mutex_lock(&p->lock);
	/* acquire: as above; the thread stores it before it takes the lock again, so the wait for
	 * `done` misses nothing */
	while (!atomic_load_explicit(&block->packed, memory_order_acquire)) {
		if (p->count)
			pack_first(p);
		else
			(void)pthread_cond_wait(&p->done, &p->lock);
	}
	(void)pthread_mutex_unlock(&p->lock);
}
