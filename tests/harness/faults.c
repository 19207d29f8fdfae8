/*
 * faults.c: see faults.h.
 */
#include "tests/harness/faults.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>

static _Thread_local int alloc_countdown;
static _Atomic int thread_countdown, alloc_in_threads;

struct start {
	void *(*fn)(void *);
	void *arg;
	int nth;
};
static _Atomic bool mprotect_fails;
static _Atomic int processors;

static _Atomic bool writes_are_watched;
static struct {
	pthread_mutex_t lock; /* guards: the rest */
	pthread_cond_t changed;
	enum { WRITES_PASS, NEXT_IS_HELD, IS_HELD } state;
} gate = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *p, size_t size);
void *__real_reallocarray(void *p, size_t count, size_t size);
char *__real_strdup(const char *text);
int __real_vasprintf(char **ret, const char *fmt, va_list ap);
FILE *__real_open_memstream(char **ret, size_t *ret_size);
int __real_pthread_create(
	pthread_t *thread, const pthread_attr_t *attr, void *(*fn)(void *), void *arg);
int __real_mprotect(void *at, size_t size, int protection);
int __wrap_mprotect(void *at, size_t size, int protection);
int __real_sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set);
int __wrap_sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set);
int __real_eventfd_write(int fd, eventfd_t value);
int __wrap_eventfd_write(int fd, eventfd_t value);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *p, size_t size);
void *__wrap_reallocarray(void *p, size_t count, size_t size);
char *__wrap_strdup(const char *text);
int __wrap_asprintf(char **ret, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int __wrap_vasprintf(char **ret, const char *fmt, va_list ap);
FILE *__wrap_open_memstream(char **ret, size_t *ret_size);
int __wrap_pthread_create(
	pthread_t *thread, const pthread_attr_t *attr, void *(*fn)(void *), void *arg);

void wg_fault_alloc(int nth)
{
	alloc_countdown = nth;
}

void wg_fault_alloc_in_threads(int nth)
{
	atomic_store(&alloc_in_threads, nth);
}

bool wg_fault_is_armed(void)
{
	return alloc_countdown != 0;
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

void *wg_fault_free_realloc(void *p, size_t size)
{
	return __real_realloc(p, size);
}

void *__wrap_realloc(void *p, size_t size)
{
	return alloc_fails() ? NULL : __real_realloc(p, size);
}

char *__wrap_strdup(const char *text)
{
	return alloc_fails() ? NULL : __real_strdup(text);
}

int __wrap_vasprintf(char **ret, const char *fmt, va_list ap)
{
	return alloc_fails() ? -1 : __real_vasprintf(ret, fmt, ap);
}

int __wrap_asprintf(char **ret, const char *fmt, ...)
{
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = __wrap_vasprintf(ret, fmt, ap);
	va_end(ap);
	return rc;
}

FILE *__wrap_open_memstream(char **ret, size_t *ret_size)
{
	return alloc_fails() ? NULL : __real_open_memstream(ret, ret_size);
}

void *__wrap_reallocarray(void *p, size_t count, size_t size)
{
	return alloc_fails() ? NULL : __real_reallocarray(p, count, size);
}

static void *start_armed(void *arg)
{
	struct start start = *(struct start *)arg;

	free(arg);
	alloc_countdown = start.nth;
	return start.fn(start.arg);
}

int __wrap_pthread_create(
	pthread_t *thread, const pthread_attr_t *attr, void *(*fn)(void *), void *arg)
{
	int left = atomic_load(&thread_countdown), nth = atomic_load(&alloc_in_threads), rc;
	struct start *start;

	if (left == 1) {		/* and so it stays */
		*thread = (pthread_t)1; /* no thread: POSIX leaves it undefined */
		return EAGAIN;
	}
	if (left > 1)
		atomic_store(&thread_countdown, left - 1);
	start = nth ? __real_malloc(sizeof(*start)) : NULL;
	if (!start)
		return __real_pthread_create(thread, attr, fn, arg);
	*start = (struct start){ fn, arg, nth };
	rc = __real_pthread_create(thread, attr, start_armed, start);
	if (rc != 0)
		free(start);
	return rc;
}

void wg_fault_mprotect(bool fails)
{
	atomic_store(&mprotect_fails, fails);
}

int __wrap_mprotect(void *at, size_t size, int protection)
{
	if (!atomic_load(&mprotect_fails))
		return __real_mprotect(at, size, protection);
	errno = ENOMEM;
	return -1;
}

void wg_fault_processors(int count)
{
	atomic_store(&processors, count);
}

int __wrap_sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set)
{
	int count = atomic_load(&processors), i;

	if (count == 0)
		return __real_sched_getaffinity(pid, size, set);
	CPU_ZERO_S(size, set);
	for (i = 0; i < count; i++)
		CPU_SET_S((size_t)i, size, set);
	return 0;
}

static void set_gate(int state)
{
	(void)pthread_mutex_lock(&gate.lock);
	gate.state = state;
	atomic_store(&writes_are_watched, state != WRITES_PASS);
	(void)pthread_cond_broadcast(&gate.changed);
	(void)pthread_mutex_unlock(&gate.lock);
}

void wg_fault_hold_write(void)
{
	set_gate(NEXT_IS_HELD);
}

void wg_fault_release_write(void)
{
	set_gate(WRITES_PASS);
}

bool wg_fault_holds_write(void)
{
	bool is_held;

	(void)pthread_mutex_lock(&gate.lock);
	is_held = gate.state == IS_HELD;
	(void)pthread_mutex_unlock(&gate.lock);
	return is_held;
}

int __wrap_eventfd_write(int fd, eventfd_t value)
{
	/* Seldom armed, and notify() may be called from a signal handler: no lock otherwise. */
	if (atomic_load(&writes_are_watched)) {
		(void)pthread_mutex_lock(&gate.lock);
		if (gate.state == NEXT_IS_HELD)
			gate.state = IS_HELD;
		while (gate.state == IS_HELD)
			(void)pthread_cond_wait(&gate.changed, &gate.lock);
		(void)pthread_mutex_unlock(&gate.lock);
	}
	return __real_eventfd_write(fd, value);
}
