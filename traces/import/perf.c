/*
 * perf.c: see perf.h. Lines and events; perf_threads.c has the threads, perf_call.c says what a
 * call means and perf_wait.c who ended a wait.
 */
#include "traces/import/perf.h"

#include <errno.h>
#include <stdlib.h>

#include "traces/import/perf_impl.h"

/* --- events --- */

/* It has an event, so it runs; if nobody saw it coming, since now. */
static void runs(struct wg__perf_thread *t, int64_t now_ns)
{
	if (t->is_off && !t->is_asleep)
		t->is_cpu_hidden = true; /* it was put off the processor, and came back unseen */
	if (t->on_since_ns < 0)
		t->on_since_ns = now_ns;
	t->is_off = t->is_asleep = false;
}

/* What the waker is doing, from its calls. */
static enum wg__waker_in waker_in(
	struct wg__perf *p, const struct wg__perf_line *line, const struct wg__perf_thread *by)
{
	const struct wg__fd *fd;

	if (line->tid == 0 || wg__perf_is_kernel(line->comm))
		return WG__WAKER_KERNEL;
	if (!by || !by->has_calls)
		return WG__WAKER_UNKNOWN;
	if (!by->is_open)
		return by->is_exiting ? WG__WAKER_EXITS : WG__WAKER_OUTSIDE;
	if (wg__perf_is_futex_wake(by))
		return WG__WAKER_FUTEX;
	if (by->is_exiting)
		return WG__WAKER_EXITS;
	if (!(by->call->is & WG__CALL_NOTIFIES))
		return WG__WAKER_OTHER;
	fd = wg__fd_find(wg__perf_process(p, by), (int32_t)by->arg[0]);
	if (strncmp(by->call->name, "send", 4) == 0 ||
		(fd && fd->kind == WG__FD_OBJECT &&
			wg__object_at(&p->objects, fd->object)->kind == WG_OBJECT_SOCKET))
		return WG__WAKER_SENDS;
	return fd && fd->kind == WG__FD_FILE ? WG__WAKER_OTHER : WG__WAKER_WRITES;
}

static int on_waking(struct wg__perf *p, const struct wg__perf_line *line)
{
	struct wg__perf_thread *t, *by = wg__perf_find(p, line->tid);
	const struct wg__fd *fd;
	struct wg__span comm;
	uint32_t tid;

	if (!wg__perf_waking(line->args, &tid, &comm))
		return 1;
	p->stats->has_wakings = true;
	p->stats->has_contexts |= line->context != WG__CONTEXT_UNKNOWN;
	t = wg__perf_find(p, tid);
	if (by && by->is_open && line->context != WG__CONTEXT_INTERRUPT &&
		!wg__perf_is_kernel(comm)) {
		by->woke++;
		p->chain_by = by;
	}
	if (!t || t->woken.ns >= 0)
		return 0;
	fd = by ? wg__fd_find(wg__perf_process(p, by), (int32_t)by->arg[0]) : NULL;
	t->woken = (struct wg__waking){ .ns = line->time_ns,
		.pid = by ? wg__perf_process(p, by)->pid : line->pid,
		.tid = line->tid == WG__PERF_NO_TID ? 0 : line->tid,
		.call = by && by->is_open ? by->call->name : "",
		.in = waker_in(p, line, by),
		.may_send = !fd || fd->kind == WG__FD_UNKNOWN,
		.context = line->context };
	p->chain_of = t;
	return 0;
}

static int off(
	struct wg__perf *p, const struct wg__perf_line *line, const struct wg__perf_switch *s)
{
	struct wg__perf_thread *t = wg__perf_find(p, s->prev);
	bool is_asleep = s->state == 'S';
	int rc;

	/* Without calls, this is all that tells of a thread. */
	if (!t && is_asleep && !p->stats->has_calls && !wg__perf_is_kernel(s->prev_comm)) {
		rc = wg__perf_thread(
			p, line->tid == s->prev ? line->pid : 0, s->prev, s->prev_comm, &t);
		if (rc < 0)
			return rc;
	}
	if (!t)
		return 0;
	if (t->on_since_ns >= 0)
		t->cpu_ns += line->time_ns - t->on_since_ns;
	else
		t->is_cpu_hidden = true;
	t->on_since_ns = -1;
	t->is_off = true;
	t->is_asleep = is_asleep;
	if (s->state == 'X' || s->state == 'Z' || s->state == 'x')
		return wg__perf_thread_end(p, t);
	if (!is_asleep)
		return 0;
	t->has_slept = true;
	t->woken.ns = t->oncpu_ns = -1;
	t->cpu_off_ns = t->cpu_ns;
	t->asleep_ns = line->time_ns;
	return 0;
}

