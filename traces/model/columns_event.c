/*
 * columns_event.c: the events of a model as rows (see columns.h). What types have in common shares
 * a column if it is alike: the small numbers of all types, their large ones.
 */
#include <errno.h>
#include <stdlib.h>

#include "traces/base/names.h"
#include "traces/model/columns_impl.h"

struct event_row {
	int64_t ts;
	uint64_t op, loop;
	int64_t cpu_time;
	int64_t a;	     /* arguments, results */
	int64_t b;	     /* timeouts, counts */
	int64_t c;	     /* times */
	uint32_t s, t;	     /* small ones */
	uint32_t d, e, f, g; /* sites, threads, names */
	uint32_t source, cpu;
	uint8_t type, record;
};

#define OF_EVENT(field) WG__PACKED_FIELD(struct event_row, field)
#define EVENT_FIELDS                                                                               \
	{                                                                                          \
		OF_EVENT(ts), OF_EVENT(type), OF_EVENT(source), OF_EVENT(op), OF_EVENT(s),         \
			OF_EVENT(t), OF_EVENT(a), OF_EVENT(b), OF_EVENT(loop), OF_EVENT(cpu),      \
			OF_EVENT(record), OF_EVENT(c), OF_EVENT(d), OF_EVENT(e), OF_EVENT(f),      \
			OF_EVENT(g), OF_EVENT(cpu_time)                                            \
	}

static const struct wg__packed_type event_types[2] = {
	{ sizeof(struct event_row), 1, 17, EVENT_FIELDS },
	{ sizeof(struct event_row), SIZE_MAX, 17, EVENT_FIELDS },
};

/* ---- names ---- */

/* The number of an interned name; 0 for NULL. */
static int number_of(struct wg__columns *c, const char *name, uint32_t *ret)
{
	uint64_t id = (uint64_t)(uintptr_t)name;
	size_t i = name ? wg__map_get(&c->name_map, 0, id) : 0;

	if (i == WG__MAP_NONE) {
		/* Number 0 is no name. */
		if (c->name_count == 0)
			c->name_count = 1;
		i = c->name_count;
		if (wg__grow(&c->names, &c->name_cap, i, sizeof(*c->names)) < 0 ||
			wg__map_put(&c->name_map, 0, id, i) < 0)
			return -ENOMEM;
		c->names[0] = NULL;
		c->names[i] = name;
		c->name_count++;
	}
	*ret = (uint32_t)i;
	return 0;
}

static const char *name_of(const struct wg__columns *c, uint32_t i)
{
	return i && i < c->name_count ? c->names[i] : NULL;
}

/* ---- sources ---- */

static struct wg__key source_key(const void *user, uint32_t i)
{
	const struct wg__source *s = &((const struct wg__columns *)user)->sources[i];

	return (struct wg__key){ s->pid, (uint64_t)s->tid << 32 | s->who };
}

static bool is_source(const struct wg__source *s, const struct wg_event *ev)
{
	return s->tid == ev->tid && s->pid == ev->pid && s->who == ev->who &&
	       s->procname == ev->procname && s->space == ev->space &&
	       s->has_cpu_time == ev->has_cpu_time;
}

static int new_source(struct wg__columns *c, const struct wg_event *ev, uint32_t same)
{
	size_t i = c->source_count;

	if (wg__grow(&c->sources, &c->source_cap, i, sizeof(*c->sources)) < 0)
		return -ENOMEM;
	c->sources[i] = (struct wg__source){ .space = ev->space,
		.has_cpu_time = ev->has_cpu_time,
		.pid = ev->pid,
		.tid = ev->tid,
		.who = ev->who,
		.procname = ev->procname,
		.same = same };
	c->source_count++;
	if (wg__finder_put(&c->source_map, i) < 0) {
		c->source_count--;
		return -ENOMEM;
	}
	c->last_source = i;
	return 0;
}

/* Finds, or adds, the source of an event: c->last_source. */
static int find_source(struct wg__columns *c, const struct wg_event *ev)
{
	const struct wg__key key = { ev->pid, (uint64_t)ev->tid << 32 | ev->who };
	uint32_t *recent = &c->recent_source[ev->tid % (sizeof(c->recent_source) /
							       sizeof(c->recent_source[0]))];
	uint32_t first, i;

	/* Threads take turns, so the last one of this thread is more often right than the last. */
	if (*recent && is_source(&c->sources[*recent - 1], ev)) {
		c->last_source = *recent - 1;
		return 0;
	}
	first = wg__finder_get(&c->source_map, key);
	for (i = first == WG__FINDER_NONE ? 0 : first + 1; i; i = c->sources[i - 1].same) {
		if (is_source(&c->sources[i - 1], ev)) {
			c->last_source = i - 1;
			*recent = i;
			return 0;
		}
	}
	if (new_source(c, ev, first == WG__FINDER_NONE ? 0 : first + 1) < 0)
		return -ENOMEM;
	*recent = (uint32_t)c->last_source + 1;
	return 0;
}

