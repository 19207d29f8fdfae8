/*
 * ctf_pool.c: see ctf_pool.h.
 *
 * A chunk takes some 20 us to decode, and another thread takes about as long to wake up. So nobody
 * is woken for one chunk: a stream is put into the queue when half of its chunks are free, and the
 * caller, who mostly waits for the end of a chunk, asks again for a while before it sleeps.
 *
 * One mutex is for all: it is held for some instructions per chunk.
 */
#include "traces/read/ctf_pool.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "traces/base/processors.h"

#define THREADS_MAX 16
#define ASK_MAX	    50 /* how often the caller asks, some 20 us in all, before it sleeps */

enum state {
	FULL,	/* so nearly that nobody is to decode */
	WANTED, /* in the queue */
	MAKING, /* a thread is at it */
	OVER	/* nothing follows what is made */
};

struct stream {
	struct wg__ctf_stream_file *file;
	/* All its chunks, in a circle: `made` of them from `out` on are decoded. The caller has the
	 * one before those. */
	struct wg__ctf_items *chunk, all;
	size_t out, made;
	enum state state;
	bool is_taken; /* the caller has one */
	size_t next;   /* in the queue */
};

struct wg__ctf_pool {
	struct stream *stream;
	size_t streams, streams_max, items, chunks;
	pthread_t thread[THREADS_MAX];
	unsigned threads;

	/* guards: streams but for the chunks that are being decoded or the caller's, first, last,
	 * asleep, is_over, window. order: alone. */
	pthread_mutex_t lock;
	/* Threads wait for a stream in the queue, or is_over. The caller puts them there. */
	pthread_cond_t work;
	/* The caller waits until a chunk is decoded, which a thread does. */
	pthread_cond_t made;
	size_t first, last; /* the queue; SIZE_MAX: empty */
	unsigned asleep;    /* threads that wait for work */
	bool is_waiting;    /* the caller waits */
	bool is_over;
	bool is_narrow;
	struct wg__ctf_window window; /* of all streams, if is_narrow */

