/*
 * thread_sheet.c: csv and jsonl of the waits of threads that were seen from outside.
 *
 * A wait is written when it is known what its wake was for: at the thread's next wait, and later if
 * it may be one of a spin. So at most ten rows of a thread are kept.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/base/names.h"
#include "traces/export/pass.h"
#include "traces/export/row_formats.h"
#include "traces/measure/threads_impl.h"

#define COLUMNS(X)                                                                                 \
	X(trace), X(pid), X(tid), X(process), X(in), X(object), X(kind), X(fd), X(module),         \
		X(offset), X(symbol), X(wait_ns), X(wake_ns), X(asleep_ns), X(timeout_ns),         \
		X(reason), X(class), X(empty), X(late), X(gap_from_ns), X(gap_ns), X(by_pid),      \
		X(by_tid), X(by_call), X(certainty), X(notify_ns), X(did), X(calls), X(cpu_ns),    \
		X(open)
#define ID(name) TH_##name
enum { COLUMNS(ID), TH_COLUMN_COUNT };
static const char *const columns[] = { COLUMNS(WG__COLUMN_NAME), NULL };
#undef ID
_Static_assert(TH_COLUMN_COUNT <= WG__COLS_MAX, "a row has room for them");

#define KEPT_MAX 10 /* as many as make a spin */

struct wait {
	struct wg_event wait, wake;
	int64_t gap_begin_ns;
	enum wg_wake_class class;
	bool is_settled; /* what followed is known */
	enum wg_did did;
	int64_t calls, cpu_ns;
};

struct thread {
	struct wait kept[KEPT_MAX];
	size_t count;
	struct wg_event wait; /* the open one */
	bool is_asleep;
	const char *comm;
};

struct sheet {
	const struct wg__row_format *format;
	const struct wg__pass *pass;
	struct wg_threads *threads;
	struct thread **v; /* by wg__thread.number */
	size_t count, cap;
};

static void fill_time(struct wg__row *row, size_t column, const struct sheet *s, int64_t t)
{
	wg__row_i64(row, column, t - s->pass->begin_ns);
}

static void fill_what(struct wg__row *row, const struct sheet *s, const struct wg_event *wait)
{
	const struct wg_thread_object *o = wg_thread_object(s->threads, wait->space, wait->op);
	const struct wg_thread_site *site =
		wg_thread_site(s->threads, wait->space, wait->thread_wait.site);

	wg__row_word(row, TH_in, wg_wait_in_name(wait->thread_wait.how));
	if (wait->op)
		wg__row_u64(row, TH_object, wait->op);
	if (o && o->kind != WG_OBJECT_OTHER)
		wg__row_word(row, TH_kind, wg_object_kind_name(o->kind));
	if (o && o->fd >= 0)
		wg__row_i64(row, TH_fd, o->fd);
	if (site) {
		wg__row_text(row, TH_module, site->module);
		wg__row_u64(row, TH_offset, site->offset);
	}
	if (site && *site->symbol)
		wg__row_text(row, TH_symbol, site->symbol);
	if (wait->thread_wait.timeout_ns != WG_NOT_OBSERVABLE)
		wg__row_i64(row, TH_timeout_ns, wait->thread_wait.timeout_ns);
}

static bool is_empty(enum wg_wake_class class)
{
	return class == WG_CLASS_TIMER_EMPTY || class == WG_CLASS_ZERO_POLL ||
	       class == WG_CLASS_SPIN;
}

static void fill_wake(struct wg__row *row, const struct sheet *s, const struct wait *w)
{
	const struct wg_event *wake = &w->wake;

	wg__row_word(row, TH_reason, wg_reason_name((enum wg_reason)wake->thread_wake.reason));
	wg__row_word(row, TH_class, wg_wake_class_name(w->class));
	if (w->class != WG_CLASS_TIMER)
		wg__row_u64(row, TH_empty, is_empty(w->class));
	wg__row_u64(row, TH_late, w->class == WG_CLASS_LATE);
	if (w->gap_begin_ns >= 0) {
		fill_time(row, TH_gap_from_ns, s, w->gap_begin_ns);
		wg__row_i64(row, TH_gap_ns, wake->ts_ns - w->gap_begin_ns);
	}
	if (wake->thread_wake.certainty != WG_CERTAINTY_NONE) {
		wg__row_u64(row, TH_by_pid, wake->thread_wake.by_pid);
		wg__row_u64(row, TH_by_tid, wake->thread_wake.by_tid);
		wg__row_text(row, TH_by_call, wake->thread_wake.by_call);
		wg__row_word(row, TH_certainty,
			wg_certainty_name((enum wg_certainty)wake->thread_wake.certainty));
		if (wake->thread_wake.waking_ns >= 0)
			fill_time(row, TH_notify_ns, s, wake->thread_wake.waking_ns);
	}
	if (!w->is_settled)
		return;
	if (w->did != WG_DID_UNKNOWN)
		wg__row_word(row, TH_did, wg_did_name(w->did));
	if (w->calls >= 0)
		wg__row_i64(row, TH_calls, w->calls);
	if (w->cpu_ns >= 0)
		wg__row_i64(row, TH_cpu_ns, w->cpu_ns);
}

