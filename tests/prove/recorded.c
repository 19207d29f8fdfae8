/*
 * recorded.c: the events of a thread (core/workload/recorder_kept.c), put away by another one
 * meanwhile. The buffer has room for two here (labs.mk), so the third waits for its place.
 */
#include <pthread.h>
#include <stdlib.h>

#include "core/clock.h"
#include "core/workload/recorder_kept.h"
#include "tests/prove/prove.h"

#define EVENTS 3

static void *add_all(void *arg)
{
	struct wg__kept *k = arg;
	uint64_t i;

	for (i = 0; i < EVENTS; i++) {
		struct wg__kept_event *e = wg__kept_next(k);

		e->ns = wg_now_ns();
		e->first = i;
		wg__kept_add(k);
	}
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
	free(k->first);
	free(k);
	prove_end();
}

static void *join_and_add(void *all)
{
	struct wg__kept *k = wg__kept_join(all);
	struct wg__kept_event *e = wg__kept_next(k);

	e->ns = wg_now_ns();
	wg__kept_add(k);
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
		free(k->first);
		free(k);
	}
	lab_check("joined", joined == 2, "%d threads have joined", joined);
	prove_end();
}
