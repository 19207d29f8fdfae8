/*
 * recorded.c: the events of a thread (core/workload/recorder_kept.c), put away by another one
 * meanwhile. The buffer has room for two here (labs.mk), so the third waits for its place; and
 * there are two blocks for all threads, of seven events each.
 */
#include <pthread.h>
#include <stdlib.h>

#include "core/clock.h"
#include "core/workload/recorder_kept.h"
#include "tests/prove/prove.h"

#define EVENTS	  3
#define PER_BLOCK 7
#define BLOCKS	  2

static void add(struct wg__kept *k, uint64_t count)
{
	uint64_t i;

	for (i = 0; i < count; i++) {
		struct wg__kept_event *e = wg__kept_next(k);

		e->ns = wg_now_ns();
		e->first = i;
		wg__kept_add(k);
	}
}

/* A block begins with the address of the next one. */
static void free_kept(struct wg__kept *k)
{
	void *b, *next;

	for (b = k->first; b; b = next) {
		next = *(void **)b;
		free(b);
	}
	free(k);
}

static void *add_all(void *k)
{
	add(k, EVENTS);
	return NULL;
}

static int count_up(void *user, const struct wg__kept_event *event)
{
	uint64_t *next = user;

	lab_check("order", event->first == *next, "event %d comes as the one after %d",
		(int)event->first, (int)*next);
	++*next;
	return 0;
}

/* Each is there once, whole and in order. */
void prove_recorded(const char *unused)
{
	struct wg__kept *k = wg__kept_create();
	pthread_t thread;
	uint64_t next = 0;

	(void)unused;
	pthread_create(&thread, NULL, add_all, k);
	wg__kept_settle(k);
	pthread_join(thread, NULL);
	wg__kept_settle(k);
	(void)wg__kept_each(k, count_up, &next);
	lab_check("all", next == EVENTS && k->until_lost == 0, "%d events are there", (int)next);
	free_kept(k);
	prove_end();
}

static void *join_and_add(void *all)
{
	add(wg__kept_join(all), 1);
	return NULL;
}

static int is_before(void *user, const struct wg__kept_event *event)
{
	const int64_t *end_ns = user;

	lab_check("end", event->ns <= *end_ns, "an event is later than the end");
	return 0;
}

/* Two threads join while what is there is settled: none is lost, and nothing is later than the end.
 */
void prove_recorded_end(const char *unused)
{
	struct wg__kept_list all = { NULL, 0 };
	struct wg__kept *list, *k;
	pthread_t threads[2];
	int64_t end_ns = -1;
	int i, joined = 0;

	(void)unused;
	for (i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, join_and_add, &all);
	lab_check("settled", wg__kept_settle_all(&all, &list, &end_ns) == 0, "no memory");
	for (k = list; k; k = k->next)
		(void)wg__kept_each(k, is_before, &end_ns);
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	for (k = all.newest; k; k = list) {
		joined++;
		wg__kept_settle(k);
		lab_check("all", k->until == 1, "%d events are there", (int)k->until);
		list = k->next;
		free_kept(k);
	}
	lab_check("joined", joined == 2, "%d threads have joined", joined);
	prove_end();
}

/* Between passes all is put away, and a thread may join meanwhile: a new worker, at its first
 * event.
 */
void prove_recorded_join(const char *unused)
{
	struct wg__kept_list all = { NULL, 0 };
	struct wg__kept *k;
	pthread_t thread;
	uint64_t next = 0;

	(void)unused;
	pthread_create(&thread, NULL, join_and_add, &all);
	wg__kept_put_away_all(&all);
	pthread_join(thread, NULL);
	wg__kept_put_away_all(&all);
	k = all.newest;
	lab_check("put_away", k->count == 1, "%d events are put away", (int)k->count);
	wg__kept_settle(k);
	(void)wg__kept_each(k, count_up, &next);
	lab_check("all", next == 1, "%d events are there", (int)next);
	free_kept(k);
	prove_end();
}

static void *join_and_fill(void *all)
{
	add(wg__kept_join(all), PER_BLOCK + 1);
	return NULL;
}

/* Each of two threads needs both blocks. Those there are hold the beginnings; the rest is counted.
 */
void prove_recorded_full(const char *unused)
{
	struct wg__kept_list all = { NULL, 0 };
	struct wg__kept *k, *older;
	pthread_t thread;
	size_t filled = 0;

	(void)unused;
	pthread_create(&thread, NULL, join_and_fill, &all);
	(void)join_and_fill(&all);
	pthread_join(thread, NULL);
	for (k = all.newest; k; k = older) {
		uint64_t next = 0;

		wg__kept_settle(k);
		(void)wg__kept_each(k, count_up, &next);
		lab_check("counted", next + k->until_lost == PER_BLOCK + 1,
			"%d events are there, and %d lost", (int)next, (int)k->until_lost);
		filled += (next + PER_BLOCK - 1) / PER_BLOCK;
		older = k->next;
		free_kept(k);
	}
	lab_check("full", filled == BLOCKS, "%d blocks are there", (int)filled);
	prove_end();
}
