/*
 * wait.c: the promises of core/wait/wait.h, held over each strategy alone: one thread arms, looks
 * and sleeps; others publish a fact and notify.
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

#include "core/wait/elide.h"
#include "tests/prove/prove.h"

static struct {
	const struct wg_wait_ops *ops;
	struct wg_waiter *waiter;
	_Atomic unsigned facts;
	int times;	 /* notifies of each thread */
	uint32_t before; /* notifies so far; elide's, which hybrid has too */
	uint64_t behind; /* written before a notify, with nothing else to order it: W3 */
} s;

static void publish(void)
{
	atomic_fetch_add_explicit(&s.facts, 1, memory_order_release);
	(void)wg_notify(s.waiter);
}

static void *notifier(void *unused)
{
	int i;

	for (i = 0; i < s.times; i++)
		publish();
	return unused;
}

static unsigned look(void)
{
	return atomic_load_explicit(&s.facts, memory_order_acquire);
}

/* Arm, look, sleep, until so many facts were seen. */
static void wait_for(unsigned wanted)
{
	bool is_polling = s.ops->caps & WG_CAP_POLLS;
	unsigned seen = 0;

	while (seen < wanted) {
		uint64_t ticket = s.ops->arm(s.waiter);
		int woke;

		seen = look();
		if (seen == wanted)
			break;
		woke = s.ops->sleep(s.waiter, ticket, WG_FOREVER);
		lab_check("W5", woke != WG_WOKE_TIMEOUT || is_polling,
			"a sleep without a deadline ended by timeout");
	}
}

