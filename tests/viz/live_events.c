/*
 * live_events.c: see live_events.h.
 */
#include "tests/viz/live_events.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "tests/harness/harness.h"
#include "tests/harness/patience.h"
#include "traces/read/tail.h"

#define DEADLINE_S 40

static void keep(struct live_events *e, const struct wg_event *ev)
{
	if (e->count == e->cap) {
		e->cap = e->cap ? 2 * e->cap : 1024;
		e->v = realloc(e->v, e->cap * sizeof(*e->v));
	}
	CU_ASSERT_FATAL(e->v != NULL);
	CU_ASSERT(e->count == 0 || ev->ts_ns >= e->v[e->count - 1].ts_ns);
	e->lost += ev->type == WG_EV_LOST ? ev->lost.count : 0;
	e->v[e->count++] = *ev;
}

void live_events_take_all(struct wg_live *live, struct live_events *e)
{
	struct wg_patience patience = wg_patience(DEADLINE_S);
	struct wg_live_news news = { .has_ended = false };
	struct wg_event ev;

	while (!news.has_ended && wg_patience_reads(&patience, wg_live_fd(live))) {
		while (wg_live_take(live, &ev, 1, &news) > 0)
			keep(e, &ev);
	}
	CU_ASSERT(news.has_ended && news.end.code == 0);
	e->nobody = news.nobody;
}

void live_events_check_holes(struct live_events *e)
{
	size_t i, holes = 0, waits = 0;

	CU_ASSERT(e->lost > 100);
	for (i = 0; i < e->count; i++) {
		holes += e->v[i].type == WG_EV_LOST;
		waits += e->v[i].record == WG_RECORD_WAIT;
		CU_ASSERT(e->v[i].type != WG_EV_LOST || e->v[i].lost.begin_ns < e->v[i].ts_ns);
	}
	CU_ASSERT(holes > 0 && waits > 0);
	free(e->v);
}

static struct {
	pthread_t main;
	sem_t may_look;
} held;

/* The reader's thread asks for the time before it looks: there it waits. */
static int64_t held_ns(void)
{
	struct timespec now;

	if (!pthread_equal(held.main, pthread_self())) {
		while (sem_wait(&held.may_look) < 0)
			;
		(void)sem_post(&held.may_look);
	}
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void live_events_hold(void)
{
	held.main = pthread_self();
	(void)sem_init(&held.may_look, 0, 0);
	wg__tail_set_clock(held_ns);
}

void live_events_let_go(void)
{
	(void)sem_post(&held.may_look);
}

void live_events_held(void)
{
	wg__tail_set_clock(NULL);
	(void)sem_destroy(&held.may_look);
}
