/*
 * threads_end.c: the end of threads.h: rates and periods, and what is asked for then.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "traces/measure/threads_impl.h"

#define COARSE_MIN_NS INT64_C(10000000000) /* a second more or less is a tenth of it */

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

double wg__thread_rate(const struct wg_threads *t, const struct wg_thread_stats *s, uint64_t wakes)
{
	int64_t life = s->last_ns - s->first_ns;

	if (t->is_coarse && life < COARSE_MIN_NS)
		return -1;
	return t->has_times && life > 0 ? (double)wakes * 1e9 / (double)life : -1;
}

static int by_wakes(const void *a, const void *b)
{
	const struct wg_wait_group *x = *(struct wg_wait_group *const *)a;
	const struct wg_wait_group *y = *(struct wg_wait_group *const *)b;

	if (x->wakes != y->wakes)
		return x->wakes < y->wakes ? 1 : -1;
	return (x->number > y->number) - (x->number < y->number);
}

/* The samples stay as they came: more may come. */
static int64_t median(const struct wg_wait_group *g)
{
	int64_t sorted[WG_SAMPLES_MAX];

	memcpy(sorted, g->sample, g->sample_count * sizeof(sorted[0]));
	qsort(sorted, g->sample_count, sizeof(sorted[0]), by_value);
	return sorted[(g->sample_count - 1) / 2];
}

static int threads_by_wakes(const void *a, const void *b)
{
	const struct wg__thread *x = *(struct wg__thread *const *)a,
				*y = *(struct wg__thread *const *)b;

	if (x->stats.wakes != y->stats.wakes)
		return x->stats.wakes < y->stats.wakes ? 1 : -1;
	return (x->number > y->number) - (x->number < y->number);
}

static void finish_thread(const struct wg_threads *t, struct wg__thread *thread)
{
	struct wg_thread_stats *s = &thread->stats;
	uint64_t most = 0;
	size_t i;

	s->period_ns = WG_NOT_OBSERVABLE;
	s->is_asleep = thread->waiting != NULL;
	s->asleep_in = thread->waiting;
	s->asleep_since_ns = thread->wait_ns;
	if (s->is_asleep)
		s->last_ns = t->last_ns;
	s->wakes_per_s = wg__thread_rate(t, s, s->wakes);
	if (t->is_coarse && !t->has_lengths)
		s->asleep_ns = WG_NOT_OBSERVABLE;
	for (i = 0; i < s->group_count; i++) {
		struct wg_wait_group *g = s->group[i];
		uint64_t timers = g->class[WG_CLASS_TIMER] + g->class[WG_CLASS_TIMER_ACTED] +
				  g->class[WG_CLASS_TIMER_EMPTY];

		g->wakes_per_s = wg__thread_rate(t, s, g->wakes);
		if (t->has_times && !t->is_coarse && g->sample_count)
			g->period_ns = median(g);
		if (g->period_ns == 0) /* times that go back are taken for the one before */
			g->period_ns = WG_NOT_OBSERVABLE;
		if (timers > most) {
			most = timers;
			s->period_ns = g->period_ns;
		}
	}
	/* Of too many the last stands for the rest, and keeps its place. */
	if (s->group_count)
		qsort(s->group,
			s->group_count < WG__GROUPS_MAX ? s->group_count : WG__GROUPS_MAX - 1,
			sizeof(struct wg_wait_group *), by_wakes);
	wg_dist_finish(&s->notify_to_wake);
}

void wg_threads_finish(struct wg_threads *t, bool has_times)
{
	size_t i;

	t->has_times = has_times;
	for (i = 0; i < t->count; i++)
		finish_thread(t, t->v[i]);
	if (t->count)
		qsort(t->v, t->count, sizeof(struct wg__thread *), threads_by_wakes);
	for (i = 0; i < t->count; i++) { /* replaces: no memory is needed */
		const struct wg_thread_stats *s = &t->v[i]->stats;

		(void)wg__map_put(&t->by_tid, s->space, wg__thread_key(s->pid, s->tid), i);
	}
	for (i = 0; i < t->object_count; i++) {
		if (t->object[i].woken < 2)
			continue;
		t->object[i].herd_acted += t->object[i].acted;
		t->object[i].acted = 0;
	}
}

void wg_threads_coarse(struct wg_threads *t, bool has_lengths)
{
	t->is_coarse = true;
	t->has_lengths = has_lengths;
}

bool wg_threads_are_coarse(const struct wg_threads *t)
{
	return t->is_coarse;
}

const struct wg_thread_stats *wg_thread_at(const struct wg_threads *t, size_t i)
{
	return i < t->count ? &t->v[i]->stats : NULL;
}

const struct wg_thread_stats *wg_thread_of(
	const struct wg_threads *t, uint32_t space, uint32_t pid, uint32_t tid)
{
	size_t i = wg__map_get(&t->by_tid, space, wg__thread_key(pid, tid));

	return i == WG__MAP_NONE ? NULL : &t->v[i]->stats;
}

const struct wg_thread_object *wg_thread_object_at(const struct wg_threads *t, size_t i)
{
	return i < t->object_count ? &t->object[i] : NULL;
}

const struct wg_thread_object *wg_thread_object(
	const struct wg_threads *t, uint32_t space, uint64_t id)
{
	size_t i = id ? wg__map_get(&t->by_object, space, id) : WG__MAP_NONE;

	return i == WG__MAP_NONE ? NULL : &t->object[i];
}

const struct wg_thread_site *wg_thread_site(const struct wg_threads *t, uint32_t space, uint32_t id)
{
	size_t i = id ? wg__map_get(&t->by_site, space, id) : WG__MAP_NONE;

	return i == WG__MAP_NONE ? NULL : &t->site[i];
}

int64_t wg_threads_span_ns(const struct wg_threads *t)
{
	return t->last_ns - t->first_ns;
}

bool wg_threads_have_times(const struct wg_threads *t)
{
	return t->has_times;
}

int wg_threads_create(struct wg_threads **ret)
{
	struct wg_threads *t = calloc(1, sizeof(*t));

	if (!t || !(t->names = wg__names_create())) {
		free(t);
		return -ENOMEM;
	}
	*ret = t;
	return 0;
}

void wg_threads_destroy(struct wg_threads *t)
{
	size_t i, k;

	if (!t)
		return;
	for (i = 0; i < t->count; i++) {
		for (k = 0; k < t->v[i]->stats.group_count; k++)
			free(t->v[i]->stats.group[k]);
		free(t->v[i]->stats.group);
		wg_dist_fini(&t->v[i]->stats.notify_to_wake);
		free(t->v[i]);
	}
	free(t->v);
	free(t->object);
	free(t->site);
	wg__map_fini(&t->by_tid);
	wg__map_fini(&t->by_object);
	wg__map_fini(&t->by_site);
	wg__names_destroy(t->names);
	free(t);
}
