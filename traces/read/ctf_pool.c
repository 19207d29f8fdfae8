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
	struct wg__ctf_item *item[2];
	size_t count[2];
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

/* ---- decoding, without the lock ---- */

static void make(struct wg__ctf_pool *p, struct stream *s)
{
	unsigned other = !s->taken;

	s->count[other] = wg__ctf_stream_items(s->file, s->item[other], p->items);
}

static void *decode_on(void *user)
{
	struct wg__ctf_pool *p = user;

	(void)pthread_mutex_lock(&p->lock);
	for (;;) {
		struct stream *s;

		while (p->first == SIZE_MAX && !p->is_over)
			(void)pthread_cond_wait(&p->work, &p->lock);
		if (p->is_over)
			break;
		s = &p->stream[p->first];
		unqueue(p, p->first);
		s->state = MAKING;
		(void)pthread_mutex_unlock(&p->lock);
		make(p, s);
		(void)pthread_mutex_lock(&p->lock);
		s->state = MADE;
		(void)pthread_cond_signal(&p->made);
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

int wg__ctf_pool_add(struct wg__ctf_pool *p, struct wg__ctf_stream_file *file)
{
	struct stream *s = &p->stream[p->streams];

	s->item[0] = calloc(p->items, sizeof(*s->item[0]));
	s->item[1] = calloc(p->items, sizeof(*s->item[1]));
	if (p->streams == p->streams_max || !s->item[0] || !s->item[1]) {
		free(s->item[0]);
		free(s->item[1]);
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
	if (most > 1 && atomic_fetch_add(&all_threads, 1) < most)
		return true;
	if (most > 1)
		(void)atomic_fetch_sub(&all_threads, 1);
	return false;
}

void wg__ctf_pool_start(struct wg__ctf_pool *p, bool with_threads)
{
	unsigned most = with_threads ? wg_processors() : 1;
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

const struct wg__ctf_item *wg__ctf_pool_take(struct wg__ctf_pool *p, size_t i, size_t *ret_count)
{
	struct stream *s = &p->stream[i];
	bool is_mine;

	(void)pthread_mutex_lock(&p->lock);
	is_mine = s->state == WANTED;
	if (is_mine)
		unqueue(p, i);
	while (s->state == MAKING)
		(void)pthread_cond_wait(&p->made, &p->lock);
	if (is_mine) {
		s->state = MAKING;
		(void)pthread_mutex_unlock(&p->lock);
		make(p, s);
		(void)pthread_mutex_lock(&p->lock);
	}
	if (s->state == OVER) {
		*ret_count = 0;
	} else {
		s->taken = !s->taken;
		*ret_count = s->count[s->taken];
		if (*ret_count && s->item[s->taken][*ret_count - 1].what < WG__CTF_LAST) {
			want(p, i);
			(void)pthread_cond_signal(&p->work);
		} else {
			s->state = OVER;
		}
	}
	(void)pthread_mutex_unlock(&p->lock);
	return s->item[s->taken];
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
		free(p->stream[i].item[0]);
		free(p->stream[i].item[1]);
	}
	(void)pthread_mutex_destroy(&p->lock);
	(void)pthread_cond_destroy(&p->work);
	(void)pthread_cond_destroy(&p->made);
	free(p->stream);
	free(p);
}
