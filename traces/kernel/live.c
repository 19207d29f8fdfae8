/*
 * live.c: see live.h. The kernel's buffer is emptied at each look; records.h makes events of it.
 */
#include "traces/kernel/live.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "traces/kernel/light.h"
#include "traces/kernel/records.h"
#include "traces/kernel/seed.h"
#include "traces/read/tail.h"

struct recorder {
	struct wg__light *light;
	struct wg__records *records;
	struct wg__tail *tail; /* while it takes */
	pid_t *seed;	       /* processes that may be asleep already, until the first look */
	size_t seeds;
	int64_t taken_ns; /* the buffer was emptied last */
	uint64_t lost;
};

static int add(void *user, const struct wg_event *event)
{
	const struct recorder *r = user;

	return wg__tail_add(r->tail, event);
}

/* What was lost was lost since the last look. */
static int add_lost(struct recorder *r)
{
	struct wg_event hole = { .type = WG_EV_LOST, .ts_ns = wg__tail_now_ns(), .procname = "" };
	uint64_t lost = wg__light_lost(r->light);

	hole.lost.begin_ns = r->taken_ns;
	hole.lost.count = lost - r->lost;
	r->lost = lost;
	return hole.lost.count ? wg__tail_add(r->tail, &hole) : 0;
}

static int take(void *user, struct wg__tail *tail, int64_t now_ns, int64_t settled_ns)
{
	struct recorder *r = user;
	int rc = 0;

	(void)settled_ns;
	r->tail = tail;
	while (rc == 0 && r->seeds > 0)
		rc = wg__seed_waits(r->seed[--r->seeds], r->records);
	if (rc == 0)
		rc = wg__light_take(r->light, 0, wg__records_take, r->records);
	if (rc == 0)
		rc = add_lost(r);
	r->taken_ns = now_ns;
	return rc;
}

static void destroy(void *user)
{
	struct recorder *r = user;

	wg__light_close(r->light);
	wg__records_destroy(r->records);
	free(r->seed);
	free(r);
}

static int set_up(struct recorder *r, const struct wg_kernel_live_options *o, struct wg_error *err)
{
	size_t i;
	int rc = wg__light_open(&r->light, o->has_calls, err);

	if (rc < 0)
		return rc;
	r->records = wg__records_create(add, r);
	r->seed = calloc(o->pids + 1, sizeof(*r->seed));
	if (!r->records || !r->seed)
		return wg_error_set(err, -ENOMEM, "out of memory");
	for (i = 0; i < o->pids; i++) {
		if (kill(o->pid[i], 0) < 0 && errno == ESRCH)
			return wg_error_set(
				err, -ESRCH, "there is no process %ld", (long)o->pid[i]);
		rc = wg__light_add(r->light, o->pid[i], o->at_exec ? WG_RAW_AT_EXEC : WG_RAW_ON);
		if (rc < 0)
			return wg_error_set(err, rc, "cannot record process %ld: %s" WG_SEE_DOCTOR,
				(long)o->pid[i], strerror(-rc));
		if (!o->at_exec)
			r->seed[r->seeds++] = o->pid[i];
	}
	r->taken_ns = wg__tail_now_ns();
	return 0;
}

int wg_kernel_live_open(
	const struct wg_kernel_live_options *o, struct wg_live **ret_live, struct wg_error *err)
{
	static const struct wg__tail_ops ops = { take, destroy };
	struct recorder *r = calloc(1, sizeof(*r));
	int rc;

	if (!r)
		return wg_error_set(err, -ENOMEM, "out of memory");
	rc = set_up(r, o, err);
	if (rc == 0)
		return wg__tail_open(&ops, r, o->pid, o->pids, ret_live, err);
	destroy(r);
	return rc;
}
