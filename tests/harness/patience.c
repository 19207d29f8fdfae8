/*
 * patience.c: see patience.h.
 */
#include "tests/harness/patience.h"

#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define SECOND_NS INT64_C(1000000000)
#define SLICE_MS  100

static int64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * SECOND_NS + now.tv_nsec;
}

/* Threads that run or want to, on the whole machine. */
static int count_running(void)
{
	FILE *f = fopen("/proc/loadavg", "re");
	int running = 1;

	if (f) {
		if (fscanf(f, "%*f %*f %*f %d", &running) != 1)
			running = 1;
		(void)fclose(f);
	}
	return running;
}

int64_t wg_patience_share(int64_t ns, int running, int processors)
{
	if (ns > SECOND_NS)
		ns = SECOND_NS; /* nobody asked: we ourselves were kept from running */
	return running <= processors ? ns : ns * processors / running;
}

struct wg_patience wg_patience(int seconds)
{
	return (struct wg_patience){ seconds * SECOND_NS, now_ns() };
}

bool wg_patience_lasts(struct wg_patience *p)
{
	int64_t now = now_ns();

	p->left_ns -= wg_patience_share(
		now - p->last_ns, count_running(), (int)sysconf(_SC_NPROCESSORS_ONLN));
	p->last_ns = now;
	return p->left_ns > 0;
}

bool wg_patience_waits(struct wg_patience *p)
{
	(void)poll(NULL, 0, 5);
	return wg_patience_lasts(p);
}

bool wg_patience_reads(struct wg_patience *p, int fd)
{
	struct pollfd one = { .fd = fd, .events = POLLIN };

	while (wg_patience_lasts(p)) {
		if (poll(&one, 1, SLICE_MS) > 0)
			return true;
	}
	return false;
}
