/*
 * gather.c: see gather.h. The records of all arenas, by time, become waits and notifies; those are
 * paired, and handed out.
 */
#include "traces/gather/gather.h"

#include <stdlib.h>
#include <string.h>

#include "traces/gather/gather_impl.h"

static int take_all(struct wg__gather *g)
{
	struct wg__gather_last *last = calloc(g->arenas.thread_count + 1, sizeof(*last));
	size_t i;
	int rc = last ? 0 : -ENOMEM;

	for (i = 0; last && i < g->arenas.thread_count; i++)
		last[i].wait = WG__NONE;
	for (i = 0; rc == 0 && i < g->arenas.record_count; i++)
		rc = wg__gather_take(g, g->arenas.record[i].thread, g->arenas.record[i].r,
			&last[g->arenas.record[i].thread]);
	free(last);
	return rc;
}

static int emit_wait(const struct wg__gather_out *out, const struct wg__gather_wait *w)
{
	int rc = w->is_inside ? 0 : wg__gather_emit_begin(out, w);

	return rc != 0 || w->is_inside ? rc : wg__gather_emit_wake(out, w);
}

/* By time of their ends, so that those of one thread are in order. */
static int emit_moments(const struct wg__gather_out *out)
{
	const struct wg__gather *g = out->g;
	size_t w = 0, n = 0;
	int rc = 0;

	while (rc == 0 && (w < g->wait_count || n < g->notify_count)) {
		if (n == g->notify_count ||
			(w < g->wait_count && g->wait[w].r->ns <= g->notify[n].r->ns))
			rc = emit_wait(out, &g->wait[w++]);
		else
			rc = wg__gather_emit_notify(out, &g->notify[n++]);
	}
	return rc;
}

/* G5 */
static int emit_open(const struct wg__gather_out *out, int64_t first_ns)
{
	const struct wg__arenas *a = &out->g->arenas;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < a->thread_count; i++) {
		const struct wg__arena_thread *t = &a->thread[i];

		if (!t->is_ended && t->open.begin_ns >= first_ns && t->open.how < WG_IN_COUNT)
			rc = wg__gather_emit_open(out, (uint32_t)i);
	}
	return rc;
}

static int64_t first_time(const struct wg__gather *g)
{
	int64_t first = INT64_MAX;
	size_t i;

	for (i = 0; i < g->wait_count; i++)
		first = g->wait[i].r->begin_ns < first ? g->wait[i].r->begin_ns : first;
	for (i = 0; i < g->arenas.thread_count; i++) {
		int64_t open = g->arenas.thread[i].open.begin_ns;

		first = open > 0 && open < first ? open : first;
	}
	if (g->notify_count && g->notify[0].r->ns < first)
		first = g->notify[0].r->ns;
	return first;
}

static int gather(struct wg__gather *g, const struct wg__gather_out *out, const char *dir)
{
	int64_t first_ns;
	size_t i;
	int rc = wg__arenas_read(dir, &g->arenas);

	g->names = wg__names_create();
	if (rc < 0 || !g->names)
		return rc < 0 ? rc : -ENOMEM;
	rc = take_all(g);
	/* The objects of waits that did not end must be there before objects are handed out. */
	for (i = 0; i < g->arenas.thread_count; i++)
		(void)wg__gather_object(g, (uint32_t)i, g->arenas.thread[i].open.object,
			wg__gather_kind_of_wait(g->arenas.thread[i].open.how));
	if (rc == 0)
		rc = wg__gather_pair(g);
	if (rc == 0)
		rc = wg__gather_find_symbols(g);
	first_ns = first_time(g);
	if (rc == 0 && first_ns != INT64_MAX)
		rc = wg__gather_emit_places(out, first_ns);
	if (rc == 0)
		rc = emit_moments(out);
	return rc == 0 ? emit_open(out, first_ns) : rc;
}

static uint64_t count_processes(const struct wg__gather *g)
{
	struct wg__map pids = { 0 };
	uint64_t count;
	size_t i;

	for (i = 0; i < g->arenas.thread_count; i++)
		(void)wg__map_put(&pids, g->arenas.thread[i].pid, 0, 1);
	count = pids.count;
	wg__map_fini(&pids);
	return count;
}

void wg__gather_fini(struct wg__gather *g)
{
	wg__gather_places_fini(g);
	free(g->wait);
	free(g->notify);
	free(g->ready);
	wg__arenas_fini(&g->arenas);
	wg__names_destroy(g->names);
}

void wg__gather_stats(const struct wg__gather *g, struct wg_gather_stats *ret)
{
	ret->lost = g->arenas.lost;
	ret->nobody = g->arenas.nobody;
	ret->programs = g->arenas.count;
	ret->processes = count_processes(g);
	ret->have_lttng = g->arenas.have_lttng;
	ret->have_fence = g->arenas.have_fence;
	ret->have_uring = g->arenas.have_uring;
}

int wg_gather(const char *dir, int (*on_event)(void *user, const struct wg_event *event),
	void *user, struct wg_gather_stats *ret_stats, struct wg_error *err)
{
	struct wg__gather g = { 0 };
	const struct wg__gather_out out = { &g, on_event, user };
	int rc = gather(&g, &out, dir);

	*ret_stats = (struct wg_gather_stats){
		.records = g.arenas.record_count, .waits = g.wait_count, .notifies = g.notify_count
	};
	wg__gather_stats(&g, ret_stats);
	wg__gather_fini(&g);
	if (rc == 0)
		return 0;
	return wg_error_set(
		err, rc, "cannot gather what was recorded: %s" WG_SEE_DOCTOR, strerror(-rc));
}
