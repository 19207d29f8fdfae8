/*
 * scan_rows.c: a window becomes rows: where each thread was at most looks, how often it woke, and
 * what could not be seen.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "traces/base/units.h"

#include "traces/observe/scan_impl.h"

#define NAMES_SHOWN 3 /* of what a note is about */

/* ---- rows ---- */

static const char *why_hidden(const struct wg_scan *scan, const struct wg__thread *t)
{
	if (t->hidden)
		return t->hidden == -EACCES || t->hidden == -EPERM ? "not allowed" : "not readable";
	if (scan->process[t->process].is_32bit)
		return "a 32-bit program";
	return NULL;
}

static void set_place(struct wg_scan_row *row, const struct wg__thread *t)
{
	const struct wg__place *most = NULL;
	size_t i;

	row->number = -1;
	row->how = WG_IN_NONE;
	row->timeout_ns = row->timeout_min_ns = WG_NOT_OBSERVABLE;
	for (i = 0; i < t->places; i++) {
		if (!most || t->place[i].looks > most->looks)
			most = &t->place[i];
	}
	if (!most)
		return;
	row->number = most->at.number;
	row->call = most->call.name;
	row->how = most->call.how;
	row->timeout_ns = most->max_ns;
	row->timeout_min_ns = most->min_ns;
	row->deadline_ns = most->call.deadline_ns;
	row->object = most->object;
	row->here = most->looks;
}

static void set_row(struct wg_scan *scan, size_t i, struct wg_scan_row *row)
{
	const struct wg__thread *t = &scan->thread[i];
	const struct wg__process *p = &scan->process[t->process];

	*row = (struct wg_scan_row){
		.pid = p->who.pid,
		.tid = t->tid,
		.process = p->who.comm,
		.program = p->who.exe,
		.name = t->comm,
		.is_new = t->is_new,
		.has_ended = t->has_ended,
		.wakes = t->last.voluntary - t->first.voluntary,
		.involuntary = t->last.involuntary - t->first.involuntary,
		.cpu_ns = t->last.cpu_ns - t->first.cpu_ns,
		.seen_ns = t->last_ns - t->first_ns,
		.cpu_per_wake_ns = -1,
		.looks = t->looks,
		.running = t->running,
		.hidden = why_hidden(scan, t),
		.object = { .fd = -1 },
		.thread = i,
	};
	if (row->seen_ns > 0)
		row->wakes_per_s = (double)row->wakes * 1e9 / (double)row->seen_ns;
	if (row->wakes > 0)
		row->cpu_per_wake_ns = row->cpu_ns / (int64_t)row->wakes;
	set_place(row, t);
}

static int by_wakes(const void *a, const void *b)
{
	const struct wg_scan_row *x = a, *y = b;

	if (x->wakes_per_s != y->wakes_per_s)
		return x->wakes_per_s < y->wakes_per_s ? 1 : -1;
	if (x->cpu_ns != y->cpu_ns)
		return x->cpu_ns < y->cpu_ns ? 1 : -1;
	return x->tid < y->tid ? -1 : x->tid > y->tid;
}

int wg__scan_make_rows(struct wg_scan *scan)
{
	size_t i;

	free(scan->row);
	scan->rows = 0;
	scan->row = calloc(scan->threads + 1, sizeof(*scan->row));
	if (!scan->row)
		return -ENOMEM;
	for (i = 0; i < scan->threads; i++)
		set_row(scan, i, &scan->row[i]);
	scan->rows = scan->threads;
	qsort(scan->row, scan->rows, sizeof(*scan->row), by_wakes);
	return 0;
}

/* ---- call sites ---- */

/* Any thread of it that lives: they share its memory. */
static const struct wg__thread *living(const struct wg_scan *scan, size_t process)
{
	size_t i;

	for (i = 0; i < scan->threads; i++) {
		if (scan->thread[i].process == process && scan->thread[i].dir >= 0)
			return &scan->thread[i];
	}
	return NULL;
}

static struct wg__walker *walker_of(struct wg_scan *scan, size_t process)
{
	struct wg__process *p = &scan->process[process];
	const struct wg__thread *t = p->walker ? NULL : living(scan, process);

	if (t && wg__maps_read(t->dir, t->tid, &p->maps) == 0)
		p->walker =
			wg__walker_open(t->dir, t->tid, &p->maps, !(scan->flags & WG_SCAN_GUESS));
	return p->walker;
}

