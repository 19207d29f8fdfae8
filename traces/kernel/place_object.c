/*
 * place_object.c: what a thread waits for. Descriptors are opened and closed meanwhile, so one is
 * looked at again now and then: another kind of thing under the same number is another object.
 *
 * The descriptors of a poll or a select stand in the memory of the thread, which goes on before we
 * read its record: the kernel's program has copied them. A poll of one is a wait for that one, as a
 * read of it is.
 */
#include <errno.h>
#include <string.h>

#include "traces/base/names.h" /* wg__grow */
#include "traces/kernel/places_impl.h"
#include "traces/observe/object.h"

static enum wg_object_kind kind_of(const struct wg__call *call, const struct wg_object *seen)
{
	static const struct {
		const char *name;
		enum wg_object_kind kind;
	} known[] = {
		{ "epoll", WG_OBJECT_EPOLL },
		{ "eventfd", WG_OBJECT_EVENTFD },
		{ "pipe", WG_OBJECT_PIPE },
		{ "socket", WG_OBJECT_SOCKET },
		{ "timerfd", WG_OBJECT_TIMERFD },
	};
	size_t i;

	if (call->on == WG__ON_FUTEX)
		return call->how == WG_IN_COND	? WG_OBJECT_COND
		       : call->how == WG_IN_SEM ? WG_OBJECT_SEM
						: WG_OBJECT_FUTEX;
	for (i = 0; seen->kind && i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(seen->kind, known[i].name) == 0)
			return known[i].kind;
	}
	return WG_OBJECT_OTHER;
}

static int tell_object(struct wg__places *places, const struct wg_raw_wait *raw,
	struct wg__place_object *o, const struct wg_object *seen, enum wg_object_kind kind)
{
	struct wg_event ev = { .ts_ns = (int64_t)raw->head.ts_ns,
		.type = WG_EV_OTHER,
		.record = WG_RECORD_OBJECT,
		.pid = raw->head.pid,
		.tid = raw->head.tid };

	o->kind = kind;
	o->may_be_socket =
		kind == WG_OBJECT_SOCKET || kind == WG_OBJECT_EPOLL || kind == WG_OBJECT_SET;
	ev.op = o->id;
	ev.object.kind = kind;
	ev.object.fd = seen->fd;
	ev.object.generation = o->generation;
	return places->sink(places->user, &ev);
}

static int add_object(struct wg__places *places, struct wg__place_process *p, uint64_t key,
	uint32_t on, struct wg__place_object **ret)
{
	if (wg__grow(&places->object, &places->object_cap, places->objects,
		    sizeof(*places->object)) < 0 ||
		wg__map_put(&p->objects, on, key, places->objects) < 0)
		return -ENOMEM;
	*ret = &places->object[places->objects];
	**ret = (struct wg__place_object){ .id = ++places->objects };
	return 0;
}

/* ---- what a poll or a select watches ---- */

struct watched {
	uint64_t count; /* of descriptors; those that were not copied count as well */
	uint64_t fd;	/* the first one */
};

static void watch(struct watched *w, uint64_t fd)
{
	if (w->count++ == 0)
		w->fd = fd;
}

static void watch_pollfds(struct watched *w, const struct wg_raw_wait *raw)
{
	uint64_t i, count = raw->arg[1] < WG_RAW_WATCHED ? raw->arg[1] : WG_RAW_WATCHED;

	for (i = 0; i < count; i++) {
		if ((int32_t)raw->watched[i] >= 0)
			watch(w, raw->watched[i] & UINT32_MAX);
	}
	w->count += raw->arg[1] - count;
}

static void watch_fdsets(struct watched *w, const struct wg_raw_wait *raw)
{
	uint64_t count = raw->arg[0] < 128 ? raw->arg[0] : 128, any, fd;

	for (fd = 0; fd < count; fd++) {
		any = raw->watched[fd / 64] | raw->watched[2 + fd / 64] | raw->watched[4 + fd / 64];
		if (any >> fd % 64 & 1)
			watch(w, fd);
	}
	w->count += raw->arg[0] - count;
}