/* ---- records ---- */

/* A time of a wake is kept as its distance before the event, if it is a time. */
static int64_t before(int64_t ts, int64_t t, bool is_time)
{
	return is_time ? (int64_t)((uint64_t)ts - (uint64_t)t) : t;
}

enum { IS_WAKING = 1 << 16, IS_ONCPU = 1 << 17 };

static int put_wake(struct wg__columns *c, struct event_row *row, const struct wg_event *ev)
{
	row->a = ev->thread_wake.ret;
	row->b = before(ev->ts_ns, ev->thread_wake.waking_ns, ev->thread_wake.waking_ns > 0);
	row->c = before(ev->ts_ns, ev->thread_wake.oncpu_ns, ev->thread_wake.oncpu_ns > 0);
	row->s = ev->thread_wake.reason;
	row->t = ev->thread_wake.certainty |
		 (ev->thread_wake.waking_ns > 0 ? (uint32_t)IS_WAKING : 0) |
		 (ev->thread_wake.oncpu_ns > 0 ? (uint32_t)IS_ONCPU : 0);
	row->e = ev->thread_wake.by_pid;
	row->f = ev->thread_wake.by_tid;
	row->g = ev->thread_wake.by_site;
	return number_of(c, ev->thread_wake.by_call, &row->d);
}

static void get_wake(const struct wg__columns *c, const struct event_row *row, struct wg_event *ev)
{
	ev->thread_wake.ret = row->a;
	ev->thread_wake.waking_ns = before(row->ts, row->b, row->t & IS_WAKING);
	ev->thread_wake.oncpu_ns = before(row->ts, row->c, row->t & IS_ONCPU);
	ev->thread_wake.by_call = name_of(c, row->d);
	ev->thread_wake.by_pid = row->e;
	ev->thread_wake.by_tid = row->f;
	ev->thread_wake.by_site = row->g;
	ev->thread_wake.reason = (uint8_t)row->s;
	ev->thread_wake.certainty = (uint8_t)row->t;
}

static int put_site(struct wg__columns *c, struct event_row *row, const struct wg_event *ev)
{
	row->a = (int64_t)ev->site.offset;
	row->g = ev->site.id;
	if (number_of(c, ev->site.module, &row->d) < 0 ||
		number_of(c, ev->site.build_id, &row->e) < 0)
		return -ENOMEM;
	return number_of(c, ev->site.symbol, &row->f);
}

static int put_record(struct wg__columns *c, struct event_row *row, const struct wg_event *ev)
{
	switch (ev->record) {
	case WG_RECORD_WAIT:
		row->b = ev->thread_wait.timeout_ns;
		row->a = ev->thread_wait.cpu_ns;
		row->c = ev->thread_wait.calls;
		row->d = ev->thread_wait.site;
		row->s = ev->thread_wait.how;
		row->t = ev->thread_wait.did;
		return 0;
	case WG_RECORD_WAKE: return put_wake(c, row, ev);
	case WG_RECORD_NOTIFY:
		row->a = ev->thread_notify.value;
		row->b = ev->thread_notify.woke;
		row->d = ev->thread_notify.site;
		row->s = ev->thread_notify.how;
		return 0;
	case WG_RECORD_OBJECT:
		row->s = ev->object.kind;
		row->e = (uint32_t)ev->object.fd;
		row->d = ev->object.generation;
		return 0;
	default: return put_site(c, row, ev);
	}
}

static void get_record(
	const struct wg__columns *c, const struct event_row *row, struct wg_event *ev)
{
	switch (ev->record) {
	case WG_RECORD_WAIT:
		ev->thread_wait.timeout_ns = row->b;
		ev->thread_wait.cpu_ns = row->a;
		ev->thread_wait.calls = row->c;
		ev->thread_wait.site = row->d;
		ev->thread_wait.how = (enum wg_wait_in)row->s;
		ev->thread_wait.did = (enum wg_did)row->t;
		return;
	case WG_RECORD_WAKE: get_wake(c, row, ev); return;
	case WG_RECORD_NOTIFY:
		ev->thread_notify.value = row->a;
		ev->thread_notify.woke = row->b;
		ev->thread_notify.site = row->d;
		ev->thread_notify.how = (enum wg_wait_in)row->s;
		return;
	case WG_RECORD_OBJECT:
		ev->object.kind = (enum wg_object_kind)row->s;
		ev->object.fd = (int32_t)row->e;
		ev->object.generation = row->d;
		return;
	default:
		ev->site.offset = (uint64_t)row->a;
		ev->site.id = row->g;
		ev->site.module = name_of(c, row->d);
		ev->site.build_id = name_of(c, row->e);
		ev->site.symbol = name_of(c, row->f);
	}
}

/* ---- events of loops ---- */

