/*
 * sleep.c: timers in a chain, each armed when the one before is over.
 *
 * A loop that blocks sleeps until the next deadline; it is late by what the kernel needs to wake it
 * up. A loop that polls does not know its timers: it finds them when its tick is over, so a timer
 * is late by the rest of the tick, up to all of it. With a tick of 10 ms and timers of 4 ms that is
 * 6 ms each. (A timer of exactly one tick would look punctual, which is why the default is another
 * value.) The lateness is measured at the delivery, against the deadline that was asked for.
 */
#include "core/workload/workload.h"

#include <inttypes.h>
#include <string.h>
#include <xxhash.h>

#include "core/clock.h"

struct sleeper {
	struct wg_job job; /* first */
	struct wg_times late;
};

static int one_pass(struct wg_job *job, struct wg_loop *loop, struct wg_pass *p)
{
	struct sleeper *s = (struct sleeper *)(void *)job;
	int64_t begin_ns = wg_now_ns(), every_ns = (int64_t)job->w->every_ns;

	while (p->ops < job->w->timers) {
		int64_t due_ns = wg_time_add(wg_now_ns(), every_ns), result = 0;
		struct wg_op timer;
		int rc;

		wg_op_timer(&timer, every_ns);
		rc = wg_loop_submit(loop, &timer);
		if (rc == 0)
			rc = wg_loop_wait_result(loop, &timer, &result);
		if (rc < 0 || result < 0)
			return wg_workload_fail(
				"a timer failed: %s", strerror(rc < 0 ? -rc : (int)-result));
		wg_times_add(&s->late, wg_now_ns() - due_ns);
		p->ops++;
	}
	p->ns = wg_now_ns() - begin_ns;
	p->checksum = XXH3_64bits(&p->ops, sizeof(p->ops));
	return 0;
}

static void print_more(struct wg_job *job, int64_t median_ns)
{
	(void)median_ns;
	wg_times_print(&((struct sleeper *)(void *)job)->late, "lateness_ns");
}

static int run(const struct wg_workload *w)
{
	struct sleeper s = {
		.job = { .pass = one_pass, .print_more = print_more, .w = w, .planned = w->timers }
	};
	int rc;

	if (wg_times_init(&s.late, w->timers * w->passes) < 0)
		return wg_workload_fail("out of memory for %" PRIu64 " timers", w->timers);
	rc = wg_workload_repeat(&s.job);
	wg_times_fini(&s.late);
	return rc;
}

#define AT(field) offsetof(struct wg_workload, field)

const struct wg_workload_ops wg_workload_sleep = {
	.name = "sleep",
	.does = "timers in a chain, and how late each is",
	.params = {
		{ "timers", WG_PARAM_COUNT, AT(timers), 100, 1, 1000000, "how many" },
		{ "every", WG_PARAM_TIME, AT(every_ns), 4 * WG_NS_PER_MS, 1, 3600 * WG_NS_PER_SEC,
			"how long each lasts" },
	},
	.run = run,
};
