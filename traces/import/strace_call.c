/*
 * strace_call.c: what a whole call means: descriptors that it makes, notifies, waits, and whether
 * the thread acted.
 *
 * strace shows the order of calls and not who woke whom. So a waker is "likely" at most: the thread
 * that called FUTEX_WAKE on the same word during the wait, or that wrote to the other end first
 * since it was read last.
 */
#include <limits.h>

#include "traces/import/strace_impl.h"

#define SLOW_NS	     1000000 /* a read that took as long slept */
#define INTEREST_MAX (1u << 18)
#define READY_MAX    8

static const struct wg__span no_path = { "", "" };

int wg__strace_say_object(struct wg__strace *s, struct wg__strace_thread *t, uint32_t idx)
{
	struct wg_event ev;

	return wg__object_say(wg__object_at(&s->objects, idx), t->last_ns, &ev)
		       ? wg__strace_emit(s, t, &ev)
		       : 0;
}

/* --- descriptors --- */

static int make_two(struct wg__strace *s, struct wg__strace_thread *t, struct wg__span pair,
	enum wg_object_kind kind)
{
	struct wg__span first;
	int64_t a, b;

	if (!wg__span_take(&pair, "[") || !wg__span_until(&pair, ',', &first))
		return 0;
	wg__span_skip_blanks(&pair);
	if (!wg__span_number(&first, &a) || !wg__span_number(&pair, &b))
		return 0;
	return wg__fd_make_pair(&s->objects, wg__process_of(s, t), a, b, kind);
}

/* epoll_ctl(4, EPOLL_CTL_ADD, 5, {EPOLLIN, {u32=5, u64=5}}) */
static int control(struct wg__strace *s, struct wg__strace_thread *t, const struct wg__span *args,
	size_t count)
{
	struct wg__span path, data;
	const char *at;
	uint32_t epoll;
	int64_t value;
	int fd, watched;

	if (count < 4 || !wg__strace_fd(args[0], &fd, &path))
		return 0;
	epoll = wg__fd_object(&s->objects, wg__process_of(s, t), fd, path, WG_OBJECT_EPOLL);
	at = wg__span_find(args[3], "u64=");
	if (!wg__strace_fd(args[2], &watched, &path) || !at || epoll == WG__NO_OBJECT ||
		s->objects.interest.count >= INTEREST_MAX)
		return 0;
	(void)wg__fd_object(&s->objects, wg__process_of(s, t), watched, path, WG_OBJECT_OTHER);
	data = (struct wg__span){ at + 4, args[3].end };
	if (!wg__span_integer(&data, &value))
		return 0;
	return wg__map_put(&s->objects.interest, (uint32_t)wg__object_at(&s->objects, epoll)->id,
		(uint64_t)value, (size_t)watched);
}

/* openat(9, "stat") where 9 is a folder of /proc. */
static bool is_below_figures(
	struct wg__strace *s, struct wg__strace_thread *t, const struct wg__span *args)
{
	struct wg__process *process = wg__process_of(s, t);
	struct wg__span path;
	struct wg__fd *slot;
	int fd;

	if (wg__span_begins(args[1], "\"/") || !wg__strace_fd(args[0], &fd, &path))
		return false;
	(void)wg__fd_object(&s->objects, process, fd, path, WG_OBJECT_OTHER);
	return (slot = wg__fd_find(process, fd)) && slot->kind == WG__FD_LOOKS;
}

/* A file, or one of the kernel's figures. */
static int opened(struct wg__strace *s, struct wg__strace_thread *t, const struct wg__span *args,
	size_t count, int64_t fd)
{
	size_t i;
	bool looks = count > 1 && is_below_figures(s, t, args);

	for (i = 0; i < count && i < 2; i++)
		looks |=
			wg__span_begins(args[i], "\"/proc/") || wg__span_begins(args[i], "\"/sys/");
	return wg__fd_make(&s->objects, wg__process_of(s, t), fd,
		looks ? WG__FD_LOOKS : WG__FD_FILE, WG_OBJECT_OTHER);
}