static struct watched watched_in(const struct wg_raw_wait *raw, enum wg__on on)
{
	struct watched w = { .count = 0 };

	if (raw->has_watched && on == WG__ON_POLLFDS)
		watch_pollfds(&w, raw);
	else if (raw->has_watched)
		watch_fdsets(&w, raw);
	return w;
}

/* Several are one object, whichever they are: the array at that address. */
static int find_set(struct wg__places *places, struct wg__place_process *p,
	const struct wg_raw_wait *raw, struct wg__place *ret)
{
	static const struct wg_object set = { .fd = -1 };
	size_t i = wg__map_get(&p->objects, ret->call.on, raw->arg[0]);
	struct wg__place_object *o;
	int rc;

	if (i != WG__MAP_NONE) {
		ret->object = places->object[i].id;
		return 0;
	}
	rc = add_object(places, p, raw->arg[0], ret->call.on, &o);
	if (rc < 0)
		return rc;
	ret->object = o->id;
	return tell_object(places, raw, o, &set, WG_OBJECT_SET);
}

/* ---- one thing ---- */

/* A descriptor, which may be another later, or a word of memory. */
static int find_one(struct wg__places *places, struct wg__place_process *p, const struct wg__at *at,
	const struct wg_raw_wait *raw, struct wg__place *ret)
{
	/* A condition variable has two words, side by side, that threads sleep on in turn. */
	uint64_t key = ret->call.how == WG_IN_COND ? at->arg[0] & ~UINT64_C(7) : at->arg[0];
	uint32_t on = ret->call.on;
	size_t i = wg__map_get(&p->objects, on, key);
	struct wg__place_object *o = i == WG__MAP_NONE ? NULL : &places->object[i];
	struct wg_object seen;
	enum wg_object_kind kind;
	int rc = 0;

	if (o && (on == WG__ON_FUTEX || raw->head.ts_ns - o->looked_ns < WG__AGAIN_NS)) {
		ret->object = o->id;
		return 0;
	}
	wg__places_look(p, raw->head.tid, raw->pc, raw->head.ts_ns);
	wg__object_look(p->dir, (pid_t)raw->head.tid, at, &ret->call, &seen);
	kind = kind_of(&ret->call, &seen);
	if (o && o->kind != kind && seen.kind) {
		uint32_t generation = o->generation + 1;

		rc = add_object(places, p, key, on, &o);
		if (rc == 0)
			o->generation = generation;
	} else if (!o) {
		rc = add_object(places, p, key, on, &o);
	} else {
		o->looked_ns = raw->head.ts_ns;
		ret->object = o->id;
		return 0;
	}
	if (rc < 0)
		return rc;
	o->looked_ns = raw->head.ts_ns;
	ret->object = o->id;
	return tell_object(places, raw, o, &seen, kind);
}

int wg__places_object(struct wg__places *places, struct wg__place_process *p,
	const struct wg__at *at, const struct wg_raw_wait *raw, struct wg__place *ret)
{
	struct wg__at one = *at;
	struct watched w;

	switch (ret->call.on) {
	case WG__ON_NOTHING: return 0;
	case WG__ON_POLLFDS:
	case WG__ON_FDSETS:
		w = watched_in(raw, ret->call.on);
		if (w.count != 1)
			return w.count ? find_set(places, p, raw, ret) : 0;
		one.arg[0] = w.fd;
		ret->call.on = WG__ON_FD;
		return find_one(places, p, &one, raw, ret);
	default: return find_one(places, p, at, raw, ret);
	}
}

bool wg__places_may_be_socket(const struct wg__places *places, uint64_t object)
{
	return object > 0 && object <= places->objects && places->object[object - 1].may_be_socket;
}
