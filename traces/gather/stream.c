/*
 * stream.c: see stream.h.
 *
 *	until then, records are read            now - UNREAD_NS
 *	until then, waits and notifies are out  settled_ns
 *
 * What is between the two is paired anew at each look (pair.c). Then waits that have ended and
 * notifies that are out go, unless somebody still waits for what woke it, or may be woken by it
 * later; their records move.
 */
#include "traces/gather/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "traces/gather/arena_tail.h"
#include "traces/gather/gather_impl.h"

/* A record has its time before it can be read. */
#define UNREAD_NS INT64_C(40000000)
#define OWED_MAX  64

/* Of a thread, beside what arenas.h has. */
struct follow {
	struct wg__gather_last last;
	int64_t last_begin_ns;		  /* of its last wait that was read */
	int64_t begun_ns;		  /* its open wait is out, and began then; 0: none */
	struct wg_preload_open open;	  /* as it was at the look before */
	struct wg_preload_open last_open; /* seen open, and its record was not read yet */
};

struct wg__stream {
	struct wg__arena_tail arenas;
	struct wg__gather g;
	struct follow *follow;
	size_t follows, follow_cap;
	struct wg_preload_record *kept; /* what waits and notifies point to */
	wg__stream_sink *sink;
	void *user;
	uint64_t lost;
	int64_t taken_ns; /* the last look */
	struct wg_gather_stats stats;
};

/* ---- in ---- */

static int add_follows(struct wg__stream *s)
{
	while (s->follows < s->g.arenas.thread_count) {
		if (wg__grow(&s->follow, &s->follow_cap, s->follows, sizeof(*s->follow)) < 0)
			return -ENOMEM;
		s->follow[s->follows] = (struct follow){ .begun_ns = 0 };
		s->follow[s->follows++].last.wait = WG__NONE;
	}
	return 0;
}

/* Room for what waits and notifies keep, for the new ones, and for an open wait of each thread. */
static struct wg_preload_record *move_records(struct wg__stream *s)
{
	size_t i, n = s->g.wait_count + s->g.notify_count + s->arenas.count + s->follows;
	struct wg_preload_record *to = reallocarray(NULL, n + 1, sizeof(*to)), *next = to;

	if (!to)
		return NULL;
	for (i = 0; i < s->g.wait_count; i++) {
		*next = *s->g.wait[i].r;
		s->g.wait[i].r = next++;
	}
	for (i = 0; i < s->g.notify_count; i++) {
		*next = *s->g.notify[i].r;
		s->g.notify[i].r = next++;
	}
	free(s->kept);
	s->kept = to;
	return next;
}

static int take_one(struct wg__stream *s, uint32_t thread, const struct wg_preload_record *r)
{
	struct follow *f = &s->follow[thread];
	size_t before = s->g.wait_count, notifies = s->g.notify_count;
	int rc = wg__gather_take(&s->g, thread, r, &f->last);

	s->stats.records++;
	s->stats.waits += s->g.wait_count - before;
	s->stats.notifies += s->g.notify_count - notifies;
	if (s->g.wait_count == before)
		return rc;
	f->last_begin_ns = r->begin_ns;
	if (f->begun_ns == r->begin_ns) {
		s->g.wait[before].is_begun = true;
		f->begun_ns = 0;
	}
	return rc;
}

static bool is_open(const struct wg__stream *s, uint32_t thread)
{
	const struct wg__arena_thread *t = &s->g.arenas.thread[thread];

	return !t->is_ended && t->open.begin_ns > 0 && t->open.how < WG_IN_COUNT &&
	       t->open.begin_ns != s->follow[thread].last_begin_ns;
}

