/*
 * test_timers.c: the heap under a clock that the test sets, and timers on loops of every strategy.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/loop_state.h"
#include "core/timers.h"
#include "tests/harness/harness.h"
#include "tests/core/loop_cases.h"
#include "tests/harness/support.h"

/* ---- the heap alone ---- */

#define MOST 300

/* What the heap should hold, unsorted: to find the least, look at all of it. */
struct oracle {
	struct wg__timers timers;
	struct wg_op op[MOST];
	int64_t deadline_ns[MOST]; /* -1: not armed */
	uint64_t seq[MOST];
	uint64_t next_seq;
	size_t count;
	int wrong;
};

static int least(const struct oracle *o)
{
	int best = -1, i;

	for (i = 0; i < MOST; i++) {
		if (o->deadline_ns[i] < 0)
			continue;
		if (best < 0 || o->deadline_ns[i] < o->deadline_ns[best] ||
			(o->deadline_ns[i] == o->deadline_ns[best] && o->seq[i] < o->seq[best]))
			best = i;
	}
	return best;
}

static void arm(struct oracle *o, int i, int64_t deadline_ns)
{
	o->wrong += wg__timers_push(&o->timers, &o->op[i], deadline_ns) != 0;
	o->deadline_ns[i] = deadline_ns;
	o->seq[i] = o->next_seq++;
	o->count++;
}

static void disarm(struct oracle *o, int i)
{
	o->deadline_ns[i] = -1;
	o->count--;
}

/* Everything due at now_ns must come, in the oracle's order, and nothing else. */
static void turn_clock_to(struct oracle *o, int64_t now_ns)
{
	struct wg_op *op;
	int i;

	while ((op = wg__timers_pop_due(&o->timers, now_ns))) {
		i = least(o);
		o->wrong += i < 0 || op != &o->op[i] || o->deadline_ns[i] > now_ns;
		if (i >= 0)
			disarm(o, i);
	}
	i = least(o);
	o->wrong += i >= 0 && o->deadline_ns[i] <= now_ns;
}

static void the_heap_agrees_with_a_sorted_oracle(void)
{
	static struct oracle o;
	unsigned seed = wg_seed();
	int64_t now_ns = 0;
	int step;

	memset(&o, 0, sizeof(o));
	memset(o.deadline_ns, -1, sizeof(o.deadline_ns));
	wg__timers_init(&o.timers);
	for (step = 0; step < 60000; step++) {
		int i = rand_r(&seed) % MOST, least_i;

		/* Few different deadlines, so that equal ones are the rule. */
		if (o.deadline_ns[i] < 0) {
			arm(&o, i, now_ns + rand_r(&seed) % 40);
		} else if (rand_r(&seed) % 3 == 0) {
			wg__timers_remove(&o.timers, &o.op[i]);
			disarm(&o, i);
		} else if (rand_r(&seed) % 4 == 0) {
			now_ns += rand_r(&seed) % 5;
			turn_clock_to(&o, now_ns);
		}
		least_i = least(&o);
		o.wrong += wg__timers_next_ns(&o.timers) !=
			   (least_i < 0 ? WG_FOREVER : o.deadline_ns[least_i]);
		o.wrong += o.timers.count != o.count;
	}
	turn_clock_to(&o, WG_FOREVER);
	CU_ASSERT_EQUAL(o.count, 0);
	CU_ASSERT_EQUAL(o.wrong, 0);
	wg__timers_fini(&o.timers);
}

