/*
 * twice.c: see twice.h.
 */
#include "traces/read/twice.h"

#include <errno.h>
#include <stdlib.h>

#include "traces/base/names.h"

static bool has_same_wake(const struct wg_event *a, const struct wg_event *b)
{
	return a->thread_wake.ret == b->thread_wake.ret &&
	       a->thread_wake.waking_ns == b->thread_wake.waking_ns &&
	       a->thread_wake.oncpu_ns == b->thread_wake.oncpu_ns &&
	       a->thread_wake.by_call == b->thread_wake.by_call &&
	       a->thread_wake.by_pid == b->thread_wake.by_pid &&
	       a->thread_wake.by_tid == b->thread_wake.by_tid &&
	       a->thread_wake.by_site == b->thread_wake.by_site &&
	       a->thread_wake.reason == b->thread_wake.reason &&
	       a->thread_wake.certainty == b->thread_wake.certainty;
}

static bool has_same_record(const struct wg_event *a, const struct wg_event *b)
{
	switch (a->record) {
	case WG_RECORD_WAIT:
		return a->thread_wait.timeout_ns == b->thread_wait.timeout_ns &&
		       a->thread_wait.cpu_ns == b->thread_wait.cpu_ns &&
		       a->thread_wait.calls == b->thread_wait.calls &&
		       a->thread_wait.site == b->thread_wait.site &&
		       a->thread_wait.how == b->thread_wait.how &&
		       a->thread_wait.did == b->thread_wait.did;
	case WG_RECORD_WAKE: return has_same_wake(a, b);
	case WG_RECORD_NOTIFY:
		return a->thread_notify.value == b->thread_notify.value &&
		       a->thread_notify.woke == b->thread_notify.woke &&
		       a->thread_notify.site == b->thread_notify.site &&
		       a->thread_notify.how == b->thread_notify.how;
	case WG_RECORD_OBJECT:
		return a->object.kind == b->object.kind && a->object.fd == b->object.fd &&
		       a->object.generation == b->object.generation;
	case WG_RECORD_SITE:
		return a->site.id == b->site.id && a->site.module == b->site.module &&
		       a->site.build_id == b->site.build_id && a->site.symbol == b->site.symbol &&
		       a->site.offset == b->site.offset;
	default: return true; /* an event that this version does not know */
	}
}

static bool has_same_fields(const struct wg_event *a, const struct wg_event *b)
{
	switch (a->type) {
	case WG_EV_LOOP:
		return a->loop_.wait == b->loop_.wait && a->loop_.tick_ns == b->loop_.tick_ns;
	case WG_EV_SUBMIT:
		return a->submit.kind == b->submit.kind && a->submit.arg == b->submit.arg;
	case WG_EV_START: return a->start.worker == b->start.worker;
	case WG_EV_DONE: return a->done.result == b->done.result;
	case WG_EV_NOTIFY: return a->notify.sent == b->notify.sent;
	case WG_EV_WAIT:
		return a->wait.timeout_ns == b->wait.timeout_ns && a->wait.ready == b->wait.ready;
	case WG_EV_WAKE: return a->wake.reason == b->wake.reason && a->wake.ready == b->wake.ready;
	case WG_EV_POLL: return a->poll.found == b->poll.found;
	case WG_EV_DELIVER: return a->deliver.result == b->deliver.result;
	case WG_EV_LOST: return a->lost.count && a->lost.count == b->lost.count;
	default: return has_same_record(a, b);
	}
}

/* All but the time. Names are interned. */
static bool is_same(const struct wg_event *a, const struct wg_event *b)
{
	return a->type == b->type && a->record == b->record && a->pid == b->pid &&
	       a->tid == b->tid && a->loop == b->loop && a->op == b->op &&
	       a->procname == b->procname && has_same_fields(a, b);
}

int wg__twice_look(struct wg__twice *t, const struct wg_event *ev, size_t folder)
{
	size_t i;

	if (ev->ts_ns != t->now_ns)
		t->now_count = 0;
	t->now_ns = ev->ts_ns;
	for (i = 0; i < t->now_count; i++) {
		struct wg__twice_seen *seen = &t->now[i];

		if (seen->from == folder || seen->again_in == folder ||
			seen->event.cpu != ev->cpu || !is_same(&seen->event, ev))
			continue;
		seen->again_in = folder;
		if (t->count++ == 0) {
			t->a = seen->from;
			t->b = folder;
		}
		return 1;
	}
	if (wg__grow(&t->now, &t->now_cap, t->now_count, sizeof(*t->now)) < 0)
		return -ENOMEM;
	t->now[t->now_count++] = (struct wg__twice_seen){ *ev, folder, SIZE_MAX };
	return 0;
}

void wg__twice_fini(struct wg__twice *t)
{
	free(t->now);
	*t = (struct wg__twice){ 0 };
}

int wg__doubles_look(struct wg__doubles *d, const struct wg_event *ev, const void *channel)
{
	bool is_known = ev->type != WG_EV_OTHER || ev->record != WG_RECORD_NONE;
	/* Without the context vtid a thread is what its processor does. */
	uint64_t thread = ev->tid ? ev->tid : UINT64_C(1) << 32 | ev->cpu;
	size_t i = wg__map_get(&d->threads, ev->pid, thread);

	if (i == WG__MAP_NONE) {
		i = d->last_count;
		if (wg__grow(&d->last, &d->last_cap, i, sizeof(*d->last)) < 0 ||
			wg__map_put(&d->threads, ev->pid, thread, i) < 0)
			return -ENOMEM;
		d->last_count++;
	} else if (is_known && d->last[i].channel != channel && is_same(&d->last[i].event, ev)) {
		d->count++;
		return 1;
	}
	d->last[i] = (struct wg__double){ *ev, channel };
	return 0;
}

void wg__doubles_fini(struct wg__doubles *d)
{
	free(d->last);
	wg__map_fini(&d->threads);
	*d = (struct wg__doubles){ 0 };
}
