/*
 * scan.c: see scan.h. A window from its beginning to its end.
 */
#include "traces/observe/scan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "traces/observe/scan_impl.h"

/* So often threads that began and ended are looked for. A list costs more than a look. */
#define LIST_NS INT64_C(500000000)

int64_t wg__scan_now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* A descriptor a thread: as many as this process may have. */
static void raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

static int copy_names(struct wg_scan *scan, const char *const *names, size_t count)
{
	struct wg__proc who;
	pid_t id;

	scan->name = calloc(count + 1, sizeof(*scan->name));
	if (!scan->name)
		return -ENOMEM;
	for (; scan->names < count; scan->names++) {
		const char *name = names[scan->names];
		char number[16];

		/* A thread's number stands for its process. */
		if (wg__scan_is_number(name, &id) && wg__proc_look(id, &who) == 0) {
			(void)snprintf(number, sizeof(number), "%ld", (long)who.pid);
			name = number;
		}
		scan->name[scan->names] = strdup(name);
		if (!scan->name[scan->names])
			return -ENOMEM;
	}
	return 0;
}

/* Is there a process for each name? */
static int check_names(const struct wg_scan *scan, const char *const *names, struct wg_error *err)
{
	size_t i, k;
	struct wg__proc who;
	pid_t id;

	for (i = 0; i < scan->names; i++) {
		bool is_id = wg__scan_is_number(scan->name[i], &id), has = false;

		for (k = 0; k < scan->processes && !has; k++) {
			const struct wg__proc *p = &scan->process[k].who;

			has = is_id ? p->pid == id
				    : strcmp(p->comm, scan->name[i]) == 0 ||
					      strcmp(p->exe, scan->name[i]) == 0;
		}
		if (has)
			continue;
		if (!is_id)
			return wg_error_set(err, -ESRCH,
				"no process is called '%s': `wakegap scan` without a name shows "
				"what runs",
				names[i]);
		if (wg__proc_look(id, &who) < 0)
			return wg_error_set(err, -ESRCH, "there is no process %s", names[i]);
		return wg_error_set(err, -ESRCH, "cannot scan process %s: %s", names[i],
			who.is_kernel	      ? "it is a thread of the kernel"
			: who.pid == getpid() ? "it is this one"
					      : "it has ended");
	}
	return 0;
}

int wg_scan_open(const char *const *names, size_t count, unsigned flags, struct wg_scan **ret,
	struct wg_error *err)
{
	struct wg_scan *scan = calloc(1, sizeof(*scan));
	int rc;

	if (!scan)
		return wg_error_set(err, -ENOMEM, "out of memory");
	raise_limit();
	scan->flags = flags;
	scan->begin_ns = wg__scan_now_ns();
	rc = copy_names(scan, names, count);
	if (rc == 0)
		rc = wg__scan_list(scan);
	if (rc == -ESRCH)
		rc = wg_error_set(err, -ENOENT, "cannot read /proc: is it mounted?");
	else if (rc < 0)
		rc = wg_error_set(err, rc, "cannot scan: %s", strerror(-rc));
	else
		rc = check_names(scan, names, err);
	if (rc < 0)
		wg_scan_close(scan);
	else
		*ret = scan;
	return rc;
}

static void free_processes(struct wg_scan *scan)
{
	size_t i;

	for (i = 0; i < scan->processes; i++) {
		wg__walker_close(scan->process[i].walker);
		wg__maps_fini(&scan->process[i].maps);
		scan->process[i].walker = NULL;
	}
}

void wg_scan_close(struct wg_scan *scan)
{
	size_t i;

	if (!scan)
		return;
	for (i = 0; i < scan->threads; i++) {
		wg__scan_clear_places(&scan->thread[i]);
		if (scan->thread[i].dir >= 0)
			(void)close(scan->thread[i].dir);
	}
	free_processes(scan);
	for (i = 0; scan->name && i < scan->names; i++)
		free(scan->name[i]);
	free(scan->name);
	free(scan->thread);
	free(scan->process);
	free(scan->row);
	wg__map_fini(&scan->index);
	wg__notes_fini(&scan->notes);
	free(scan);
}