static int make_one(
	struct wg__strace *s, struct wg__strace_thread *t, int64_t fd, enum wg_object_kind kind)
{
	return wg__fd_make(&s->objects, wg__process_of(s, t), fd, WG__FD_OBJECT, kind);
}

static int makes(struct wg__strace *s, const struct wg__strace_whole *call)
{
	struct wg__strace_thread *t = call->thread;
	const char *name = call->is->name;
	struct wg__span args[5], path;
	size_t count = wg__strace_args(call->text.args, args, 5);
	int64_t ret = call->text.ret;
	enum wg_object_kind kind;
	int fd = -1;

	if (ret < 0)
		return 0;
	if (count && strncmp(name, "open", 4) != 0)
		(void)wg__strace_fd(args[0], &fd, &path);
	if (wg__syscall_makes(call->is, &kind))
		return make_one(s, t, ret, kind);
	if (strncmp(name, "pipe", 4) == 0)
		return count ? make_two(s, t, args[0], WG_OBJECT_PIPE) : 0;
	if (strcmp(name, "socketpair") == 0)
		return count > 3 ? make_two(s, t, args[3], WG_OBJECT_SOCKETPAIR) : 0;
	if (strcmp(name, "epoll_ctl") == 0)
		return control(s, t, args, count);
	if (strcmp(name, "close") == 0)
		wg__fd_close(&s->objects, wg__process_of(s, t), fd);
	else if (strncmp(name, "dup", 3) == 0 ||
		 (strncmp(name, "fcntl", 5) == 0 && wg__span_has(call->text.args, "F_DUPFD")))
		return wg__fd_dup(&s->objects, wg__process_of(s, t), fd, ret);
	else if (strncmp(name, "open", 4) == 0 || strcmp(name, "creat") == 0)
		return opened(s, t, args, count, ret);
	else if (strncmp(name, "fcntl", 5) != 0 && strcmp(name, "close_range") != 0)
		return make_one(s, t, ret, WG_OBJECT_OTHER);
	return 0;
}

/* --- notifies --- */

static uint32_t notified_object(struct wg__strace *s, struct wg__strace_thread *t,
	const struct wg__syscall *is, struct wg__span text)
{
	struct wg__span args[3], path;
	size_t count = wg__strace_args(text, args, 3);
	struct wg__object *object;
	int64_t address;
	uint32_t idx;
	int fd;

	if (is->is & WG__CALL_FUTEX) {
		if (count < 2 || !wg__span_has(args[1], "FUTEX_WAKE") ||
			!wg__span_integer(&args[0], &address))
			return WG__NO_OBJECT;
		return wg__named_object(&s->objects, wg__process_of(s, t),
			(uint64_t)address & ~(UINT64_C(1) << 63), WG_OBJECT_FUTEX, -1);
	}
	if (!(is->is & WG__CALL_NOTIFIES) || count == 0 || !wg__strace_fd(args[0], &fd, &path))
		return WG__NO_OBJECT;
	idx = wg__fd_object(&s->objects, wg__process_of(s, t), fd, path, WG_OBJECT_OTHER);
	object = wg__object_at(&s->objects, idx);
	return object && (object->kind == WG_OBJECT_EVENTFD || object->kind == WG_OBJECT_PIPE ||
				 object->kind == WG_OBJECT_SOCKETPAIR)
		       ? idx
		       : WG__NO_OBJECT;
}

/* Whoever wakes from now on may have been woken by this. */
static void note_notify(struct wg__strace *s, const struct wg__strace_thread *t, uint32_t idx,
	const char *name, uint64_t line, int64_t ns)
{
	struct wg__object *object = wg__object_at(&s->objects, idx);

	/* A word of memory holds nothing: the last one counts. A descriptor is readable from the
	 * first one on. */
	if (object->by_line == line || (object->by_line && object->kind != WG_OBJECT_FUTEX))
		return;
	object->by_line = line;
	object->by_ns = ns;
	object->by_left = INT_MAX;
	object->by_pid = s->process[t->process].pid;
	object->by_tid = t->tid;
	object->by_call = name;
}

