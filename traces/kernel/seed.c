/*
 * seed.c: see seed.h.
 */
#include "traces/kernel/seed.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "traces/observe/call.h"
#include "traces/observe/proc.h"

struct seeds {
	pid_t pid;
	struct wg__records *records;
};

static int take(const struct seeds *s, pid_t tid, int dir, const struct wg__at *at)
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
		rc = take(s, tid, dir, &at);
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
