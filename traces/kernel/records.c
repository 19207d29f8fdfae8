/*
 * records.c: see records.h.
 */
#include "traces/kernel/records.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "traces/base/map.h"
#include "traces/base/names.h"
#include "traces/kernel/places.h"

#define SLACK_NS INT64_C(100000)

/* The wait that a thread is in. */
struct open_wait {
	uint32_t tid;
	bool is_open;
	int64_t last_ns; /* of its records: they never go back */
	uint64_t object;
	int64_t timeout_ns;
	enum wg_wait_in how;
	char comm[17];
};

struct wg__records {
	int (*sink)(void *user, const struct wg_event *event);
	void *user;
	struct wg__places *places;
	struct wg__map by_tid;
	struct open_wait *wait;
	size_t waits, wait_cap;
	uint64_t count;
};

_Static_assert((int)WG_RAW_DID_ACT == WG_DID_ACTED && (int)WG_RAW_DID_DRAIN == WG_DID_DRAINED &&
		       (int)WG_RAW_DID_LOOK == WG_DID_LOOKED &&
		       (int)WG_RAW_DID_NOTHING == WG_DID_NOTHING,
	"the kernel's program counts as the trace does");

static int pass_on(void *user, struct wg_event *event)
{
	const struct wg__records *r = user;

	event->procname = "";
	return r->sink(r->user, event);
}

struct wg__records *wg__records_create(
	int (*sink)(void *user, const struct wg_event *event), void *user)
{
	struct wg__records *r = calloc(1, sizeof(*r));

	if (!r || !(r->places = wg__places_create(pass_on, r))) {
		free(r);
		return NULL;
	}
	r->sink = sink;
	r->user = user;
	return r;
}

void wg__records_destroy(struct wg__records *r)
{
	if (!r)
		return;
	wg__places_destroy(r->places);
	wg__map_fini(&r->by_tid);
	free(r->wait);
	free(r);
}

static struct open_wait *wait_of(struct wg__records *r, uint32_t tid)
{
	size_t at = wg__map_get(&r->by_tid, 0, tid);

	if (at != WG__MAP_NONE)
		return &r->wait[at];
	if (wg__grow(&r->wait, &r->wait_cap, r->waits, sizeof(*r->wait)) < 0 ||
		wg__map_put(&r->by_tid, 0, tid, r->waits) < 0)
		return NULL;
	r->wait[r->waits] = (struct open_wait){ .tid = tid };
	return &r->wait[r->waits++];
}

static int emit(struct wg__records *r, struct open_wait *w, struct wg_event *ev)
{
	ev->type = WG_EV_OTHER;
	ev->tid = w->tid;
	ev->procname = w->comm;
	if (ev->ts_ns < w->last_ns)
		ev->ts_ns = w->last_ns;
	w->last_ns = ev->ts_ns;
	r->count++;
	return r->sink(r->user, ev);
}

static int take_wait(struct wg__records *r, const struct wg_raw_wait *raw)
{
	struct open_wait *w = wait_of(r, raw->head.tid);
	struct wg__place place;
	struct wg_event ev = {
		.ts_ns = (int64_t)raw->head.ts_ns, .record = WG_RECORD_WAIT, .pid = raw->head.pid
	};
	int rc = w ? wg__places_find(r->places, raw, &place) : -ENOMEM;

	if (rc < 0)
		return rc;
	memcpy(w->comm, raw->comm, sizeof(raw->comm));
	w->is_open = true;
	w->object = place.object;
	w->timeout_ns = place.call.timeout_ns;
	w->how = place.call.how;
	ev.op = place.object;
	ev.thread_wait.how = place.call.how;
	ev.thread_wait.timeout_ns = place.call.timeout_ns;
	ev.thread_wait.cpu_ns = (int64_t)raw->cpu_ns;
	ev.thread_wait.calls = raw->calls < 0 ? WG_NOT_OBSERVABLE : raw->calls;
	ev.thread_wait.site = place.site;
	ev.thread_wait.did = raw->did < WG_DID_COUNT ? (enum wg_did)raw->did : WG_DID_UNKNOWN;
	return emit(r, w, &ev);
}

/* ---- who woke it ---- */

static bool is_signal(int nr)
{
	return nr == SYS_kill || nr == SYS_tkill || nr == SYS_tgkill || nr == SYS_rt_sigqueueinfo ||
	       nr == SYS_rt_tgsigqueueinfo || nr == SYS_pidfd_send_signal;
}

/* It is killed: another thread of its process ends that, or becomes another program. */
static bool is_end(const struct wg_raw_wake *raw)
{
	return raw->by_pid == raw->head.pid &&
	       (raw->by_nr == SYS_exit_group || raw->by_nr == SYS_execve ||
		       raw->by_nr == SYS_execveat);
}

