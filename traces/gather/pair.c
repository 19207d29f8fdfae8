/*
 * pair.c: who woke whom: G1 to G3 of gather.h.
 *
 * Each wait and notify becomes a step of its object, steps are sorted by object and time, and each
 * object is walked through once with the list of those that sleep at that moment.
 */
#include <stdlib.h>

#include "traces/gather/gather_impl.h"

enum step_kind { SLEEPS, NOTIFIED, WAKES }; /* in this order at one time */

struct step {
	int64_t ns;
	uint32_t object, i; /* of the wait or notify */
	enum step_kind kind;
};

struct steps {
	struct step *v;
	size_t count, cap;
	uint32_t *asleep;
	size_t asleep_count, asleep_cap;
};

bool wg__gather_timed_out(const struct wg__gather_wait *w)
{
	return wg_preload_timed_out(w->r->kind, w->r->timeout_ns, w->r->ret);
}

static int add(struct steps *s, enum step_kind kind, int64_t ns, uint32_t object, size_t i)
{
	if (object == WG__NONE)
		return 0;
	if (wg__grow(&s->v, &s->cap, s->count, sizeof(*s->v)) < 0)
		return -ENOMEM;
	s->v[s->count++] = (struct step){ ns, object, (uint32_t)i, kind };
	return 0;
}

/* Live: what is out stands. The rest is found anew, since more is known by now. */
static void forget_pairs(struct wg__gather *g)
{
	size_t i;

	for (i = 0; i < g->wait_count; i++) {
		if (g->wait[i].by == WG__NONE || g->notify[g->wait[i].by].is_out)
			continue;
		g->wait[i].by = WG__NONE;
		g->wait[i].certainty = WG_CERTAINTY_NONE;
	}
}

static int add_sleep(struct steps *s, struct wg__gather *g, size_t i, uint32_t object)
{
	int rc = add(s, SLEEPS, g->wait[i].r->begin_ns, object, i);

	if (object != WG__NONE)
		g->object[object].is_awaited = true;
	return rc < 0 ? rc : add(s, WAKES, g->wait[i].r->ns, object, i);
}

static int add_wait(struct steps *s, struct wg__gather *g, size_t i)
{
	const struct wg__gather_wait *w = &g->wait[i];
	uint32_t j;
	int rc = 0;

	if (w->is_inside)
		return 0;
	if (!wg__gather_is_for_descriptors(w->r->kind) || wg__gather_timed_out(w))
		return add_sleep(s, g, i, w->object);
	for (j = 0; rc == 0 && j < w->ready_count; j++)
		rc = add_sleep(s, g, i, g->ready[w->ready + j]);
	return rc;
}

static int by_object_and_time(const void *x, const void *y)
{
	const struct step *a = x, *b = y;

	if (a->object != b->object)
		return a->object < b->object ? -1 : 1;
	if (a->ns != b->ns)
		return a->ns < b->ns ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return a->i < b->i ? -1 : a->i > b->i;
}

/* Could this notify have woken it? */
static bool is_candidate(const struct wg__gather_wait *w, const struct wg__gather_notify *n)
{
	return w->by == WG__NONE && w->thread != n->thread && w->r->ret >= 0 &&
	       !wg__gather_timed_out(w) && w->r->kind != WG_IN_LOCK;
}

/* The one that wakes first; NULL: none. */
static struct wg__gather_wait *first_to_wake(struct wg__gather *g, const struct steps *s,
	const struct wg__gather_notify *n, size_t *ret_candidates)
{
	struct wg__gather_wait *first = NULL;
	size_t i;

	*ret_candidates = 0;
	for (i = 0; i < s->asleep_count; i++) {
		struct wg__gather_wait *w = &g->wait[s->asleep[i]];

		if (!is_candidate(w, n))
			continue;
		(*ret_candidates)++;
		if (!w->is_open && (!first || w->r->ns < first->r->ns))
			first = w;
	}
	return first;
}

