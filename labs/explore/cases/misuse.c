/*
 * misuse.c: calls that POSIX leaves undefined, in at least one schedule each.
 */
#include <pthread.h>
#include <stddef.h>

#include "labs/explore/cases/cases.h"

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER, other = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t c = PTHREAD_COND_INITIALIZER, never = PTHREAD_COND_INITIALIZER;

void case_unlock_not_held(void)
{
	pthread_mutex_unlock(&m);
}

static void *lock_it(void *unused)
{
	pthread_mutex_lock(&m);
	return unused;
}

static void *unlock_it(void *unused)
{
	pthread_mutex_unlock(&m);
	return unused;
}

void case_unlock_of_another(void)
{
	case_two(lock_it, unlock_it);
}

void case_wait_without_mutex(void)
{
	pthread_cond_wait(&c, &m);
}

void case_destroy_locked(void)
{
	pthread_mutex_lock(&m);
	pthread_mutex_destroy(&m);
}

void case_lock_twice(void)
{
	pthread_mutex_lock(&m);
	pthread_mutex_lock(&m);
}

static void *nothing(void *unused)
{
	return unused;
}

void case_join_twice(void)
{
	pthread_t t;

	pthread_create(&t, NULL, nothing, NULL);
	pthread_join(t, NULL);
	pthread_join(t, NULL);
}

static void *wait_for_ever(void *unused)
{
	pthread_mutex_lock(&m);
	pthread_cond_wait(&c, &m);
	pthread_mutex_unlock(&m);
	return unused;
}

static void *destroy(void *unused)
{
	pthread_cond_destroy(&c);
	return unused;
}

void case_destroy_waited_on(void)
{
	case_two(wait_for_ever, destroy);
}

void case_not_modelled(void)
{
	pthread_cancel(pthread_self());
}

static void *one_then_other(void *unused)
{
	pthread_mutex_lock(&m);
	pthread_mutex_lock(&other);
	pthread_mutex_unlock(&other);
	pthread_mutex_unlock(&m);
	return unused;
}

static void *other_then_one(void *unused)
{
	pthread_mutex_lock(&other);
	pthread_mutex_lock(&m);
	pthread_mutex_unlock(&m);
	pthread_mutex_unlock(&other);
	return unused;
}

void case_crossed_locks(void)
{
	case_two(one_then_other, other_then_one);
}

static void *notify_and_keep(void *unused)
{
	pthread_mutex_lock(&m);
	pthread_cond_signal(&c);
	pthread_mutex_lock(&other);
	pthread_cond_wait(&never, &other);
	return unused;
}

void case_notified_and_locked_out(void)
{
	case_two(wait_for_ever, notify_and_keep);
}

void case_crowd_is_stuck(void)
{
	pthread_t t;
	int i;

	pthread_mutex_lock(&m);
	for (i = 0; i < 8; i++)
		pthread_create(&t, NULL, one_then_other, NULL);
	pthread_join(t, NULL);
}
