/*
 * perf_threads.c: the threads and processes of a log of perf or ftrace.
 *
 * A line names a thread, and its process only if it was asked to. Else a thread that a clone makes
 * is of its parent's process, and any other is taken for a process of its own.
 */
#include <errno.h>
#include <stdlib.h>

#include "traces/base/names.h"
#include "traces/import/perf_impl.h"

#define THREADS_MAX 16384

int wg__perf_emit(struct wg__perf *p, struct wg__perf_thread *t, struct wg_event *ev)
{
	ev->type = WG_EV_OTHER;
	ev->pid = p->process[t->process].pid;
	ev->tid = t->tid;
	ev->procname = t->comm;
	if (ev->ts_ns < t->last_ns)
		ev->ts_ns = t->last_ns;
	t->last_ns = ev->ts_ns;
	return p->sink->event(p->sink->user, ev);
}

int wg__perf_release(struct wg__perf *p, struct wg__perf_thread *t)
{
	int rc;

	if (!t->is_held)
		return 0;
	t->is_held = false;
	rc = wg__perf_emit(p, t, &t->wait);
	return rc < 0 ? rc : wg__perf_emit(p, t, &t->wake);
}

struct wg__perf_thread *wg__perf_find(const struct wg__perf *p, uint32_t tid)
{
	size_t i = wg__map_get(&p->by_tid, 0, tid);

	return i == WG__MAP_NONE ? NULL : p->thread[i];
}

bool wg__perf_is_kernel(struct wg__span comm)
{
	static const char *const names[] = { "kworker/", "ksoftirqd/", "rcu", "migration/", "irq/",
		"swapper", "<idle>", "ktimers/", "idle_inject/", "kswapd", "kcompactd", "jbd2/",
		"khugepaged", "kthreadd", "cpuhp/", "watchdog" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (wg__span_begins(comm, names[i]))
			return true;
	}
	return false;
}

/* --- processes --- */

/* The place of a process without threads, or a new one. */
static int process_slot(struct wg__perf *p, size_t *ret)
{
	size_t i;

	for (i = 0; i < p->process_count && p->process_count >= THREADS_MAX; i++) {
		p->process_next = (p->process_next + 1) % p->process_count;
		if (p->process[p->process_next].threads)
			continue;
		wg__map_remove(&p->by_pid, 0, p->process[p->process_next].pid);
		*ret = p->process_next;
		return 0;
	}
	if (wg__grow(&p->process, &p->process_cap, p->process_count, sizeof(*p->process)) < 0)
		return -ENOMEM;
	*ret = p->process_count++;
	return 0;
}

static int find_process(struct wg__perf *p, uint32_t pid, uint32_t *ret)
{
	size_t i = wg__map_get(&p->by_pid, 0, pid);

	if (i == WG__MAP_NONE) {
		if (process_slot(p, &i) < 0)
			return -ENOMEM;
		p->process[i] = (struct wg__process){ .pid = pid };
		if (wg__map_put(&p->by_pid, 0, pid, i) < 0)
			return -ENOMEM;
	}
	*ret = (uint32_t)i;
	return 0;
}

static void leave_process(struct wg__perf *p, struct wg__perf_thread *t)
{
	struct wg__process *process = wg__perf_process(p, t);

	if (--process->threads == 0)
		wg__process_fini(&p->objects, process);
}

static int inherit(struct wg__perf *p, uint32_t from, uint32_t to)
{
	return from == to ? 0
			  : wg__process_inherit(&p->objects, &p->process[from], &p->process[to]);
}

/* The thread is of that process from now on. */
static int move(struct wg__perf *p, struct wg__perf_thread *t, uint32_t pid, uint32_t from)
{
	uint32_t to;
	int rc = find_process(p, pid, &to);

	if (rc < 0 || to == t->process)
		return rc;
	p->process[to].threads++;
	rc = inherit(p, from, to);
	leave_process(p, t);
	t->process = to;
	return rc;
}

int wg__perf_alone(struct wg__perf *p, struct wg__perf_thread *t)
{
	return t->is_guess ? move(p, t, t->tid, t->process) : 0;
}

/* --- threads --- */

int wg__perf_thread_end(struct wg__perf *p, struct wg__perf_thread *t)
{
	size_t i = wg__map_get(&p->by_tid, 0, t->tid), last = p->thread_count - 1;
	int rc = wg__perf_release(p, t);

	if (t->is_open && t->call->is & WG__CALL_BIRTH)
		p->births--;
	if (p->chain_of == t || p->chain_by == t)
		p->chain_of = p->chain_by = NULL;
	wg__map_remove(&p->by_tid, 0, t->tid);
	leave_process(p, t);
	if (i != last) {
		p->thread[i] = p->thread[last];
		(void)wg__map_put(&p->by_tid, 0, p->thread[i]->tid, i); /* replaces */
	}
	p->thread_count--;
	free(t);
	return rc;
}

