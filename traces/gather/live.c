/*
 * live.c: see live.h.
 *
 *	until then, records are read            now - UNREAD_NS
 *	until then, waits and notifies are out  now - WG__TAIL_LAG_NS
 *
 * What is between the two is paired anew at each look (pair.c). Then waits that have ended and
 * notifies that are out go, unless somebody still waits for what woke it; their records move.
 */
#include "traces/gather/live.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "traces/gather/arena_tail.h"
#include "traces/gather/gather_impl.h"
#include "traces/gather/room.h"
#include "traces/read/tail.h"

#define LEFT_MAX (INT64_C(64) << 20)
/* A record has its time before it can be read. */
#define UNREAD_NS INT64_C(40000000)

/* Of a thread, beside what arenas.h has. */
struct follow {
	struct wg__gather_last last;
	int64_t last_begin_ns;	     /* of its last wait that was read */
	int64_t begun_ns;	     /* its open wait is out, and began then; 0: none */
	struct wg_preload_open open; /* as it was at the look before */
};

struct wg_gather_live {
	struct wg__room room;
	struct wg__arena_tail arenas;
	struct wg__gather g;
	struct follow *follow;
	size_t follows, follow_cap;
	struct wg_preload_record *kept; /* what waits and notifies point to */
	struct wg__tail *tail;		/* while it takes */
	pid_t only;			/* 0: all */
	uint64_t lost;
	int64_t taken_ns; /* the last look */
};

/* ---- in ---- */

static int add_follows(struct wg_gather_live *l)
{
	while (l->follows < l->g.arenas.thread_count) {
		if (wg__grow(&l->follow, &l->follow_cap, l->follows, sizeof(*l->follow)) < 0)
			return -ENOMEM;
		l->follow[l->follows] = (struct follow){ .begun_ns = 0 };
		l->follow[l->follows++].last.wait = WG__NONE;
	}
	return 0;
}

/* Room for what waits and notifies keep, for the new ones, and for an open wait of each thread. */
static struct wg_preload_record *move_records(struct wg_gather_live *l)
{
	size_t i, n = l->g.wait_count + l->g.notify_count + l->arenas.count + l->follows;
	struct wg_preload_record *to = reallocarray(NULL, n + 1, sizeof(*to)), *next = to;

	if (!to)
		return NULL;
	for (i = 0; i < l->g.wait_count; i++) {
		*next = *l->g.wait[i].r;
		l->g.wait[i].r = next++;
	}
	for (i = 0; i < l->g.notify_count; i++) {
		*next = *l->g.notify[i].r;
		l->g.notify[i].r = next++;
	}
	free(l->kept);
	l->kept = to;
	return next;
}

static int take_one(struct wg_gather_live *l, uint32_t thread, const struct wg_preload_record *r)
{
	struct follow *f = &l->follow[thread];
	size_t before = l->g.wait_count;
	int rc = wg__gather_take(&l->g, thread, r, &f->last);

	if (l->g.wait_count == before)
		return rc;
	f->last_begin_ns = r->begin_ns;
	if (f->begun_ns == r->begin_ns) {
		l->g.wait[before].is_begun = true;
		f->begun_ns = 0;
	}
	return rc;
}

static bool is_open(const struct wg_gather_live *l, uint32_t thread)
{
	const struct wg__arena_thread *t = &l->g.arenas.thread[thread];

	return !t->is_ended && t->open.begin_ns > 0 && t->open.how < WG_IN_COUNT &&
	       t->open.begin_ns != l->follow[thread].last_begin_ns;
}

/* A wait that has not ended: others may be for its object, and some are inside of it. */
static int add_open(struct wg_gather_live *l, uint32_t thread, struct wg_preload_record *r)
{
	const struct wg_preload_open *open = &l->g.arenas.thread[thread].open;
	struct wg__gather *g = &l->g;
	struct wg__gather_wait *w;
	uint32_t i;

	for (i = l->follow[thread].last.wait;
		i != WG__NONE && g->wait[i].r->begin_ns >= open->begin_ns; i = g->wait[i].before)
		g->wait[i].is_inside = true;
	if (wg__grow(&g->wait, &g->wait_cap, g->wait_count, sizeof(*g->wait)) < 0)
		return -ENOMEM;
	*r = (struct wg_preload_record){ .ns = INT64_MAX,
		.begin_ns = open->begin_ns,
		.timeout_ns = open->timeout_ns,
		.kind = open->how };
	w = &g->wait[g->wait_count++];
	*w = (struct wg__gather_wait){ .r = r,
		.thread = thread,
		.object = wg__gather_object(
			g, thread, open->object, wg__gather_kind_of_wait(open->how)),
		.before = WG__NONE,
		.by = WG__NONE,
		.is_open = true };
	return 0;
}

