/*
 * report.c: what all workloads share: passes on one loop, and the line that answers.
 *
 * All passes of a strategy run on one loop, so threads and buffers are made once and not measured.
 * Every pass must do and deliver the same as the first: a strategy that lost or repeated something
 * would show here.
 */
#include "core/workload/workload.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/workload/recorder.h"

#define SKIPPED	    77
#define TURN_PASSES 5

/* ---- passes ---- */

static int by_time(const void *a, const void *b)
{
	return wg_times_compare(&((const struct wg_pass *)a)->ns, &((const struct wg_pass *)b)->ns);
}

static int by_cpu(const void *a, const void *b)
{
	return wg_times_compare(
		&((const struct wg_pass *)a)->cpu_ns, &((const struct wg_pass *)b)->cpu_ns);
}

static int64_t middle(int64_t a, int64_t b)
{
	return (a + b) / 2;
}

static double seconds(int64_t ns)
{
	return (double)ns / (double)WG_NS_PER_SEC;
}

/* checked: the pass that says what was delivered. */
static int report(struct wg_job *job, const struct wg_pass *checked, struct wg_pass *passes)
{
	const struct wg_pass what = *checked;
	uint64_t n = job->w->passes;
	int64_t median, cpu;

	qsort(passes, n, sizeof(*passes), by_cpu);
	cpu = middle(passes[(n - 1) / 2].cpu_ns, passes[n / 2].cpu_ns);
	qsort(passes, n, sizeof(*passes), by_time);
	median = middle(passes[(n - 1) / 2].ns, passes[n / 2].ns);
	printf("{\"wait\":\"%s\",\"ops\":%" PRIu64 ",\"seconds\":{\"min\":%.9f,\"median\":%.9f,"
	       "\"max\":%.9f},\"cpu_seconds\":{\"median\":%.9f},\"bytes_read\":%" PRIu64
	       ",\"checksum\":\"%016" PRIx64 "\"",
		job->w->wait, what.ops, seconds(passes[0].ns), seconds(median),
		seconds(passes[n - 1].ns), seconds(cpu), what.bytes, what.checksum);
	if (job->print_more)
		job->print_more(job, median);
	puts("}");
	if (fflush(stdout) != 0)
		return wg_workload_fail("cannot write the answer: %s", strerror(errno));
	return 0;
}

/* What all threads of this process have taken. */
static int64_t cpu_now_ns(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts); /* cannot fail for this clock */
	return (int64_t)ts.tv_sec * WG_NS_PER_SEC + ts.tv_nsec;
}

/* Wait until the other one says that it is our turn; once it is gone, it always is. */
static void take_turn(uint64_t *turns)
{
	ssize_t n;
	char go;

	if (!*turns)
		return;
	do
		n = read((int)*turns, &go, 1);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		*turns = 0;
}

static void give_turn(uint64_t turns)
{
	if (turns)
		(void)!write((int)turns, "", 1); /* it may be gone: take_turn() sees that */
}

/* Between passes what is recorded is put away: its time is not theirs. */
static int one_pass(struct wg_job *job, struct wg_loop *loop, struct wg_pass *p)
{
	int64_t cpu_ns = cpu_now_ns();
	int rc = job->pass(job, loop, p);

	p->cpu_ns = cpu_now_ns() - cpu_ns;
	wg_recorder_put_away();
	return rc;
}

/* The extra pass, if there is one, is the first. */
static int all_passes(struct wg_job *job, struct wg_loop *loop, struct wg_pass *passes)
{
	uint64_t extra = wg_workload_has_extra(job), end = job->w->passes + extra, i;
	uint64_t turns = job->w->turns;

	for (i = 0; i < end; i++) {
		struct wg_pass *p = &passes[i];
		int rc;

		if (i % TURN_PASSES == 0)
			take_turn(&turns);
		job->is_extra = i < extra;
		job->is_checked = job->is_extra || job->w->check == WG_CHECK_ALL;
		rc = one_pass(job, loop, p);
		if (rc)
			return rc;
		if (p->ops != passes[0].ops || p->bytes != passes[0].bytes ||
			p->checksum != passes[i < extra ? 0 : extra].checksum)
			return wg_workload_fail("pass %" PRIu64
						" with '%s' did not deliver what the first did",
				i + 1, job->w->wait);
		if (i % TURN_PASSES == TURN_PASSES - 1 || i == end - 1)
			give_turn(turns);
	}
	return report(job, &passes[0], passes + extra);
}

int wg_workload_repeat(struct wg_job *job)
{
	const struct wg_workload *w = job->w;
	struct wg_loop_options o = { .ops = wg_workload_wait_find(w->wait),
		.tick_ns = (int64_t)w->tick_ns,
		.workers = (unsigned)w->workers };
	struct wg_pass *passes = calloc(w->passes + 1, sizeof(*passes));
	struct wg_loop *loop = NULL;
	int rc = 0;

	if (!passes)
		return wg_workload_fail("out of memory for %" PRIu64 " passes", w->passes);
	if (o.ops && w->window_ns > 0)
		o.ops = wg_workload_widen(o.ops, (int64_t)w->window_ns);
	if (strcmp(w->wait, "pread") != 0)
		rc = wg_loop_create(&o, &loop);
	if (rc < 0) {
		int is_absent = rc == -ENOSYS || rc == -EPERM;

		(void)wg_workload_fail("%scannot make a loop that waits by '%s': %s",
			is_absent ? "skipped: " : "", w->wait, strerror(-rc));
		rc = is_absent ? SKIPPED : 1;
	} else {
		struct wg_watch *watch = wg_workload_watch(job, loop);

		rc = all_passes(job, loop, passes);
		wg_workload_unwatch(watch);
	}
	wg_loop_destroy(loop);
	free(passes);
	return rc;
}