int wg__strace_begun(struct wg__strace *s, struct wg__strace_thread *t)
{
	struct wg__span args = { t->args, t->args + t->args_len };
	uint32_t object;

	if (!(t->call->is & (WG__CALL_NOTIFIES | WG__CALL_FUTEX)))
		return 0;
	object = notified_object(s, t, t->call, args);
	if (object != WG__NO_OBJECT)
		note_notify(s, t, object, t->call->name, t->open_line, t->open_ns);
	return 0;
}

static int notifies(struct wg__strace *s, const struct wg__strace_whole *call)
{
	struct wg__strace_thread *t = call->thread;
	uint32_t idx = notified_object(s, t, call->is, call->text.args);
	struct wg__object *object = wg__object_at(&s->objects, idx);
	bool is_futex = call->is->is & WG__CALL_FUTEX;
	struct wg_event ev = { .record = WG_RECORD_NOTIFY, .ts_ns = call->begin_ns };
	int rc;

	if (!object || call->text.ret < 0)
		return 0;
	if (is_futex && call->text.ret == 0) {
		if (object->by_line == call->line)
			object->by_line = 0;
	} else {
		note_notify(s, t, idx, call->is->name, call->line, call->begin_ns);
	}
	/* So many were woken, less those that have told so before this call was over. */
	if (is_futex && object->by_line == call->line)
		object->by_left = call->text.ret - (INT_MAX - object->by_left);
	rc = wg__strace_say_object(s, t, idx);
	object = wg__object_at(&s->objects, idx);
	ev.op = object->id;
	ev.thread_notify.value = call->text.ret;
	ev.thread_notify.woke = is_futex ? call->text.ret : WG_NOT_OBSERVABLE;
	ev.thread_notify.how = is_futex ? WG_IN_FUTEX : WG_IN_READ;
	return rc < 0 ? rc : wg__strace_emit(s, t, &ev);
}

/* --- waits --- */

static bool is_call_error(const struct wg__strace_whole *call, const char *name)
{
	return call->text.ret == -1 && wg__span_begins(call->text.result, name);
}

static enum wg_reason reason_of(
	const struct wg__strace_whole *call, const struct wg__strace_asked *asked)
{
	int64_t ret = call->text.ret;

	if (ret == WG_RET_UNKNOWN || is_call_error(call, "EINTR"))
		return WG_REASON_INTERRUPTED;
	if (is_call_error(call, "ETIMEDOUT") || is_call_error(call, "ETIME") ||
		is_call_error(call, "EAGAIN"))
		return WG_REASON_TIMEOUT;
	if (ret < 0)
		return WG_REASON_UNKNOWN;
	switch (asked->how) {
	case WG_IN_EPOLL:
	case WG_IN_POLL:
	case WG_IN_SELECT:
		return ret ? WG_REASON_READY
			   : (asked->timeout_ns == WG_FOR_EVER ? WG_REASON_SPURIOUS
							       : WG_REASON_TIMEOUT);
	case WG_IN_SLEEP: return WG_REASON_TIMEOUT;
	case WG_IN_FUTEX:
	case WG_IN_LOCK: return WG_REASON_NOTIFIED;
	default: return WG_REASON_READY;
	}
}

static bool pair(const struct wg__strace_whole *call, struct wg__object *object, bool is_futex,
	struct wg_event *wake)
{
	if (!object || !object->by_line || object->by_left <= 0 ||
		object->by_tid == call->thread->tid || (is_futex && object->by_line <= call->line))
		return false;
	object->by_left -= is_futex;
	wake->thread_wake.by_pid = object->by_pid;
	wake->thread_wake.by_tid = object->by_tid;
	wake->thread_wake.by_call = object->by_call;
	wake->thread_wake.certainty = WG_CERTAINTY_LIKELY;
	if (object->by_ns >= 0)
		wake->thread_wake.waking_ns = object->by_ns;
	return true;
}

