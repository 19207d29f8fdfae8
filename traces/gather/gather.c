/*
 * gather.c: see gather.h. The records of all arenas, by time, become waits and notifies; those are
 * paired, and handed out.
 */
#include "traces/gather/gather.h"

#include <stdlib.h>
#include <string.h>

#include "traces/gather/gather_impl.h"

typedef int (*event_fn)(void *user, const struct wg_event *event);

struct out {
	struct wg__gather *g;
	event_fn on_event;
	void *user;
	int64_t first_ns;
};

#define MORE_MAX 8

/* Of a thread: its last wait, and records of what was ready since then. */
struct last {
	uint32_t wait, more_count;
	const struct wg_preload_record *more[MORE_MAX];
};

/* --- in --- */

static enum wg_object_kind kind_of_wait(uint8_t how)
{
	switch (how) {
	case WG_IN_EPOLL: return WG_OBJECT_EPOLL;
	case WG_IN_COND: return WG_OBJECT_COND;
	case WG_IN_SEM: return WG_OBJECT_SEM;
	case WG_IN_FUTEX:
	case WG_IN_LOCK: return WG_OBJECT_FUTEX;
	default: return WG_OBJECT_OTHER;
	}
}

static int add_ready(struct wg__gather *g, uint32_t object)
{
	if (object == WG__NONE)
		return 0;
	if (wg__grow(&g->ready, &g->ready_cap, g->ready_count, sizeof(*g->ready)) < 0)
		return -ENOMEM;
	g->ready[g->ready_count++] = object;
	return 0;
}

static int add_ready_number(
	struct wg__gather *g, uint32_t thread, uint32_t epoll, uint64_t number, bool is_data)
{
	size_t i;

	if (!is_data)
		return add_ready(g, wg__gather_object(g, thread, number, WG_OBJECT_OTHER));
	i = epoll == WG__NONE ? WG__MAP_NONE : wg__map_get(&g->by_watch, epoll, number);
	return i == WG__MAP_NONE ? 0 : add_ready(g, (uint32_t)i);
}

/* What was ready: the two in the record of the wait, and records of the same thread before it. */
static int find_ready(struct wg__gather *g, struct wg__gather_wait *w, const struct last *last)
{
	bool is_data = w->r->flags & WG_PRELOAD_EPOLL;
	uint32_t j;
	int rc = 0, i, count = w->r->kind == WG_IN_READ ? 0 : w->r->ret;

	w->ready = (uint32_t)g->ready_count;
	if (w->r->kind == WG_IN_READ && w->r->ret > 0)
		rc = add_ready(g, w->object);
	for (i = 0; rc == 0 && i < 2 && i < count; i++)
		rc = add_ready_number(g, w->thread, w->object, w->r->ab[i], is_data);
	for (j = 0; rc == 0 && j < last->more_count; j++) {
		const struct wg_preload_record *more = last->more[j];

		for (i = 0; rc == 0 && i < 5 && i < more->ret; i++)
			rc = add_ready_number(g, w->thread, w->object,
				i < 3 ? more->more[i] : more->ab[i - 3], is_data);
	}
	w->ready_count = (uint32_t)g->ready_count - w->ready;
	return rc;
}

static bool is_wait_for_descriptors(uint8_t how)
{
	return how == WG_IN_EPOLL || how == WG_IN_POLL || how == WG_IN_SELECT || how == WG_IN_READ;
}

/* A wait that began before others of its thread ended contains them. */
static void mark_inside(struct wg__gather *g, const struct wg__gather_wait *w)
{
	uint32_t i;

	for (i = w->before; i != WG__NONE && g->wait[i].r->begin_ns >= w->r->begin_ns;
		i = g->wait[i].before)
		g->wait[i].is_inside = true;
}

static int add_wait(
	struct wg__gather *g, uint32_t thread, const struct wg_preload_record *r, struct last *last)
{
	struct wg__gather_wait *w;
	int rc;

