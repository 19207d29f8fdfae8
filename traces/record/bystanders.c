/*
 * bystanders.c: see bystanders.h.
 *
 * A look reads the list of processes, and asks only about those that the last one did not have. The
 * list has a number for each entry, the inode, and a new process gets a new one, so a pid that has
 * come again is seen without asking.
 */
#include "traces/record/bystanders.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "traces/base/names.h"
#include "traces/base/signals.h"
#include "traces/base/units.h"
#include "traces/record/processes.h"

#define DEPTH	 1000 /* of parents */
#define INO_NONE 1    /* what the kernel lists if it has none */

enum kind { UNSURE, OURS, BYSTANDER };

struct wg__seen {
	pid_t pid;
	ino_t ino; /* of its folder in /proc */
	enum kind kind;
	bool is_noted;		       /* a bystander that may be in the trace, by that pid */
	unsigned long long start_time; /* as in struct wg__process */
};

static int64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	(void)clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* When it started, on the clock of the trace, or up to a tick earlier. */
static int64_t start_ns(const struct wg__seen *s)
{
	int64_t tick = 1000000000 / sysconf(_SC_CLK_TCK), ns;

	if (__builtin_mul_overflow(tick, s->start_time, &ns))
		return 0;
	ns -= clock_ns(CLOCK_BOOTTIME) - clock_ns(CLOCK_MONOTONIC);
	return ns < 0 ? 0 : ns;
}

/* ---- one process ---- */

