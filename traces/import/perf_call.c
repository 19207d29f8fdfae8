/*
 * perf_call.c: what a call in a log of perf or ftrace means: descriptors that it makes, notifies,
 * and whether the thread acted.
 *
 * Arguments are numbers: what a pointer points to is not in the log. So both ends of a pipe are
 * unknown descriptors, and a file that is read may be one of the kernel's figures in /proc.
 */
#include <errno.h>

#include "traces/import/perf_impl.h"

enum { OP_WAKE = 1, OP_REQUEUE = 3, OP_CMP_REQUEUE = 4, OP_WAKE_OP = 5, OP_UNLOCK_PI = 7 };
enum { OP_WAKE_BITSET = 10, DUPFD = 0, DUPFD_CLOEXEC = 1030 };

int wg__perf_say_object(struct wg__perf *p, struct wg__perf_thread *t, uint32_t idx)
{
	struct wg_event ev;

	return wg__object_say(wg__object_at(&p->objects, idx), t->last_ns, &ev)
		       ? wg__perf_emit(p, t, &ev)
		       : 0;
}

static bool is_call(const struct wg__perf_thread *t, const char *name)
{
	return strcmp(t->call->name, name) == 0;
}

static const struct wg__fd *fd_of(struct wg__perf *p, const struct wg__perf_thread *t)
{
	return wg__fd_find(wg__perf_process(p, t), (int32_t)t->arg[0]);
}

bool wg__perf_is_futex_wake(const struct wg__perf_thread *t)
{
	int op = (int)t->arg[1] & 0x7f;

	if (!(t->call->is & WG__CALL_FUTEX))
		return is_call(t, "futex_wake");
	return op == OP_WAKE || op == OP_WAKE_BITSET || op == OP_WAKE_OP || op == OP_REQUEUE ||
	       op == OP_CMP_REQUEUE || op == OP_UNLOCK_PI;
}

/* --- descriptors --- */

static int makes(struct wg__perf *p, struct wg__perf_thread *t, int64_t ret)
{
	struct wg__process *process = wg__perf_process(p, t);
	enum wg_object_kind kind;
	int64_t fd = (int32_t)t->arg[0];

	if (ret < 0)
		return 0;
	if (wg__syscall_makes(t->call, &kind))
		return wg__fd_make(&p->objects, process, ret, WG__FD_OBJECT, kind);
	if (is_call(t, "close"))
		wg__fd_close(&p->objects, process, fd);
	else if (strncmp(t->call->name, "dup", 3) == 0 ||
		 (is_call(t, "fcntl") && (t->arg[1] == DUPFD || t->arg[1] == DUPFD_CLOEXEC)))
		return wg__fd_dup(&p->objects, process, fd, ret);
	else if (strncmp(t->call->name, "open", 4) == 0 || is_call(t, "creat"))
		return wg__fd_make(&p->objects, process, ret, WG__FD_FILE, WG_OBJECT_OTHER);
	return 0;
}

/* --- notifies --- */

static uint32_t notified_object(struct wg__perf *p, struct wg__perf_thread *t)
{
	struct wg__span none = { "", "" };
	const struct wg__fd *fd = fd_of(p, t);

	if (wg__perf_is_futex_wake(t))
		return wg__named_object(&p->objects, wg__perf_process(p, t),
			t->arg[0] & ~(UINT64_C(1) << 63), WG_OBJECT_FUTEX, -1);
	/* A descriptor of which nothing is known is an object if somebody woke. */
	if (!(t->call->is & WG__CALL_NOTIFIES) || (!t->woke && (!fd || fd->kind == WG__FD_UNKNOWN)))
		return WG__NO_OBJECT;
	return wg__fd_object(
		&p->objects, wg__perf_process(p, t), (int32_t)t->arg[0], none, WG_OBJECT_OTHER);
}

static int notifies(struct wg__perf *p, struct wg__perf_thread *t, int64_t ret)
{
	bool is_futex = wg__perf_is_futex_wake(t);
	struct wg_event ev = { .record = WG_RECORD_NOTIFY, .ts_ns = t->enter_ns };
	uint32_t object;
	int rc;

	if (ret < 0 || (object = notified_object(p, t)) == WG__NO_OBJECT)
		return 0;
	rc = wg__perf_say_object(p, t, object);
	ev.op = wg__object_at(&p->objects, object)->id;
	ev.thread_notify.value = ret;
	ev.thread_notify.woke = WG_NOT_OBSERVABLE;
	if (is_futex)
		ev.thread_notify.woke = ret;
	else if (p->stats->has_wakings)
		ev.thread_notify.woke = (int64_t)t->woke;
	ev.thread_notify.how = is_futex ? WG_IN_FUTEX : WG_IN_READ;
	return rc < 0 ? rc : wg__perf_emit(p, t, &ev);
}

/* --- did it act? --- */

/* What bytes were read from: what an eventfd or timerfd holds only tells that it was notified. */
static enum wg_did reads(struct wg__perf *p, struct wg__perf_thread *t, int64_t ret)
{
	const struct wg__fd *fd = fd_of(p, t);
	const struct wg__object *object =
		fd && fd->kind == WG__FD_OBJECT ? wg__object_at(&p->objects, fd->object) : NULL;