/* Threads that have left without a word. */
static int make_room(struct wg__perf *p)
{
	size_t i = p->thread_count;
	int rc = 0;

	if (i < THREADS_MAX)
		return 0;
	while (i-- > 0 && rc == 0) {
		if (p->thread[i]->is_exiting)
			rc = wg__perf_thread_end(p, p->thread[i]);
	}
	return rc;
}

static int add_thread(struct wg__perf *p, uint32_t pid, uint32_t tid, struct wg__perf_thread **ret)
{
	struct wg__perf_thread *t;
	int rc;

	*ret = NULL;
	if ((rc = make_room(p)) < 0)
		return rc;
	if (p->thread_count >= THREADS_MAX) {
		p->stats->too_many++;
		return 0;
	}
	if (wg__grow(&p->thread, &p->thread_cap, p->thread_count, sizeof(*p->thread)) < 0 ||
		!(t = calloc(1, sizeof(*t))))
		return -ENOMEM;
	*t = (struct wg__perf_thread){ .tid = tid,
		.comm = "",
		.first_ns = p->now_ns,
		.last_ns = p->now_ns,
		.on_since_ns = -1,
		.asleep_ns = -1,
		.oncpu_ns = -1,
		.woken.ns = -1 };
	if (find_process(p, pid, &t->process) < 0 ||
		wg__map_put(&p->by_tid, 0, tid, p->thread_count) < 0) {
		free(t);
		return -ENOMEM;
	}
	p->process[t->process].threads++;
	p->thread[p->thread_count++] = *ret = t;
	return 0;
}

/* A thread of that name that is making a thread just now: it can only be this one's parent. */
static struct wg__perf_thread *parent_of_new(struct wg__perf *p, struct wg__span comm)
{
	size_t i;

	for (i = p->births ? p->thread_count : 0; i-- > 0;) {
		struct wg__perf_thread *t = p->thread[i];

		if (t->is_open && t->call->is & WG__CALL_BIRTH && wg__span_is(comm, t->comm))
			return t;
	}
	return NULL;
}

/* clone tells by a flag; what clone3 does is in memory, and a thread as a rule. */
static bool shares_process(const struct wg__perf_thread *parent)
{
	enum { CLONE_THREAD_FLAG = 0x10000 };

	if (strcmp(parent->call->name, "clone") == 0)
		return parent->arg[0] & CLONE_THREAD_FLAG;
	return strcmp(parent->call->name, "clone3") == 0;
}

int wg__perf_thread(struct wg__perf *p, uint32_t pid, uint32_t tid, struct wg__span comm,
	struct wg__perf_thread **ret)
{
	struct wg__perf_thread *parent = NULL;
	int rc;

	*ret = wg__perf_find(p, tid);
	if (*ret)
		return wg__span_len(comm) ? wg__interned_name(&p->names, comm, &(*ret)->comm) : 0;
	if (pid)
		p->stats->has_processes = true;
	else if ((parent = parent_of_new(p, comm)) && shares_process(parent))
		pid = wg__perf_process(p, parent)->pid;
	rc = add_thread(p, pid ? pid : tid, tid, ret);
	if (rc < 0 || !*ret)
		return rc;
	(*ret)->is_guess = !p->stats->has_processes;
	if (parent)
		rc = inherit(p, parent->process, (*ret)->process);
	return rc < 0 ? rc : wg__interned_name(&p->names, comm, &(*ret)->comm);
}

int wg__perf_born(struct wg__perf *p, struct wg__perf_thread *parent, uint32_t tid, bool shares)
{
	struct wg__perf_thread *t = wg__perf_find(p, tid);
	uint32_t pid = shares ? wg__perf_process(p, parent)->pid : tid;
	int rc;

	/* One of this number was there before: it has gone unseen. */
	if (t && t->first_ns < parent->enter_ns) {
		rc = wg__perf_thread_end(p, t);
		if (rc < 0)
			return rc;
		t = NULL;
	}
	if (t)
		return t->is_guess ? move(p, t, pid, parent->process) : 0;
	if (p->stats->has_processes)
		return 0; /* its first line tells */
	rc = add_thread(p, pid, tid, &t);
	if (rc < 0 || !t)
		return rc;
	t->is_guess = true;
	t->comm = parent->comm;
	return inherit(p, parent->process, t->process);
}