static bool is_send(int nr)
{
	return nr == SYS_sendto || nr == SYS_sendmsg || nr == SYS_sendmmsg || nr == SYS_write ||
	       nr == SYS_writev || nr == SYS_connect || nr == SYS_shutdown || nr == SYS_close ||
	       nr == SYS_sendfile || nr == SYS_splice;
}

static void set_waker(
	struct wg_event *ev, const struct wg_raw_wake *raw, enum wg_certainty certainty)
{
	const char *call = wg__call_name(raw->by_nr);

	ev->thread_wake.certainty = (uint8_t)certainty;
	ev->thread_wake.by_pid = raw->by_pid;
	ev->thread_wake.by_tid = raw->by_tid;
	ev->thread_wake.by_call = call ? call : "";
}

/* The timeout counts from a moment before the sleep: a little earlier is right, too. */
static bool is_past(const struct open_wait *w, const struct wg_raw_wake *raw)
{
	int64_t asleep_ns = (int64_t)(raw->head.ts_ns - raw->sleep_ns);

	return w->timeout_ns >= 0 && asleep_ns >= w->timeout_ns - SLACK_NS;
}

/* K2: the timer of this very wait, or one of a descriptor or of io_uring. */
static bool is_timer(const struct open_wait *w, const struct wg_raw_wake *raw)
{
	return raw->timer == WG_RAW_OWN_TIMER ||
	       (raw->timer == WG_RAW_FD_TIMER && w->how != WG_IN_SIGNAL && w->how != WG_IN_SLEEP) ||
	       (raw->timer == WG_RAW_OTHER_TIMER && w->timeout_ns > 0 && is_past(w, raw));
}

/* Who woke it, as far as the waking tells. */
static enum wg_reason explain(struct wg__records *r, const struct open_wait *w,
	const struct wg_raw_wake *raw, struct wg_event *ev)
{
	if (!raw->waking_ns)
		return is_past(w, raw) ? WG_REASON_TIMEOUT : WG_REASON_UNKNOWN;
	if (!raw->is_interrupt) {
		set_waker(ev, raw, WG_CERTAINTY_EXACT);
		return is_end(raw)					 ? WG_REASON_INTERRUPTED
		       : is_signal(raw->by_nr) && w->how != WG_IN_SIGNAL ? WG_REASON_INTERRUPTED
		       : w->how == WG_IN_CHILD				 ? WG_REASON_READY
									 : WG_REASON_NOTIFIED;
	}
	if (is_timer(w, raw))
		return WG_REASON_TIMEOUT;
	if (raw->timer == WG_RAW_NO_TIMER && is_send(raw->by_nr) &&
		wg__places_may_be_socket(r->places, w->object)) {
		set_waker(ev, raw, WG_CERTAINTY_LIKELY);
		return WG_REASON_NOTIFIED;
	}
	return WG_REASON_READY;
}

static bool is_interrupted(int64_t ret)
{
	return ret == -EINTR || (ret <= -512 && ret >= -516 && ret != -515);
}

/* K6: what the call returned, or WG_REASON_COUNT: that does not tell why. */
static enum wg_reason of_result(const struct open_wait *w, int64_t ret)
{
	if (is_interrupted(ret))
		return WG_REASON_INTERRUPTED;
	if (ret == -ETIMEDOUT || ret == -ETIME || ret == -EAGAIN)
		return WG_REASON_TIMEOUT;
	if (ret == 0 && w->how == WG_IN_SLEEP)
		return WG_REASON_TIMEOUT;
	if (ret == 0 && (w->how == WG_IN_EPOLL || w->how == WG_IN_POLL || w->how == WG_IN_SELECT))
		return w->timeout_ns == WG_FOR_EVER ? WG_REASON_SPURIOUS : WG_REASON_TIMEOUT;
	return WG_REASON_COUNT;
}

static void explain_call(struct wg__records *r, const struct open_wait *w,
	const struct wg_raw_wake *raw, struct wg_event *ev)
{
	enum wg_reason reason = of_result(w, raw->ret);

	ev->thread_wake.ret = is_interrupted(raw->ret) ? -EINTR : raw->ret;
	ev->thread_wake.reason = (uint8_t)reason;
	if (reason != WG_REASON_COUNT)
		return;
	reason = raw->has_slept ? explain(r, w, raw, ev) : WG_REASON_READY;
	/* It returned with something, whatever the timer did at that moment, or a signal. What
	 * io_uring_enter returns is only what it submitted. */
	if ((reason == WG_REASON_TIMEOUT && raw->timer != WG_RAW_FD_TIMER &&
		    w->how != WG_IN_URING) ||
		reason == WG_REASON_UNKNOWN)
		reason = WG_REASON_READY;
	if (reason == WG_REASON_INTERRUPTED)
		reason = WG_REASON_NOTIFIED;
	ev->thread_wake.reason = (uint8_t)reason;
}