static void hand_over(const char *wait, int threads, int times)
{
	pthread_t thread[2];
	int i;

	s.ops = wg_wait_find(wait);
	s.times = times;
	if (s.ops->create(0, &s.waiter) < 0)
		return;
	if (s.before)
		((struct wg__elide *)s.waiter)->notifies = s.before;
	for (i = 0; i < threads; i++)
		pthread_create(&thread[i], NULL, notifier, NULL);
	wait_for((unsigned)(threads * times));
	for (i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
	s.ops->destroy(s.waiter);
	prove_end();
}

void prove_one(const char *wait)
{
	hand_over(wait, 1, 1);
}

void prove_two(const char *wait)
{
	hand_over(wait, 2, 1);
}

void prove_twice(const char *wait)
{
	hand_over(wait, 1, 2);
}

/* Tickets are 32 bits: after the last one comes 0. */
void prove_wraps(const char *wait)
{
	s.before = UINT32_MAX;
	hand_over(wait, 1, 2);
}

/* The one that makes it 0 is a notify like any other. */
void prove_wraps_once(const char *wait)
{
	s.before = UINT32_MAX;
	hand_over(wait, 1, 1);
}

void prove_thrice(const char *wait)
{
	hand_over(wait, 1, 3);
}

/* A notify may come before, at, or after the deadline; the sleep says which, and is never early. */
void prove_deadline(const char *wait)
{
	int64_t deadline_ns = wg_now_ns() + WG_NS_PER_MS;
	pthread_t thread;
	uint64_t ticket;
	int woke;

	s.ops = wg_wait_find(wait);
	s.times = 1;
	if (s.ops->create(0, &s.waiter) < 0)
		return;
	pthread_create(&thread, NULL, notifier, NULL);
	do {
		ticket = s.ops->arm(s.waiter);
		if (look() > 0)
			break;
		woke = s.ops->sleep(s.waiter, ticket, deadline_ns);
		lab_check("W5", woke != WG_WOKE_TIMEOUT || wg_now_ns() >= deadline_ns,
			"the sleep says that the time is over, and it is not");
	} while (woke != WG_WOKE_TIMEOUT);
	pthread_join(thread, NULL);
	/* The notify that was not waited for is there for the next sleep: W1. */
	if (look() == 0)
		lab_check("W1", false, "the fact was lost");
	s.ops->destroy(s.waiter);
	prove_end();
}

static void sleep_until(int64_t deadline_ns)
{
	struct timespec ts = wg_timespec(deadline_ns);

	(void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
}

static void *write_and_notify(void *deadline_ns)
{
	if (deadline_ns)
		sleep_until(*(const int64_t *)deadline_ns);
	s.behind = 1;
	(void)wg_notify(s.waiter);
	return NULL;
}

/* What was written before a notify is there: after a sleep that it ended, and after an arm() whose
 * ticket counts it. Ordinary memory, so the check `race` sees if nothing orders it. */
void prove_behind(const char *wait)
{
	pthread_t thread;
	uint64_t first;
	int woke;

	s.ops = wg_wait_find(wait);
	lab_check("made", s.ops->create(0, &s.waiter) == 0, "no waiter");
	first = s.ops->arm(s.waiter);
	pthread_create(&thread, NULL, write_and_notify, NULL);
	if (s.ops->arm(s.waiter) == first) {
		do
			woke = s.ops->sleep(s.waiter, first, WG_FOREVER);
		while (woke != WG_WOKE_NOTIFIED);
	}
	lab_check("W3", s.behind == 1, "notified, and what came before is not there");
	pthread_join(thread, NULL);
	s.ops->destroy(s.waiter);
	prove_end();
}

/* The same at the deadline: a sleep that says notified, though its time is over too. */
void prove_behind_late(const char *wait)
{
	int64_t deadline_ns = wg_now_ns() + WG_NS_PER_MS;
	pthread_t thread;
	int woke;

	s.ops = wg_wait_find(wait);
	lab_check("made", s.ops->create(0, &s.waiter) == 0, "no waiter");
	pthread_create(&thread, NULL, write_and_notify, &deadline_ns);
	woke = s.ops->sleep(s.waiter, s.ops->arm(s.waiter), deadline_ns);
	lab_check("W3", woke != WG_WOKE_NOTIFIED || s.behind == 1, "what came before is not there");
	pthread_join(thread, NULL);
	s.ops->destroy(s.waiter);
	prove_end();
}

static void *notify_at_deadline(void *deadline_ns)
{
	sleep_until(*(const int64_t *)deadline_ns);
	publish();
	return NULL;
}

/* A notify at the very moment of the deadline ends this sleep or the next. */
void prove_at_deadline(const char *wait)
{
	int64_t deadline_ns = wg_now_ns() + WG_NS_PER_MS;
	pthread_t thread;
	uint64_t ticket;
	int woke;

	s.ops = wg_wait_find(wait);
	lab_check("made", s.ops->create(0, &s.waiter) == 0, "no waiter");
	pthread_create(&thread, NULL, notify_at_deadline, &deadline_ns);
	ticket = s.ops->arm(s.waiter);
	if (look() == 0) {
		woke = s.ops->sleep(s.waiter, ticket, deadline_ns);
		lab_check("W5", woke == WG_WOKE_NOTIFIED || wg_now_ns() >= deadline_ns,
			"the sleep is early, by %d", woke);
		lab_check("W5", woke != WG_WOKE_NOTIFIED || look() == 1, "nobody notified yet");
	}
	wait_for(1);
	pthread_join(thread, NULL);
	s.ops->destroy(s.waiter);
	prove_end();
}

static void on_signal(int number)
{
	(void)number;
	publish();
}

/* WG_CAP_SIGNAL_SAFE: a handler notifies, on any thread, between any two steps. */
void prove_handler(const char *wait)
{
	struct sigaction action = { .sa_handler = on_signal };
	pthread_t self = pthread_self();

	s.ops = wg_wait_find(wait);
	if (!(s.ops->caps & WG_CAP_SIGNAL_SAFE)) {
		lab_check("caps", strcmp(wait, "condvar") == 0, "a handler may notify this one");
		return;
	}
	if (s.ops->create(0, &s.waiter) < 0)
		return;
	(void)sigaction(SIGUSR2, &action, NULL);
	(void)pthread_kill(self, SIGUSR2);
	wait_for(1);
	s.ops->destroy(s.waiter);
	prove_end();
}

/* Nobody spins while the machine is crowded. */
void prove_crowded(const char *wait)
{
	prove.is_crowded = true;
	hand_over(wait, 1, 1);
}
