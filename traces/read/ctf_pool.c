/*
 * ctf_pool.c: see ctf_pool.h.
 *
 * A chunk takes some 50 us to decode, so one mutex for all is hardly ever waited for.
 */
#include "traces/read/ctf_pool.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "traces/base/processors.h"

#define THREADS_MAX 16

enum state {
	WANTED, /* in the queue */
	MAKING, /* a thread is at it */
	MADE,
	OVER /* nothing follows what is taken from */
};

struct stream {
	struct wg__ctf_stream_file *file;
	/* One is the caller's; the other whose state says. */
	struct wg__ctf_items items[2];
	unsigned taken; /* which of them is the caller's */
	enum state state;
	size_t next; /* in the queue */
};

struct wg__ctf_pool {
	struct stream *stream;
	size_t streams, streams_max, items;
	pthread_t thread[THREADS_MAX];
	unsigned threads;

	pthread_mutex_t
		lock; /* guards: state and next of streams, first, last, is_over. order: alone. */
	/* Threads wait for a stream in the queue, or is_over. The caller puts them there. */
	pthread_cond_t work;
	/* The caller waits until a chunk is MADE, which a thread does. */
	pthread_cond_t made;
	size_t first, last; /* the queue; SIZE_MAX: empty */
	bool is_over;
};

/* Of the process, as processors are. */
static _Atomic unsigned all_threads;

/* ---- the queue, with the lock held ---- */

static void want(struct wg__ctf_pool *p, size_t i)
{
	p->stream[i].state = WANTED;
	p->stream[i].next = SIZE_MAX;
	if (p->first == SIZE_MAX)
		p->first = i;
	else
		p->stream[p->last].next = i;
	p->last = i;
}

/* Take that one out, wherever it is. */
static void unqueue(struct wg__ctf_pool *p, size_t i)
{
	size_t at = p->first, before = SIZE_MAX;

	while (at != i) {
		before = at;
		at = p->stream[at].next;
	}
	if (before == SIZE_MAX)
		p->first = p->stream[i].next;
	else
		p->stream[before].next = p->stream[i].next;
	if (p->last == i)
		p->last = before;
}

/* ---- decoding, with the lock held but while it decodes ---- */

/* That one of the queue. */
static void make_queued(struct wg__ctf_pool *p, size_t i)
{
	struct stream *s = &p->stream[i];

	unqueue(p, i);
	s->state = MAKING;
	(void)pthread_mutex_unlock(&p->lock);
	wg__ctf_stream_items(s->file, &s->items[!s->taken], p->items);
	(void)pthread_mutex_lock(&p->lock);
	s->state = MADE;
	(void)pthread_cond_signal(&p->made);
}

static void *decode_on(void *user)
{
	struct wg__ctf_pool *p = user;

	(void)pthread_mutex_lock(&p->lock);
	for (;;) {
		while (p->first == SIZE_MAX && !p->is_over)
			(void)pthread_cond_wait(&p->work, &p->lock);
		if (p->is_over)
			break;
		make_queued(p, p->first);
	}
	(void)pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* ---- the caller ---- */

struct wg__ctf_pool *wg__ctf_pool_create(size_t streams, size_t items)
{
	struct wg__ctf_pool *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->stream = calloc(streams + 1, sizeof(*p->stream));
	if (!p->stream) {
		free(p);
		return NULL;
	}
	(void)pthread_mutex_init(&p->lock, NULL);
	(void)pthread_cond_init(&p->work, NULL);
	(void)pthread_cond_init(&p->made, NULL);
	p->streams_max = streams;
	p->items = items;
	p->first = p->last = SIZE_MAX;
	return p;
}

static bool make_room(struct wg__ctf_items *items, size_t count)
{
	/* calloc(): a large one is zero as it comes, and its pages are made where they are used. */
	items->tag = calloc(count, sizeof(*items->tag));
	items->event = calloc(count, sizeof(*items->event));
	items->ns = calloc(count, sizeof(*items->ns));
	return items->tag && items->event && items->ns;
}

static void give_room_back(struct wg__ctf_items *items)
{
	free(items->tag);
	free(items->event);
	free(items->ns);
}

int wg__ctf_pool_add(struct wg__ctf_pool *p, struct wg__ctf_stream_file *file)
{
	struct stream *s = &p->stream[p->streams];

	if (p->streams == p->streams_max || !make_room(&s->items[0], p->items) ||
		!make_room(&s->items[1], p->items)) {
		give_room_back(&s->items[0]);
		give_room_back(&s->items[1]);
		wg__ctf_stream_close(file);
		return -ENOMEM;
	}
	s->file = file;
	p->streams++;
	return 0;
}

/* One more thread of the process, if there is a processor for it. */
static bool may_start(unsigned most)
{
	if (most > 0 && atomic_fetch_add(&all_threads, 1) < most)
		return true;
	if (most > 0)
		(void)atomic_fetch_sub(&all_threads, 1);
	return false;
}

void wg__ctf_pool_start(struct wg__ctf_pool *p, bool with_threads)
{
	unsigned most = with_threads ? wg_processors() - 1 : 0;
	size_t i;

	for (i = 0; i < p->streams; i++)
		want(p, i);
	while (p->threads < THREADS_MAX && p->threads < p->streams && may_start(most)) {
		if (pthread_create(&p->thread[p->threads], NULL, decode_on, p) != 0) {
			(void)atomic_fetch_sub(&all_threads, 1);
			break;
		}
		p->threads++;
	}
}

/* Until the i-th stream is MADE or OVER. While a thread is at it, the others of the queue are. */
static void wait_for(struct wg__ctf_pool *p, size_t i)
{
	struct stream *s = &p->stream[i];

	if (s->state == WANTED)
		make_queued(p, i);
	while (s->state == MAKING) {
		if (p->first != SIZE_MAX)
			make_queued(p, p->first);
		else
			(void)pthread_cond_wait(&p->made, &p->lock);
	}
}

const struct wg__ctf_items *wg__ctf_pool_take(struct wg__ctf_pool *p, size_t i)
{
	struct stream *s = &p->stream[i];
	struct wg__ctf_items *items;

	(void)pthread_mutex_lock(&p->lock);
	wait_for(p, i);
	if (s->state == OVER) {
		s->items[s->taken].count = 0;
	} else {
		s->taken = !s->taken;
		items = &s->items[s->taken];
		if (items->count && items->tag[items->count - 1].what < WG__CTF_LAST) {
			want(p, i);
			(void)pthread_cond_signal(&p->work);
		} else {
			s->state = OVER;
		}
	}
	(void)pthread_mutex_unlock(&p->lock);
	return &s->items[s->taken];
}

void wg__ctf_pool_destroy(struct wg__ctf_pool *p)
{
	size_t i;

	if (!p)
		return;
	(void)pthread_mutex_lock(&p->lock);
	p->is_over = true;
	(void)pthread_cond_broadcast(&p->work);
	(void)pthread_mutex_unlock(&p->lock);
	for (i = 0; i < p->threads; i++) {
		(void)pthread_join(p->thread[i], NULL);
		(void)atomic_fetch_sub(&all_threads, 1);
	}
	for (i = 0; i < p->streams; i++) {
		wg__ctf_stream_close(p->stream[i].file);
		give_room_back(&p->stream[i].items[0]);
		give_room_back(&p->stream[i].items[1]);
	}
	(void)pthread_mutex_destroy(&p->lock);
	(void)pthread_cond_destroy(&p->work);
	(void)pthread_cond_destroy(&p->made);
	free(p->stream);
	free(p);
}
