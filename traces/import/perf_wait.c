/*
 * perf_wait.c: waits in a log of perf or ftrace, and who ended them.
 *
 * sched_waking comes while the waker runs. On its own stack it is the waker: exact. In an interrupt
 * that borrowed its stack it is not: a timer or input, and only a socket send may have caused it.
 * ftrace's flags and call chains tell the two apart. Without them the waker's call does: one that
 * can end such a wait is taken for it.
 */
#include <errno.h>

#include "traces/import/perf_impl.h"

#define SLOW_NS	    1000000 /* without sched_switch, a read that took as long slept */
#define LOCKED	    2	    /* the word of a mutex with sleepers, in glibc, Go and Rust alike */
#define WNOHANG_BIT 1

enum { OP_WAIT = 0, OP_LOCK_PI = 6, OP_WAIT_BITSET = 9, OP_WAIT_REQUEUE_PI = 11, OP_LOCK_PI2 = 13 };

struct asked {
	enum wg_wait_in how;
	int64_t timeout_ns;
	uint32_t object;
};

/* --- what it asked for --- */

static int64_t timeout_of(const struct wg__perf_thread *t)
{
	uint64_t arg = t->call->timeout_arg < 6 ? t->arg[t->call->timeout_arg] : 0;

	switch (t->call->timeout) {
	case WG__TIMEOUT_NONE: return WG_FOR_EVER;
	case WG__TIMEOUT_MS:
		return (int32_t)arg < 0 ? WG_FOR_EVER : (int64_t)(int32_t)arg * 1000000;
	case WG__TIMEOUT_TIMESPEC:
	case WG__TIMEOUT_TIMEVAL: return arg ? WG_NOT_OBSERVABLE : WG_FOR_EVER;
	default: return WG_NOT_OBSERVABLE; /* it is in the program's memory */
	}
}

static bool is_futex_wait(const struct wg__perf_thread *t)
{
	int op = (int)t->arg[1] & 0x7f;

	return op == OP_WAIT || op == OP_WAIT_BITSET || op == OP_LOCK_PI || op == OP_LOCK_PI2 ||
	       op == OP_WAIT_REQUEUE_PI;
}

static bool is_lock(const struct wg__perf_thread *t, int64_t timeout_ns)
{
	int op = (int)t->arg[1] & 0x7f;

	return t->call->is & WG__CALL_FUTEX &&
	       (op == OP_LOCK_PI || op == OP_LOCK_PI2 ||
		       (op == OP_WAIT && (uint32_t)t->arg[2] == LOCKED &&
			       timeout_ns == WG_FOR_EVER));
}

static uint32_t object_of(struct wg__perf *p, struct wg__perf_thread *t)
{
	struct wg__span none = { "", "" };
	struct wg__process *process = wg__perf_process(p, t);
	int64_t fd = (int32_t)t->arg[0];

	switch (t->call->how) {
	case WG_IN_EPOLL: return wg__fd_object(&p->objects, process, fd, none, WG_OBJECT_EPOLL);
	case WG_IN_READ:
	case WG_IN_URING: return wg__fd_object(&p->objects, process, fd, none, WG_OBJECT_OTHER);
	case WG_IN_FUTEX:
		return wg__named_object(&p->objects, process, t->arg[0] & ~(UINT64_C(1) << 63),
			WG_OBJECT_FUTEX, -1);
	default: return WG__NO_OBJECT; /* the set of poll and select is in memory */
	}
}

static struct asked asks(struct wg__perf *p, struct wg__perf_thread *t)
{
	struct asked asked = { t->call->how, timeout_of(t), object_of(p, t) };

	if (is_lock(t, asked.timeout_ns))
		asked.how = WG_IN_LOCK;
	return asked;
}

/* It may sleep, by its arguments. */
static bool may_sleep(const struct wg__perf_thread *t)
{
	if (!t->is_open || !(t->call->is & (WG__CALL_WAIT | WG__CALL_FUTEX)))
		return false;
	if (t->call->is & WG__CALL_FUTEX)
		return is_futex_wait(t);
	if (t->call->how == WG_IN_CHILD)
		return !(t->arg[t->call->name[4] == '4' ? 2 : 3] & WNOHANG_BIT);
	return t->call->how != WG_IN_URING || t->arg[2];
}

