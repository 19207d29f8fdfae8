/*
 * faults.c: see faults.h.
 */
#include "tests/faults.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

static _Thread_local int alloc_countdown;
static _Atomic int thread_countdown;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_reallocarray(void *p, size_t count, size_t size);
int __real_pthread_create(
	pthread_t *thread, const pthread_attr_t *attr, void *(*fn)(void *), void *arg);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_reallocarray(void *p, size_t count, size_t size);
int __wrap_pthread_create(
	pthread_t *thread, const pthread_attr_t *attr, void *(*fn)(void *), void *arg);

void wg_fault_alloc(int nth)
{
	alloc_countdown = nth;
}

void wg_fault_threads(int nth)
{
	atomic_store(&thread_countdown, nth);
}

static int alloc_fails(void)
{
	if (alloc_countdown == 0 || --alloc_countdown > 0)
		return 0;
	errno = ENOMEM;
	return 1;
}

void *__wrap_malloc(size_t size)
{
	return alloc_fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return alloc_fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_reallocarray(void *p, size_t count, size_t size)
{
	return alloc_fails() ? NULL : __real_reallocarray(p, count, size);
}

int __wrap_pthread_create(
	pthread_t *thread, const pthread_attr_t *attr, void *(*fn)(void *), void *arg)
{
	int left = atomic_load(&thread_countdown);

	if (left == 1)
		return EAGAIN; /* and so it stays */
	if (left > 1)
		atomic_store(&thread_countdown, left - 1);
	return __real_pthread_create(thread, attr, fn, arg);
}
