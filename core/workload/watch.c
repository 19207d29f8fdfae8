/*
 * watch.c: end a loop that hangs, and report it, instead of waiting for it.
 *
 * A loop that hangs looks like one that is slow, and a clock alone cannot tell them apart. Counts
 * can: a result is published, no operation is delivered, and this stays so. A loop that waits for a
 * slow disk, or for a timer of an hour, has nothing published; nobody ends it.
 *
 * The patience is cut into looks, and all of them must find the same numbers. If the process was
 * stopped meanwhile, or starved, that is one look, not all of them.
 */
#include "core/workload/workload.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/sync.h"

#define LOOKS 20

struct wg_watch {
	const struct wg_job *job; /* immutable, as the next two */
	struct wg_loop *loop;
	pthread_t thread;

	struct wg_mutex m;   /* guards: is_over */
	bool is_over;	     /* the passes are done, or failed */
	struct wg_cond over; /* predicate: is_over; the main thread, under m */
};

/* Print the answer of a workload that hangs. Does not return. */
static _Noreturn void report(const struct wg_watch *watch, const struct wg_loop_progress *p)
{
	const struct wg_workload *w = watch->job->w;

	printf("{\"wait\":\"%s\",\"hangs\":{\"delivered\":%" PRIu64 ",\"submitted\":%" PRIu64
	       ",\"planned\":%" PRIu64 ",\"ready\":%u,\"patience_ns\":%" PRIu64 "}}\n",
		w->wait, p->delivered, p->submitted,
		watch->job->planned * (w->passes + wg_workload_has_extra(watch->job)), p->ready,
		w->patience_ns);
	(void)fflush(stdout);
	(void)wg_workload_write(w); /* it says why not; without a trace the answer still stands */
	/* Not exit: the loop's thread is inside its wait, and destructors would wait for it. */
	_exit(WG_WORKLOAD_HANGS);
}

/* Sleep for one look; true: the passes are over. */
static bool nap(struct wg_watch *watch, int64_t until_ns)
{
	bool is_over;
	int rc = 0;

	wg_lock(&watch->m);
	while (!watch->is_over && rc != -ETIMEDOUT)
		rc = wg_cond_wait(&watch->over, &watch->m, until_ns);
	is_over = watch->is_over;
	wg_unlock(&watch->m);
	return is_over;
}

static void *watch_main(void *arg)
{
	struct wg_watch *watch = arg;
	int64_t step_ns = (int64_t)(watch->job->w->patience_ns / LOOKS) + 1;
	struct wg_loop_progress last = { 0 }, now;
	int same = 0;

	while (!nap(watch, wg_time_add(wg_now_ns(), step_ns))) {
		wg_loop_progress(watch->loop, &now);
		same = now.ready > 0 && now.ready == last.ready &&
				       now.delivered == last.delivered &&
				       now.submitted == last.submitted
			       ? same + 1
			       : 0;
		if (same == LOOKS)
			report(watch, &now);
		last = now;
	}
	return NULL;
}

static int begin(struct wg_watch *watch, const struct wg_job *job, struct wg_loop *loop)
{
	watch->job = job;
	watch->loop = loop;
	wg_mutex_init(&watch->m);
	wg_cond_init(&watch->over);
	return -pthread_create(&watch->thread, NULL, watch_main, watch);
}

struct wg_watch *wg_workload_watch(const struct wg_job *job, struct wg_loop *loop)
{
	struct wg_watch *watch;
	int rc;

	if (!loop || job->w->patience_ns == 0)
		return NULL;
	watch = calloc(1, sizeof(*watch));
	rc = watch ? begin(watch, job, loop) : -ENOMEM;
	if (rc == 0)
		return watch;
	(void)wg_workload_fail("cannot watch for a hang: %s", strerror(-rc));
	free(watch);
	return NULL;
}

void wg_workload_unwatch(struct wg_watch *watch)
{
	if (!watch)
		return;
	wg_lock(&watch->m);
	watch->is_over = true;
	wg_cond_signal(&watch->over);
	wg_unlock(&watch->m);
	(void)pthread_join(watch->thread, NULL);
	wg_cond_fini(&watch->over);
	wg_mutex_fini(&watch->m);
	free(watch);
}