static int by_pid(const void *a, const void *b)
{
	const struct wg__seen *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

/* Where do its parents lead? Of `seen`, sorted, something may be known. */
static enum kind follow_parents(
	const struct wg__seen *seen, size_t count, pid_t self, const struct wg__process *process)
{
	struct wg__process p = *process, up;
	int depth;

	for (depth = 0; depth < DEPTH; depth++) {
		const struct wg__seen key = { .pid = p.parent }, *known;

		if (p.parent == self)
			return OURS;
		if (p.parent <= 1)
			return BYSTANDER;
		known = bsearch(&key, seen, count, sizeof(*seen), by_pid);
		if (known && known->kind != UNSURE && known->start_time <= p.start_time)
			return known->kind;
		if (!wg__process_look(p.parent, &up) || up.start_time > p.start_time)
			return UNSURE;
		p = up;
	}
	return UNSURE;
}

/* What is the i-th? Those before it are known. */
static void ask(struct wg__bystanders *b, struct wg__seen *seen, size_t i)
{
	struct wg__seen *s = &seen[i];
	struct wg__process p;
	pid_t inner;
	uid_t uid;

	s->kind = UNSURE;
	s->is_noted = false;
	s->start_time = 0;
	if (!wg__process_look(s->pid, &p) || !wg__process_whose(s->pid, &uid, &inner))
		return;
	s->start_time = p.start_time;
	s->kind = s->pid == b->self ? OURS : follow_parents(seen, i, b->self, &p);
	s->is_noted =
		s->kind == BYSTANDER && inner == s->pid && (geteuid() == 0 || uid == geteuid());
	if (s->kind == OURS && inner != s->pid)
		(void)wg__map_put(&b->spared, (uint32_t)inner, 0, 1);
}

/* ---- all of them ---- */

/* The list, by pid. 0 or a negative errno; free *ret. */
static int list(struct wg__seen **ret, size_t *ret_count)
{
	DIR *proc = opendir("/proc");
	struct wg__seen *seen = NULL;
	struct dirent *e;
	size_t count = 0, cap = 0;
	uint64_t pid;
	int rc = 0;

	if (!proc)
		return -errno;
	while (rc == 0 && (e = readdir(proc))) {
		if (wg_parse_number(e->d_name, 1, INT32_MAX, &pid) != 0)
			continue;
		rc = wg__grow(&seen, &cap, count, sizeof(*seen));
		if (rc == 0)
			seen[count++] = (struct wg__seen){ .pid = (pid_t)pid, .ino = e->d_ino };
	}
	(void)closedir(proc);
	if (rc < 0) {
		free(seen);
		return rc;
	}
	if (count)
		qsort(seen, count, sizeof(*seen), by_pid);
	*ret = seen;
	*ret_count = count;
	return 0;
}

/* It is gone, by that time. */
static void close_note(struct wg__bystanders *b, const struct wg__seen *s, int64_t to_ns)
{
	int64_t from_ns = start_ns(s);

	if (s->is_noted)
		(void)wg__others_add(
			&b->gone, (uint32_t)s->pid, from_ns, to_ns > from_ns ? to_ns : from_ns);
}

/* The i-th has the pid of one that the last look had. Is it another one, and a bystander? Then the
 * other one ended after that look, which is known better than when this one started. */
static bool look_again(
	struct wg__bystanders *b, struct wg__seen *seen, size_t i, const struct wg__seen *before)
{
	struct wg__seen *s = &seen[i];
	ino_t ino = s->ino;
	int64_t to_ns;
	bool is_same = before->ino == ino && ino > INO_NONE && before->kind != UNSURE;

	if (!is_same) {
		ask(b, seen, i);
		is_same = before->kind != UNSURE && s->start_time == before->start_time;
	}
	if (is_same) {
		*s = *before;
		s->ino = ino;
		return false;
	}
	to_ns = s->start_time ? start_ns(s) : clock_ns(CLOCK_MONOTONIC);
	close_note(b, before, to_ns > b->looked_ns ? to_ns : b->looked_ns);
	return s->is_noted;
}

/* Look at all processes. Whether there are bystanders that the last look did not have. */
static bool look(struct wg__bystanders *b)
{
	struct wg__seen *seen = NULL;
	size_t count = 0, i, k = 0;
	int64_t before_ns = clock_ns(CLOCK_MONOTONIC), now_ns;
	bool is_new = false;

	if (list(&seen, &count) < 0)
		return false;
	now_ns = clock_ns(CLOCK_MONOTONIC);
	for (i = 0; i < count; i++) {
		for (; k < b->count && b->seen[k].pid < seen[i].pid; k++)
			close_note(b, &b->seen[k], now_ns);
		if (k < b->count && b->seen[k].pid == seen[i].pid) {
			is_new |= look_again(b, seen, i, &b->seen[k++]);
		} else {
			ask(b, seen, i);
			is_new |= seen[i].is_noted;
		}
	}
	for (; k < b->count; k++)
		close_note(b, &b->seen[k], now_ns);
	free(b->seen);
	b->seen = seen;
	b->count = count;
	b->looked_ns = before_ns;
	return is_new;
}

/* ---- written down ---- */

/* Does it map the library that emits? True if nobody may ask. */
static bool may_have_lttng(pid_t pid)
{
	static const char name[] = "liblttng-ust.so";
	char path[64], text[16384];
	size_t kept = 0;
	bool has = false;
	ssize_t n = 0;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%ld/maps", (long)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return true;
	while (!has && (n = read(fd, text + kept, sizeof(text) - kept)) > 0) {
		size_t all = kept + (size_t)n;

		has = memmem(text, all, name, sizeof(name) - 1) != NULL;
		kept = all < sizeof(name) ? all : sizeof(name);
		memmove(text, text + all - kept, kept);
	}
	(void)close(fd);
	return has || n < 0;
}

static bool is_spared(const struct wg__bystanders *b, uint32_t pid)
{
	return wg__map_get(&b->spared, pid, 0) != WG__MAP_NONE;
}

/* What cannot be written is read: nothing is lost. */
static void write_down(const struct wg__bystanders *b, bool is_end)
{
	struct wg__others all = { 0 };
	size_t i;

	for (i = 0; i < b->count; i++) {
		const struct wg__seen *s = &b->seen[i];

		if (s->is_noted && !is_spared(b, (uint32_t)s->pid) &&
			(!is_end || may_have_lttng(s->pid)))
			(void)wg__others_add(&all, (uint32_t)s->pid, start_ns(s), INT64_MAX);
	}
	for (i = 0; i < b->gone.count; i++) {
		const struct wg__other *o = &b->gone.v[i];

		if (!is_spared(b, o->pid))
			(void)wg__others_add(&all, o->pid, o->from_ns, o->to_ns);
	}
	(void)wg__others_write(&all, b->fd);
	wg__others_fini(&all);
}

void wg__bystanders_begin(struct wg__bystanders *b, int fd)
{
	char text[32] = "";
	uint64_t self;

	*b = (struct wg__bystanders){ .fd = fd };
	if (readlink("/proc/self", text, sizeof(text) - 1) <= 0 ||
		wg_parse_number(text, 1, INT32_MAX, &self) < 0 || (pid_t)self != getpid())
		return;
	b->self = (pid_t)self;
	if (look(b))
		write_down(b, false);
	b->next_ms = wg__now_ms() + WG__BYSTANDERS_STEP_MS;
}

int64_t wg__bystanders_step(struct wg__bystanders *b)
{
	int64_t left_ms = b->next_ms - wg__now_ms();

	if (!b->self)
		return INT64_MAX;
	if (left_ms > 0)
		return left_ms;
	if (look(b))
		write_down(b, false);
	b->next_ms = wg__now_ms() + WG__BYSTANDERS_STEP_MS;
	return WG__BYSTANDERS_STEP_MS;
}

void wg__bystanders_end(struct wg__bystanders *b)
{
	if (b->self) {
		(void)look(b);
		write_down(b, true);
	}
	free(b->seen);
	wg__others_fini(&b->gone);
	wg__map_fini(&b->spared);
	*b = (struct wg__bystanders){ 0 };
}