/* It may have come while the thread was still falling asleep. */
static int64_t waking_ns(const struct wg_raw_wake *raw)
{
	if (!raw->waking_ns)
		return WG_NOT_OBSERVABLE;
	return (int64_t)(raw->waking_ns > raw->sleep_ns ? raw->waking_ns : raw->sleep_ns);
}

static int take_wake(struct wg__records *r, const struct wg_raw_wake *raw)
{
	struct open_wait *w = wait_of(r, raw->head.tid);
	struct wg_event ev = {
		.ts_ns = (int64_t)raw->head.ts_ns, .record = WG_RECORD_WAKE, .pid = raw->head.pid
	};

	if (!w)
		return -ENOMEM;
	if (!w->is_open) /* its wait was lost */
		return 0;
	w->is_open = false;
	ev.op = w->object;
	ev.thread_wake.ret = WG_RET_UNKNOWN;
	ev.thread_wake.by_call = "";
	ev.thread_wake.waking_ns = waking_ns(raw);
	ev.thread_wake.oncpu_ns = raw->is_late || !raw->has_slept ? WG_NOT_OBSERVABLE : ev.ts_ns;
	if (raw->has_ret)
		explain_call(r, w, raw, &ev);
	else
		ev.thread_wake.reason = (uint8_t)explain(r, w, raw, &ev);
	return emit(r, w, &ev);
}

/* ---- who notified ---- */

static int take_notify(struct wg__records *r, const struct wg_raw_notify *raw)
{
	struct open_wait *w = wait_of(r, raw->head.tid);
	struct wg_event ev = {
		.ts_ns = (int64_t)raw->head.ts_ns, .record = WG_RECORD_NOTIFY, .pid = raw->head.pid
	};
	struct wg__place place;
	int rc = w ? wg__places_notified(r->places, raw, &place) : -ENOMEM;

	if (rc < 0)
		return rc;
	ev.op = place.object;
	ev.thread_notify.site = place.site;
	memcpy(w->comm, raw->comm, sizeof(raw->comm));
	ev.thread_notify.how = raw->nr == SYS_futex ? WG_IN_FUTEX : WG_IN_READ;
	ev.thread_notify.value = raw->ret;
	ev.thread_notify.woke = raw->woke;
	return emit(r, w, &ev);
}

static void forget(struct wg__records *r, uint32_t tid)
{
	size_t at = wg__map_get(&r->by_tid, 0, tid);

	if (at == WG__MAP_NONE)
		return;
	wg__map_remove(&r->by_tid, 0, tid);
	r->wait[at] = r->wait[--r->waits];
	if (at < r->waits)
		(void)wg__map_put(&r->by_tid, 0, r->wait[at].tid, at);
}

/* Also its wake, if the call never slept. */
static int take_whole(struct wg__records *r, const struct wg_raw_wait *raw)
{
	const struct wg_raw_wake wake = { .head = { raw->end_ns, WG_RAW_WAKE, raw->head.pid,
						  raw->head.tid, 0 },
		.sleep_ns = raw->head.ts_ns,
		.by_nr = -1,
		.has_ret = 1,
		.ret = raw->ret };
	int rc = take_wait(r, raw);

	return rc < 0 || !raw->has_ended ? rc : take_wake(r, &wake);
}

int wg__records_take(void *user, const struct wg_raw_head *raw, size_t bytes)
{
	struct wg__records *r = user;

	switch (raw->what) {
	case WG_RAW_WAIT:
		return bytes < sizeof(struct wg_raw_wait)
			       ? -EPROTO
			       : take_whole(r, (const struct wg_raw_wait *)raw);
	case WG_RAW_WAKE:
		return bytes < sizeof(struct wg_raw_wake)
			       ? -EPROTO
			       : take_wake(r, (const struct wg_raw_wake *)raw);
	case WG_RAW_NOTIFY:
		return bytes < sizeof(struct wg_raw_notify)
			       ? -EPROTO
			       : take_notify(r, (const struct wg_raw_notify *)raw);
	case WG_RAW_EXEC: wg__places_exec(r->places, raw->pid); return 0;
	case WG_RAW_EXIT:
		wg__places_exit(r->places, raw->pid, raw->tid);
		forget(r, raw->tid);
		return 0;
	default: return -EPROTO;
	}
}

uint64_t wg__records_count(const struct wg__records *records)
{
	return records->count;
}
