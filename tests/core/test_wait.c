/*
 * test_wait.c: W1 to W6 of core/wait/wait.h, each line over every registered strategy.
 *
 * Nothing here sleeps to let something happen. Where a test could hang because a wake-up was lost,
 * its deadline is 30 s and the reason of the wake is checked: a loss is a failed assertion.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/wait/wait.h"
#include "tests/harness/harness.h"
#include "tests/harness/support.h"

#define FAR (wg_now_ns() + 30 * WG_NS_PER_SEC)

typedef void (*case_fn)(const struct wg_wait_ops *ops, struct wg_waiter *w);

/* Run fn with a new waiter of every strategy; a short tick keeps polling ones quick. */
static void over_all(case_fn fn)
{
	const struct wg_wait_ops *ops;
	struct wg_waiter *w;
	size_t i;

	for (i = 0; (ops = wg_wait_at(i)); i++) {
		int rc = ops->create(WG_NS_PER_MS, &w);

		if (rc == -ENOSYS || rc == -EPERM) {
			printf("# %s is not available here: %s\n", ops->name, strerror(-rc));
			continue;
		}
		CU_ASSERT_EQUAL_FATAL(rc, 0);
		fn(ops, w);
		ops->destroy(w);
	}
}

static bool polls(const struct wg_wait_ops *ops)
{
	return ops->caps & WG_CAP_POLLS;
}

/*
 * One sleep to its end. If a sleep ends for another reason, sleep again with the same ticket and
 * deadline, as the loop does. That is not rare: the kernel takes an io_uring down later, and then
 * interrupts its thread, so the test before this one can interrupt epoll_pwait2() here.
 */
static int sleep_out(
	const struct wg_wait_ops *ops, struct wg_waiter *w, uint64_t ticket, int64_t deadline_ns)
{
	int woke;

	do
		woke = ops->sleep(w, ticket, deadline_ns);
	while (woke == WG_WOKE_SPURIOUS || woke == WG_WOKE_INTERRUPTED);
	return woke;
}

/* After a notify() that came after arm(), sleep must say so. */
static void assert_notified(const struct wg_wait_ops *ops, struct wg_waiter *w, uint64_t ticket)
{
	CU_ASSERT_EQUAL(
		sleep_out(ops, w, ticket, FAR), polls(ops) ? WG_WOKE_TIMEOUT : WG_WOKE_NOTIFIED);
}

static void w1_between(const struct wg_wait_ops *ops, struct wg_waiter *w)
{
	uint64_t ticket = ops->arm(w);

	(void)wg_notify(w); /* after arm, before sleep: the moment that matters */
	assert_notified(ops, w, ticket);
}

static void w1_notify_between_arm_and_sleep(void)
{
	over_all(w1_between);
}

static void w1_before(const struct wg_wait_ops *ops, struct wg_waiter *w)
{
	uint64_t ticket;
	int i;

	for (i = 0; i < 3; i++)
		(void)wg_notify(w);
	ticket = ops->arm(w); /* answers them: the look that follows finds their results */
	(void)wg_notify(w);
	assert_notified(ops, w, ticket);
}

static void w1_notify_before_arm_does_not_hide_the_next(void)
{
	over_all(w1_before);
}

struct pair {
	const struct wg_wait_ops *ops;
	struct wg_waiter *here, *there;
	pthread_barrier_t armed; /* the echo has made its waiter and armed it */
	int rounds;
	unsigned seed;
	int data;	/* plain on purpose: W3 makes it visible, or TSan says so */
	int bad_reason; /* sleeps that ended without a notification */
	int bad_data;
};

/* Sleep until notified; counts what must not be. */
static void until_notified(struct pair *p, struct wg_waiter *w, uint64_t ticket)
{
	if (sleep_out(p->ops, w, ticket, FAR) != WG_WOKE_NOTIFIED)
		p->bad_reason++;
}

static void *echo_main(void *arg)
{
	struct pair *p = arg;
	uint64_t ticket;
	int i;

	if (p->ops->create(0, &p->there) < 0)
		abort();
	ticket = p->ops->arm(p->there);
	(void)pthread_barrier_wait(&p->armed);
	for (i = 0; i < p->rounds; i++) {
		until_notified(p, p->there, ticket);
		if (p->data != 2 * i)
			p->bad_data++;
		p->data = 2 * i + 1;
		ticket = p->ops->arm(
			p->there); /* before the notify() that lets the other one go on */
		(void)wg_notify(p->here);
	}
	return NULL;
}