bool wg__perf_is_wait(
	const struct wg__perf *p, const struct wg__perf_thread *t, int64_t ret, int64_t now_ns)
{
	bool slept = t->has_slept;

	if (!may_sleep(t) || ret == -EFAULT || ret == -EINVAL || ret == -EBADF)
		return false;
	if (!p->stats->has_switches)
		slept = !(t->call->is & WG__CALL_SLOW) || now_ns - t->enter_ns >= SLOW_NS;
	switch (t->call->how) {
	case WG_IN_EPOLL:
	case WG_IN_POLL:
	case WG_IN_SELECT:
	case WG_IN_SLEEP: return true; /* also if something was ready at once */
	case WG_IN_FUTEX: return ret != -EAGAIN && (slept || ret == -ETIMEDOUT);
	default: return slept;
	}
}

/* --- who and why --- */

static enum wg_certainty certainty_of(const struct wg__waking *w, enum wg_wait_in how)
{
	bool is_word = how == WG_IN_FUTEX || how == WG_IN_LOCK;

	if (w->ns < 0 || w->in == WG__WAKER_KERNEL)
		return WG_CERTAINTY_NONE;
	if (w->context == WG__CONTEXT_OWN)
		return WG_CERTAINTY_EXACT;
	if (w->context == WG__CONTEXT_INTERRUPT)
		return w->in == WG__WAKER_SENDS || (w->in == WG__WAKER_WRITES && w->may_send)
			       ? WG_CERTAINTY_LIKELY
			       : WG_CERTAINTY_NONE;
	switch (w->in) {
	case WG__WAKER_OUTSIDE: return WG_CERTAINTY_NONE;
	case WG__WAKER_FUTEX: return is_word ? WG_CERTAINTY_EXACT : WG_CERTAINTY_LIKELY;
	case WG__WAKER_WRITES: return is_word ? WG_CERTAINTY_LIKELY : WG_CERTAINTY_EXACT;
	case WG__WAKER_EXITS:
		return is_word || how == WG_IN_CHILD ? WG_CERTAINTY_EXACT : WG_CERTAINTY_LIKELY;
	default: return WG_CERTAINTY_LIKELY;
	}
}

static bool is_interrupted(int64_t ret)
{
	return ret == -EINTR || (ret <= -512 && ret >= -516 && ret != -515);
}

static enum wg_reason reason_of(const struct asked *asked, int64_t ret)
{
	if (is_interrupted(ret))
		return WG_REASON_INTERRUPTED;
	if (ret == -ETIMEDOUT || ret == -ETIME || ret == -EAGAIN)
		return WG_REASON_TIMEOUT;
	if (ret < 0)
		return WG_REASON_UNKNOWN;
	switch (asked->how) {
	case WG_IN_EPOLL:
	case WG_IN_POLL:
	case WG_IN_SELECT:
		if (ret)
			return WG_REASON_READY;
		return asked->timeout_ns == WG_FOR_EVER ? WG_REASON_SPURIOUS : WG_REASON_TIMEOUT;
	case WG_IN_SLEEP: return WG_REASON_TIMEOUT;
	case WG_IN_FUTEX:
	case WG_IN_LOCK: return WG_REASON_NOTIFIED;
	default: return WG_REASON_READY;
	}
}

/* What ended the wait with something ready, or notified: the waker, if it is one. */
static void pair(const struct wg__perf_thread *t, const struct asked *asked, struct wg_event *wake)
{
	const struct wg__waking *w = &t->woken;
	enum wg_certainty certainty = certainty_of(w, asked->how);

	wake->thread_wake.waking_ns = w->ns >= 0 ? w->ns : WG_NOT_OBSERVABLE;
	/* A child that ends is an event of its own, as bytes are. */
	if (certainty == WG_CERTAINTY_NONE || asked->how == WG_IN_CHILD ||
		(wake->thread_wake.reason != WG_REASON_READY &&
			wake->thread_wake.reason != WG_REASON_NOTIFIED &&
			wake->thread_wake.reason != WG_REASON_UNKNOWN))
		return;
	wake->thread_wake.reason = WG_REASON_NOTIFIED;
	wake->thread_wake.certainty = (uint8_t)certainty;
	wake->thread_wake.by_pid = w->pid;
	wake->thread_wake.by_tid = w->tid;
	wake->thread_wake.by_call = w->call;
}

/* --- records --- */

