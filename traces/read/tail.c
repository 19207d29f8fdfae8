/*
 * tail.c: see tail.h. Events that wait are an array, sorted when some are due; the number keeps
 * those of one time in the order in which they came.
 */
#include "traces/read/tail.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "traces/base/names.h"
#include "traces/read/live_impl.h"

/* How often it is looked: a picture is drawn 30 times a second at most. */
#define LOOK_NS INT64_C(40000000)

struct due {
	struct wg_event event;
	uint64_t number;
};

struct wg__tail {
	const struct wg__tail_ops *ops;
	void *recorder;
	struct wg__names *names;
	int *pidfd;
	size_t pids;
	struct due *due;
	size_t count, cap;
	uint64_t number, nobody;
	int64_t passed_ns; /* the last one that was passed on */
};

static int64_t (*test_clock)(void);

void wg__tail_set_clock(int64_t (*now_ns)(void))
{
	test_clock = now_ns;
}

int64_t wg__tail_now_ns(void)
{
	struct timespec now;

	if (test_clock)
		return test_clock();

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* ---- events ---- */

static int keep_name(struct wg__tail *t, const char **name)
{
	*name = wg__names_intern(t->names, *name ? *name : "");
	return *name ? 0 : -ENOMEM;
}

int wg__tail_add(struct wg__tail *t, const struct wg_event *event)
{
	struct wg_event *ev;
	int rc;

	if (wg__grow(&t->due, &t->cap, t->count, sizeof(*t->due)) < 0)
		return -ENOMEM;
	t->due[t->count] = (struct due){ *event, t->number++ };
	ev = &t->due[t->count++].event;
	if (ev->ts_ns < t->passed_ns)
		ev->ts_ns = t->passed_ns;
	rc = keep_name(t, &ev->procname);
	if (ev->record == WG_RECORD_WAKE && rc == 0)
		rc = keep_name(t, &ev->thread_wake.by_call);
	if (ev->record == WG_RECORD_SITE && rc == 0)
		rc = keep_name(t, &ev->site.module);
	if (ev->record == WG_RECORD_SITE && rc == 0)
		rc = keep_name(t, &ev->site.build_id);
	if (ev->record == WG_RECORD_SITE && rc == 0)
		rc = keep_name(t, &ev->site.symbol);
	return rc;
}

void wg__tail_set_nobody(struct wg__tail *t, uint64_t nobody)
{
	t->nobody = nobody;
}

static int by_time(const void *x, const void *y)
{
	const struct due *a = x, *b = y;

	if (a->event.ts_ns != b->event.ts_ns)
		return a->event.ts_ns < b->event.ts_ns ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

static int pass_on(struct wg__tail *t, struct wg__queue *queue, int64_t settled_ns)
{
	size_t i;
	int rc = 0;

	if (t->count)
		qsort(t->due, t->count, sizeof(*t->due), by_time);
	for (i = 0; rc == 0 && i < t->count && t->due[i].event.ts_ns <= settled_ns; i++)
		rc = wg__queue_push(queue, &t->due[i].event, 1);
	t->count -= i;
	if (i && t->count)
		memmove(t->due, t->due + i, t->count * sizeof(*t->due));
	if (settled_ns == INT64_MAX)
		return rc;
	if (settled_ns > t->passed_ns)
		t->passed_ns = settled_ns;
	wg__queue_set_quiet(queue, t->passed_ns);
	return rc;
}

/* ---- the thread ---- */

static bool have_ended(const struct wg__tail *t)
{
	size_t i;

	for (i = 0; i < t->pids; i++) {
		struct pollfd fd = { .fd = t->pidfd[i], .events = POLLIN };

		if (poll(&fd, 1, 0) != 1)
			return false;
	}
	return true;
}

static void run(void *reader, struct wg__queue *queue)
{
	struct wg__tail *t = reader;
	struct wg_error err = { 0, "" };
	bool is_over = false;
	int rc = 0;

	wg__queue_attached(queue);
	while (rc == 0 && !is_over) {
		int64_t now_ns, settled_ns;

		is_over = have_ended(t); /* before the last look */
		now_ns = wg__tail_now_ns();
		settled_ns = is_over ? INT64_MAX : now_ns - WG__TAIL_LAG_NS;
		rc = t->ops->take(t->recorder, t, now_ns, settled_ns);
		wg__queue_set_nobody(queue, t->nobody);
		if (rc == 0)
			rc = pass_on(t, queue, settled_ns);
		if (rc == 0 && !is_over && wg__queue_pause(queue, LOOK_NS))
			rc = -ECANCELED;
	}
	if (rc < 0 && rc != -ECANCELED)
		(void)wg_error_set(&err, rc, "cannot record on: %s", strerror(-rc));
	wg__queue_end(queue, err.code ? &err : NULL);
}

static void destroy(void *reader)
{
	struct wg__tail *t = reader;
	size_t i;

	t->ops->destroy(t->recorder);
	for (i = 0; i < t->pids; i++)
		(void)close(t->pidfd[i]);
	free(t->pidfd);
	free(t->due);
	wg__names_destroy(t->names);
	free(t);
}

static int watch(struct wg__tail *t, pid_t pid, struct wg_error *err)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (fd < 0 && errno == ESRCH)
		return wg_error_set(err, -ESRCH, "there is no process %ld", (long)pid);
	if (fd < 0)
		return wg_error_set(
			err, -errno, "cannot watch process %ld: %s", (long)pid, strerror(errno));
	t->pidfd[t->pids++] = fd;
	return 0;
}

int wg__tail_open(const struct wg__tail_ops *ops, void *recorder, const pid_t *pid, size_t pids,
	struct wg_live **ret_live, struct wg_error *err)
{
	static const struct wg__live_ops live_ops = { .run = run, .destroy = destroy };
	struct wg__tail *t = calloc(1, sizeof(*t));
	size_t i;
	int rc = 0;

	if (!t) {
		ops->destroy(recorder);
		return wg_error_set(err, -ENOMEM, "out of memory");
	}
	t->ops = ops;
	t->recorder = recorder;
	t->names = wg__names_create();
	t->pidfd = calloc(pids + 1, sizeof(*t->pidfd));
	if (!t->names || !t->pidfd) {
		rc = -ENOMEM;
		(void)wg_error_set(err, rc, "out of memory");
	}
	for (i = 0; rc == 0 && i < pids; i++)
		rc = watch(t, pid[i], err);
	if (rc == 0)
		return wg__live_start(&live_ops, t, ret_live, err);
	destroy(t);
	return rc;
}