/* A wait that has not ended: others may be for its object, and some are inside of it. */
static int add_open(struct wg__stream *s, uint32_t thread, struct wg_preload_record *r)
{
	const struct wg_preload_open *open = &s->g.arenas.thread[thread].open;
	struct wg__gather *g = &s->g;
	struct wg__gather_wait *w;
	uint32_t i;

	for (i = s->follow[thread].last.wait;
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

static int take_all(struct wg__stream *s)
{
	struct wg_preload_record *next;
	size_t i;
	int rc = add_follows(s);

	next = rc == 0 ? move_records(s) : NULL;
	if (!next)
		return -ENOMEM;
	for (i = 0; rc == 0 && i < s->arenas.count; i++) {
		*next = s->arenas.record[i].r;
		rc = take_one(s, s->arenas.record[i].thread, next++);
	}
	for (i = 0; rc == 0 && i < s->follows; i++) {
		if (is_open(s, (uint32_t)i))
			rc = add_open(s, (uint32_t)i, next++);
	}
	return rc;
}

/* ---- out ---- */

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
static int emit_open(
	const struct wg__gather_out *out, struct wg__stream *s, uint32_t thread, int64_t settled_ns)
{
	const struct wg_preload_open *open = &s->g.arenas.thread[thread].open;
	struct follow *f = &s->follow[thread];
	bool is_sure = settled_ns == INT64_MAX || is_same(open, &f->open);

	if (f->begun_ns || !is_sure || open->begin_ns > settled_ns)
		return 0;
	f->begun_ns = open->begin_ns;
	return wg__gather_emit_open(out, thread);
}

static int emit_wait(const struct wg__gather_out *out, struct wg__stream *s,
	struct wg__gather_wait *w, int64_t settled_ns)
{
	int rc = 0;

	if (w->is_open)
		return emit_open(out, s, w->thread, settled_ns);
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

static int emit_all(struct wg__stream *s, int64_t settled_ns)
{
	const struct wg__gather_out out = { &s->g, s->sink, s->user };
	struct wg__gather *g = &s->g;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < g->notify_count; i++) {
		if (g->notify[i].is_out || g->notify[i].r->ns > settled_ns)
			continue;
		rc = wg__gather_emit_notify(&out, &g->notify[i]);
		g->notify[i].is_out = true;
	}
	for (i = 0; rc == 0 && i < g->wait_count; i++)
		rc = emit_wait(&out, s, &g->wait[i], settled_ns);
	for (i = 0; i < s->follows; i++)
		s->follow[i].open = g->arenas.thread[i].open;
	return rc;
}

/* What was lost was lost since the last look, maybe the end of a wait whose beginning is out. */
static int add_lost(struct wg__stream *s, int64_t now_ns)
{
	struct wg_event hole = { .type = WG_EV_LOST, .ts_ns = now_ns, .procname = "" };
	size_t i;

	for (i = 0; s->g.arenas.lost != s->lost && i < s->follows; i++) {
		if (s->follow[i].begun_ns != s->g.arenas.thread[i].open.begin_ns)
			s->follow[i].begun_ns = 0;
	}
	hole.lost.begin_ns = s->taken_ns;
	hole.lost.count = s->g.arenas.lost - s->lost;
	s->lost = s->g.arenas.lost;
	return hole.lost.count ? s->sink(s->user, &hole) : 0;
}

/* ---- forgetting ---- */

static uint32_t renumbered(uint32_t i, const uint32_t *to)
{
	return i == WG__NONE ? WG__NONE : to[i];
}

static void forget_waits(struct wg__stream *s, uint32_t *to, int64_t settled_ns)
{
	struct wg__gather *g = &s->g;
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
	for (i = 0; i < s->follows; i++)
		s->follow[i].last.wait = renumbered(s->follow[i].last.wait, to);
}

static uint32_t object_of(struct wg__stream *s, size_t i, const struct wg_preload_open *open)
{
	return open->begin_ns == 0 || open->how >= WG_IN_COUNT
		       ? WG__NONE
		       : wg__gather_object(&s->g, (uint32_t)i, open->object,
				 wg__gather_kind_of_wait(open->how));
}

/*
 * The wait that a thread is in, or was in: one that has ended is not open, and its record is read
 * some time later (UNREAD_NS). Until then it is not known who woke it.
 */
static void note_open(struct wg__stream *s, size_t i)
{
	struct follow *f = &s->follow[i];

	if (f->last_open.begin_ns <= f->last_begin_ns)
		f->last_open.begin_ns = 0;
	if (f->last_open.begin_ns == 0 && is_open(s, (uint32_t)i))
		f->last_open = s->g.arenas.thread[i].open;
}

/* Who sleeps now: for which objects since when; returns since when for any descriptor. */
static int64_t note_asleep(struct wg__stream *s)
{
	struct wg__gather *g = &s->g;
	int64_t first_ns = INT64_MAX;
	uint32_t object;
	size_t i;

	for (i = 0; i < s->follows; i++) {
		const struct wg_preload_open *open = &s->follow[i].last_open;

		note_open(s, i);
		object = object_of(s, i, open);
		if (open->begin_ns && wg__gather_is_for_descriptors(open->how))
			first_ns = open->begin_ns < first_ns ? open->begin_ns : first_ns;
		if (object != WG__NONE && (g->object[object].asleep_ns == 0 ||
						  open->begin_ns < g->object[object].asleep_ns))
			g->object[object].asleep_ns = open->begin_ns;
	}
	return first_ns;
}

static bool is_owed(struct wg__gather *g, const struct wg__gather_notify *n, int64_t any_ns)
{
	struct wg__gather_object *o = &g->object[n->object];
	bool is_bytes = n->r->kind == WG_IN_READ;
	int64_t since_ns = is_bytes ? any_ns : o->asleep_ns ? o->asleep_ns : INT64_MAX;

	/* Of writes the first one counts: G2. */
	if (n->r->ns < since_ns || wg__gather_left(n) == 0 || o->owed >= (is_bytes ? 1 : OWED_MAX))
		return false;
	o->owed++;
	return true;
}

/* Somebody who sleeps on may have been woken long ago, and not have run since. */
static void note_owed(struct wg__stream *s)
{
	struct wg__gather *g = &s->g;
	int64_t any_ns = note_asleep(s);
	size_t i;

	for (i = 0; i < g->notify_count; i++)
		g->notify[i].is_owed = g->notify[i].is_out && is_owed(g, &g->notify[i], any_ns);
	for (i = 0; i < g->notify_count; i++)
		g->object[g->notify[i].object].owed = 0;
	for (i = 0; i < s->follows; i++) {
		uint32_t object = object_of(s, i, &s->follow[i].last_open);

		if (object != WG__NONE)
			g->object[object].asleep_ns = 0;
	}
}

/* One that is out stays as long as whom it woke. */
static void forget_notifies(struct wg__gather *g, uint32_t *to)
{
	size_t i, kept = 0;

	for (i = 0; i < g->notify_count; i++)
		to[i] = g->notify[i].is_out && !g->notify[i].is_owed ? WG__NONE : 0;
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

static int forget(struct wg__stream *s, int64_t settled_ns)
{
	size_t waits = s->g.wait_count, notifies = s->g.notify_count;
	uint32_t *to = reallocarray(NULL, (waits > notifies ? waits : notifies) + 1, sizeof(*to));

	if (!to)
		return -ENOMEM;
	note_owed(s);
	forget_waits(s, to, settled_ns);
	forget_notifies(&s->g, to);
	free(to);
	return 0;
}

/* ---- one look ---- */

int wg__stream_look(struct wg__stream *s, int64_t now_ns, int64_t settled_ns)
{
	bool is_last = settled_ns == INT64_MAX;
	int64_t until_ns = is_last ? INT64_MAX : s->arenas.is_over ? now_ns : now_ns - UNREAD_NS;
	int rc = wg__arena_tail_look(&s->arenas, &s->g.arenas, until_ns, is_last);

	if (rc == 0)
		rc = take_all(s);
	if (rc == 0)
		rc = wg__gather_pair(&s->g);
	if (rc == 0)
		rc = emit_all(s, settled_ns);
	if (rc == 0)
		rc = add_lost(s, now_ns);
	s->taken_ns = now_ns;
	return rc == 0 ? forget(s, settled_ns) : rc;
}

/* ---- beginning and end ---- */

struct wg__stream *wg__stream_create(
	const struct wg__room *room, wg__stream_sink *sink, void *user, int64_t now_ns)
{
	struct wg__stream *s = calloc(1, sizeof(*s));

	if (!s || !(s->g.names = wg__names_create())) {
		free(s);
		return NULL;
	}
	s->arenas.room = room;
	s->sink = sink;
	s->user = user;
	s->taken_ns = now_ns;
	return s;
}

void wg__stream_destroy(struct wg__stream *s)
{
	if (!s)
		return;
	s->g.arenas.count = 0; /* only counted */
	wg__arena_tail_fini(&s->arenas);
	wg__gather_fini(&s->g);
	free(s->follow);
	free(s->kept);
	free(s);
}

void wg__stream_set_over(struct wg__stream *s)
{
	s->arenas.is_over = true;
}

int64_t wg__stream_next_ns(const struct wg__stream *s)
{
	return s->arenas.next_ns;
}

void wg__stream_stats(const struct wg__stream *s, struct wg_gather_stats *ret)
{
	*ret = s->stats;
	wg__gather_stats(&s->g, ret);
}