/* CPU since the last wake, until it fell asleep or called. */
static int64_t take_cpu(const struct wg__perf *p, struct wg__perf_thread *t)
{
	int64_t used = t->has_slept ? t->cpu_off_ns : t->cpu_enter_ns;
	bool is_known = p->stats->has_switches && t->has_woken && !t->is_cpu_hidden;

	t->cpu_ns -= used;
	t->is_cpu_hidden = false;
	t->has_woken = true;
	return is_known ? used : WG_NOT_OBSERVABLE;
}

static int begin(struct wg__perf *p, struct wg__perf_thread *t, const struct asked *asked,
	int64_t begin_ns, struct wg_event *ret)
{
	int rc = wg__perf_say_object(p, t, asked->object);
	const struct wg__object *object = wg__object_at(&p->objects, asked->object);

	*ret = (struct wg_event){ .record = WG_RECORD_WAIT,
		.ts_ns = begin_ns,
		.op = object ? object->id : 0,
		.thread_wait = { .timeout_ns = asked->timeout_ns,
			.calls = t->has_calls ? t->calls : WG_NOT_OBSERVABLE,
			.how = asked->how,
			.did = t->did } };
	if (!t->has_calls || (t->is_did_hidden && t->did != WG_DID_ACTED))
		ret->thread_wait.did = WG_DID_UNKNOWN;
	ret->thread_wait.cpu_ns = take_cpu(p, t);
	t->did = WG_DID_NOTHING;
	t->is_did_hidden = false;
	t->calls = 0;
	return rc;
}

static void end(struct wg__perf_thread *t, const struct asked *asked, int64_t ret, int64_t now_ns)
{
	t->wake = (struct wg_event){ .record = WG_RECORD_WAKE,
		.ts_ns = now_ns,
		.op = t->wait.op,
		.thread_wake = { .ret = ret,
			.oncpu_ns = t->oncpu_ns >= 0 ? t->oncpu_ns : WG_NOT_OBSERVABLE,
			.by_call = "",
			.reason = ret == WG_RET_UNKNOWN ? WG_REASON_UNKNOWN
							: (uint8_t)reason_of(asked, ret) } };
	pair(t, asked, &t->wake);
	t->is_held = true;
	t->woken.ns = t->oncpu_ns = -1;
}

void wg__perf_was_timer(struct wg__perf_thread *t)
{
	if (t->wake.thread_wake.certainty == WG_CERTAINTY_EXACT)
		return;
	t->wake.thread_wake.reason = WG_REASON_TIMEOUT;
	t->wake.thread_wake.certainty = WG_CERTAINTY_NONE;
	t->wake.thread_wake.by_pid = t->wake.thread_wake.by_tid = 0;
	t->wake.thread_wake.by_call = "";
}

int wg__perf_waited(struct wg__perf *p, struct wg__perf_thread *t, int64_t ret, int64_t now_ns)
{
	struct asked asked = asks(p, t);
	const struct wg__object *object = wg__object_at(&p->objects, asked.object);
	int rc;

	if (!t->has_slept)
		t->oncpu_ns = -1;
	rc = begin(p, t, &asked, t->enter_ns, &t->wait);
	end(t, &asked, ret, now_ns);
	if (asked.how == WG_IN_READ && object && object->kind == WG_OBJECT_TIMERFD && ret > 0)
		wg__perf_was_timer(t);
	return rc;
}

int wg__perf_unended(struct wg__perf *p, struct wg__perf_thread *t)
{
	struct asked asked;
	struct wg_event wait;
	int rc;

	if (!may_sleep(t) || (p->stats->has_switches && !(t->has_slept && t->is_asleep)))
		return 0;
	asked = asks(p, t);
	rc = begin(p, t, &asked, t->enter_ns, &wait);
	return rc < 0 ? rc : wg__perf_emit(p, t, &wait);
}

int wg__perf_slept(struct wg__perf *p, struct wg__perf_thread *t, int64_t now_ns)
{
	struct asked asked = { WG_IN_OTHER, WG_NOT_OBSERVABLE, WG__NO_OBJECT };
	int rc;

	t->has_slept = true;
	rc = begin(p, t, &asked, t->asleep_ns, &t->wait);
	end(t, &asked, WG_RET_UNKNOWN, now_ns);
	return rc < 0 ? rc : wg__perf_release(p, t);
}