	if (object && (object->kind == WG_OBJECT_EVENTFD || object->kind == WG_OBJECT_TIMERFD))
		return WG_DID_DRAINED;
	/* /proc is read by pread or from an open file, and 8 bytes may be an eventfd's. */
	if ((fd && fd->kind == WG__FD_FILE) || strncmp(t->call->name, "pread", 5) == 0 ||
		((!fd || fd->kind == WG__FD_UNKNOWN) && ret == 8 && t->arg[2] == 8)) {
		t->is_did_hidden = true;
		return WG_DID_LOOKED;
	}
	return WG_DID_ACTED;
}

static void acts(struct wg__perf *p, struct wg__perf_thread *t, int64_t ret)
{
	enum wg_did did = WG_DID_LOOKED;

	if (t->woke || (t->call->is & WG__CALL_ACTS && ret >= 0) ||
		(t->call->is & WG__CALL_MOVES && ret > 0))
		did = WG_DID_ACTED;
	if (did == WG_DID_ACTED && !t->woke && t->call->is & WG__CALL_READS)
		did = reads(p, t, ret);
	if (did > t->did)
		t->did = did;
}

/* --- begin and end --- */

int wg__perf_enters(struct wg__perf *p, struct wg__perf_thread *t, int64_t number,
	const uint64_t arg[6], int64_t now_ns)
{
	const struct wg__syscall *call = number >= 0 && number < WG__NUMBERS
						 ? p->call[number]
						 : wg__syscall_find((struct wg__span){ "", "" });
	const struct wg__fd *fd;

	if (t->is_open) {
		p->stats->halves++;
		p->births -= t->call->is & WG__CALL_BIRTH ? 1 : 0;
	}
	t->is_open = t->has_calls = true;
	t->has_slept = false;
	t->call = call;
	t->number = number;
	t->enter_ns = now_ns;
	memcpy(t->arg, arg, sizeof(t->arg));
	t->woke = 0;
	t->woken.ns = -1;
	t->cpu_enter_ns = t->cpu_ns + (t->on_since_ns >= 0 ? now_ns - t->on_since_ns : 0);
	p->births += call->is & WG__CALL_BIRTH ? 1 : 0;
	t->is_exiting |= strncmp(call->name, "exit", 4) == 0;
	if (t->is_held && call->is & WG__CALL_READS && (fd = fd_of(p, t)) &&
		fd->kind == WG__FD_OBJECT &&
		wg__object_at(&p->objects, fd->object)->kind == WG_OBJECT_TIMERFD &&
		t->wake.thread_wake.reason != WG_REASON_INTERRUPTED)
		wg__perf_was_timer(t);
	return wg__perf_release(p, t);
}

static int ended(struct wg__perf *p, struct wg__perf_thread *t, int64_t ret, int64_t now_ns)
{
	unsigned is = t->call->is;
	bool is_wait = wg__perf_is_wait(p, t, ret, now_ns);
	int rc = 0;

	if (is_wait)
		rc = wg__perf_waited(p, t, ret, now_ns);
	else if (is & WG__CALL_NOTIFIES || wg__perf_is_futex_wake(t))
		rc = notifies(p, t, ret);
	if (rc == 0 && is & WG__CALL_MAKES)
		rc = makes(p, t, ret);
	if (rc == 0 && is & WG__CALL_BIRTH && ret > 0 && ret < WG__PERF_NO_TID)
		rc = wg__perf_born(p, t, (uint32_t)ret,
			is_call(t, "clone3") || (is_call(t, "clone") && t->arg[0] & 0x10000));
	if (rc == 0 && ret == 0 && strncmp(t->call->name, "execve", 6) == 0)
		rc = wg__perf_alone(p, t);
	/* A wait that moved bytes has acted; one that only found something has not yet. */
	if (!is_wait || is & WG__CALL_SLOW)
		acts(p, t, ret);
	t->calls += !is_wait;
	return rc;
}

/*
 * Of a call that began before the log. A new thread begins with the end of its clone, a command of
 * perf with that of its execve; the return from a signal has lost its number.
 */
static int half(struct wg__perf *p, struct wg__perf_thread *t, int64_t number, int64_t ret)
{
	const struct wg__syscall *call =
		number >= 0 && number < WG__NUMBERS ? p->call[number] : NULL;
	bool is_birth = number == -1 || (!t->has_calls && ret == 0 && call &&
						call->is & (WG__CALL_BIRTH | WG__CALL_NAMES));

	p->stats->halves += !is_birth;
	if (t->is_open && t->call->is & WG__CALL_BIRTH)
		p->births--;
	t->is_open = false;
	t->has_calls = true;
	t->is_did_hidden |= !is_birth;
	return wg__perf_release(p, t);
}

int wg__perf_exits(
	struct wg__perf *p, struct wg__perf_thread *t, int64_t number, int64_t ret, int64_t now_ns)
{
	int rc;

	if (!t->is_open || t->number != number)
		return half(p, t, number, ret);
	p->stats->calls++;
	rc = ended(p, t, ret, now_ns);
	p->births -= t->call->is & WG__CALL_BIRTH ? 1 : 0;
	t->is_open = false;
	return rc;
}
