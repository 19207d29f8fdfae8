/*
 * out.c: waits and notifies become events.
 */
#include "traces/gather/gather_impl.h"

static int emit(const struct wg__gather_out *out, uint32_t thread, struct wg_event *ev)
{
	const struct wg__arena_thread *t = &out->g->arenas.thread[thread];

	ev->type = WG_EV_OTHER;
	ev->pid = t->pid;
	ev->tid = t->tid;
	ev->procname = t->name;
	return out->on_event(out->user, ev);
}

static uint64_t number_of(uint32_t object)
{
	return object == WG__NONE ? 0 : (uint64_t)object + 1;
}

/* --- places --- */

static int emit_object(const struct wg__gather_out *out, uint32_t i, int64_t ts_ns)
{
	struct wg__gather_object *o = &out->g->object[i];
	struct wg_event ev = { .record = WG_RECORD_OBJECT,
		.ts_ns = ts_ns,
		.op = (uint64_t)i + 1,
		.object = { o->kind, o->fd, 0 } };

	o->is_out = true;
	return emit(out, o->thread, &ev);
}

static int emit_site(const struct wg__gather_out *out, uint32_t i, uint32_t thread, int64_t ts_ns)
{
	struct wg__gather_site *s = &out->g->site[i];
	struct wg_event ev = { .record = WG_RECORD_SITE,
		.ts_ns = ts_ns,
		.site = { s->module, s->build_id, s->symbol ? s->symbol : "", s->offset, i + 1 } };

	s->is_out = true;
	return emit(out, thread, &ev);
}

int wg__gather_emit_places(const struct wg__gather_out *out, int64_t ts_ns)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < out->g->object_count; i++)
		rc = emit_object(out, (uint32_t)i, ts_ns);
	for (i = 0; rc == 0 && i < out->g->site_count; i++)
		rc = emit_site(out, (uint32_t)i, 0, ts_ns);
	return rc;
}

/* Whoever hears of a place for the first time hears what it is just before. */
static int need_object(const struct wg__gather_out *out, uint32_t i, int64_t ts_ns)
{
	return i == WG__NONE || out->g->object[i].is_out ? 0 : emit_object(out, i, ts_ns);
}

static int need_site(
	const struct wg__gather_out *out, uint32_t site, uint32_t thread, int64_t ts_ns)
{
	int rc;

	if (site == 0 || out->g->site[site - 1].is_out)
		return 0;
	rc = wg__gather_name_site(out->g, site - 1);
	return rc < 0 ? rc : emit_site(out, site - 1, thread, ts_ns);
}

/* --- moments --- */

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

int wg__gather_emit_wake(const struct wg__gather_out *out, const struct wg__gather_wait *w)
{
	const struct wg__gather *g = out->g;
	const struct wg__gather_notify *n = w->by == WG__NONE ? NULL : &g->notify[w->by];
	uint32_t object = n ? n->object : w->ready_count ? g->ready[w->ready] : w->object;
	struct wg_event ev = { .record = WG_RECORD_WAKE,
		.ts_ns = w->r->ns,
		.op = number_of(object),
		.thread_wake = { .ret = w->r->ret,
			.waking_ns = WG_NOT_OBSERVABLE,
			.oncpu_ns = WG_NOT_OBSERVABLE,
			.by_call = "",
			.reason = (uint8_t)reason_of(g, w),
			.certainty = w->certainty } };
	int rc = need_object(out, object, ev.ts_ns);

	if (n) {
		ev.thread_wake.waking_ns = n->r->ns;
		ev.thread_wake.by_call = call_of(n->r);
		ev.thread_wake.by_pid = g->arenas.thread[n->thread].pid;
		ev.thread_wake.by_tid = g->arenas.thread[n->thread].tid;
		ev.thread_wake.by_site = wg__gather_site(g, n->thread, n->r->site);
	}
	if (rc == 0)
		rc = need_site(out, ev.thread_wake.by_site, w->thread, ev.ts_ns);
	return rc < 0 ? rc : emit(out, w->thread, &ev);
}

static int emit_begin(const struct wg__gather_out *out, uint32_t thread, uint32_t object,
	const struct wg_event *wait)
{
	struct wg_event ev = *wait;
	int rc = need_object(out, object, ev.ts_ns);

	if (rc == 0)
		rc = need_site(out, ev.thread_wait.site, thread, ev.ts_ns);
	ev.record = WG_RECORD_WAIT;
	ev.op = number_of(object);
	return rc < 0 ? rc : emit(out, thread, &ev);
}

static enum wg_did did_of(uint8_t did)
{
	return did == WG_DID_ACTED ? WG_DID_ACTED : WG_DID_UNKNOWN;
}

/* A socket's own timeout is in no argument. */
static int64_t timeout_of(const struct wg__gather_wait *w)
{
	return w->r->timeout_ns == WG_FOR_EVER && wg__gather_timed_out(w) ? WG_NOT_OBSERVABLE
									  : w->r->timeout_ns;
}

int wg__gather_emit_begin(const struct wg__gather_out *out, const struct wg__gather_wait *w)
{
	const struct wg_event ev = { .ts_ns = w->r->begin_ns,
		.thread_wait = { timeout_of(w), w->r->cpu_ns, WG_NOT_OBSERVABLE,
			wg__gather_site(out->g, w->thread, w->r->site), (enum wg_wait_in)w->r->kind,
			did_of(w->r->did) } };

	return emit_begin(out, w->thread, w->object, &ev);
}

int wg__gather_emit_open(const struct wg__gather_out *out, uint32_t thread)
{
	struct wg__gather *g = out->g;
	const struct wg_preload_open *open = &g->arenas.thread[thread].open;
	const struct wg_event ev = { .ts_ns = open->begin_ns,
		.thread_wait = { open->timeout_ns, open->cpu_ns, WG_NOT_OBSERVABLE,
			wg__gather_site(g, thread, open->site), (enum wg_wait_in)open->how,
			did_of(open->did) } };
	uint32_t object =
		wg__gather_object(g, thread, open->object, wg__gather_kind_of_wait(open->how));

	return emit_begin(out, thread, object, &ev);
}

int wg__gather_emit_notify(const struct wg__gather_out *out, const struct wg__gather_notify *n)
{
	struct wg_event ev = { .record = WG_RECORD_NOTIFY,
		.ts_ns = n->r->ns,
		.op = number_of(n->object),
		.thread_notify = { (int64_t)n->r->a, n->woke,
			wg__gather_site(out->g, n->thread, n->r->site),
			(enum wg_wait_in)n->r->kind } };
	int rc = need_object(out, n->object, ev.ts_ns);

	if (rc == 0)
		rc = need_site(out, ev.thread_notify.site, n->thread, ev.ts_ns);
	return rc < 0 ? rc : emit(out, n->thread, &ev);
}