static void ping_pong(const struct wg_wait_ops *ops, struct wg_waiter *w)
{
	struct pair p = { .ops = ops, .here = w, .rounds = 20000, .seed = wg_seed() };
	pthread_t thread;
	int i;

	if (polls(ops))
		return; /* polling takes no notice */
	/* If both threads share one processor with others, each round of a spinner costs the
	 * others' turns: so make few rounds. */
	if (ops->caps & WG_CAP_SPINS)
		p.rounds = 500;
	(void)pthread_barrier_init(&p.armed, NULL, 2);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, echo_main, &p), 0);
	(void)pthread_barrier_wait(&p.armed);
	for (i = 0; i < p.rounds; i++) {
		uint64_t ticket = ops->arm(w);

		p.data = 2 * i;
		(void)wg_notify(p.there);
		if (rand_r(&p.seed) % 4 == 0)
			(void)sched_yield();
		until_notified(&p, w, ticket);
		if (p.data != 2 * i + 1)
			p.bad_data++;
	}
	(void)pthread_join(thread, NULL);
	(void)pthread_barrier_destroy(&p.armed);
	ops->destroy(p.there);
	CU_ASSERT_EQUAL(p.bad_reason, 0);
	CU_ASSERT_EQUAL(p.bad_data, 0);
}

static void w1_w3_ping_pong_of_two_threads(void)
{
	over_all(ping_pong);
}

/* A signal ends a sleep, and the sleep says so: the trace shows why the loop woke up. */
static void w2_signal(const struct wg_wait_ops *ops, struct wg_waiter *w)
{
	struct wg_storm *storm;
	int64_t far_ns = FAR;
	int woke;

	if (ops == &wg__wait_condvar || ops == &wg__wait_spin)
		return; /* pthread_cond_wait() goes on by itself, and a spin makes no call */
	storm = wg_storm_start();
	do
		woke = ops->sleep(w, ops->arm(w), far_ns);
	while (woke == WG_WOKE_TIMEOUT && wg_now_ns() < far_ns); /* a tick is over */
	(void)wg_storm_stop(storm);
	CU_ASSERT_EQUAL(woke, WG_WOKE_INTERRUPTED);
}

static void w2_a_signal_ends_a_sleep(void)
{
	over_all(w2_signal);
}

static void w4_coalesce(const struct wg_wait_ops *ops, struct wg_waiter *w)
{
	uint64_t ticket = ops->arm(w);
	int sent = 0, i;

	for (i = 0; i < 1000; i++)
		sent += wg_notify(w);
	/* futex always kicks; with elide nobody slept; the others remember the first one. */
	CU_ASSERT(sent <= (ops == &wg__wait_futex ? 1000 : 1));
	assert_notified(ops, w, ticket);
	/* All thousand are answered: the next sleep ends by its deadline. */
	ticket = ops->arm(w);
	CU_ASSERT_EQUAL(sleep_out(ops, w, ticket, wg_now_ns() + WG_NS_PER_MS), WG_WOKE_TIMEOUT);
	/* A ticket is no small number: 2^16 notifications are not none. */
	ticket = ops->arm(w);
	for (i = 0; i < 1 << 16; i++)
		(void)wg_notify(w);
	assert_notified(ops, w, ticket);
}

static void w4_a_thousand_notifies_are_one_return(void)
{
	over_all(w4_coalesce);
}

static void w5_deadline(const struct wg_wait_ops *ops, struct wg_waiter *w)
{
	static const int64_t waits_ns[] = { 1, 999, 50000, 999999, 1000001, 3 * WG_NS_PER_MS };
	size_t i;

	for (i = 0; i < sizeof(waits_ns) / sizeof(waits_ns[0]); i++) {
		int64_t begin_ns = wg_now_ns();
		/* A polling strategy may end a sleep at any moment: the end of a tick may be near.
		 */
		int64_t least_ns = polls(ops) ? 0 : waits_ns[i];
		uint64_t ticket = ops->arm(w);

		CU_ASSERT_EQUAL(sleep_out(ops, w, ticket, begin_ns + waits_ns[i]), WG_WOKE_TIMEOUT);
		CU_ASSERT(wg_now_ns() - begin_ns >= least_ns);
	}
	/* A deadline that has passed ends the sleep at once, and a very far one does not overflow.
	 */
	CU_ASSERT_EQUAL(sleep_out(ops, w, ops->arm(w), wg_now_ns() - 1), WG_WOKE_TIMEOUT);
	CU_ASSERT_EQUAL(sleep_out(ops, w, ops->arm(w), 0), WG_WOKE_TIMEOUT);
	if (!polls(ops)) {
		uint64_t ticket = ops->arm(w);

		(void)wg_notify(w);
		CU_ASSERT_EQUAL(sleep_out(ops, w, ticket, WG_FOREVER - 1), WG_WOKE_NOTIFIED);
	}
}

static void w5_timeout_is_never_early(void)
{
	over_all(w5_deadline);
}

static void w5_signals(const struct wg_wait_ops *ops, struct wg_waiter *w)
{
	struct wg_storm *storm = wg_storm_start();
	int64_t deadline_ns = wg_now_ns() + 20 * WG_NS_PER_MS;
	int woke;

	do {
		woke = ops->sleep(w, ops->arm(w), deadline_ns);
		if (woke == WG_WOKE_TIMEOUT && !polls(ops))
			CU_ASSERT(wg_now_ns() >= deadline_ns);
	} while (wg_now_ns() < deadline_ns);
	CU_ASSERT(wg_storm_stop(storm) > 0);
	CU_ASSERT(woke == WG_WOKE_TIMEOUT || woke == WG_WOKE_INTERRUPTED);
}