static int take_all(struct wg_gather_live *l)
{
	struct wg_preload_record *next;
	size_t i;
	int rc = add_follows(l);

	next = rc == 0 ? move_records(l) : NULL;
	if (!next)
		return -ENOMEM;
	for (i = 0; rc == 0 && i < l->arenas.count; i++) {
		*next = l->arenas.record[i].r;
		rc = take_one(l, l->arenas.record[i].thread, next++);
	}
	for (i = 0; rc == 0 && i < l->follows; i++) {
		if (is_open(l, (uint32_t)i))
			rc = add_open(l, (uint32_t)i, next++);
	}
	return rc;
}

/* ---- out ---- */

static int on_event(void *user, const struct wg_event *event)
{
	const struct wg_gather_live *l = user;
	bool is_place = event->record == WG_RECORD_OBJECT || event->record == WG_RECORD_SITE;

	if (l->only && !is_place && event->pid != (uint32_t)l->only)
		return 0;
	return wg__tail_add(l->tail, event);
}

/* Member by member: the bytes between them are nobody's. */
static bool is_same(const struct wg_preload_open *a, const struct wg_preload_open *b)
{
	return a->begin_ns == b->begin_ns && a->timeout_ns == b->timeout_ns &&
	       a->object == b->object && a->site == b->site && a->cpu_ns == b->cpu_ns &&
	       a->how == b->how && a->did == b->did;
}

/*
 * An open wait may be read while its thread writes it: it is believed when it is the same twice. A
 * second one of a thread is that of a signal handler.
 */
static int emit_open(const struct wg__gather_out *out, struct wg_gather_live *l, uint32_t thread,
	int64_t settled_ns)
{
	const struct wg_preload_open *open = &l->g.arenas.thread[thread].open;
	struct follow *f = &l->follow[thread];
	bool is_sure = settled_ns == INT64_MAX || is_same(open, &f->open);

	if (f->begun_ns || !is_sure || open->begin_ns > settled_ns)
		return 0;
	f->begun_ns = open->begin_ns;
	return wg__gather_emit_open(out, thread);
}

static int emit_wait(const struct wg__gather_out *out, struct wg_gather_live *l,
	struct wg__gather_wait *w, int64_t settled_ns)
{
	int rc = 0;

	if (w->is_open)
		return emit_open(out, l, w->thread, settled_ns);
	if (w->is_inside && !w->is_begun)
		return 0;
	if (!w->is_begun && w->r->begin_ns <= settled_ns) {
		rc = wg__gather_emit_begin(out, w);
		w->is_begun = true;
	}
	if (rc == 0 && w->r->ns <= settled_ns)
		rc = wg__gather_emit_wake(out, w);
	return rc;
}

static int emit_all(struct wg_gather_live *l, int64_t settled_ns)
{
	const struct wg__gather_out out = { &l->g, on_event, l };
	struct wg__gather *g = &l->g;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < g->notify_count; i++) {
		if (g->notify[i].is_out || g->notify[i].r->ns > settled_ns)
			continue;
		rc = wg__gather_emit_notify(&out, &g->notify[i]);
		g->notify[i].is_out = true;
	}
	for (i = 0; rc == 0 && i < g->wait_count; i++)
		rc = emit_wait(&out, l, &g->wait[i], settled_ns);
	for (i = 0; i < l->follows; i++)
		l->follow[i].open = g->arenas.thread[i].open;
	return rc;
}

/* What was lost was lost since the last look, maybe the end of a wait whose beginning is out. */
static int add_lost(struct wg_gather_live *l, int64_t now_ns)
{
	struct wg_event hole = { .type = WG_EV_LOST, .ts_ns = now_ns, .procname = "" };
	size_t i;

	for (i = 0; l->g.arenas.lost != l->lost && i < l->follows; i++) {
		if (l->follow[i].begun_ns != l->g.arenas.thread[i].open.begin_ns)
			l->follow[i].begun_ns = 0;
	}
	hole.lost.begin_ns = l->taken_ns;
	hole.lost.count = l->g.arenas.lost - l->lost;
	l->lost = l->g.arenas.lost;
	return hole.lost.count ? wg__tail_add(l->tail, &hole) : 0;
}

/* ---- forgetting ---- */

static uint32_t renumbered(uint32_t i, const uint32_t *to)
{
	return i == WG__NONE ? WG__NONE : to[i];
}

