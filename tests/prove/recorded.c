/*
 * recorded.c: the events of a thread (core/workload/recorder_kept.c), put away by another one
 * meanwhile. The buffer has room for two here (labs.mk), so the third waits for its place.
 */
#include <pthread.h>
#include <stdlib.h>

#include "core/workload/recorder_kept.h"
#include "tests/prove/prove.h"

#define EVENTS 3

static void *add_all(void *arg)
{
	struct wg__kept *k = arg;
	uint64_t i;

	for (i = 0; i < EVENTS; i++) {
		wg__kept_next(k)->first = i;
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
	wg__kept_put_away(k);
	pthread_join(thread, NULL);
	wg__kept_settle(k);
	(void)wg__kept_each(k, count_up, &next);
	lab_check("all", next == EVENTS && k->until_lost == 0, "%d events are there", (int)next);
	free(k->first);
	free(k);
	prove_end();
}
