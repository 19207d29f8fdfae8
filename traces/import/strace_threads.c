/*
 * strace_threads.c: the threads and processes of a log, and their names and places.
 *
 * A thread whose birth is not in the log (strace -p) is taken for one of the first process, since
 * that is what strace attaches to. If it says that it attached to several, nobody knows whose it
 * is: it is a process of its own then, so that no descriptor of one process is taken for another's.
 */
#include <errno.h>
#include <stdlib.h>

#include "traces/import/strace_impl.h"

#define THREADS_MAX 16384
#define SITES_MAX   65536

int wg__strace_emit(struct wg__strace *s, struct wg__strace_thread *t, struct wg_event *ev)
{
	ev->type = WG_EV_OTHER;
	ev->pid = s->process[t->process].pid;
	ev->tid = t->tid;
	ev->procname = t->comm;
	if (ev->ts_ns < t->last_ns)
		ev->ts_ns = t->last_ns;
	t->last_ns = ev->ts_ns;
	return s->sink->event(s->sink->user, ev);
}

int wg__strace_release(struct wg__strace *s, struct wg__strace_thread *t, int64_t next_ns)
{
	int rc;

	if (!t->is_held)
		return 0;
	t->is_held = false;
	if (t->needs_end)
		t->wake.ts_ns = next_ns;
	rc = wg__strace_emit(s, t, &t->wait);
	return rc < 0 ? rc : wg__strace_emit(s, t, &t->wake);
}

static int add_process(struct wg__strace *s, uint32_t pid, uint32_t *ret)
{
	if (wg__grow(&s->process, &s->process_cap, s->process_count, sizeof(*s->process)) < 0)
		return -ENOMEM;
	s->process[s->process_count] = (struct wg__process){ .pid = pid };
	*ret = (uint32_t)s->process_count++;
	return 0;
}

static int add_thread(
	struct wg__strace *s, uint32_t tid, uint32_t process, struct wg__strace_thread **ret)
{
	size_t before = wg__map_get(&s->by_tid, 0, tid);
	struct wg__strace_thread *t;

	if (wg__grow(&s->thread, &s->thread_cap, s->thread_count, sizeof(*s->thread)) < 0 ||
		!(t = calloc(1, sizeof(*t))))
		return -ENOMEM;
	if (wg__map_put(&s->by_tid, 0, tid, s->thread_count) < 0) {
		free(t);
		return -ENOMEM;
	}
	t->tid = tid;
	t->process = process;
	t->comm = "";
	/* Its number may be that of a thread whose last call ended later, in a log that goes back.
	 */
	t->last_ns = s->now_ns;
	if (before != WG__MAP_NONE && s->thread[before]->last_ns > t->last_ns)
		t->last_ns = s->thread[before]->last_ns;
	s->process[process].threads++;
	s->thread[s->thread_count++] = t;
	s->alive++;
	*ret = t;
	return 0;
}

/* Calls that have begun and make a thread: what comes to be now is theirs. */
static struct wg__strace_thread *parent_of_new(struct wg__strace *s)
{
	size_t i;

	for (i = s->births ? s->thread_count : 0; i-- > 0;) {
		struct wg__strace_thread *t = s->thread[i];

		if (!t->is_gone && t->is_open && t->call->is & WG__CALL_BIRTH)
			return t;
	}
	return NULL;
}

static int join_process(struct wg__strace *s, struct wg__strace_thread *parent, uint32_t tid,
	bool shares, uint32_t *ret)
{
	int rc;

	*ret = parent->process;
	if (shares)
		return 0;
	rc = add_process(s, tid, ret);
	return rc < 0 ? rc
		      : wg__process_inherit(
				&s->objects, &s->process[parent->process], &s->process[*ret]);
}

static int new_thread(struct wg__strace *s, uint32_t tid, struct wg__strace_thread *parent,
	bool shares, struct wg__strace_thread **ret)
{
	uint32_t process = 0;
	int rc = 0;

	if (parent)
		rc = join_process(s, parent, tid, shares, &process);
	else if (s->process_count == 0 || s->roots > 1)
		rc = add_process(s, tid, &process);
	s->stats->unborn += !parent && s->thread_count;
	if (rc == 0)
		rc = add_thread(s, tid, process, ret);
	if (rc == 0 && parent)
		(*ret)->comm = parent->comm;
	return rc;
}