static int put_fields(struct wg__columns *c, struct event_row *row, const struct wg_event *ev)
{
	switch (ev->type) {
	case WG_EV_LOOP: row->a = ev->loop_.tick_ns; return number_of(c, ev->loop_.wait, &row->d);
	case WG_EV_SUBMIT:
		row->s = ev->submit.kind;
		row->a = ev->submit.arg;
		return 0;
	case WG_EV_START: row->s = ev->start.worker; return 0;
	case WG_EV_DONE:
	case WG_EV_DELIVER: row->a = ev->done.result; return 0;
	case WG_EV_NOTIFY: row->s = ev->notify.sent; return 0;
	case WG_EV_WAIT:
		row->b = ev->wait.timeout_ns;
		row->t = ev->wait.ready;
		return 0;
	case WG_EV_WAKE:
		row->s = ev->wake.reason;
		row->t = ev->wake.ready;
		return 0;
	case WG_EV_POLL: row->t = ev->poll.found; return 0;
	case WG_EV_LOST:
		row->c = ev->lost.begin_ns;
		row->b = (int64_t)ev->lost.count;
		return 0;
	default:
		if (number_of(c, ev->never_ends.call, &row->d) < 0)
			return -ENOMEM;
		return number_of(c, ev->never_ends.why, &row->e);
	}
}

static void get_fields(
	const struct wg__columns *c, const struct event_row *row, struct wg_event *ev)
{
	switch (ev->type) {
	case WG_EV_LOOP:
		ev->loop_.tick_ns = row->a;
		ev->loop_.wait = name_of(c, row->d);
		return;
	case WG_EV_SUBMIT:
		ev->submit.kind = (enum wg_kind)row->s;
		ev->submit.arg = row->a;
		return;
	case WG_EV_START: ev->start.worker = row->s; return;
	case WG_EV_DONE: ev->done.result = row->a; return;
	case WG_EV_DELIVER: ev->deliver.result = row->a; return;
	case WG_EV_NOTIFY: ev->notify.sent = row->s; return;
	case WG_EV_WAIT:
		ev->wait.timeout_ns = row->b;
		ev->wait.ready = row->t;
		return;
	case WG_EV_WAKE:
		ev->wake.reason = (enum wg_reason)row->s;
		ev->wake.ready = row->t;
		return;
	case WG_EV_POLL: ev->poll.found = row->t; return;
	case WG_EV_LOST:
		ev->lost.begin_ns = row->c;
		ev->lost.count = (uint64_t)row->b;
		return;
	default: ev->never_ends.call = name_of(c, row->d); ev->never_ends.why = name_of(c, row->e);
	}
}

/* ---- rows ---- */

void wg__events_init(struct wg__columns *c, bool stays_open)
{
	c->events.type = &event_types[stays_open];
	wg__finder_init(&c->source_map, source_key, c);
}

int wg__columns_add_event(struct wg__columns *c, const struct wg_event *ev)
{
	struct event_row row = {
		.ts = ev->ts_ns,
		.op = ev->op,
		.loop = ev->loop,
		.cpu_time = ev->has_cpu_time ? ev->cpu_time_ns : 0,
		.cpu = ev->cpu,
		.type = (uint8_t)ev->type,
		.record = (uint8_t)ev->record,
	};
	struct event_row *at;

	if (find_source(c, ev) < 0 || (ev->record == WG_RECORD_NONE ? put_fields(c, &row, ev)
								    : put_record(c, &row, ev)) < 0)
		return -ENOMEM;
	row.source = (uint32_t)c->last_source;
	at = wg__packed_add(&c->events);
	if (!at)
		return -ENOMEM;
	*at = row;
	return 0;
}

void wg__columns_event(const struct wg__columns *c, size_t i, struct wg_event *ret)
{
	struct event_row room;
	const struct event_row *row = wg__packed_get(&c->events, i, &room);
	const struct wg__source *source = &c->sources[row->source];

	*ret = (struct wg_event){ .ts_ns = row->ts,
		.type = row->record ? WG_EV_OTHER : (enum wg_event_type)row->type,
		.record = (enum wg_record)row->record,
		.cpu = row->cpu,
		.pid = source->pid,
		.tid = source->tid,
		.procname = source->procname,
		.loop = row->loop,
		.op = row->op,
		.cpu_time_ns = row->cpu_time,
		.space = source->space,
		.has_cpu_time = source->has_cpu_time,
		.who = source->who };
	if (ret->record == WG_RECORD_NONE)
		get_fields(c, row, ret);
	else
		get_record(c, row, ret);
}

size_t wg__columns_first_event(const struct wg__columns *c, int64_t t)
{
	return wg__packed_first_from(&c->events, EVENT_TS, t);
}

int64_t wg__columns_event_ns(const struct wg__columns *c, size_t i)
{
	return (int64_t)wg__packed_value(&c->events, i, EVENT_TS);
}
