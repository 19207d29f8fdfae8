/*
 * races.c: data races that no schedule shows, and what looks like one.
 */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "labs/explore/cases/cases.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER, other = PTHREAD_MUTEX_INITIALIZER;
static int flag, sum, elements[4];
static struct {
	pthread_mutex_t lock;
	int count, limit;
} pool = { PTHREAD_MUTEX_INITIALIZER, 0, 0 };
static struct box {
	int size;
} * box;

/* Two threads named after their case. */
#define TWO(name, first, second)                                                                   \
	static void *name##_1(void *unused)                                                        \
	{                                                                                          \
		first;                                                                             \
		return unused;                                                                     \
	}                                                                                          \
	static void *name##_2(void *unused)                                                        \
	{                                                                                          \
		second;                                                                            \
		return unused;                                                                     \
	}                                                                                          \
	void case_##name(void)                                                                     \
	{                                                                                          \
		case_two(name##_1, name##_2);                                                      \
	}

#define LOCKED(mutex, statement)                                                                   \
	pthread_mutex_lock(&(mutex));                                                              \
	statement;                                                                                 \
	pthread_mutex_unlock(&(mutex))

/* ---- races ---- */

TWO(told_no_lock, flag = 1, sum = flag)
TWO(told_two_locks, LOCKED(lock, flag = 1), LOCKED(other, sum = flag))
TWO(told_element, elements[2] = 1, sum = elements[2])
TWO(told_atomic, __atomic_store_n(&flag, 1, __ATOMIC_SEQ_CST), sum = flag)
TWO(told_relaxed, elements[0] = 1; __atomic_store_n(&flag, 1, __ATOMIC_RELAXED),
	if (__atomic_load_n(&flag, __ATOMIC_ACQUIRE)) sum = elements[0])

static void *told_one_lock_1(void *unused)
{
	flag = 1;
	return unused;
}

static void *told_one_lock_2(void *unused)
{
	pthread_mutex_lock(&lock);
	sum = flag;
	pthread_mutex_unlock(&lock);
	return unused;
}

void case_told_one_lock(void)
{
	case_two(told_one_lock_1, told_one_lock_2);
}

static void *told_member_1(void *unused)
{
	pool.count = 1;
	return unused;
}

static void *told_member_2(void *unused)
{
	pthread_mutex_lock(&pool.lock);
	if (pool.count < pool.limit)
		sum = 1;
	pthread_mutex_unlock(&pool.lock);
	return unused;
}

void case_told_member(void)
{
	case_two(told_member_1, told_member_2);
}

static void *told_heap_1(void *unused)
{
	box->size = 3;
	return unused;
}

static void *told_heap_2(void *unused)
{
	sum = box->size;
	return unused;
}

void case_told_heap(void)
{
	box = calloc(1, sizeof(*box));
	if (box)
		case_two(told_heap_1, told_heap_2);
	free(box);
}

/* ---- none ---- */

TWO(ordered_lock, LOCKED(lock, flag = 1), LOCKED(lock, sum = flag))
TWO(ordered_release, elements[0] = 1; __atomic_store_n(&flag, 1, __ATOMIC_RELEASE),
	if (__atomic_load_n(&flag, __ATOMIC_ACQUIRE)) sum = elements[0])
TWO(
	ordered_fences, elements[0] = 1; atomic_thread_fence(memory_order_release);
	__atomic_store_n(&flag, 1, __ATOMIC_RELAXED),
	if (__atomic_load_n(&flag, __ATOMIC_RELAXED)) {
		atomic_thread_fence(memory_order_acquire);
		sum = elements[0];
	})
TWO(ordered_marked, elements[0] = 1; LAB_STORE(flag, 1), if (LAB_LOAD(flag)) sum = elements[0])
TWO(ordered_neighbours, elements[0] = 1, elements[1] = 1)

/* Handed over by another object than a common lock. */
static sem_t sem;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int event;

static void *sem_1(void *unused)
{
	flag = 1;
	(void)sem_post(&sem);
	return unused;
}

static void *sem_2(void *unused)
{
	(void)sem_wait(&sem);
	sum = flag;
	return unused;
}

void case_ordered_sem(void)
{
	(void)sem_init(&sem, 0, 0);
	case_two(sem_1, sem_2);
}

static void fill(void)
{
	flag = 1;
}

TWO(ordered_once, pthread_once(&once, fill); elements[0] = flag;
	lab_check("filled", elements[0] == 1, "pthread_once() returned before its function did"),
	pthread_once(&once, fill);
	elements[1] = flag;
	lab_check("filled", elements[1] == 1, "pthread_once() returned before its function did"))

static void *event_1(void *unused)
{
	flag = 1;
	(void)eventfd_write(event, 1);
	return unused;
}

static void *event_2(void *unused)
{
	eventfd_t value;

	(void)eventfd_read(event, &value);
	sum = flag;
	return unused;
}

void case_ordered_eventfd(void)
{
	event = eventfd(0, 0);
	case_two(event_1, event_2);
	(void)close(event);
}

/* Each thread has its own. */
static _Thread_local int mine;

static void *own(void *unused)
{
	mine++;
	errno = mine;
	LOCKED(lock, sum += errno);
	return unused;
}

void case_ordered_own(void)
{
	case_two(own, own);
}

static void handle(int number)
{
	sum = flag + number;
}

static void *wait_a_little(void *unused)
{
	LOCKED(lock, elements[0] = 1);
	return unused;
}

void case_ordered_signal(void)
{
	struct sigaction action = { .sa_handler = handle };
	pthread_t thread;

	(void)sigaction(SIGUSR2, &action, NULL);
	pthread_create(&thread, NULL, wait_a_little, NULL);
	flag = 1;
	(void)pthread_kill(thread, SIGUSR2);
	pthread_join(thread, NULL);
}
