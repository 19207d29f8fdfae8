/*
 * waits.c: waits that end without cause, by a signal, or in the wrong thread; and the counts.
 */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stddef.h>

#include "labs/explore/cases/cases.h"

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t c = PTHREAD_COND_INITIALIZER, all_here = PTHREAD_COND_INITIALIZER;
static int is_ready, asleep, first;
static sem_t never;

static void *notify(void *unused)
{
	pthread_mutex_lock(&m);
	is_ready = 1;
	pthread_cond_signal(&c);
	pthread_mutex_unlock(&m);
	return unused;
}

static void *wait_once(void *unused)
{
	pthread_mutex_lock(&m);
	if (!is_ready)
		pthread_cond_wait(&c, &m);
	lab_check("ready", is_ready, "the wait ended, but nothing is ready");
	pthread_mutex_unlock(&m);
	return unused;
}

static void *wait_in_a_loop(void *unused)
{
	pthread_mutex_lock(&m);
	while (!is_ready)
		pthread_cond_wait(&c, &m);
	pthread_mutex_unlock(&m);
	return unused;
}

void case_spurious_wake(void)
{
	case_two(wait_once, notify);
}

void case_spurious_wake_met(void)
{
	case_two(wait_in_a_loop, notify);
}

/* Two waiters, in the order of their arrival; one signal. */
static void *wait_in_line(void *unused)
{
	int place;

	pthread_mutex_lock(&m);
	place = ++asleep;
	if (asleep == 2)
		pthread_cond_signal(&all_here);
	while (!is_ready)
		pthread_cond_wait(&c, &m);
	if (!first)
		first = place;
	pthread_cond_signal(&all_here);
	is_ready = 0;
	pthread_mutex_unlock(&m);
	return unused;
}

static void wake_one(void)
{
	pthread_t a, b;

	pthread_create(&a, NULL, wait_in_line, NULL);
	pthread_create(&b, NULL, wait_in_line, NULL);
	pthread_mutex_lock(&m);
	while (asleep < 2)
		pthread_cond_wait(&all_here, &m);
	pthread_mutex_unlock(&m);
	notify(NULL);
	pthread_mutex_lock(&m);
	while (!first)
		pthread_cond_wait(&all_here, &m);
	pthread_mutex_unlock(&m);
	notify(NULL);
	pthread_join(a, NULL);
	pthread_join(b, NULL);
	lab_check("first", first == 1, "waiter %d is woken first", first);
}

void case_any_waiter(void)
{
	wake_one();
}

void case_first_waiter(void)
{
	wake_one();
}

static void on_signal(int number)
{
	lab_check("number", number == SIGUSR1, "signal %d", number);
	first++;
}

static void catch_signal(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGUSR1, &action, NULL);
}

static void *post(void *unused)
{
	sem_post(&never);
	return unused;
}

static void *wait_for_post(void *unused)
{
	while (sem_wait(&never) < 0)
		lab_check("eintr", errno == EINTR, "errno %d", errno);
	return unused;
}

void case_interrupted(void)
{
	catch_signal();
	sem_init(&never, 0, 0);
	case_two(wait_for_post, post);
	lab_note("%d signals", first);
}

/* A wait that treats EINTR as a failure. */
static void *wait_badly(void *unused)
{
	lab_check("answered", sem_wait(&never) == 0, "the wait gave up: errno %d", errno);
	return unused;
}

void case_interrupt_is_deadly(void)
{
	catch_signal();
	sem_init(&never, 0, 0);
	case_two(wait_badly, post);
}

void case_killed_awake(void)
{
	catch_signal();
	pthread_kill(pthread_self(), SIGUSR1);
	lab_check("handled", first == 1, "the handler ran %d times", first);
}

static void *produce(void *unused)
{
	lab_start(1);
	lab_done(1, 0);
	pthread_mutex_lock(&m);
	is_ready = 1;
	lab_ready(1);
	pthread_mutex_unlock(&m);
	return unused; /* without a notify */
}

static void *poll_every_10_ms(void *unused)
{
	struct timespec until;

	lab_name("loop");
	lab_loop("tick");
	pthread_mutex_lock(&m);
	while (!is_ready) {
		lab_poll(0);
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += 10000000;
		pthread_cond_timedwait(&c, &m, &until);
	}
	lab_poll(1);
	lab_deliver(1);
	pthread_mutex_unlock(&m);
	return unused;
}

void case_counts(void)
{
	struct lab_counts counts;

	lab_submit(1);
	case_two(poll_every_10_ms, produce);
	counts = lab_counts();
	lab_check("late", counts.late_wakes == 0, "%d waits ended by timeout with work pending",
		counts.late_wakes);
	lab_check("empty", counts.empty_wakes == 0, "%d empty wakes", counts.empty_wakes);
	lab_check("polls", counts.polls == counts.waits + 1, "%d polls, %d waits", counts.polls,
		counts.waits);
	lab_check("timeout", counts.waits == 0 || counts.last_timeout_ns == 10000000, "%lld ns",
		(long long)counts.last_timeout_ns);
}

void case_delivered_twice(void)
{
	lab_submit(1);
	lab_ready(1);
	lab_deliver(1);
	lab_deliver(1);
}

/* The main thread ends without a look, and there is no other thread. */
void case_left_undelivered(void)
{
	lab_submit(1);
	lab_ready(1);
}

void case_left_unready(void)
{
	lab_submit(1);
}