	if (r->kind >= WG_IN_COUNT || r->begin_ns > r->ns || r->begin_ns <= 0)
		return 0;
	if (wg__grow(&g->wait, &g->wait_cap, g->wait_count, sizeof(*g->wait)) < 0)
		return -ENOMEM;
	w = &g->wait[g->wait_count];
	*w = (struct wg__gather_wait){ .r = r,
		.thread = thread,
		.object = wg__gather_object(g, thread, r->object, kind_of_wait(r->kind)),
		.before = last->wait,
		.by = WG__NONE };
	rc = is_wait_for_descriptors(r->kind) && r->ret > 0 ? find_ready(g, w, last) : 0;
	mark_inside(g, w);
	last->wait = (uint32_t)g->wait_count++;
	last->more_count = 0;
	return rc;
}

static int add_notify(struct wg__gather *g, uint32_t thread, const struct wg_preload_record *r)
{
	uint32_t object = wg__gather_object(g, thread, r->object, kind_of_wait(r->kind));

	if (r->kind == WG_IN_READ && object != WG__NONE)
		object = g->object[object].peer;
	if (object == WG__NONE || r->kind >= WG_IN_COUNT)
		return 0;
	if (wg__grow(&g->notify, &g->notify_cap, g->notify_count, sizeof(*g->notify)) < 0)
		return -ENOMEM;
	g->notify[g->notify_count++] = (struct wg__gather_notify){ r, thread, object, 0 };
	return 0;
}

static int add_watch(struct wg__gather *g, uint32_t thread, const struct wg_preload_record *r)
{
	uint32_t epoll = wg__gather_object(g, thread, r->object, WG_OBJECT_EPOLL);
	uint32_t object = wg__gather_object(g, thread, r->a, WG_OBJECT_OTHER);

	return epoll == WG__NONE || object == WG__NONE
		       ? 0
		       : wg__map_put(&g->by_watch, epoll, r->b, object);
}

static int take(struct wg__gather *g, const struct wg__arena_record *record, struct last *last)
{
	const struct wg_preload_record *r = record->r;

	if (r->type != WG_PRELOAD_READY && r->type != WG_PRELOAD_WAIT)
		last->more_count = 0;
	switch (r->type) {
	case WG_PRELOAD_WAIT: return add_wait(g, record->thread, r, last);
	case WG_PRELOAD_READY:
		if (last->more_count < MORE_MAX)
			last->more[last->more_count++] = r;
		return 0;
	case WG_PRELOAD_NOTIFY: return add_notify(g, record->thread, r);
	case WG_PRELOAD_OBJECT: return wg__gather_say_object(g, record->thread, r);
	case WG_PRELOAD_WATCH: return add_watch(g, record->thread, r);
	case WG_PRELOAD_SITE: return wg__gather_say_site(g, record->thread, r);
	case WG_PRELOAD_MODULE: return wg__gather_say_module(g, record->thread, r);
	default: return 0;
	}
}

static int take_all(struct wg__gather *g)
{
	struct last *last = calloc(g->arenas.thread_count + 1, sizeof(*last));
	size_t i;
	int rc = last ? 0 : -ENOMEM;

	for (i = 0; last && i < g->arenas.thread_count; i++)
		last[i].wait = WG__NONE;
	for (i = 0; rc == 0 && i < g->arenas.record_count; i++)
		rc = take(g, &g->arenas.record[i], &last[g->arenas.record[i].thread]);
	free(last);
	return rc;
}

/* --- out --- */

static int emit(const struct out *out, uint32_t thread, struct wg_event *ev)
{
	const struct wg__arena_thread *t = &out->g->arenas.thread[thread];

	ev->type = WG_EV_OTHER;
	ev->pid = t->pid;
	ev->tid = t->tid;
	ev->procname = t->name;
	return out->on_event(out->user, ev);
}