	_Atomic unsigned news; /* how many chunks threads have decoded: the caller looks at it */
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
	if (p->asleep)
		(void)pthread_cond_signal(&p->work);
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

/* How many more may be made. */
static size_t room(const struct wg__ctf_pool *p, const struct stream *s)
{
	return p->chunks - s->made - s->is_taken;
}

/* One chunk of a stream that is MAKING. False: it was the last one. */
static bool make(struct wg__ctf_pool *p, struct stream *s)
{
	struct wg__ctf_items *items = &s->chunk[(s->out + s->made) % p->chunks];

	if (p->is_narrow)
		wg__ctf_stream_narrow(s->file, &p->window);
	(void)pthread_mutex_unlock(&p->lock);
	wg__ctf_stream_items(s->file, items, p->items);
	(void)pthread_mutex_lock(&p->lock);
	s->made++;
	return items->count && items->tag[items->count - 1].what < WG__CTF_LAST;
}

/* The caller decodes one chunk of that stream of the queue. */
static void make_one(struct wg__ctf_pool *p, size_t i)
{
	struct stream *s = &p->stream[i];

	unqueue(p, i);
	s->state = MAKING;
	if (!make(p, s))
		s->state = OVER;
	else if (room(p, s) && p->threads)
		want(p, i);
	else
		s->state = FULL;
}

/* A thread decodes all there is room for. */
static void make_all(struct wg__ctf_pool *p, size_t i)
{
	struct stream *s = &p->stream[i];
	bool is_last = false;

	unqueue(p, i);
	s->state = MAKING;
	while (!is_last && room(p, s) && !p->is_over) {
		is_last = !make(p, s);
		/* relaxed: only a hint to take the lock, which brings the rest */
		(void)atomic_fetch_add_explicit(&p->news, 1, memory_order_relaxed);
		if (p->is_waiting)
			(void)pthread_cond_signal(&p->made);
	}
	s->state = is_last ? OVER : FULL;
}

static void *decode_on(void *user)
{
	struct wg__ctf_pool *p = user;

	(void)pthread_mutex_lock(&p->lock);
	while (!p->is_over) {
		if (p->first != SIZE_MAX) {
			make_all(p, p->first);
			continue;
		}
		p->asleep++;
		(void)pthread_cond_wait(&p->work, &p->lock);
		p->asleep--;
	}
	(void)pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* ---- the caller ---- */

struct wg__ctf_pool *wg__ctf_pool_create(size_t streams, size_t items, size_t chunks)
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
	p->chunks = chunks;
	p->first = p->last = SIZE_MAX;
	return p;
}

static bool make_room(struct wg__ctf_pool *p, struct stream *s)
{
	size_t i, count = p->items * p->chunks;

	s->chunk = calloc(p->chunks, sizeof(*s->chunk));
	/* A short trace uses hardly any of these: their pages are made where they are written. */
	s->all.tag = malloc(count * sizeof(*s->all.tag));
	s->all.event = malloc(count * sizeof(*s->all.event));
	s->all.ns = malloc(count * sizeof(*s->all.ns));
	if (!s->chunk || !s->all.tag || !s->all.event || !s->all.ns)
		return false;
	for (i = 0; i < p->chunks; i++)
		s->chunk[i] = (struct wg__ctf_items){ .tag = s->all.tag + i * p->items,
			.event = s->all.event + i * p->items,
			.ns = s->all.ns + i * p->items };
	return true;
}

static void give_room_back(struct stream *s)
{
	free(s->chunk);
	free(s->all.tag);
	free(s->all.event);
	free(s->all.ns);
	*s = (struct stream){ 0 };
}

int wg__ctf_pool_add(struct wg__ctf_pool *p, struct wg__ctf_stream_file *file)
{
	struct stream *s = &p->stream[p->streams];

	if (p->streams == p->streams_max || !make_room(p, s)) {
		give_room_back(s);
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

/* Sleep until a thread has decoded a chunk; but it is most likely about to. */
static void wait_for_news(struct wg__ctf_pool *p)
{
	/* relaxed: see make_all() */
	unsigned asked, before = atomic_load_explicit(&p->news, memory_order_relaxed);

	(void)pthread_mutex_unlock(&p->lock);
	/* relaxed: see make_all() */
	for (asked = 0;
		asked < ASK_MAX && atomic_load_explicit(&p->news, memory_order_relaxed) == before;
		asked++)
		(void)sched_yield();
	(void)pthread_mutex_lock(&p->lock);
	/* relaxed: with the lock held it does not change */
	if (atomic_load_explicit(&p->news, memory_order_relaxed) != before)
		return;
	p->is_waiting = true;
	(void)pthread_cond_wait(&p->made, &p->lock);
	p->is_waiting = false;
}

/* Until a chunk of the i-th stream is made, or there is none. While a thread is at it, the caller
 * decodes what else is wanted. */
static void wait_for(struct wg__ctf_pool *p, size_t i)
{
	struct stream *s = &p->stream[i];

	while (!s->made && s->state != OVER) {
		if (s->state != MAKING) {
			if (s->state == FULL)
				want(p, i);
			make_one(p, i);
		} else if (p->first != SIZE_MAX) {
			make_one(p, p->first);
		} else {
			wait_for_news(p);
		}
	}
}

void wg__ctf_pool_narrow(struct wg__ctf_pool *p, const struct wg__ctf_window *window)
{
	(void)pthread_mutex_lock(&p->lock);
	p->is_narrow = true;
	p->window = *window;
	(void)pthread_mutex_unlock(&p->lock);
}

const struct wg__ctf_items *wg__ctf_pool_take(struct wg__ctf_pool *p, size_t i)
{
	struct stream *s = &p->stream[i];
	struct wg__ctf_items *items;

	(void)pthread_mutex_lock(&p->lock);
	s->is_taken = false;
	if (!s->made && s->state != MAKING)
		s->out = 0; /* the same memory again: it is in the cache */
	else if (s->state == FULL && p->threads && room(p, s) > p->chunks / 2)
		want(p, i);
	wait_for(p, i);
	items = &s->chunk[s->out];
	if (s->made) {
		s->out = (s->out + 1) % p->chunks;
		s->made--;
		s->is_taken = true;
	} else {
		items->count = 0;
	}
	(void)pthread_mutex_unlock(&p->lock);
	return items;
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
		give_room_back(&p->stream[i]);
	}
	(void)pthread_mutex_destroy(&p->lock);
	(void)pthread_cond_destroy(&p->work);
	(void)pthread_cond_destroy(&p->made);
	free(p->stream);
	free(p);
}