static void w5_a_signal_does_not_move_the_deadline(void)
{
	over_all(w5_signals);
}

static void w6_no_descriptor_is_left(void)
{
	int before = wg_fd_count();
	const struct wg_wait_ops *ops;
	struct wg_waiter *w;
	size_t i;
	int k;

	for (i = 0; (ops = wg_wait_at(i)); i++) {
		for (k = 0; k < 10; k++) {
			CU_ASSERT_EQUAL_FATAL(ops->create(0, &w), 0);
			(void)wg_notify(w);
			ops->destroy(w);
		}
	}
	CU_ASSERT_EQUAL(wg_fd_count(), before);
}

static int inherited_before;

static void w6_no_heir(const struct wg_wait_ops *ops, struct wg_waiter *w)
{
	(void)ops;
	(void)w;
	CU_ASSERT_EQUAL(wg_inherited_fds(), inherited_before);
}

/* 0 is a descriptor like any other: a daemon has closed its standard input. */
static void w6_descriptor_0_is_closed_and_none_is_inherited(void)
{
	int saved = fcntl(0, F_DUPFD_CLOEXEC, 3);

	(void)close(0);
	inherited_before = wg_inherited_fds();
	over_all(w6_no_heir);
	CU_ASSERT(fcntl(0, F_GETFD) < 0);
	(void)dup2(saved, 0);
	(void)close(saved);
}

static void names_are_found_and_unique(void)
{
	const struct wg_wait_ops *ops;
	size_t i;

	for (i = 0; (ops = wg_wait_at(i)); i++) {
		CU_ASSERT_PTR_EQUAL(wg_wait_find(ops->name), ops);
		CU_ASSERT_PTR_NOT_NULL(ops->does);
	}
	CU_ASSERT(i >= 3);
	CU_ASSERT_PTR_NULL(wg_wait_find("nosuch"));
	CU_ASSERT_PTR_NULL(wg_wait_find(""));
}

static void tick_is_clamped(void)
{
	struct wg_waiter *w;

	CU_ASSERT_EQUAL_FATAL(wg__wait_tick.create(0, &w), 0);
	CU_ASSERT_EQUAL(w->tick_ns, 10 * WG_NS_PER_MS);
	wg__wait_tick.destroy(w);
	CU_ASSERT_EQUAL_FATAL(wg__wait_tick.create(WG_NS_PER_SEC, &w), 0);
	CU_ASSERT_EQUAL(w->tick_ns, 50 * WG_NS_PER_MS);
	wg__wait_tick.destroy(w);
	CU_ASSERT(wg__wait_tick.create(-1, &w) < 0);
	CU_ASSERT(wg_wait_find("ticker")->create(-1, &w) < 0);
}

static void a_tick_lasts_five_times_as_long_for_sockets(void)
{
	int64_t begin_ns;
	struct wg_waiter *w;

	CU_ASSERT_EQUAL_FATAL(wg__wait_tick.create(2 * WG_NS_PER_MS, &w), 0);
	wg__wait_tick.plan(w, true);
	begin_ns = wg_now_ns();
	CU_ASSERT_EQUAL(sleep_out(w->ops, w, 0, WG_FOREVER), WG_WOKE_TIMEOUT);
	CU_ASSERT(wg_now_ns() - begin_ns >= 10 * WG_NS_PER_MS);
	wg__wait_tick.plan(w, false);
	CU_ASSERT_EQUAL(w->tick_ns, 2 * WG_NS_PER_MS);
	wg__wait_tick.destroy(w);
	CU_ASSERT_EQUAL_FATAL(wg__wait_tick.create(11 * WG_NS_PER_MS, &w), 0);
	wg__wait_tick.plan(w, true);
	CU_ASSERT_EQUAL(w->tick_ns, 50 * WG_NS_PER_MS);
	wg__wait_tick.destroy(w);
}

void suite_wait(void)
{
	WG_TEST(names_are_found_and_unique);
	WG_TEST(tick_is_clamped);
	WG_TEST(a_tick_lasts_five_times_as_long_for_sockets);
	WG_TEST(w1_notify_between_arm_and_sleep);
	WG_TEST(w1_notify_before_arm_does_not_hide_the_next);
	WG_TEST(w1_w3_ping_pong_of_two_threads);
	WG_TEST(w2_a_signal_ends_a_sleep);
	WG_TEST(w4_a_thousand_notifies_are_one_return);
	WG_TEST(w5_timeout_is_never_early);
	WG_TEST(w5_a_signal_does_not_move_the_deadline);
	WG_TEST(w6_no_descriptor_is_left);
	WG_TEST(w6_descriptor_0_is_closed_and_none_is_inherited);
}
