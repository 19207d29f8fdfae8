/*
 * threads_keep.c: see measure_keep.h. What only feeding needs (samples of periods, the state of a
 * thread) is left out; rates, and what is looked up, follow from the rest.
 */
#include <errno.h>
#include <stdlib.h>

#include "traces/base/packed_keep.h"
#include "traces/measure/measure_keep.h"
#include "traces/measure/threads_impl.h"

/* No more than there are events: then no sum of them is too large. */
static void keep_counts(struct wg__keep *k, uint64_t *v, size_t count, uint64_t events)
{
	size_t i;

	wg__keep_value(k, v, count * sizeof(*v));
	for (i = 0; i < count; i++)
		wg__keep_refuse(k, v[i] > events);
}

/* ---- threads ---- */

static void keep_group(struct wg__keep *k, struct wg_wait_group *g, uint64_t events)
{
	uint64_t *const counts[] = { &g->waits, &g->wakes, &g->looked, &g->settled_timers,
		&g->asked_count };
	int64_t *const any[] = { &g->asked_sum_ns, &g->cpu_ns, &g->period_ns };
	uint32_t v[] = { g->how, g->site };
	size_t i;

	wg__keep_value(k, v, sizeof(v));
	wg__keep_value(k, &g->object, sizeof(g->object));
	wg__keep_value(k, &g->calls, sizeof(g->calls));
	wg__keep_value(k, g->asked, sizeof(g->asked));
	wg__keep_time(k, &g->first_ns, 0);
	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		keep_counts(k, counts[i], 1, events);
	keep_counts(k, g->class, WG_CLASS_COUNT, events);
	for (i = 0; i < sizeof(any) / sizeof(any[0]); i++)
		wg__keep_value(k, any[i], sizeof(*any[i]));
	if (!wg__keep_reads(k))
		return;
	g->how = (enum wg_wait_in)v[0];
	g->site = v[1];
}

/* In which of its groups a thread is asleep at the end. */
static void keep_asleep(struct wg__keep *k, struct wg_thread_stats *s)
{
	size_t in = 0;

	while (s->is_asleep && in < s->group_count && s->group[in] != s->asleep_in)
		in++;
	wg__keep_flag(k, &s->is_asleep);
	wg__keep_time(k, &s->asleep_since_ns, 0);
	wg__keep_value(k, &in, sizeof(in));
	wg__keep_refuse(k, s->is_asleep && in >= s->group_count);
	if (wg__keep_reads(k) && s->is_asleep && k->rc == 0)
		s->asleep_in = s->group[in];
}

static void keep_groups(struct wg__keep *k, struct wg_thread_stats *s, uint64_t events)
{
	size_t count = s->group_count, i;

	wg__keep_value(k, &count, sizeof(count));
	if (wg__keep_reads(k)) {
		wg__keep_refuse(k, count > WG__GROUPS_MAX);
		s->group = wg__keep_room(k, count, sizeof(*s->group));
	}
	for (i = 0; i < count && k->rc == 0; i++) {
		if (wg__keep_reads(k)) {
			s->group[i] = wg__keep_room(k, 1, sizeof(**s->group));
			if (!s->group[i])
				return;
			s->group_count = i + 1;
		}
		keep_group(k, s->group[i], events);
	}
	keep_asleep(k, s);
}

static void keep_thread(struct wg__keep *k, struct wg_thread_stats *s, uint64_t events)
{
	uint64_t *const counts[] = { &s->waits, &s->wakes, &s->notifies, &s->notified_nobody };
	int64_t *const times[] = { &s->first_ns, &s->last_ns, &s->asleep_ns, &s->wasted_ns };
	uint32_t *const ids[] = { &s->space, &s->pid, &s->tid };
	size_t i;

	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		wg__keep_value(k, ids[i], sizeof(*ids[i]));
	wg__keep_text(k, &s->name);
	wg__keep_refuse(k, !s->name);
	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		wg__keep_time(k, times[i], 0);
	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		keep_counts(k, counts[i], 1, events);
	keep_counts(k, s->class, WG_CLASS_COUNT, events);
	keep_counts(k, s->certainty, WG_CERTAINTY_COUNT, events);
	keep_counts(k, s->reasons, WG_REASON_COUNT, events);
	for (i = 0; i < WG_IN_COUNT; i++) {
		keep_counts(k, &s->by_how[i].waits, 1, events);
		keep_counts(k, &s->by_how[i].notified, 1, events);
		keep_counts(k, &s->by_how[i].timeout, 1, events);
	}
	wg__keep_value(k, &s->period_ns, sizeof(s->period_ns));
	wg__keep_dist(k, &s->notify_to_wake);
	keep_groups(k, s, events);
}

static void set_rates(const struct wg_threads *t, struct wg_thread_stats *s)
{
	size_t i;

	s->wakes_per_s = wg__thread_rate(t, s, s->wakes);
	for (i = 0; i < s->group_count; i++)
		s->group[i]->wakes_per_s = wg__thread_rate(t, s, s->group[i]->wakes);
}

static void add(struct wg__keep *k, int64_t *sum, int64_t part)
{
	wg__keep_refuse(k, __builtin_add_overflow(*sum, part, sum) || *sum > WG__KEEP_TIME_MAX ||
				   *sum < -WG__KEEP_TIME_MAX);
}

/* Figures add them up. */
static void check_sums(struct wg__keep *k, const struct wg_threads *t)
{
	int64_t life = 0, asleep = 0, wasted = 0;
	size_t i;

	for (i = 0; i < t->count && k->rc == 0; i++) {
		const struct wg_thread_stats *s = &t->v[i]->stats;

		add(k, &life, s->last_ns - s->first_ns);
		add(k, &asleep, s->asleep_ns);
		add(k, &wasted, s->wasted_ns);
	}
}