static struct wg__strace_thread *find_thread(struct wg__strace *s, uint32_t tid)
{
	size_t i = wg__map_get(&s->by_tid, 0, tid);

	return i == WG__MAP_NONE ? NULL : s->thread[i];
}

int wg__strace_born(
	struct wg__strace *s, struct wg__strace_thread *parent, int64_t tid, bool shares)
{
	struct wg__strace_thread *t = find_thread(s, (uint32_t)tid);
	uint32_t process;
	int rc;

	if (tid > UINT32_MAX || (!t && s->thread_count >= THREADS_MAX))
		return 0;
	if (!t || t->is_gone)
		return t ? 0 : new_thread(s, (uint32_t)tid, parent, shares, &t);
	if (!t->is_guess)
		return 0;
	rc = join_process(s, parent, (uint32_t)tid, shares, &process);
	if (rc < 0)
		return rc;
	t->is_guess = false;
	t->process = process;
	return 0;
}

/* Somebody new, seen without its birth. */
static int guess_thread(struct wg__strace *s, uint32_t tid, struct wg__strace_thread **ret)
{
	struct wg__strace_thread *parent = parent_of_new(s);
	struct wg__span args = { "", "" };
	int rc;

	if (parent)
		args = (struct wg__span){ parent->args, parent->args + parent->args_len };
	rc = new_thread(s, tid, parent, wg__span_has(args, "CLONE_THREAD"), ret);
	if (rc == 0)
		(*ret)->is_guess = true;
	return rc;
}

/* The only one that is left, or the one that lines were about before there were others. */
static struct wg__strace_thread *bare_thread(struct wg__strace *s)
{
	size_t i;

	if (s->bare != WG__MAP_NONE && !s->thread[s->bare]->is_gone)
		return s->thread[s->bare];
	for (i = 0; s->alive == 1 && i < s->thread_count; i++) {
		if (!s->thread[i]->is_gone)
			return s->thread[s->bare = i];
	}
	return NULL;
}

/* Places of threads that are gone are used again. */
static int make_room(struct wg__strace *s)
{
	size_t i, kept = 0;

	if (s->thread_count < THREADS_MAX || s->alive > THREADS_MAX / 2)
		return 0;
	wg__map_fini(&s->by_tid);
	for (i = 0; i < s->thread_count; i++) {
		struct wg__strace_thread *t = s->thread[i];

		if (t->is_gone) {
			free(t->args);
			free(t);
			continue;
		}
		if (s->bare == i)
			s->bare = kept;
		if (wg__map_put(&s->by_tid, 0, t->tid, kept) < 0)
			return -ENOMEM;
		s->thread[kept++] = t;
	}
	if (s->bare >= kept)
		s->bare = WG__MAP_NONE;
	s->thread_count = kept;
	s->last = NULL;
	return 0;
}

int wg__strace_thread(struct wg__strace *s, uint32_t tid, struct wg__strace_thread **ret)
{
	int rc;

	*ret = tid ? find_thread(s, tid) : bare_thread(s);
	if (*ret && !(*ret)->is_gone)
		return 0;
	/* The first line with a thread in front: whose lines were those without? */
	if (tid && !*ret && s->bare != WG__MAP_NONE && !s->thread[s->bare]->is_gone &&
		s->thread[s->bare]->tid == 0 && !parent_of_new(s) &&
		wg__map_get(&s->by_tid, 1, 0) == WG__MAP_NONE) {
		*ret = s->thread[s->bare];
		return wg__map_put(&s->by_tid, 1, 0, 0) < 0 ||
				       wg__map_put(&s->by_tid, 0, tid, s->bare) < 0
			       ? -ENOMEM
			       : 0;
	}
	rc = make_room(s);
	if (rc < 0 || s->thread_count >= THREADS_MAX) {
		*ret = NULL;
		s->stats->too_many += rc == 0;
		return rc;
	}
	rc = guess_thread(s, tid, ret);
	if (rc == 0 && tid == 0)
		s->bare = s->thread_count - 1;
	return rc;
}

