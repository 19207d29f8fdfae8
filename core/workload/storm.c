/*
 * storm.c: hand-overs as fast as possible: operations that do nothing.
 *
 * Without the work, the loop itself is left: submit, a worker's queue, publish, notify, wake up,
 * deliver. A bounded number is in flight; every delivery submits the next, so a loop that blocks
 * runs at full speed, and one that polls gets one batch a tick.
 *
 * Half of the operations are a `work`, which only half the workers may do at a time; the others are
 * a close(-1), which all may do. A `work` notes which worker did it, and that worker's count. So
 * the delivery can check the promises of loop.h: each operation once (L2), none lost, and those of
 * one worker in the order in which it did them (L4).
 */
#include "core/workload/workload.h"

#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "core/clock.h"
#include "core/pool.h"

struct storm;

struct slot {
	struct wg_op op; /* first */
	struct storm *storm;
	uint64_t number; /* of the operation: 0 to ops - 1 */

	/* WORK: written by the worker, read at the delivery (loop.h publishes between the two) */
	uint32_t worker;
	uint64_t nth;
};

struct storm {
	struct wg_job job; /* first */
	struct wg_loop *loop;
	struct slot *slots;   /* inflight of them; owned */
	unsigned char *times; /* how often each operation was delivered; owned */
	uint64_t next;	      /* the number of the next one to submit */
	uint64_t delivered;
	uint64_t out_of_order;
	uint64_t wrong;		       /* results */
	int error;		       /* of submit, or 0 */
	uint64_t nths[WG_WORKERS_MAX]; /* what each worker's next delivery must show */
};

/* The only way to tell workers apart from inside `work`. Numbers for the life of the process. */
static _Atomic uint32_t worker_count;
static _Thread_local uint32_t my_number; /* from 1; 0: none yet */
static _Thread_local uint64_t my_nth;

static int64_t do_nothing(struct wg_op *op, void *arg)
{
	struct slot *slot = arg;

	(void)op;
	/* relaxed: only that the numbers differ matters */
	if (my_number == 0)
		my_number = 1 + atomic_fetch_add_explicit(&worker_count, 1, memory_order_relaxed);
	slot->worker = my_number - 1;
	slot->nth = my_nth++;
	return (int64_t)slot->number;
}

static void done(struct wg_op *op, int64_t result);

static void submit_next(struct slot *slot)
{
	struct storm *s = slot->storm;
	int rc;

	if (s->next == s->job.w->ops || s->error)
		return;
	slot->number = s->next++;
	if (slot->number % 2)
		wg_op_close(&slot->op, -1);
	else
		wg_op_work(&slot->op, do_nothing, slot);
	slot->op.done = done;
	rc = wg_loop_submit(s->loop, &slot->op);
	if (rc < 0)
		s->error = rc;
}

static void done(struct wg_op *op, int64_t result)
{
	struct slot *slot = (struct slot *)(void *)op;
	struct storm *s = slot->storm;

	if (s->times[slot->number] < UINT8_MAX)
		s->times[slot->number]++;
	s->delivered++;
	if (op->kind == WG_OP_CLOSE) {
		s->wrong += result != -EBADF;
	} else {
		s->wrong += result != (int64_t)slot->number;
		if (slot->worker < WG_WORKERS_MAX && s->nths[slot->worker]++ != slot->nth)
			s->out_of_order++;
	}
	submit_next(slot);
}

/* 0, or 1 after one line. */
static int check(const struct storm *s, const struct wg_pass *p)
{
	uint64_t i, lost = 0, twice = 0;

	for (i = 0; i < p->ops; i++) {
		lost += s->times[i] == 0;
		twice += s->times[i] > 1;
	}
	if (lost || twice || s->wrong || s->out_of_order)
		return wg_workload_fail("'%s' broke a promise: of %" PRIu64 " operations %" PRIu64
					" were lost, %" PRIu64 " came twice, %" PRIu64
					" had a wrong result, %" PRIu64 " were out of order",
			s->job.w->wait, p->ops, lost, twice, s->wrong, s->out_of_order);
	return 0;
}

static int one_pass(struct wg_job *job, struct wg_loop *loop, struct wg_pass *p)
{
	struct storm *s = (struct storm *)(void *)job;
	int64_t begin_ns = wg_now_ns();
	uint64_t i;
	int rc;

	s->loop = loop;
	s->next = s->delivered = 0;
	memset(s->times, 0, job->w->ops);
	for (i = 0; i < job->w->inflight; i++)
		submit_next(&s->slots[i]);
	rc = wg_loop_run(loop);
	if (rc == 0)
		rc = s->error;
	if (rc < 0)
		return wg_workload_fail("the loop failed: %s", strerror(-rc));
	p->ns = wg_now_ns() - begin_ns;
	p->ops = job->w->ops;
	p->checksum = XXH3_64bits(s->times, job->w->ops);
	return check(s, p);
}

static void print_more(struct wg_job *job, int64_t median_ns)
{
	const struct storm *s = (struct storm *)(void *)job;

	printf(",\"handover_ns\":%" PRId64 ",\"handovers_per_s\":%.1f",
		median_ns / (int64_t)job->w->ops,
		(double)job->w->ops * (double)WG_NS_PER_SEC / (double)median_ns);
	printf(",\"lost\":0,\"twice\":0,\"out_of_order\":%" PRIu64, s->out_of_order);
}

static int run(const struct wg_workload *w)
{
	struct storm *s = calloc(1, sizeof(*s));
	uint64_t i;
	int rc = 1;

	if (s) {
		s->job = (struct wg_job){
			.pass = one_pass, .print_more = print_more, .w = w, .planned = w->ops
		};
		s->slots = calloc(w->inflight, sizeof(*s->slots));
		s->times = calloc(w->ops, 1);
	}
	if (s && s->slots && s->times) {
		for (i = 0; i < w->inflight; i++)
			s->slots[i].storm = s;
		rc = wg_workload_repeat(&s->job);
	} else {
		(void)wg_workload_fail("out of memory for %" PRIu64 " operations", w->ops);
	}
	if (s) {
		free(s->slots);
		free(s->times);
	}
	free(s);
	return rc;
}

#define AT(field) offsetof(struct wg_workload, field)

const struct wg_workload_ops wg_workload_storm = {
	.name = "storm",
	.does = "hand-overs as fast as possible",
	.params = {
		{ "ops", WG_PARAM_COUNT, AT(ops), 10000, 1, 10000000, "operations that do nothing" },
		{ "inflight", WG_PARAM_COUNT, AT(inflight), 64, 1, 65536, "how many at a time" },
	},
	.run = run,
};