static void a_hundred_thousand_come_out_sorted(void)
{
	enum { N = 100000 };
	struct wg_op *op = calloc(N, sizeof(*op)), *next;
	struct wg__timers timers;
	unsigned seed = wg_seed();
	int64_t last_ns = -1, deadline_ns;
	int i, wrong = 0, n = 0;

	wg__timers_init(&timers);
	for (i = 0; i < N; i++) {
		op[i].offset = rand_r(&seed);
		wrong += wg__timers_push(&timers, &op[i], op[i].offset) != 0;
	}
	while ((deadline_ns = wg__timers_next_ns(&timers)) != WG_FOREVER) {
		CU_ASSERT_PTR_NULL(wg__timers_pop_due(&timers, deadline_ns - 1)); /* not early */
		next = wg__timers_pop_due(&timers, deadline_ns);
		wrong += !next || next->offset != deadline_ns || deadline_ns < last_ns;
		last_ns = deadline_ns;
		n++;
	}
	CU_ASSERT_EQUAL(n, N);
	CU_ASSERT_EQUAL(wrong, 0);
	wg__timers_fini(&timers);
	free(op);
}

static void equal_deadlines_come_in_the_order_of_arming(void)
{
	struct wg__timers timers;
	struct wg_op op[100];
	int i, wrong = 0;

	memset(op, 0, sizeof(op));
	wg__timers_init(&timers);
	for (i = 0; i < 100; i++)
		wrong += wg__timers_push(&timers, &op[i], 7) != 0;
	/* Armed anew, the first becomes the last. */
	wg__timers_remove(&timers, &op[0]);
	wrong += wg__timers_push(&timers, &op[0], 7) != 0;
	for (i = 1; i <= 100; i++)
		wrong += wg__timers_pop_due(&timers, 7) != &op[i % 100];
	CU_ASSERT_EQUAL(wrong, 0);
	wg__timers_fini(&timers);
}

static void times_stay_at_for_ever_instead_of_wrapping(void)
{
	struct wg__timers timers;
	struct wg_op op[2];

	memset(op, 0, sizeof(op));
	CU_ASSERT_EQUAL(wg_time_add(wg_now_ns(), INT64_MAX), WG_FOREVER);
	wg__timers_init(&timers);
	CU_ASSERT_EQUAL(wg__timers_next_ns(&timers), WG_FOREVER);
	CU_ASSERT_EQUAL(wg__timers_push(&timers, &op[0], WG_FOREVER), 0);
	CU_ASSERT_EQUAL(wg__timers_push(&timers, &op[1], 0), 0);
	CU_ASSERT_PTR_EQUAL(wg__timers_pop_due(&timers, 0), &op[1]);
	CU_ASSERT_PTR_NULL(wg__timers_pop_due(&timers, WG_FOREVER - 1));
	CU_ASSERT_PTR_EQUAL(wg__timers_pop_due(&timers, WG_FOREVER), &op[0]);
	wg__timers_fini(&timers);
}

/* ---- on a loop ---- */

static void never_early(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	static const int64_t delays_ns[] = { 0, 1, 999, 50000, 999999, 1000001, 3 * WG_NS_PER_MS };
	struct wg_op op;
	size_t i;

	(void)ops;
	for (i = 0; i < sizeof(delays_ns) / sizeof(delays_ns[0]); i++) {
		int64_t begin_ns = wg_now_ns();

		wg_op_timer(&op, delays_ns[i]);
		CU_ASSERT_EQUAL(wg_test_await(loop, &op), 0);
		CU_ASSERT(wg_now_ns() - begin_ns >= delays_ns[i]);
	}
	wg_op_timer(&op, -5); /* a negative delay is none */
	CU_ASSERT_EQUAL(wg_test_await(loop, &op), 0);
}

static void a_timer_is_never_early(void)
{
	wg_test_over_all(1, never_early);
}

#define SET 200

struct set {
	struct wg_loop *loop;
	struct wg_op op[SET];
	int64_t deadline_ns[SET];
	int order[SET], count;
};

static void note_order(struct wg_op *op, int64_t result)
{
	struct set *s = op->user;

	CU_ASSERT_EQUAL(result, 0);
	if (s->count < SET)
		s->order[s->count] = (int)(op - s->op);
	s->count++;
}

