/*
 * strace_wait.c: what a wait asked for: where, for what, for how long; and what was ready then.
 *
 * An absolute timeout is a duration only if the clock of the log is the clock that it counts on:
 * CLOCK_REALTIME with -ttt. Else it is not observable.
 */
#include "traces/import/strace_impl.h"

#define ARGS_MAX 6
#define FDS_MAX	 8 /* of a set that is named by them */
#define LOCKED	 2 /* the word of a mutex with sleepers, in glibc, Go and Rust alike */

static int64_t duration(struct wg__span arg, int64_t unit_ns)
{
	int64_t ns;

	if (wg__span_is(arg, "NULL"))
		return WG_FOR_EVER;
	return wg__strace_timespec(arg, unit_ns, &ns) ? ns : WG_NOT_OBSERVABLE;
}

static int64_t milliseconds(struct wg__span arg)
{
	int64_t ms;

	if (!wg__span_integer(&arg, &ms))
		return WG_NOT_OBSERVABLE;
	return ms < 0 || ms > INT32_MAX ? WG_FOR_EVER : ms * 1000000;
}

/* A moment of CLOCK_REALTIME as a duration from now. */
static int64_t until(
	const struct wg__strace *s, struct wg__span arg, bool is_realtime, int64_t now_ns)
{
	int64_t ns = duration(arg, 1);

	if (ns < 0 || !is_realtime || !s->stats->is_epoch || s->stats->is_coarse)
		return ns < 0 ? ns : WG_NOT_OBSERVABLE;
	return ns > now_ns ? ns - now_ns : 0;
}

static int64_t timeout_of(const struct wg__strace *s, const struct wg__syscall *is,
	const struct wg__span *args, size_t count, int64_t now_ns)
{
	struct wg__span arg;

	if (is->timeout == WG__TIMEOUT_NONE)
		return WG_FOR_EVER;
	if (is->timeout == WG__TIMEOUT_HIDDEN || is->timeout_arg >= count)
		return WG_NOT_OBSERVABLE;
	arg = args[is->timeout_arg];
	switch (is->timeout) {
	case WG__TIMEOUT_MS: return milliseconds(arg);
	case WG__TIMEOUT_TIMEVAL: return duration(arg, 1000);
	default: break;
	}
	if (is->how == WG_IN_SLEEP && is->timeout_arg == 2 && wg__span_has(args[1], "ABSTIME"))
		return until(s, arg, wg__span_begins(args[0], "CLOCK_REALTIME"), now_ns);
	if (is->how == WG_IN_FUTEX && wg__span_has(args[1], "BITSET"))
		return until(s, arg, wg__span_has(args[1], "CLOCK_REALTIME"), now_ns);
	return duration(arg, 1);
}

static uint32_t fd_object(struct wg__strace *s, struct wg__strace_thread *t, struct wg__span arg,
	enum wg_object_kind kind)
{
	struct wg__span path;
	int fd;

	if (!wg__strace_fd(arg, &fd, &path))
		return WG__NO_OBJECT;
	return wg__fd_object(&s->objects, wg__process_of(s, t), fd, path, kind);
}

/* The numbers behind each mark; "fd=" in poll's set, "u64=" in what epoll found. */
static size_t numbers_behind(struct wg__span s, const char *mark, int64_t *ret, size_t max)
{
	size_t count = 0;
	const char *at;

	while (count < max && (at = wg__span_find(s, mark))) {
		s.p = at + strlen(mark);
		if (wg__span_integer(&s, &ret[count]))
			count++;
	}
	return count;
}

/* "[3 5]" of select. */
static size_t numbers_of_set(struct wg__span s, int64_t *ret, size_t max)
{
	size_t count = 0;

	if (!wg__span_take(&s, "["))
		return 0;
	while (count < max && wg__span_number(&s, &ret[count])) {
		count++;
		if (s.p < s.end && *s.p == '<' && !wg__span_until(&s, '>', &(struct wg__span){ 0 }))
			break;
		wg__span_skip_blanks(&s);
	}
	return count;
}

/* One descriptor is that object; several are a set, named by their numbers. */
static uint32_t set_object(
	struct wg__strace *s, struct wg__strace_thread *t, const int64_t *fds, size_t count)
{
	struct wg__span none = { "", "" };
	uint64_t hash = 0xcbf29ce484222325u;
	size_t i;

	if (count == 0)
		return WG__NO_OBJECT;
	if (count == 1)
		return wg__fd_object(
			&s->objects, wg__process_of(s, t), fds[0], none, WG_OBJECT_OTHER);
	for (i = 0; i < count; i++)
		hash = (hash ^ (uint64_t)fds[i]) * 0x100000001b3u;
	return wg__named_object(&s->objects, wg__process_of(s, t), hash | UINT64_C(1) << 63,
		WG_OBJECT_SET, fds[0] >= 0 && fds[0] <= INT32_MAX ? (int32_t)fds[0] : -1);
}