static int on_switch(struct wg__perf *p, const struct wg__perf_line *line)
{
	struct wg__perf_switch s;
	struct wg__perf_thread *t;
	int rc;

	if (!wg__perf_switch(line->args, &s))
		return 1;
	p->stats->has_switches = true;
	rc = s.prev ? off(p, line, &s) : 0;
	t = rc == 0 && s.next ? wg__perf_find(p, s.next) : NULL;
	if (!t)
		return rc;
	t->on_since_ns = line->time_ns;
	if (t->is_asleep) {
		t->oncpu_ns = line->time_ns;
		t->is_off = t->is_asleep = false;
		return t->has_calls || t->asleep_ns < 0 ? 0 : wg__perf_slept(p, t, line->time_ns);
	}
	t->is_off = false;
	return 0;
}

static int on_call(struct wg__perf *p, const struct wg__perf_line *line)
{
	bool enters = line->event == WG__PERF_ENTER;
	struct wg__perf_thread *t;
	int64_t number, ret = 0;
	uint64_t arg[6];
	int rc;

	if (enters ? !wg__perf_enter(line->args, &number, arg)
		   : !wg__perf_exit(line->args, &number, &ret))
		return 1;
	p->stats->has_calls = true;
	if (line->tid == 0 || line->tid == WG__PERF_NO_TID)
		return 0; /* whose it is, is not known */
	rc = wg__perf_thread(p, line->pid, line->tid, line->comm, &t);
	if (rc < 0 || !t)
		return rc;
	runs(t, line->time_ns);
	return enters ? wg__perf_enters(p, t, number, arg, line->time_ns)
		      : wg__perf_exits(p, t, number, ret, line->time_ns);
}

/* Hand out the hole: it is known now where it ends. */
static int end_hole(struct wg__perf *p, int64_t now_ns)
{
	struct wg_event ev = { .type = WG_EV_LOST, .ts_ns = now_ns, .procname = "" };

	if (!p->is_in_hole)
		return 0;
	p->is_in_hole = false;
	ev.lost.begin_ns = p->now_ns;
	ev.lost.count = p->lost_now;
	p->lost_now = 0;
	return p->sink->event(p->sink->user, &ev);
}

/* What happened meanwhile is not known of anybody. */
static int on_hole(struct wg__perf *p, int64_t count)
{
	size_t i;
	int rc = 0;

	p->stats->holes++;
	p->stats->lost += (uint64_t)count;
	p->lost_now += (uint64_t)count;
	p->is_in_hole = true;
	p->births = 0;
	for (i = 0; i < p->thread_count && rc == 0; i++) {
		struct wg__perf_thread *t = p->thread[i];

		t->is_open = t->is_off = t->is_asleep = t->has_woken = false;
		t->on_since_ns = t->asleep_ns = t->woken.ns = -1;
		t->cpu_ns = 0;
		t->is_did_hidden = true;
		rc = wg__perf_release(p, t);
	}
	return rc;
}

/* "PERF_RECORD_LOST lost 12" */
static int on_lost(struct wg__perf *p, const struct wg__perf_line *line)
{
	const char *at = wg__span_find(line->args, "lost ");
	struct wg__span rest = { at ? at + 5 : line->args.end, line->args.end };
	int64_t count = 0;

	(void)wg__span_number(&rest, &count);
	return on_hole(p, count);
}

/* --- lines --- */

/* A frame tells on whose behalf the processor was: the first of these decides. */
static void chain_line(struct wg__perf *p, struct wg__span line)
{
	static const struct {
		const char *mark;
		bool is_interrupt;
	} marks[] = { { "sysvec_", true }, { "common_interrupt", true }, { "softirq", true },
		{ "irq_exit", true }, { "el1h_64_irq", true }, { "do_IRQ", true },
		{ "_timer_interrupt", true }, { "do_syscall_64", false },
		{ "entry_SYSCALL", false }, { "el0_svc", false }, { "ret_from_fork", false } };
	struct wg__perf_thread *t = p->chain_of, *by = p->chain_by;
	size_t i;

	if (!t && !by)
		return;
	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (!wg__span_has(line, marks[i].mark))
			continue;
		if (marks[i].is_interrupt && by && by->woke)
			by->woke--;
		if (t)
			t->woken.context =
				marks[i].is_interrupt ? WG__CONTEXT_INTERRUPT : WG__CONTEXT_OWN;
		p->chain_of = p->chain_by = NULL;
		p->stats->has_contexts = true;
		return;
	}
}