static int emit_places(const struct out *out)
{
	const struct wg__gather *g = out->g;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < g->object_count; i++) {
		struct wg_event ev = { .record = WG_RECORD_OBJECT,
			.ts_ns = out->first_ns,
			.op = i + 1,
			.object = { g->object[i].kind, g->object[i].fd, 0 } };

		rc = emit(out, g->object[i].thread, &ev);
	}
	for (i = 0; rc == 0 && i < g->site_count; i++) {
		const struct wg__gather_site *s = &g->site[i];
		struct wg_event ev = { .record = WG_RECORD_SITE,
			.ts_ns = out->first_ns,
			.site = { s->module, s->build_id, s->symbol ? s->symbol : "", s->offset,
				(uint32_t)i + 1 } };

		rc = emit(out, 0, &ev);
	}
	return rc;
}

static const char *call_of(const struct wg_preload_record *r)
{
	switch (r->kind) {
	case WG_IN_COND: return r->a > 1 ? "pthread_cond_broadcast" : "pthread_cond_signal";
	case WG_IN_SEM: return "sem_post";
	case WG_IN_FUTEX: return "futex";
	default: return "write";
	}
}

/* A wake by a timerfd is one by a timer. */
static bool is_by_timers(const struct wg__gather *g, const struct wg__gather_wait *w)
{
	uint32_t i;

	for (i = 0; i < w->ready_count; i++) {
		if (g->object[g->ready[w->ready + i]].kind != WG_OBJECT_TIMERFD)
			return false;
	}
	return w->ready_count > 0;
}

static enum wg_reason reason_of(const struct wg__gather *g, const struct wg__gather_wait *w)
{
	if (w->by != WG__NONE)
		return WG_REASON_NOTIFIED;
	if (wg__gather_timed_out(w) || is_by_timers(g, w))
		return WG_REASON_TIMEOUT;
	/* A signal is what a wait for signals waits for. */
	if (w->r->ret == -EINTR && w->r->kind != WG_IN_SIGNAL)
		return WG_REASON_INTERRUPTED;
	if (w->r->ret == 0 && (w->r->kind == WG_IN_COND || w->r->kind == WG_IN_SEM ||
				      w->r->kind == WG_IN_FUTEX || w->r->kind == WG_IN_LOCK))
		return WG_REASON_NOTIFIED; /* by somebody that was not seen */
	return WG_REASON_READY;
}

static uint64_t number_of(uint32_t object)
{
	return object == WG__NONE ? 0 : (uint64_t)object + 1;
}

static int emit_wake(const struct out *out, const struct wg__gather_wait *w)
{
	const struct wg__gather *g = out->g;
	const struct wg__gather_notify *n = w->by == WG__NONE ? NULL : &g->notify[w->by];
	struct wg_event ev = { .record = WG_RECORD_WAKE,
		.ts_ns = w->r->ns,
		.op = number_of(n		 ? n->object
				: w->ready_count ? g->ready[w->ready]
						 : w->object),
		.thread_wake = { .ret = w->r->ret,
			.waking_ns = WG_NOT_OBSERVABLE,
			.oncpu_ns = WG_NOT_OBSERVABLE,
			.by_call = "",
			.reason = (uint8_t)reason_of(g, w),
			.certainty = w->certainty } };

	if (n) {
		ev.thread_wake.waking_ns = n->r->ns;
		ev.thread_wake.by_call = call_of(n->r);
		ev.thread_wake.by_pid = g->arenas.thread[n->thread].pid;
		ev.thread_wake.by_tid = g->arenas.thread[n->thread].tid;
		ev.thread_wake.by_site = wg__gather_site(g, n->thread, n->r->site);
	}
	return emit(out, w->thread, &ev);
}

static int emit_wait(const struct out *out, const struct wg__gather_wait *w)
{
	struct wg_event ev = { .record = WG_RECORD_WAIT,
		.ts_ns = w->r->begin_ns,
		.op = number_of(w->object),
		.thread_wait = { w->r->timeout_ns, w->r->cpu_ns, WG_NOT_OBSERVABLE,
			wg__gather_site(out->g, w->thread, w->r->site), (enum wg_wait_in)w->r->kind,
			w->r->did == WG_DID_ACTED ? WG_DID_ACTED : WG_DID_UNKNOWN } };
	int rc;

	if (w->is_inside)
		return 0;
	rc = emit(out, w->thread, &ev);
	return rc != 0 ? rc : emit_wake(out, w);
}