static void forget_waits(struct wg_gather_live *l, uint32_t *to, int64_t settled_ns)
{
	struct wg__gather *g = &l->g;
	size_t i, kept = 0, ready = 0;

	for (i = 0; i < g->wait_count; i++) {
		struct wg__gather_wait w = g->wait[i];

		to[i] = WG__NONE;
		if (w.is_open || w.r->ns <= settled_ns)
			continue;
		to[i] = (uint32_t)kept;
		if (w.ready_count)
			memmove(g->ready + ready, g->ready + w.ready,
				w.ready_count * sizeof(*g->ready));
		w.ready = (uint32_t)ready;
		ready += w.ready_count;
		w.before = renumbered(w.before, to);
		g->wait[kept++] = w;
	}
	g->wait_count = kept;
	g->ready_count = ready;
	for (i = 0; i < l->follows; i++)
		l->follow[i].last.wait = renumbered(l->follow[i].last.wait, to);
}

/* One that is out stays as long as whom it woke. */
static void forget_notifies(struct wg__gather *g, uint32_t *to)
{
	size_t i, kept = 0;

	for (i = 0; i < g->notify_count; i++)
		to[i] = g->notify[i].is_out ? WG__NONE : 0;
	for (i = 0; i < g->wait_count; i++) {
		if (g->wait[i].by != WG__NONE)
			to[g->wait[i].by] = 0;
	}
	for (i = 0; i < g->notify_count; i++) {
		if (to[i] == WG__NONE)
			continue;
		to[i] = (uint32_t)kept;
		g->notify[kept++] = g->notify[i];
	}
	g->notify_count = kept;
	for (i = 0; i < g->wait_count; i++)
		g->wait[i].by = renumbered(g->wait[i].by, to);
}

static int forget(struct wg_gather_live *l, int64_t settled_ns)
{
	size_t waits = l->g.wait_count, notifies = l->g.notify_count;
	uint32_t *to = reallocarray(NULL, (waits > notifies ? waits : notifies) + 1, sizeof(*to));

	if (!to)
		return -ENOMEM;
	forget_waits(l, to, settled_ns);
	forget_notifies(&l->g, to);
	free(to);
	return 0;
}

/* ---- one look ---- */

static int take(void *user, struct wg__tail *tail, int64_t now_ns, int64_t settled_ns)
{
	struct wg_gather_live *l = user;
	bool is_last = settled_ns == INT64_MAX;
	int rc = wg__arena_tail_look(
		&l->arenas, &l->g.arenas, is_last ? INT64_MAX : now_ns - UNREAD_NS, is_last);

	l->tail = tail;
	if (rc == 0)
		rc = take_all(l);
	if (rc == 0)
		rc = wg__gather_pair(&l->g);
	if (rc == 0)
		rc = emit_all(l, settled_ns);
	if (rc == 0)
		rc = add_lost(l, now_ns);
	l->taken_ns = now_ns;
	return rc == 0 ? forget(l, settled_ns) : rc;
}

/* ---- beginning and end ---- */

void wg_gather_live_drop(struct wg_gather_live *l)
{
	if (!l)
		return;
	l->g.arenas.count = 0; /* only counted */
	wg__arena_tail_fini(&l->arenas);
	wg__gather_fini(&l->g);
	wg__room_close(&l->room);
	free(l->follow);
	free(l->kept);
	free(l);
}

static void destroy(void *user)
{
	wg_gather_live_drop(user);
}

int wg_gather_live_prepare(
	const char *library, const char *command, struct wg_gather_live **ret, struct wg_error *err)
{
	struct wg_gather_live *l = calloc(1, sizeof(*l));
	const char *tmp = getenv("TMPDIR");
	int rc;

	if (!l)
		return wg_error_set(err, -ENOMEM, "out of memory");
	rc = wg__room_open(&l->room, tmp && *tmp ? tmp : "/tmp", LEFT_MAX, err);
	if (rc == 0)
		rc = wg__room_invite(&l->room, library, command, err);
	l->arenas.room = &l->room;
	l->g.names = wg__names_create();
	if (rc == 0 && !l->g.names)
		rc = wg_error_set(err, -ENOMEM, "out of memory");
	if (rc < 0)
		wg_gather_live_drop(l);
	else
		*ret = l;
	return rc;
}

const char *const *wg_gather_live_env(const struct wg_gather_live *live)
{
	return live->room.env;
}

int wg_gather_live_open(struct wg_gather_live *l, pid_t pid, bool only, struct wg_live **ret_live,
	struct wg_error *err)
{
	static const struct wg__tail_ops ops = { take, destroy };

	l->only = only ? pid : 0;
	l->taken_ns = wg__tail_now_ns();
	return wg__tail_open(&ops, l, &pid, 1, ret_live, err);
}