static int header(struct wg__perf *p, struct wg__span line)
{
	struct wg__span name;
	enum wg__machine machine;

	if (wg__span_take(&line, "# arch : ")) {
		name = wg__span_trim(line);
		if (wg__machine_of(name, &machine))
			wg__numbers_fill(machine, p->call);
	}
	return 0;
}

/* No event: a header, a call chain, what a tool says of itself. */
static int other_line(struct wg__perf *p, struct wg__span line)
{
	static const char *const said[] = { "cpus=", "version = ", "[ perf record:" };
	struct wg__span text = wg__span_trim(line);
	int64_t count;
	size_t i;

	if (wg__span_len(text) == 0)
		return 0;
	if (*text.p == '#')
		return header(p, text);
	if (wg__perf_lost(text, &count))
		return on_hole(p, count);
	if (wg__span_begins(text, "=> ")) {
		chain_line(p, text);
		return 0;
	}
	for (i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		if (wg__span_begins(text, said[i]))
			return 0;
	}
	return 1;
}

int wg__perf_line(struct wg__perf *p, struct wg__span text)
{
	struct wg__perf_line line;
	int rc;

	if (wg__span_begins(text, "\t")) {
		chain_line(p, text);
		return 0;
	}
	if (!wg__perf_split(text, &line))
		return other_line(p, text);
	p->chain_of = p->chain_by = NULL;
	if (p->stats->has_times && line.time_ns < p->now_ns) {
		p->stats->times_back++;
		line.time_ns = p->now_ns;
	} else if (!p->stats->has_times) {
		p->now_ns = line.time_ns;
	}
	p->stats->has_times = true;
	rc = end_hole(p, line.time_ns);
	p->now_ns = line.time_ns;
	if (rc < 0)
		return rc;
	switch (line.event) {
	case WG__PERF_SWITCH: return on_switch(p, &line);
	case WG__PERF_WAKING: return on_waking(p, &line);
	case WG__PERF_ENTER:
	case WG__PERF_EXIT: return on_call(p, &line);
	case WG__PERF_LOST: return on_lost(p, &line);
	default: p->stats->others++; return 0;
	}
}

bool wg__perf_is(struct wg__span line)
{
	struct wg__perf_line event;

	int64_t count;

	if (wg__span_begins(line, "# tracer: ") || wg__span_begins(line, "# captured on") ||
		wg__perf_lost(line, &count))
		return true;
	return wg__perf_split(line, &event) && event.event != WG__PERF_OTHER;
}

int wg__perf_end(struct wg__perf *p)
{
	size_t i;
	int rc = end_hole(p, p->now_ns);

	for (i = 0; i < p->thread_count && rc == 0; i++) {
		struct wg__perf_thread *t = p->thread[i];

		rc = wg__perf_release(p, t);
		if (rc == 0 && t->is_open && !t->is_exiting) {
			p->stats->unended++;
			rc = wg__perf_unended(p, t);
		}
	}
	return rc;
}

struct wg__perf *wg__perf_create(const struct wg_import_sink *sink, struct wg_import_stats *stats)
{
	struct wg__perf *p = calloc(1, sizeof(*p));

	if (!p || wg__interned_init(&p->names) < 0) {
		free(p);
		return NULL;
	}
	p->sink = sink;
	p->stats = stats;
	wg__numbers_fill(wg__machine_here(), p->call);
	return p;
}

void wg__perf_destroy(struct wg__perf *p)
{
	size_t i;

	if (!p)
		return;
	for (i = 0; i < p->thread_count; i++)
		free(p->thread[i]);
	for (i = 0; i < p->process_count; i++)
		wg__process_fini(&p->objects, &p->process[i]);
	free(p->thread);
	free(p->process);
	wg__map_fini(&p->by_tid);
	wg__map_fini(&p->by_pid);
	wg__objects_fini(&p->objects);
	wg__interned_fini(&p->names);
	free(p);
}