static void ordered(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	static struct set s;
	unsigned seed = wg_seed();
	int i, wrong = 0;

	(void)ops;
	memset(&s, 0, sizeof(s));
	for (i = 0; i < SET; i++) {
		wg_op_timer(&s.op[i], rand_r(&seed) % 4 * WG_NS_PER_MS);
		s.op[i].done = note_order;
		s.op[i].user = &s;
		CU_ASSERT_EQUAL_FATAL(wg_loop_submit(loop, &s.op[i]), 0);
		s.deadline_ns[i] = loop->timers.heap[s.op[i].heap_idx].deadline_ns;
	}
	CU_ASSERT_EQUAL(wg_loop_run(loop), 0);
	CU_ASSERT_EQUAL_FATAL(s.count, SET);
	for (i = 1; i < SET; i++) {
		int a = s.order[i - 1], b = s.order[i];

		wrong += s.deadline_ns[a] > s.deadline_ns[b] ||
			 (s.deadline_ns[a] == s.deadline_ns[b] && s.op[a].id > s.op[b].id);
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

static void timers_fire_in_the_order_of_deadline_and_arming(void)
{
	wg_test_over_all(1, ordered);
}

struct endless {
	struct wg_loop *loop;
	int fired, fired_in_turn;
	bool has_ended;
};

static void arm_again(struct wg_op *op, int64_t result)
{
	struct endless *e = op->user;

	e->fired += result == 0;
	e->fired_in_turn++;
	if (!e->has_ended)
		CU_ASSERT_EQUAL(wg_loop_submit(e->loop, op), 0);
}

static void count_to_zero(struct wg_op *op, int64_t result)
{
	int *left = op->user;

	(void)result;
	--*left;
}

static void beside(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct endless e = { .loop = loop };
	struct wg_op timer, op[20];
	int64_t end_ns = wg_now_ns() + 30 * WG_NS_PER_SEC;
	int left = 20, i, twice = 0;

	(void)ops;
	wg_op_timer(&timer, 0);
	timer.done = arm_again;
	timer.user = &e;
	CU_ASSERT_EQUAL_FATAL(wg_loop_submit(loop, &timer), 0);
	for (i = 0; i < 20; i++) {
		wg_op_close(&op[i], -1);
		op[i].done = count_to_zero;
		op[i].user = &left;
		CU_ASSERT_EQUAL_FATAL(wg_loop_submit(loop, &op[i]), 0);
	}
	while ((left > 0 || e.fired < 3) && wg_now_ns() < end_ns) {
		e.fired_in_turn = 0;
		CU_ASSERT_FATAL(wg_loop_run_once(loop, 0) >= 0);
		twice += e.fired_in_turn > 1;
	}
	CU_ASSERT_EQUAL(left, 0);
	CU_ASSERT_EQUAL(twice, 0); /* armed again in its callback, it is of the next turn */
	e.has_ended = true;
	CU_ASSERT_EQUAL(wg_loop_run(loop), 0);
}

static void a_timer_of_no_delay_starves_nobody_and_fires_once_a_turn(void)
{
	wg_test_over_all(1, beside);
}

static void huge(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	static const int64_t delays_ns[] = { INT64_MAX, INT64_MAX - 1, INT64_MAX / 2,
		(int64_t)INT32_MAX * WG_NS_PER_MS, ((int64_t)INT32_MAX + 1) * WG_NS_PER_MS };
	struct wg_op far[5], near;
	int64_t result;
	int i;

	(void)ops;
	for (i = 0; i < 5; i++) {
		wg_op_timer(&far[i], delays_ns[i]);
		CU_ASSERT_EQUAL_FATAL(wg_loop_submit(loop, &far[i]), 0);
	}
	CU_ASSERT_EQUAL(wg_loop_run_once(loop, 2), 0);
	wg_op_timer(&near, WG_NS_PER_MS);
	CU_ASSERT_EQUAL(wg_test_await(loop, &near), 0);
	for (i = 0; i < 5; i++) {
		CU_ASSERT_EQUAL(wg_loop_poll_result(loop, &far[i], &result), 0);
		CU_ASSERT_EQUAL(wg_loop_cancel(loop, &far[i]), 0);
		CU_ASSERT_EQUAL(wg_loop_cancel(loop, &far[i]), -EINVAL); /* it has its result */
		CU_ASSERT_EQUAL(wg_loop_poll_result(loop, &far[i], &result), 1);
		CU_ASSERT_EQUAL(result, -ECANCELED);
		CU_ASSERT_EQUAL(wg_loop_cancel(loop, &far[i]), -EINVAL); /* it is idle */
	}
	CU_ASSERT_EQUAL(wg_loop_in_flight(loop), 0);
}

static void a_huge_delay_does_not_overflow_and_can_be_cancelled(void)
{
	wg_test_over_all(1, huge);
}

struct killer {
	struct wg_loop *loop;
	struct wg_op victim;
	int rc;
};

static void kill_victim(struct wg_op *op, int64_t result)
{
	struct killer *k = op->user;

	(void)result;
	k->rc = wg_loop_cancel(k->loop, &k->victim);
}

static void cancelled_in_callback(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct killer k = { .loop = loop, .rc = 1 };
	struct wg_op first;
	int64_t result = 0;

	(void)ops;
	wg_op_timer(&first, 0);
	first.done = kill_victim;
	first.user = &k;
	wg_op_timer(&k.victim, INT64_MAX);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &first), 0);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &k.victim), 0);
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &k.victim, &result), 0);
	CU_ASSERT_EQUAL(k.rc, 0);
	CU_ASSERT_EQUAL(result, -ECANCELED);
}