/* What was ready tells why: a timer, somebody's notify, or input. */
static void look_at_ready(struct wg__strace *s, const struct wg__strace_whole *call,
	const struct wg__strace_asked *asked, struct wg_event *wake)
{
	uint32_t ready[READY_MAX];
	size_t count = wg__strace_ready(s, call, asked, ready, READY_MAX), timers = 0, i;

	if (asked->how == WG_IN_READ && call->text.ret == 0)
		return; /* the other end was closed: nobody wrote */
	for (i = 0; i < count; i++) {
		struct wg__object *object = wg__object_at(&s->objects, ready[i]);

		timers += object && object->kind == WG_OBJECT_TIMERFD;
		if (pair(call, object, false, wake) ||
			(object && object->kind == WG_OBJECT_EVENTFD))
			wake->thread_wake.reason = WG_REASON_NOTIFIED;
	}
	if (count && timers == count)
		wake->thread_wake.reason = WG_REASON_TIMEOUT;
}

static bool is_asleep(const struct wg__strace *s, const struct wg__strace_whole *call)
{
	int64_t ns = call->text.spent_ns;

	bool has_failed = call->text.ret < 0 && call->text.ret != WG_RET_UNKNOWN;

	if (!(call->is->is & WG__CALL_SLOW))
		return true;
	if (ns < 0 && s->stats->has_times && call->was_open && !s->stats->is_coarse)
		ns = call->end_ns - call->begin_ns;
	/* A failure may be a timeout that the socket has: only its length tells. */
	return ns < 0 ? call->was_open && !has_failed : ns >= SLOW_NS;
}

static int waits(
	struct wg__strace *s, struct wg__strace_whole *call, const struct wg__strace_asked *asked)
{
	struct wg__strace_thread *t = call->thread;
	struct wg__object *object;
	int rc = wg__strace_say_object(s, t, asked->object);

	object = wg__object_at(&s->objects, asked->object);
	t->wait = (struct wg_event){ .record = WG_RECORD_WAIT,
		.ts_ns = call->begin_ns,
		.op = object ? object->id : 0,
		.thread_wait = {
			asked->timeout_ns, WG_NOT_OBSERVABLE, t->calls, 0, asked->how, t->did } };
	t->wake = (struct wg_event){ .record = WG_RECORD_WAKE,
		.ts_ns = call->end_ns,
		.op = t->wait.op,
		.thread_wake = { .ret = call->text.ret,
			.waking_ns = WG_NOT_OBSERVABLE,
			.oncpu_ns = WG_NOT_OBSERVABLE,
			.by_call = "",
			.reason = (uint8_t)reason_of(call, asked) } };
	if (t->wake.thread_wake.reason == WG_REASON_NOTIFIED)
		(void)pair(call, object, true, &t->wake);
	else if (t->wake.thread_wake.reason == WG_REASON_READY)
		look_at_ready(s, call, asked, &t->wake);
	t->is_held = true;
	t->needs_end = call->end_ns < 0;
	t->did = WG_DID_NOTHING;
	t->calls = 0;
	return rc;
}

int wg__strace_unended(struct wg__strace *s, struct wg__strace_thread *t)
{
	struct wg__span args = { t->args, t->args + t->args_len };
	struct wg__strace_asked asked;
	struct wg__object *object;
	struct wg_event ev = { .record = WG_RECORD_WAIT, .ts_ns = t->open_ns };
	int rc;

	if (!wg__strace_asks(s, t, t->call, args, t->open_ns, &asked))
		return 0;
	rc = wg__strace_say_object(s, t, asked.object);
	object = wg__object_at(&s->objects, asked.object);
	ev.op = object ? object->id : 0;
	ev.thread_wait.timeout_ns = asked.timeout_ns;
	ev.thread_wait.cpu_ns = WG_NOT_OBSERVABLE;
	ev.thread_wait.calls = t->calls;
	ev.thread_wait.how = asked.how;
	ev.thread_wait.did = t->did;
	return rc < 0 ? rc : wg__strace_emit(s, t, &ev);
}