static void keep_all(struct wg__keep *k, struct wg_threads *t, uint64_t events)
{
	size_t count = t->count, i;

	wg__keep_value(k, &count, sizeof(count));
	if (wg__keep_reads(k))
		t->v = wg__keep_room(k, count, sizeof(struct wg__thread *));
	for (i = 0; i < count && k->rc == 0; i++) {
		if (wg__keep_reads(k)) {
			t->v[i] = wg__keep_room(k, 1, sizeof(*t->v[i]));
			if (!t->v[i])
				return;
			t->count = i + 1;
		}
		keep_thread(k, &t->v[i]->stats, events);
	}
	check_sums(k, t);
}

/* ---- objects and sites ---- */

#define OF_OBJECT(field) WG__PACKED_FIELD(struct wg_thread_object, field)
enum { OBJECT_HERD_NS = 9 };

static const struct wg__packed_type object_type = { sizeof(struct wg_thread_object), 1, 10,
	{ OF_OBJECT(id), OF_OBJECT(space), OF_OBJECT(kind), OF_OBJECT(fd), OF_OBJECT(herds),
		OF_OBJECT(herd_woken), OF_OBJECT(herd_acted), OF_OBJECT(herd_pid),
		OF_OBJECT(herd_tid), OF_OBJECT(herd_ns) } };

static void pack_objects(struct wg__keep *k, struct wg__packed *packed, const struct wg_threads *t)
{
	size_t i;

	for (i = 0; i < t->object_count && k->rc == 0; i++) {
		struct wg_thread_object *row = wg__packed_add(packed);

		if (row)
			*row = t->object[i];
		else
			k->rc = -ENOMEM;
	}
	wg__packed_close(packed);
}

static void unpack_objects(
	struct wg__keep *k, const struct wg__packed *packed, struct wg_threads *t, uint64_t events)
{
	size_t i;

	wg__keep_refuse(k, packed->count > WG__OBJECTS_MAX);
	t->object = k->rc < 0 ? NULL : calloc(packed->count + 1, sizeof(*t->object));
	if (!t->object)
		k->rc = k->rc < 0 ? k->rc : -ENOMEM;
	for (i = 0; i < packed->count && k->rc == 0; i++) {
		struct wg_thread_object room = { 0 };
		const struct wg_thread_object *row = wg__packed_get(packed, i, &room);

		t->object[t->object_count++] = *row;
		wg__keep_refuse(k, row->herd_woken > events);
		if (wg__map_put(&t->by_object, row->space, row->id, i) < 0)
			k->rc = -ENOMEM;
	}
}

static void keep_objects(struct wg__keep *k, struct wg_threads *t, uint64_t events)
{
	struct wg__packed packed = { .type = &object_type };

	if (!wg__keep_reads(k))
		pack_objects(k, &packed, t);
	wg__keep_packed(k, &packed);
	wg__keep_within(k, &packed, OBJECT_HERD_NS,
		(struct wg__packed_range){ .low = -WG__KEEP_TIME_MAX, .high = WG__KEEP_TIME_MAX });
	if (wg__keep_reads(k))
		unpack_objects(k, &packed, t, events);
	wg__packed_fini(&packed);
}

static void keep_sites(struct wg__keep *k, struct wg_threads *t)
{
	size_t count = t->site_count, i;

	wg__keep_value(k, &count, sizeof(count));
	if (wg__keep_reads(k)) {
		t->site = wg__keep_room(k, count, sizeof(*t->site));
		t->site_count = t->site ? count : 0;
	}
	for (i = 0; i < t->site_count && k->rc == 0; i++) {
		struct wg_thread_site *site = &t->site[i];

		wg__keep_text(k, &site->module);
		wg__keep_text(k, &site->symbol);
		wg__keep_value(k, &site->offset, sizeof(site->offset));
		wg__keep_value(k, &site->space, sizeof(site->space));
		wg__keep_value(k, &site->id, sizeof(site->id));
		wg__keep_refuse(k, !site->module || !site->symbol);
	}
}

/* Who is found by number: the last of a number, as when they came. */
static void find_again(struct wg__keep *k, struct wg_threads *t)
{
	size_t i;

	for (i = 0; i < t->count && k->rc == 0; i++) {
		struct wg_thread_stats *s = &t->v[i]->stats;

		set_rates(t, s);
		k->rc = wg__map_put(&t->by_tid, s->space, wg__thread_key(s->pid, s->tid), i);
	}
	for (i = 0; i < t->site_count && k->rc == 0; i++)
		k->rc = wg__map_put(&t->by_site, t->site[i].space, t->site[i].id, i);
}

void wg__keep_threads(struct wg__keep *k, struct wg_threads **threads, uint64_t events)
{
	bool has = *threads != NULL;
	struct wg_threads *t;

	wg__keep_flag(k, &has);
	if (has && k->rc == 0 && wg__keep_reads(k) && wg_threads_create(threads) < 0)
		k->rc = -ENOMEM;
	t = *threads;
	if (!has || !t || k->rc != 0)
		return;
	wg__keep_time(k, &t->first_ns, 0);
	wg__keep_time(k, &t->last_ns, 0);
	wg__keep_flag(k, &t->has_times);
	wg__keep_flag(k, &t->is_coarse);
	keep_all(k, t, events);
	keep_objects(k, t, events);
	keep_sites(k, t);
	if (wg__keep_reads(k))
		find_again(k, t);
}
