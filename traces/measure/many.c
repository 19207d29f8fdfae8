/*
 * many.c: see many.h.
 *
 * Traces are handed out in their order, so the one that the caller waits for is never behind
 * others. The caller helps: it reads the next one itself instead of waiting.
 *
 * A trace that babeltrace2 reads is tried in a child process, and fork() wants no other thread at
 * work: one that holds a lock then, of malloc() or of a library, holds it in the child for ever. So
 * each trace is read beside others at first, which our decoder allows; one that turns out to need a
 * child is read again alone, while all others, the caller's own work included, wait.
 */
#include "traces/measure/many.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "traces/read/read.h"

#define AHEAD 4 /* traces for each job that are read and not taken */

struct one {
	struct wg_summary *summary;
	struct wg_error err;
	bool is_there;
};

struct wg_many {
	/* Immutable after start. */
	const char *const *paths;
	size_t count;
	const struct wg_part *part;
	bool by_kind;
	size_t ahead;
	pthread_t *thread;
	unsigned threads;

	/* Shared: at work, the caller too while it is not in here. Exclusive: may make a child.
	 * order: never asked for with `lock` held. */
	pthread_rwlock_t work;
	pthread_mutex_t lock; /* guards: one[].is_there, next, taken, is_over. order: alone. */
	pthread_cond_t there; /* some one[i].is_there became true */
	pthread_cond_t room;  /* next < taken + ahead, or is_over */
	struct one *one;      /* what else is in it belongs to the reader, and then to the caller */
	size_t next, taken;
	bool is_over;
};

static bool may_read(const struct wg_many *m)
{
	return m->next < m->count && m->next < m->taken + m->ahead;
}

static void load(struct wg_many *m, const char *path, struct one *one)
{
	bool must_be_alone = false;

	(void)pthread_rwlock_rdlock(&m->work);
	wg_reader_share(&must_be_alone);
	(void)wg_summary_load(path, m->part, m->by_kind, &one->summary, &one->err);
	wg_reader_share(NULL);
	(void)pthread_rwlock_unlock(&m->work);
	if (!must_be_alone)
		return;
	wg_summary_free(one->summary);
	one->summary = NULL;
	one->err = (struct wg_error){ 0 };
	(void)pthread_rwlock_wrlock(&m->work);
	(void)wg_summary_load(path, m->part, m->by_kind, &one->summary, &one->err);
	(void)pthread_rwlock_unlock(&m->work);
}

/* The next one. With the lock held, which is given up meanwhile. */
static void read_next(struct wg_many *m)
{
	size_t i = m->next++;
	struct one *one = &m->one[i];

	(void)pthread_mutex_unlock(&m->lock);
	load(m, m->paths[i], one);
	(void)pthread_mutex_lock(&m->lock);
	one->is_there = true;
	(void)pthread_cond_broadcast(&m->there);
}

static void *read_on(void *arg)
{
	struct wg_many *m = arg;

	(void)pthread_mutex_lock(&m->lock);
	/* To the very end: a thread that ends takes locks of libraries, too. */
	while (!m->is_over) {
		if (may_read(m))
			read_next(m);
		else
			(void)pthread_cond_wait(&m->room, &m->lock);
	}
	(void)pthread_mutex_unlock(&m->lock);
	return NULL;
}

int wg_many_start(const char *const *paths, size_t count, unsigned jobs, const struct wg_part *part,
	bool by_kind, struct wg_many **ret_many, struct wg_error *err)
{
	struct wg_many *m = calloc(1, sizeof(*m));

	if (wg_reader_is_told())
		jobs = 1;
	if (jobs > count)
		jobs = count ? (unsigned)count : 1;
	if (m) {
		*m = (struct wg_many){ .paths = paths,
			.count = count,
			.part = part,
			.by_kind = by_kind,
			.ahead = (size_t)jobs * AHEAD,
			.one = calloc(count + 1, sizeof(*m->one)),
			.thread = calloc(jobs, sizeof(*m->thread)) };
		(void)pthread_rwlock_init(&m->work, NULL);
		(void)pthread_rwlock_rdlock(&m->work);
		(void)pthread_mutex_init(&m->lock, NULL);
		(void)pthread_cond_init(&m->there, NULL);
		(void)pthread_cond_init(&m->room, NULL);
	}
	if (!m || !m->one || !m->thread) {
		wg_many_destroy(m);
		return wg_error_set(err, -ENOMEM, "out of memory");
	}
	while (m->threads + 1 < jobs &&
		pthread_create(&m->thread[m->threads], NULL, read_on, m) == 0)
		m->threads++;
	*ret_many = m;
	return 0;
}

int wg_many_take(struct wg_many *m, struct wg_summary **ret_summary, struct wg_error *err)
{
	struct one *one = &m->one[m->taken];

	(void)pthread_rwlock_unlock(&m->work);
	(void)pthread_mutex_lock(&m->lock);
	while (!one->is_there) {
		if (may_read(m))
			read_next(m);
		else
			(void)pthread_cond_wait(&m->there, &m->lock);
	}
	m->taken++;
	(void)pthread_cond_broadcast(&m->room);
	(void)pthread_mutex_unlock(&m->lock);
	(void)pthread_rwlock_rdlock(&m->work);
	if (!one->summary)
		return wg_error_set(err, one->err.code, "%s", one->err.text);
	*ret_summary = one->summary;
	one->summary = NULL;
	return 0;
}

void wg_many_destroy(struct wg_many *m)
{
	size_t i;

	if (!m)
		return;
	(void)pthread_mutex_lock(&m->lock);
	m->is_over = true;
	(void)pthread_cond_broadcast(&m->room);
	(void)pthread_mutex_unlock(&m->lock);
	(void)pthread_rwlock_unlock(&m->work);
	for (i = 0; i < m->threads; i++)
		(void)pthread_join(m->thread[i], NULL);
	for (i = 0; m->one && i < m->count; i++)
		wg_summary_free(m->one[i].summary);
	(void)pthread_rwlock_destroy(&m->work);
	(void)pthread_mutex_destroy(&m->lock);
	(void)pthread_cond_destroy(&m->there);
	(void)pthread_cond_destroy(&m->room);
	free(m->one);
	free(m->thread);
	free(m);
}