size_t wg_scan_frames(struct wg_scan *scan, struct wg_scan_row *row, struct wg_frame *frames,
	size_t max, size_t *ret_site)
{
	const struct wg__thread *t = &scan->thread[row->thread];
	const struct wg__place *most = NULL;
	struct wg__walker *w;
	size_t i, count;

	*ret_site = 0;
	for (i = 0; i < t->places; i++) {
		if (!most || t->place[i].looks > most->looks)
			most = &t->place[i];
	}
	w = most ? walker_of(scan, t->process) : NULL;
	if (!w)
		return 0;
	count = wg__walk(w, &most->stack, frames, max);
	*ret_site = wg__walk_site(frames, count);
	if (*ret_site < count) {
		wg__walk_function(w, frames, *ret_site, row->function, sizeof(row->function));
		if (row->how == WG_IN_FUTEX)
			row->how = wg__call_futex_how(row->function);
	}
	for (i = 0; i < count; i++) {
		if (i == *ret_site || (scan->flags & WG_SCAN_DEEP))
			wg__walk_name(w, &frames[i]);
	}
	return count;
}

void wg_scan_build_id(struct wg_scan *scan, const struct wg_scan_row *row,
	const struct wg_frame *frame, char *ret, size_t len)
{
	struct wg__walker *w = walker_of(scan, scan->thread[row->thread].process);

	ret[0] = '\0';
	if (w)
		wg__walk_build_id(w, frame->address, ret, len);
}

/* ---- notes ---- */

/* Yama, where it is at work; else who may see it. */
static const char *remedy(void)
{
	char text[16];

	if (wg__proc_read(-1, "/proc/sys/kernel/yama/ptrace_scope", text, sizeof(text)) > 0 &&
		text[0] != '0')
		return "kernel.yama.ptrace_scope forbids it: as root, or with `sysctl "
		       "kernel.yama.ptrace_scope=0`, they are seen";
	return geteuid() == 0 ? "root needs CAP_SYS_PTRACE here"
			      : "another user's, or hidden by itself: root sees it";
}

/* The processes with threads for which fits() is true, once each: "redis-server, nginx". */
static size_t name_some(const struct wg_scan *scan,
	bool (*fits)(const struct wg_scan *, const struct wg__thread *), char *text, size_t len)
{
	size_t i, last = SIZE_MAX, named = 0, count = 0, used;

	text[0] = '\0';
	for (i = 0; i < scan->threads; i++) {
		const struct wg__thread *t = &scan->thread[i];

		if (!fits(scan, t))
			continue;
		count++;
		if (t->process == last)
			continue;
		last = t->process;
		used = strlen(text);
		if (named++ < NAMES_SHOWN)
			(void)snprintf(text + used, len - used, "%s%s", used ? ", " : "",
				scan->process[last].who.comm);
		else if (named == NAMES_SHOWN + 2)
			(void)snprintf(text + used, len - used, " and others");
	}
	return count;
}

static bool is_forbidden(const struct wg_scan *scan, const struct wg__thread *t)
{
	(void)scan;
	return t->hidden == -EACCES || t->hidden == -EPERM;
}

static bool is_short(const struct wg_scan *scan, const struct wg__thread *t)
{
	return scan->process[t->process].is_32bit;
}

static bool is_unreadable(const struct wg_scan *scan, const struct wg__thread *t)
{
	return t->hidden != 0 && !is_forbidden(scan, t);
}

static void note_ended(struct wg_scan *scan)
{
	size_t i;
	pid_t id;

	for (i = 0; i < scan->processes; i++) {
		const struct wg__process *p = &scan->process[i];
		size_t k;

		for (k = 0; p->has_ended && k < scan->names; k++) {
			if (wg__scan_is_number(scan->name[k], &id) && id == p->who.pid)
				wg__notes_add(&scan->notes,
					"process %ld (%s) ended during the scan", (long)id,
					p->who.comm);
		}
	}
}

void wg__scan_make_notes(struct wg_scan *scan)
{
	char names[4 * WG__COMM_MAX];
	size_t count;

	wg__notes_fini(&scan->notes);
	note_ended(scan);
	if ((count = name_some(scan, is_forbidden, names, sizeof(names))) > 0)
		wg__notes_add(&scan->notes, "what %zu thread%s of %s wait%s in is not visible (%s)",
			count, wg_s(count), names, count == 1 ? "s" : "", remedy());
	if ((count = name_some(scan, is_short, names, sizeof(names))) > 0)
		wg__notes_add(&scan->notes,
			"%s: 32-bit, so only wakes and CPU time of %zu thread%s are known", names,
			count, wg_s(count));
	if ((count = name_some(scan, is_unreadable, names, sizeof(names))) > 0)
		wg__notes_add(&scan->notes,
			"what %zu thread%s of %s wait%s in cannot be read: this kernel has no "
			"/proc/PID/syscall",
			count, wg_s(count), names, count == 1 ? "s" : "");
	if (scan->others)
		wg__notes_add(&scan->notes,
			"%zu process%s of other users %s not shown: `sudo wakegap scan` shows all",
			scan->others, scan->others == 1 ? "" : "es",
			scan->others == 1 ? "is" : "are");
	if (scan->lost)
		wg__notes_add(&scan->notes,
			"%zu threads could not be followed: too many open files: raise `ulimit -n`",
			scan->lost);
}
