/*
 * steps.c: operations that do nothing, one after another: the shortest workload there is.
 */
#include "core/workload/workload.h"

#include <string.h>

#include "core/clock.h"

static int64_t do_nothing(struct wg_op *op, void *arg)
{
	(void)op;
	(void)arg;
	return 0;
}

static int one_pass(struct wg_job *job, struct wg_loop *loop, struct wg_pass *p)
{
	int64_t begin_ns = wg_now_ns(), result = 0;
	struct wg_op op;
	uint64_t i;
	int rc = 0;

	for (i = 0; i < job->w->ops && rc == 0; i++) {
		wg_op_work(&op, do_nothing, NULL);
		rc = wg_loop_submit(loop, &op);
		if (rc == 0)
			rc = wg_loop_wait_result(loop, &op, &result);
	}
	if (rc < 0)
		return wg_workload_fail("the loop failed: %s", strerror(-rc));
	p->ns = wg_now_ns() - begin_ns;
	p->ops = job->w->ops;
	return 0;
}

static int run(const struct wg_workload *w)
{
	struct wg_job job = { .pass = one_pass, .w = w, .planned = w->ops };

	return wg_workload_repeat(&job);
}

const struct wg_workload_ops wg_workload_steps = {
	.name = "steps",
	.does = "operations that do nothing, one after another",
	.params = { { "ops", WG_PARAM_COUNT, offsetof(struct wg_workload, ops), 100, 1, 10000000,
		"how many" } },
	.run = run,
};