/* --- did it act? --- */

static void acts(struct wg__strace *s, const struct wg__strace_whole *call)
{
	struct wg__strace_thread *t = call->thread;
	enum wg_did did = WG_DID_LOOKED;
	int64_t ret = call->text.ret;
	struct wg__span args[2], path = no_path;
	struct wg__object *object = NULL;
	struct wg__fd *slot = NULL;
	int fd;

	if ((call->is->is & WG__CALL_ACTS && (ret >= 0 || ret == WG_RET_UNKNOWN)) ||
		(call->is->is & WG__CALL_MOVES && ret > 0))
		did = WG_DID_ACTED;
	if (did == WG_DID_ACTED && call->is->is & WG__CALL_READS &&
		wg__strace_args(call->text.args, args, 2) && wg__strace_fd(args[0], &fd, &path)) {
		object = wg__object_at(&s->objects, wg__fd_object(&s->objects, wg__process_of(s, t),
							    fd, path, WG_OBJECT_OTHER));
		slot = wg__fd_find(wg__process_of(s, t), fd);
		if (slot && slot->kind == WG__FD_LOOKS)
			did = WG_DID_LOOKED;
		if (object) {
			object->by_line = 0;
			if (object->kind == WG_OBJECT_EVENTFD || object->kind == WG_OBJECT_TIMERFD)
				did = WG_DID_DRAINED;
		}
	}
	if (did > t->did)
		t->did = did;
}

static int names(struct wg__strace *s, const struct wg__strace_whole *call)
{
	struct wg__span text = call->text.args, inside;
	const char *slash;

	if (call->text.ret != 0 ||
		(call->is->name[0] == 'p' && !wg__span_has(text, "PR_SET_NAME, ")))
		return 0;
	if (!wg__span_until(&text, '"', &inside) || !wg__span_until(&text, '"', &inside))
		return 0;
	slash = wg__span_len(inside) ? memrchr(inside.p, '/', wg__span_len(inside)) : NULL;
	if (slash)
		inside.p = slash + 1;
	return wg__interned_name(&s->names, inside, &call->thread->comm);
}

/* A thread shares all; CLONE_FILES alone shares descriptors, which is all that is used here. */
static int births(struct wg__strace *s, const struct wg__strace_whole *call)
{
	return call->text.ret > 0 ? wg__strace_born(s, call->thread, call->text.ret,
					    wg__span_has(call->text.args, "CLONE_THREAD"))
				  : 0;
}

int wg__strace_whole_call(struct wg__strace *s, struct wg__strace_whole *call)
{
	struct wg__strace_asked asked;
	unsigned is = call->is->is;
	bool is_wait;
	int rc = 0;

	s->stats->calls++;
	is_wait =
		is & (WG__CALL_WAIT | WG__CALL_FUTEX) && is_asleep(s, call) &&
		wg__strace_asks(s, call->thread, call->is, call->text.args, call->begin_ns, &asked);
	/* The word had changed already: it did not sleep. */
	if (is_wait && call->is->how == WG_IN_FUTEX && is_call_error(call, "EAGAIN"))
		is_wait = false;
	if (is_wait)
		rc = waits(s, call, &asked);
	else if (is & (WG__CALL_NOTIFIES | WG__CALL_FUTEX))
		rc = notifies(s, call);
	if (rc == 0 && is & WG__CALL_MAKES)
		rc = makes(s, call);
	if (rc == 0 && is & WG__CALL_BIRTH)
		rc = births(s, call);
	if (rc == 0 && is & WG__CALL_NAMES)
		rc = names(s, call);
	/* A wait that moved bytes has acted; one that only found something has not yet. */
	if (!is_wait || is & WG__CALL_SLOW)
		acts(s, call);
	if (!is_wait)
		call->thread->calls++;
	return rc;
}
