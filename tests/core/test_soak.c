/*
 * test_soak.c: very many hand-overs: none lost, none twice, in order for each producer.
 *
 * WG_SOAK is how many for each strategy that blocks; polling ones get a hundredth of it, and no
 * more than 2000. A lost wake-up is a hang, which the suite's time limit turns into a failure.
 * `make soak` runs ten million.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/loop.h"
#include "tests/harness/harness.h"
#include "tests/core/loop_cases.h"
#include "tests/harness/support.h"
#include "tests/core/trace_test.h"

#define SOAK_DEFAULT 20000
#define POLLING_MOST 2000

static long hand_overs(const struct wg_wait_ops *ops)
{
	const char *text = getenv("WG_SOAK");
	long n = text ? strtol(text, NULL, 10) : SOAK_DEFAULT;

	if (ops->caps & WG_CAP_POLLS)
		n = n / 100 < POLLING_MOST ? n / 100 : POLLING_MOST;
	return n;
}

/* ---- through the pool ---- */

#define PRODUCERS 4
#define DEPTH	  8 /* operations of one producer under way */

/* A producer is a worker's place: its operations carry its numbers, in the order of submit. */
struct producer {
	struct soak *soak;
	struct wg_op op[DEPTH];
	_Atomic long performed; /* by `work`, on any worker */
	long submitted, delivered;
};

struct soak {
	struct wg_loop *loop;
	struct producer producer[PRODUCERS];
	long target; /* for each producer */
	long wrong;
	unsigned seed;
};

static int64_t number(struct wg_op *op, void *arg)
{
	struct producer *p = arg;

	(void)op;
	return atomic_fetch_add(&p->performed, 1);
}

static void submit_next(struct producer *p, struct wg_op *op)
{
	if (p->submitted == p->soak->target)
		return;
	p->submitted++;
	p->soak->wrong += wg_loop_submit(p->soak->loop, op) != 0;
}

/* One worker: what it publishes comes in its order. */
static void in_order(struct wg_op *op, int64_t result)
{
	struct producer *p = op->user;

	p->soak->wrong += result != p->delivered++;
	if (rand_r(&p->soak->seed) % 64 == 0)
		(void)sched_yield();
	submit_next(p, op);
}

/* Several workers: each number once, so their sum is known. */
static void once(struct wg_op *op, int64_t result)
{
	struct producer *p = op->user;

	p->soak->wrong += result < 0 || result >= p->soak->target;
	p->delivered++;
	submit_next(p, op);
}

static void soak(struct wg_loop *loop, const struct wg_wait_ops *ops, wg_done_fn done)
{
	static struct soak s;
	int i, k;

	s = (struct soak){ .loop = loop, .target = hand_overs(ops) / PRODUCERS, .seed = wg_seed() };
	wg_trace_test_mute(true);
	for (i = 0; i < PRODUCERS; i++) {
		struct producer *p = &s.producer[i];

		p->soak = &s;
		for (k = 0; k < DEPTH; k++) {
			wg_op_work(&p->op[k], number, p);
			p->op[k].done = done;
			p->op[k].user = p;
			submit_next(p, &p->op[k]);
		}
	}
	CU_ASSERT_EQUAL(wg_loop_run(loop), 0);
	wg_trace_test_mute(false);
	CU_ASSERT_EQUAL(s.wrong, 0);
	for (i = 0; i < PRODUCERS; i++) {
		CU_ASSERT_EQUAL(s.producer[i].delivered, s.target);
		CU_ASSERT_EQUAL(atomic_load(&s.producer[i].performed), s.target);
	}
	printf("# %s: %ld hand-overs\n", ops->name, PRODUCERS * s.target);
	(void)fflush(stdout);
}

static void one_worker(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	soak(loop, ops, in_order);
}

static void results_of_one_worker_come_in_order(void)
{
	wg_test_over_all(1, one_worker);
}

static void four_workers(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	soak(loop, ops, once);
}

static void results_of_four_workers_come_once_each(void)
{
	wg_test_over_all(4, four_workers);
}

/* ---- notify() alone ---- */

struct player {
	struct wg_loop *_Atomic loop; /* its own, once it is made */
	struct player *other;
	const struct wg_wait_ops *ops;
	_Atomic long ball; /* what the other one has sent so far */
	pthread_barrier_t *end;
	long rounds;
	int wrong;
};

/* Wait for the ball with nothing but the loop's sleep, and send it back. */
static void play(struct player *me, struct wg_loop *loop, bool serves)
{
	struct player *you = me->other;
	long i;

	for (i = 1; i <= me->rounds; i++) {
		if (serves) {
			atomic_store(&you->ball, i);
			wg_loop_wake(atomic_load(&you->loop));
		}
		while (atomic_load(&me->ball) < i)
			me->wrong += wg_loop_run_once(loop, 0) != 0;
		if (!serves) {
			atomic_store(&you->ball, i);
			wg_loop_wake(atomic_load(&you->loop));
		}
	}
}

static void *play_main(void *arg)
{
	struct player *me = arg;
	struct wg_loop_options o = {
		.wait = me->ops->name, .tick_ns = WG_TEST_TICK_NS, .workers = 1
	};
	struct wg_loop *loop;

	if (wg_loop_create(&o, &loop) != 0)
		abort();
	atomic_store(&me->loop, loop);
	wg_loop_wake(atomic_load(&me->other->loop)); /* it waits for that */
	play(me, loop, false);
	/* The other one has sent its last ball, but may still be inside that wake. */
	(void)pthread_barrier_wait(me->end);
	wg_loop_destroy(loop);
	return NULL;
}

static void ping_pong(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct player here = { .ops = ops, .rounds = hand_overs(ops) / 2 };
	struct player there = { .ops = ops, .rounds = here.rounds, .other = &here };
	pthread_barrier_t end;
	pthread_t thread;

	(void)pthread_barrier_init(&end, NULL, 2);
	here.end = there.end = &end;
	here.other = &there;
	atomic_store(&here.loop, loop);
	wg_trace_test_mute(true);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, play_main, &there), 0);
	while (!atomic_load(&there.loop))
		(void)wg_loop_run_once(loop, 0);
	play(&here, loop, true);
	(void)pthread_barrier_wait(&end);
	(void)pthread_join(thread, NULL);
	(void)pthread_barrier_destroy(&end);
	wg_trace_test_mute(false);
	CU_ASSERT_EQUAL(here.wrong, 0);
	CU_ASSERT_EQUAL(there.wrong, 0);
	CU_ASSERT_EQUAL(atomic_load(&here.ball), here.rounds);
}

static void two_loops_wake_each_other(void)
{
	wg_test_over_all(1, ping_pong);
}

void suite_soak(void)
{
	WG_TEST(results_of_one_worker_come_in_order);
	WG_TEST(results_of_four_workers_come_once_each);
	WG_TEST(two_loops_wake_each_other);
}