/* How many it may wake. */
static uint64_t reach(const struct wg__gather_notify *n)
{
	switch (n->r->kind) {
	case WG_IN_COND: return n->r->flags & WG_PRELOAD_NOBODY ? 0 : n->r->a;
	case WG_IN_SEM: return 1;
	case WG_IN_FUTEX: return n->r->ret > 0 ? (uint64_t)n->r->ret : 0;
	default: return UINT64_MAX;
	}
}

uint64_t wg__gather_left(const struct wg__gather_notify *n)
{
	uint64_t most = reach(n);

	return most > n->paired ? most - n->paired : 0;
}

static void notify(struct wg__gather *g, const struct steps *s, uint32_t i)
{
	struct wg__gather_notify *n = &g->notify[i];
	struct wg__gather_wait *w;
	uint64_t left;
	size_t candidates;

	n->paired = n->is_out ? n->paired : 0;
	while ((left = wg__gather_left(n)) > 0 && (w = first_to_wake(g, s, n, &candidates))) {
		w->by = i;
		w->certainty = candidates <= left ? WG_CERTAINTY_EXACT : WG_CERTAINTY_LIKELY;
		n->paired++;
	}
	if (n->is_out)
		return;
	n->woke = n->r->kind == WG_IN_FUTEX ? n->r->ret : (int64_t)n->paired;
	/* Somebody was asleep, and the time woke it: T2 of measure/threads.h. */
	if (n->woke == 0 && s->asleep_count && reach(n))
		n->woke = WG_NOT_OBSERVABLE;
}

static int walk(struct wg__gather *g, struct steps *s, const struct step *step)
{
	size_t i;

	switch (step->kind) {
	case SLEEPS:
		if (wg__grow(&s->asleep, &s->asleep_cap, s->asleep_count, sizeof(*s->asleep)) < 0)
			return -ENOMEM;
		s->asleep[s->asleep_count++] = step->i;
		return 0;
	case NOTIFIED: notify(g, s, step->i); return 0;
	default:
		for (i = 0; i < s->asleep_count && s->asleep[i] != step->i; i++)
			;
		if (i < s->asleep_count)
			s->asleep[i] = s->asleep[--s->asleep_count];
		return 0;
	}
}

/* Of what an io_uring waits for, nothing is seen. */
static bool uses_uring(struct wg__gather *g)
{
	size_t i;

	for (i = 0; i < g->wait_count; i++) {
		if (g->wait[i].r->kind == WG_IN_URING)
			g->arenas.have_uring = true; /* live: also when it is forgotten */
	}
	return g->arenas.have_uring;
}

/* Somebody who is not seen may sleep there, and then nobody can say that it was for nobody. */
static bool may_be_awaited(const struct wg__gather *g, uint32_t object, bool has_uring)
{
	return object == WG__NONE || !g->object[object].is_known ||
	       (has_uring && !g->object[object].is_awaited);
}

static void hide_what_others_know(struct wg__gather *g)
{
	bool has_uring = uses_uring(g);
	size_t i;

	for (i = 0; i < g->notify_count; i++) {
		struct wg__gather_notify *n = &g->notify[i];

		if (!n->is_out && n->woke == 0 && n->r->kind == WG_IN_READ &&
			may_be_awaited(g, n->object, has_uring))
			n->woke = WG_NOT_OBSERVABLE;
	}
}

int wg__gather_pair(struct wg__gather *g)
{
	struct steps s = { 0 };
	size_t i;
	int rc = 0;

	forget_pairs(g);
	for (i = 0; rc == 0 && i < g->wait_count; i++)
		rc = add_wait(&s, g, i);
	for (i = 0; rc == 0 && i < g->notify_count; i++) {
		if (!g->notify[i].is_out || g->notify[i].is_owed)
			rc = add(&s, NOTIFIED, g->notify[i].r->ns, g->notify[i].object, i);
	}
	if (rc == 0 && s.count)
		qsort(s.v, s.count, sizeof(*s.v), by_object_and_time);
	for (i = 0; rc == 0 && i < s.count; i++) {
		if (i > 0 && s.v[i].object != s.v[i - 1].object)
			s.asleep_count = 0;
		rc = walk(g, &s, &s.v[i]);
	}
	hide_what_others_know(g);
	free(s.v);
	free(s.asleep);
	return rc;
}
