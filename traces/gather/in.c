/*
 * in.c: records of threads, in the order of time, become waits and notifies.
 */
#include "traces/gather/gather_impl.h"

enum wg_object_kind wg__gather_kind_of_wait(uint8_t how)
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
static int find_ready(
	struct wg__gather *g, struct wg__gather_wait *w, const struct wg__gather_last *last)
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
		const struct wg_preload_record *more = &last->more[j];

		for (i = 0; rc == 0 && i < 5 && i < more->ret; i++)
			rc = add_ready_number(g, w->thread, w->object,
				i < 3 ? more->more[i] : more->ab[i - 3], is_data);
	}
	w->ready_count = (uint32_t)g->ready_count - w->ready;
	return rc;
}

bool wg__gather_is_for_descriptors(uint8_t how)
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

static int add_wait(struct wg__gather *g, uint32_t thread, const struct wg_preload_record *r,
	struct wg__gather_last *last)
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
		.object = wg__gather_object(g, thread, r->object, wg__gather_kind_of_wait(r->kind)),
		.before = last->wait,
		.by = WG__NONE };
	rc = wg__gather_is_for_descriptors(r->kind) && r->ret > 0 ? find_ready(g, w, last) : 0;
	mark_inside(g, w);
	last->wait = (uint32_t)g->wait_count++;
	last->more_count = 0;
	return rc;
}

static int add_notify(struct wg__gather *g, uint32_t thread, const struct wg_preload_record *r)
{
	uint32_t object = wg__gather_object(g, thread, r->object, wg__gather_kind_of_wait(r->kind));

	if (r->kind == WG_IN_READ && object != WG__NONE)
		object = g->object[object].peer;
	if (object == WG__NONE || r->kind >= WG_IN_COUNT)
		return 0;
	if (wg__grow(&g->notify, &g->notify_cap, g->notify_count, sizeof(*g->notify)) < 0)
		return -ENOMEM;
	g->notify[g->notify_count++] =
		(struct wg__gather_notify){ .r = r, .thread = thread, .object = object };
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

int wg__gather_take(struct wg__gather *g, uint32_t thread, const struct wg_preload_record *r,
	struct wg__gather_last *last)
{
	if (r->type != WG_PRELOAD_READY && r->type != WG_PRELOAD_WAIT)
		last->more_count = 0;
	switch (r->type) {
	case WG_PRELOAD_WAIT: return add_wait(g, thread, r, last);
	case WG_PRELOAD_READY:
		if (last->more_count < WG__GATHER_MORE)
			last->more[last->more_count++] = *r;
		return 0;
	case WG_PRELOAD_NOTIFY: return add_notify(g, thread, r);
	case WG_PRELOAD_OBJECT: return wg__gather_say_object(g, thread, r);
	case WG_PRELOAD_WATCH: return add_watch(g, thread, r);
	case WG_PRELOAD_SITE: return wg__gather_say_site(g, thread, r);
	case WG_PRELOAD_MODULE: return wg__gather_say_module(g, thread, r);
	default: return 0;
	}
}