static int emit_notify(const struct out *out, const struct wg__gather_notify *n)
{
	struct wg_event ev = { .record = WG_RECORD_NOTIFY,
		.ts_ns = n->r->ns,
		.op = number_of(n->object),
		.thread_notify = { (int64_t)n->r->a, n->woke,
			wg__gather_site(out->g, n->thread, n->r->site),
			(enum wg_wait_in)n->r->kind } };

	return emit(out, n->thread, &ev);
}

/* By time of their ends, so that those of one thread are in order. */
static int emit_moments(const struct out *out)
{
	const struct wg__gather *g = out->g;
	size_t w = 0, n = 0;
	int rc = 0;

	while (rc == 0 && (w < g->wait_count || n < g->notify_count)) {
		if (n == g->notify_count ||
			(w < g->wait_count && g->wait[w].r->ns <= g->notify[n].r->ns))
			rc = emit_wait(out, &g->wait[w++]);
		else
			rc = emit_notify(out, &g->notify[n++]);
	}
	return rc;
}

/* G5 */
static int emit_open(const struct out *out)
{
	struct wg__gather *g = out->g;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < g->arenas.thread_count; i++) {
		const struct wg__arena_thread *t = &g->arenas.thread[i];
		struct wg_event ev = { .record = WG_RECORD_WAIT,
			.ts_ns = t->open.begin_ns,
			.thread_wait = { t->open.timeout_ns, WG_NOT_OBSERVABLE, WG_NOT_OBSERVABLE,
				wg__gather_site(g, (uint32_t)i, t->open.site),
				(enum wg_wait_in)t->open.how, WG_DID_UNKNOWN } };

		if (t->is_ended || t->open.begin_ns < out->first_ns || t->open.how >= WG_IN_COUNT)
			continue;
		ev.op = number_of(wg__gather_object(
			g, (uint32_t)i, t->open.object, kind_of_wait(t->open.how)));
		rc = emit(out, (uint32_t)i, &ev);
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

static int gather(struct wg__gather *g, struct out *out, const char *dir)
{
	size_t i;
	int rc = wg__arenas_read(dir, &g->arenas);

	g->names = wg__names_create();
	if (rc < 0 || !g->names)
		return rc < 0 ? rc : -ENOMEM;
	rc = take_all(g);
	/* The objects of waits that did not end must be there before objects are handed out. */
	for (i = 0; i < g->arenas.thread_count; i++)
		(void)wg__gather_object(g, (uint32_t)i, g->arenas.thread[i].open.object,
			kind_of_wait(g->arenas.thread[i].open.how));
	if (rc == 0)
		rc = wg__gather_pair(g);
	if (rc == 0)
		rc = wg__gather_find_symbols(g);
	out->first_ns = first_time(g);
	if (rc == 0 && out->first_ns != INT64_MAX)
		rc = emit_places(out);
	if (rc == 0)
		rc = emit_moments(out);
	return rc == 0 ? emit_open(out) : rc;
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

int wg_gather(const char *dir, event_fn on_event, void *user, struct wg_gather_stats *ret_stats,
	struct wg_error *err)
{
	struct wg__gather g = { 0 };
	struct out out = { &g, on_event, user, 0 };
	int rc = gather(&g, &out, dir);

	*ret_stats = (struct wg_gather_stats){ .records = g.arenas.record_count,
		.waits = g.wait_count,
		.notifies = g.notify_count,
		.lost = g.arenas.lost,
		.nobody = g.arenas.nobody,
		.programs = g.arenas.count,
		.processes = count_processes(&g),
		.have_lttng = g.arenas.have_lttng };
	wg__gather_places_fini(&g);
	free(g.wait);
	free(g.notify);
	free(g.ready);
	wg__arenas_fini(&g.arenas);
	wg__names_destroy(g.names);
	if (rc == 0)
		return 0;
	return wg_error_set(err, rc, "cannot gather what was recorded: %s", strerror(-rc));
}