static void write_wait(
	const struct sheet *s, const struct thread *thread, const struct wait *w, bool open)
{
	struct wg__row row = { .filled = 0 };
	int64_t end_ns = open ? s->pass->end_ns : w->wake.ts_ns;

	if (!wg__pass_wants(s->pass, w->wait.ts_ns, end_ns))
		return;
	wg__row_text(&row, TH_trace, s->pass->label);
	wg__row_u64(&row, TH_pid, w->wait.pid);
	wg__row_u64(&row, TH_tid, w->wait.tid);
	wg__row_text(&row, TH_process, thread->comm);
	fill_what(&row, s, &w->wait);
	fill_time(&row, TH_wait_ns, s, w->wait.ts_ns);
	fill_time(&row, TH_wake_ns, s, end_ns);
	wg__row_i64(&row, TH_asleep_ns, end_ns - w->wait.ts_ns);
	if (!open)
		fill_wake(&row, s, w);
	wg__row_u64(&row, TH_open, open);
	s->format->row(s->pass->ex->out, columns, &row);
}

/* All but the last `keep` of them. */
static void write_kept(const struct sheet *s, struct thread *thread, size_t keep)
{
	size_t i, n = thread->count - keep;

	for (i = 0; i < n; i++)
		write_wait(s, thread, &thread->kept[i], false);
	memmove(thread->kept, thread->kept + n, keep * sizeof(thread->kept[0]));
	thread->count = keep;
}

static struct thread *thread_of(struct sheet *s, const struct wg__thread *is)
{
	size_t i = is->number;

	if (i >= s->count) {
		if (wg__grow(&s->v, &s->cap, i, sizeof(*s->v)) < 0 ||
			!(s->v[i] = calloc(1, sizeof(**s->v))))
			return NULL;
		s->count++;
	}
	s->v[i]->comm = is->stats.name;
	return s->v[i];
}

/* What followed the last wake is known, and what the wakes before it were if that makes a spin. */
static void settle(struct sheet *s, struct thread *thread, const struct wg__thread_step *step,
	const struct wg_event *wait)
{
	struct wait *last = thread->count ? &thread->kept[thread->count - 1] : NULL;
	size_t i;

	if (!step->has_settled || !last)
		return;
	last->is_settled = true;
	last->class = step->thread->class;
	last->did = wait->thread_wait.did;
	last->calls = wait->thread_wait.calls;
	last->cpu_ns = wait->thread_wait.cpu_ns;
	for (i = 0; i < step->spins && i < thread->count; i++)
		thread->kept[thread->count - 1 - i].class = WG_CLASS_SPIN;
	/* A spin may begin with the last of them, or go on. */
	if (step->spins > 0 || step->thread->run < thread->count)
		write_kept(s, thread, step->spins > 0 ? 0 : step->thread->run);
}

static void on_wake(
	struct thread *thread, const struct wg__thread_step *step, const struct wg_event *ev)
{
	if (!step->has_woken || !thread->is_asleep || thread->count == KEPT_MAX)
		return;
	thread->is_asleep = false;
	thread->kept[thread->count++] = (struct wait){ .wait = thread->wait,
		.wake = *ev,
		.gap_begin_ns = step->gap_begin_ns,
		.class = step->thread->class };
}

static int feed(void *user, const struct wg__pass *pass, const struct wg_event *ev)
{
	struct sheet *s = user;
	struct thread *thread;

	s->pass = pass;
	if (ev->type == WG_EV_LOST && s->format->shows_holes &&
		wg__pass_wants(pass, ev->lost.begin_ns, ev->ts_ns))
		wg__row_hole(pass, s->format, ev);
	if (wg_threads_feed(s->threads, ev) < 0)
		return -ENOMEM;
	if (ev->record == WG_RECORD_NONE || !s->threads->step.thread)
		return 0;
	thread = thread_of(s, s->threads->step.thread);
	if (!thread)
		return -ENOMEM;
	if (ev->record == WG_RECORD_WAKE)
		on_wake(thread, &s->threads->step, ev);
	if (ev->record != WG_RECORD_WAIT)
		return 0;
	settle(s, thread, &s->threads->step, ev);
	thread->wait = *ev;
	thread->is_asleep = true;
	return 0;
}

static int end(void *user, const struct wg__pass *pass)
{
	struct sheet *s = user;
	size_t i;

	s->pass = pass;
	for (i = 0; i < s->count; i++) {
		const struct wait open = { .wait = s->v[i]->wait };

		write_kept(s, s->v[i], 0);
		if (s->v[i]->is_asleep)
			write_wait(s, s->v[i], &open, true);
	}
	return 0;
}

int wg__export_threads(
	const struct wg_export *ex, const struct wg__row_format *format, struct wg_error *err)
{
	static const struct wg__pass_ops ops = { feed, end, wg__row_note, false };
	size_t i, k;
	int rc = 0;

	if (format->header)
		format->header(ex->out, columns);
	for (i = 0; i < ex->path_count && rc == 0; i++) {
		struct sheet s = { .format = format };

		if (wg_threads_create(&s.threads) < 0)
			return wg_error_set(err, -ENOMEM, "out of memory");
		rc = wg__export_pass(ex, i, &ops, &s, err);
		for (k = 0; k < s.count; k++)
			free(s.v[k]);
		free(s.v);
		wg_threads_destroy(s.threads);
	}
	return rc;
}