static uint32_t object_of(struct wg__strace *s, struct wg__strace_thread *t,
	const struct wg__syscall *is, const struct wg__span *args, size_t count)
{
	int64_t fds[FDS_MAX], address;
	struct wg__span arg = args[0];
	size_t n = 0, i;

	if (count == 0)
		return WG__NO_OBJECT;
	switch (is->how) {
	case WG_IN_EPOLL: return fd_object(s, t, arg, WG_OBJECT_EPOLL);
	case WG_IN_READ: return fd_object(s, t, arg, WG_OBJECT_OTHER);
	case WG_IN_POLL: return set_object(s, t, fds, numbers_behind(arg, "fd=", fds, FDS_MAX));
	case WG_IN_SELECT:
		for (i = 1; i < 3 && i < count && n < FDS_MAX; i++)
			n += numbers_of_set(args[i], fds + n, FDS_MAX - n);
		return set_object(s, t, fds, n);
	case WG_IN_FUTEX:
		if (!wg__span_integer(&arg, &address))
			return WG__NO_OBJECT;
		return wg__named_object(&s->objects, wg__process_of(s, t),
			(uint64_t)address & ~(UINT64_C(1) << 63), WG_OBJECT_FUTEX, -1);
	default: return WG__NO_OBJECT;
	}
}

/* The name inside "restart_syscall(<... resuming interrupted poll ...>". */
static enum wg_wait_in restarted(struct wg__span args)
{
	struct wg__span name = { args.end, args.end };
	const char *at = wg__span_find(args, "interrupted ");

	if (!at)
		return WG_IN_OTHER;
	args.p = at + strlen("interrupted ");
	return wg__span_until(&args, ' ', &name) ? wg__syscall_find(name)->how : WG_IN_OTHER;
}

bool wg__strace_asks(struct wg__strace *s, struct wg__strace_thread *t,
	const struct wg__syscall *is, struct wg__span text, int64_t now_ns,
	struct wg__strace_asked *ret)
{
	struct wg__span args[ARGS_MAX];
	size_t count;
	int64_t value;

	if (!(is->is & (WG__CALL_WAIT | WG__CALL_FUTEX)))
		return false;
	count = wg__strace_args(text, args, ARGS_MAX);
	*ret = (struct wg__strace_asked){ .how = is->how };
	if (is->is & WG__CALL_FUTEX) {
		if (count < 2 || (!wg__span_has(args[1], "FUTEX_WAIT") &&
					 !wg__span_has(args[1], "FUTEX_LOCK_PI")))
			return false;
	}
	if (is->how == WG_IN_CHILD && wg__span_has(text, "WNOHANG"))
		return false;
	if (is->how == WG_IN_URING && count > 2 && wg__span_is(args[2], "0"))
		return false;
	ret->timeout_ns = timeout_of(s, is, args, count, now_ns);
	ret->object = object_of(s, t, is, args, count);
	if (strcmp(is->name, "restart_syscall") == 0)
		ret->how = restarted(text);
	if (is->how == WG_IN_FUTEX && count > 2 && ret->timeout_ns == WG_FOR_EVER &&
		(wg__span_has(args[1], "LOCK_PI") ||
			(!wg__span_has(args[1], "BITSET") && wg__span_integer(&args[2], &value) &&
				value == LOCKED)))
		ret->how = WG_IN_LOCK;
	return true;
}

/* The descriptor that epoll_ctl gave this data to. */
static int64_t interested(struct wg__strace *s, uint32_t epoll, int64_t data)
{
	struct wg__object *object = wg__object_at(&s->objects, epoll);
	size_t at = object ? wg__map_get(&s->objects.interest, (uint32_t)object->id, (uint64_t)data)
			   : WG__MAP_NONE;

	return at == WG__MAP_NONE ? -1 : (int64_t)at;
}

size_t wg__strace_ready(struct wg__strace *s, const struct wg__strace_whole *call,
	const struct wg__strace_asked *asked, uint32_t *ret, size_t max)
{
	int64_t numbers[FDS_MAX];
	size_t count = 0, found = 0, i;
	const char *in;

	if (max > FDS_MAX)
		max = FDS_MAX;
	if (asked->how == WG_IN_EPOLL) {
		count = numbers_behind(call->text.args, "u64=", numbers, max);
		for (i = 0; i < count; i++)
			numbers[i] = interested(s, asked->object, numbers[i]);
	} else if (asked->how == WG_IN_POLL) {
		count = numbers_behind(call->text.result, "fd=", numbers, max);
	} else if (asked->how == WG_IN_SELECT && (in = wg__span_find(call->text.result, "in ["))) {
		count = numbers_of_set(
			(struct wg__span){ in + 3, call->text.result.end }, numbers, max);
	}
	for (i = 0; i < count; i++) {
		struct wg__fd *fd = wg__fd_find(wg__process_of(s, call->thread), numbers[i]);

		ret[found++] = fd && fd->kind == WG__FD_OBJECT ? fd->object : WG__NO_OBJECT;
	}
	if (asked->how == WG_IN_READ && found < max)
		ret[found++] = asked->object;
	return found;
}