static void a_callback_may_cancel_another_timer(void)
{
	wg_test_over_all(1, cancelled_in_callback);
}

struct sleeper {
	struct wg_loop *loop;
	int rc;
};

static void sleep_inside(struct wg_op *op, int64_t result)
{
	struct sleeper *s = op->user;

	(void)result;
	s->rc = wg_loop_sleep(s->loop, 1);
}

static void slept(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	struct sleeper s = { .loop = loop };
	int64_t begin_ns = wg_now_ns();
	struct wg_op op;

	(void)ops;
	CU_ASSERT_EQUAL(wg_loop_sleep(loop, 3), 0);
	CU_ASSERT(wg_now_ns() - begin_ns >= 3 * WG_NS_PER_MS);
	CU_ASSERT_EQUAL(wg_loop_sleep(loop, 0), 0);
	wg_op_timer(&op, 0);
	op.done = sleep_inside;
	op.user = &s;
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &op), 0);
	CU_ASSERT_EQUAL(wg_loop_run(loop), 0);
	CU_ASSERT_EQUAL(s.rc, -EBUSY);
	/* The refused one has left no timer behind: its memory was on a stack long gone. */
	CU_ASSERT_EQUAL(wg_loop_in_flight(loop), 0);
	CU_ASSERT_EQUAL(loop->timers.count, 0);
}

static void sleep_takes_its_time_and_is_refused_in_a_callback(void)
{
	wg_test_over_all(1, slept);
}

void suite_timers(void)
{
	WG_TEST(the_heap_agrees_with_a_sorted_oracle);
	WG_TEST(a_hundred_thousand_come_out_sorted);
	WG_TEST(equal_deadlines_come_in_the_order_of_arming);
	WG_TEST(times_stay_at_for_ever_instead_of_wrapping);
	WG_TEST(a_timer_is_never_early);
	WG_TEST(timers_fire_in_the_order_of_deadline_and_arming);
	WG_TEST(a_timer_of_no_delay_starves_nobody_and_fires_once_a_turn);
	WG_TEST(a_huge_delay_does_not_overflow_and_can_be_cancelled);
	WG_TEST(a_callback_may_cancel_another_timer);
	WG_TEST(sleep_takes_its_time_and_is_refused_in_a_callback);
}
