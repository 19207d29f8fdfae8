/*
 * seed.c: see seed.h.
 */
#include "traces/kernel/seed.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "traces/observe/call.h"
#include "traces/observe/proc.h"

struct seeds {
	pid_t pid;
	struct wg__records *records;
};

/* As read_watched() in tell.bpf.h. */
static bool read_watched(struct wg_raw_wait *raw, pid_t tid)
{
	uint64_t *to = (uint64_t *)raw->watched;
	size_t words, set;

#ifdef __x86_64__ /* as there */
	if (raw->nr == SYS_poll || raw->nr == SYS_ppoll) {
		words = raw->arg[1] < WG_RAW_WATCHED ? raw->arg[1] : WG_RAW_WATCHED;
		return wg__proc_memory(tid, raw->arg[0], to, words * 8) == words * 8;
	}
	if (raw->nr != SYS_select && raw->nr != SYS_pselect6)
		return false;
	words = raw->arg[0] > 64 ? 2 : raw->arg[0] > 0;
	for (set = 0; set < 3; set++) {
		if (raw->arg[1 + set] && wg__proc_memory(tid, raw->arg[1 + set], to + 2 * set,
						 words * 8) < words * 8)
			return false;
	}
	return true;
#else
	(void)tid;
	(void)to;
	return false;
#endif
}

/* It may have gone on since `line` was read; then its next wait is seen by the kernel's program. */
static int take(
	const struct seeds *s, pid_t tid, int dir, const struct wg__at *at, const char *line)
{
	struct wg_raw_wait raw = { .nr = (int)at->number, .calls = -1, .sp = at->sp, .pc = at->pc };
	char comm[WG__COMM_MAX] = "";
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	raw.head.ts_ns = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	raw.head.what = WG_RAW_WAIT;
	raw.head.pid = (uint32_t)s->pid;
	raw.head.tid = (uint32_t)tid;
	memcpy(raw.arg, at->arg, sizeof(raw.arg));
	raw.stack_bytes = (uint32_t)wg__proc_memory(tid, at->sp, raw.stack, sizeof(raw.stack));
	raw.has_watched = read_watched(&raw, tid);
	if (!wg__at_is_still(dir, line))
		return 0;
	(void)wg__thread_comm(dir, comm);
	(void)snprintf(raw.comm, sizeof(raw.comm), "%.15s", comm);
	return wg__records_take(s->records, &raw.head, sizeof(raw));
}

static int look(void *user, pid_t tid)
{
	const struct seeds *s = user;
	int dir = wg__thread_open(s->pid, tid), rc = 0;
	char line[256];
	struct wg__at at;

	if (dir < 0)
		return 0; /* it has ended */
	if (wg__proc_read(dir, "syscall", line, sizeof(line)) > 0 && wg__at_parse(line, &at) == 0 &&
		at.state == WG__AT_CALL)
		rc = take(s, tid, dir, &at, line);
	(void)close(dir);
	return rc;
}

int wg__seed_waits(pid_t pid, struct wg__records *records)
{
	struct seeds s = { pid, records };
	char folder[32];
	int rc;

	(void)snprintf(folder, sizeof(folder), "/proc/%ld/task", (long)pid);
	rc = wg__proc_each(folder, look, &s);
	return rc == -ESRCH ? 0 : rc;
}