int wg__strace_thread_end(struct wg__strace *s, struct wg__strace_thread *t)
{
	struct wg__process *p = wg__process_of(s, t);
	int rc = wg__strace_release(s, t, s->now_ns);

	t->is_gone = true;
	s->alive--;
	if (--p->threads == 0)
		wg__process_fini(&s->objects, p);
	return rc;
}

int wg__strace_superseded(struct wg__strace *s, struct wg__strace_thread *t, uint32_t by_tid)
{
	struct wg__strace_thread *by = find_thread(s, by_tid), was = *t;

	if (!by || by == t || by->is_gone || !by->is_open)
		return 0;
	t->is_open = true;
	t->call = by->call;
	t->open_ns = by->open_ns;
	t->open_line = by->open_line;
	t->args = by->args;
	t->args_len = by->args_len;
	t->args_cap = by->args_cap;
	by->args = was.args;
	by->args_cap = was.args_cap;
	by->is_open = false;
	return wg__strace_thread_end(s, by);
}

/* --- names and places --- */

/* The libraries through which every call goes: the program's own place is above them. */
static bool is_system(struct wg__span module)
{
	const char *slash =
		wg__span_len(module) ? memrchr(module.p, '/', wg__span_len(module)) : NULL;
	static const char *const names[] = { "libc.", "libc-", "libpthread", "ld-", "ld.", "[vdso",
		"libstdc++", "unexpected_backtracing", "linux-vdso" };
	size_t i;

	if (slash)
		module.p = slash + 1;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (wg__span_begins(module, names[i]))
			return true;
	}
	return false;
}

static uint64_t hash(struct wg__span text, uint64_t more)
{
	uint64_t h = 0xcbf29ce484222325u ^ more;

	for (; text.p < text.end; text.p++)
		h = (h ^ (unsigned char)*text.p) * 0x100000001b3u;
	return h;
}

/* "/usr/bin/demo(run_loop+0x1f) [0x64e51]" */
int wg__strace_site(struct wg__strace *s, struct wg__strace_thread *t, struct wg__span frame)
{
	struct wg__span module, symbol, offset;
	struct wg_event ev = { .record = WG_RECORD_SITE, .ts_ns = t->last_ns };
	const char *open, *plus;
	int64_t at;
	size_t number;
	int rc;

	open = wg__span_len(frame) ? memrchr(frame.p, '[', wg__span_len(frame)) : NULL;
	if (!open)
		return 0;
	offset = (struct wg__span){ open + 1, frame.end };
	module = wg__span_trim((struct wg__span){ frame.p, open });
	symbol = (struct wg__span){ module.end, module.end };
	if (wg__span_len(module) && module.end[-1] == ')' &&
		(open = memrchr(module.p, '(', wg__span_len(module)))) {
		symbol = (struct wg__span){ open + 1, module.end - 1 };
		module.end = open;
		plus = wg__span_len(symbol) ? memrchr(symbol.p, '+', wg__span_len(symbol)) : NULL;
		if (plus)
			symbol.end = plus;
	}
	if (!wg__span_integer(&offset, &at) || is_system(module))
		return 0;
	number = wg__map_get(&s->sites, 0, hash(module, (uint64_t)at));
	if (number == WG__MAP_NONE) {
		if (s->sites.count >= SITES_MAX)
			return 0;
		number = s->sites.count + 1;
		ev.site.module = ev.site.build_id = ev.site.symbol = "";
		ev.site.offset = (uint64_t)at;
		ev.site.id = (uint32_t)number;
		if ((rc = wg__map_put(&s->sites, 0, hash(module, (uint64_t)at), number)) < 0 ||
			(rc = wg__interned_name(&s->names, module, &ev.site.module)) < 0 ||
			(rc = wg__interned_name(&s->names, symbol, &ev.site.symbol)) < 0 ||
			(rc = wg__strace_emit(s, t, &ev)) < 0)
			return rc;
	}
	t->wait.thread_wait.site = (uint32_t)number;
	return 0;
}
