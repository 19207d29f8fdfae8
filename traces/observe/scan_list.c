/*
 * scan_list.c: which processes and threads a scan follows. Called again and again: some begin and
 * some end meanwhile.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "traces/base/units.h"
#include "traces/observe/scan_impl.h"

/* A name that is a number is a process id. */
bool wg__scan_is_number(const char *name, pid_t *ret)
{
	uint64_t id;

	if (wg_parse_number(name, 1, INT32_MAX, &id) < 0)
		return false;
	*ret = (pid_t)id;
	return true;
}

/* Was this process asked for? */
static bool is_wanted(const struct wg_scan *scan, const struct wg__proc *who)
{
	uid_t user = getuid();
	pid_t id;
	size_t i;

	if (who->pid == getpid())
		return false;
	if (scan->names == 0)
		return !who->is_kernel && (user == 0 || who->uid == user);
	for (i = 0; i < scan->names; i++) {
		if (wg__scan_is_number(scan->name[i], &id)) {
			if (id == who->pid)
				return true;
		} else if (strcmp(scan->name[i], who->comm) == 0 ||
			   (who->exe[0] && strcmp(scan->name[i], who->exe) == 0)) {
			return true;
		}
	}
	return false;
}

static void set_counts(struct wg_scan *scan, struct wg__thread *t, const struct wg__counts *counts)
{
	t->last = *counts;
	t->last_ns = wg__scan_now_ns();
	if (t->first_ns)
		return;
	/* It began after the list before: all that it did, it did in the window. */
	t->is_new = scan->listed_ns != 0;
	t->first_ns = t->is_new ? scan->listed_ns : t->last_ns;
	if (!t->is_new)
		t->first = *counts;
}

void wg__scan_forget(struct wg_scan *scan, struct wg__thread *t)
{
	struct wg__process *p = &scan->process[t->process];

	t->has_ended = true;
	(void)close(t->dir);
	t->dir = -1;
	wg__map_remove(&scan->index, (uint32_t)t->tid, WG__KEY_THREAD);
	if (--p->alive > 0)
		return;
	p->has_ended = true;
	wg__map_remove(&scan->index, (uint32_t)p->who.pid, WG__KEY_PROCESS);
}

struct listing {
	struct wg_scan *scan;
	size_t process;
};

static int add_thread(void *user, pid_t tid)
{
	const struct listing *l = user;
	struct wg_scan *scan = l->scan;
	struct wg__thread t = { .process = l->process, .tid = tid };
	struct wg__counts counts;
	int rc;

	if (wg__map_get(&scan->index, (uint32_t)tid, WG__KEY_THREAD) != WG__MAP_NONE)
		return 0;
	t.dir = wg__thread_open(scan->process[l->process].who.pid, tid);
	if (t.dir < 0) {
		scan->lost += t.dir == -EMFILE || t.dir == -ENFILE;
		return 0; /* it has ended already */
	}
	rc = wg__thread_counts(t.dir, &counts);
	if (rc < 0 || counts.state == 'Z' || counts.state == 'X') {
		(void)close(t.dir);
		return 0;
	}
	(void)wg__thread_comm(t.dir, t.comm);
	set_counts(scan, &t, &counts);
	rc = wg__grow(&scan->thread, &scan->thread_cap, scan->threads, sizeof(*scan->thread));
	if (rc == 0)
		rc = wg__map_put(&scan->index, (uint32_t)tid, WG__KEY_THREAD, scan->threads);
	if (rc < 0) {
		(void)close(t.dir);
		return rc;
	}
	scan->process[l->process].alive++;
	scan->thread[scan->threads++] = t;
	return 0;
}

static int list_threads(struct wg_scan *scan, size_t process)
{
	struct listing l = { scan, process };
	char folder[32];
	int rc;

	(void)snprintf(
		folder, sizeof(folder), "/proc/%ld/task", (long)scan->process[process].who.pid);
	rc = wg__proc_each(folder, add_thread, &l);
	return rc == -ENOMEM ? rc : 0;
}

static int add_process(void *user, pid_t pid)
{
	struct wg_scan *scan = user;
	struct wg__process p = { 0 };
	size_t known = wg__map_get(&scan->index, (uint32_t)pid, WG__KEY_PROCESS);
	int rc;

	if (known != WG__MAP_NONE)
		return list_threads(scan, known);
	if (wg__map_get(&scan->index, (uint32_t)pid, WG__KEY_KERNEL) != WG__MAP_NONE ||
		wg__proc_look(pid, &p.who) < 0)
		return 0;
	if (p.who.is_kernel)
		return wg__map_put(&scan->index, (uint32_t)pid, WG__KEY_KERNEL, 0);
	if (!is_wanted(scan, &p.who)) {
		scan->others += scan->names == 0 && p.who.pid != getpid();
		return 0;
	}
	rc = wg__grow(&scan->process, &scan->process_cap, scan->processes, sizeof(*scan->process));
	if (rc == 0)
		rc = wg__map_put(&scan->index, (uint32_t)pid, WG__KEY_PROCESS, scan->processes);
	if (rc < 0)
		return rc;
	scan->process[scan->processes++] = p;
	rc = list_threads(scan, scan->processes - 1);
	if (rc == 0 && scan->process[scan->processes - 1].alive == 0) {
		/* A zombie, or it has ended meanwhile. */
		wg__map_remove(&scan->index, (uint32_t)pid, WG__KEY_PROCESS);
		scan->processes--;
	}
	return rc;
}

/* Those that are followed first: then what has ended is not taken for what follows it. */
int wg__scan_list(struct wg_scan *scan)
{
	int64_t now = wg__scan_now_ns();
	size_t i;
	int rc;

	for (i = 0; i < scan->threads; i++) {
		struct wg__thread *t = &scan->thread[i];
		struct wg__counts counts;

		if (t->dir < 0)
			continue;
		rc = wg__thread_counts(t->dir, &counts);
		if (rc < 0 || counts.state == 'Z' || counts.state == 'X')
			wg__scan_forget(scan, t);
		else
			set_counts(scan, t, &counts);
	}
	scan->others = 0;
	rc = wg__proc_each("/proc", add_process, scan);
	scan->listed_ns = now;
	return rc;
}