int wg_scan_look(struct wg_scan *scan)
{
	size_t i;
	int rc = 0;

	if (wg__scan_now_ns() - scan->listed_ns >= LIST_NS)
		rc = wg__scan_list(scan);
	for (i = 0; i < scan->threads && rc == 0; i++) {
		if (scan->thread[i].dir >= 0)
			rc = wg__scan_look_at(scan, &scan->thread[i]);
	}
	return rc;
}

/* A name may have changed: execve, prctl. */
static void read_names(struct wg_scan *scan)
{
	size_t i;

	for (i = 0; i < scan->processes; i++) {
		struct wg__process *p = &scan->process[i];
		struct wg__proc who;

		if (!p->has_ended && wg__proc_look(p->who.pid, &who) == 0 && who.pid == p->who.pid)
			p->who = who;
	}
	for (i = 0; i < scan->threads; i++) {
		char comm[WG__COMM_MAX];

		if (scan->thread[i].dir >= 0 && wg__thread_comm(scan->thread[i].dir, comm) == 0)
			memcpy(scan->thread[i].comm, comm, sizeof(comm));
	}
}

int wg_scan_end(struct wg_scan *scan)
{
	int rc = wg__scan_list(scan);

	scan->end_ns = wg__scan_now_ns();
	if (rc < 0)
		return rc;
	read_names(scan);
	wg__scan_make_notes(scan);
	return wg__scan_make_rows(scan);
}

/* Those that ended are forgotten, so that a watch of days does not grow. */
static void drop_processes(struct wg_scan *scan)
{
	size_t i, kept = 0;

	for (i = 0; i < scan->processes; i++)
		scan->process[i].kept_at = scan->process[i].has_ended ? kept : kept++;
	for (i = 0; i < scan->threads; i++)
		scan->thread[i].process = scan->process[scan->thread[i].process].kept_at;
	for (i = 0, kept = 0; i < scan->processes; i++) {
		if (scan->process[i].has_ended)
			continue;
		scan->process[kept] = scan->process[i];
		/* It is in the map, so this needs no memory. */
		(void)wg__map_put(
			&scan->index, (uint32_t)scan->process[kept].who.pid, WG__KEY_PROCESS, kept);
		kept++;
	}
	scan->processes = kept;
}

void wg_scan_restart(struct wg_scan *scan)
{
	size_t i, kept = 0;

	scan->begin_ns = scan->end_ns;
	scan->lost = 0;
	free_processes(scan);
	for (i = 0; i < scan->threads; i++) {
		struct wg__thread *t = &scan->thread[i];

		wg__scan_clear_places(t);
		if (t->dir < 0)
			continue;
		t->first = t->last;
		t->first_ns = t->last_ns;
		t->is_new = false;
		t->hidden = 0;
		(void)wg__map_put(&scan->index, (uint32_t)t->tid, WG__KEY_THREAD, kept);
		scan->thread[kept++] = *t;
	}
	scan->threads = kept;
	drop_processes(scan);
	scan->rows = 0;
	wg__notes_fini(&scan->notes);
}

bool wg_scan_has_dwarf(void)
{
	return wg__has_dwarf;
}

struct wg_scan_row *wg_scan_row(struct wg_scan *scan, size_t i)
{
	return i < scan->rows ? &scan->row[i] : NULL;
}

int64_t wg_scan_begin_ns(const struct wg_scan *scan)
{
	return scan->begin_ns;
}

int64_t wg_scan_seconds_ns(const struct wg_scan *scan)
{
	return scan->end_ns - scan->begin_ns;
}

size_t wg_scan_threads(const struct wg_scan *scan)
{
	return scan->threads;
}

const char *wg_scan_note(const struct wg_scan *scan, size_t i)
{
	return i < scan->notes.count ? scan->notes.line[i] : NULL;
}
