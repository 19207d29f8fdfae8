/*
 * heap.c: memory that is used after free(), freed twice, overrun, never freed.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "labs/explore/cases/cases.h"

struct object {
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	int is_done;
};

static struct object *object;
static void *last; /* accessed by marks only, so that the compiler cannot optimise */

void case_use_after_free(void)
{
	int *n = malloc(sizeof(*n));

	LAB_STORE(last, n);
	free(n);
	lab_check("read", *(int *)LAB_LOAD(last) == 1, "it was freed");
}

void case_double_free(void)
{
	char *text = strdup("twice");

	LAB_STORE(last, text);
	free(text);
	free(LAB_LOAD(last));
}

void case_overflow(void)
{
	char *text = malloc(4);

	LAB_STORE(last, text);
	memset(LAB_LOAD(last), 'x', 5);
	free(text);
}

void case_leak(void)
{
	object = calloc(1, sizeof(*object));
}

void case_no_leak(void)
{
	struct object *grown;

	object = calloc(1, sizeof(*object));
	grown = realloc(object, 2 * sizeof(*object));
	free(grown);
}

/* The waiter can free the object between the unlock and the signal. */
static void *finish(void *unused)
{
	pthread_mutex_lock(&object->mutex);
	object->is_done = 1;
	pthread_mutex_unlock(&object->mutex);
	pthread_cond_signal(&object->cond);
	return unused;
}

static void *wait_and_free(void *unused)
{
	pthread_mutex_lock(&object->mutex);
	while (!object->is_done)
		pthread_cond_wait(&object->cond, &object->mutex);
	pthread_mutex_unlock(&object->mutex);
	pthread_mutex_destroy(&object->mutex);
	free(object);
	return unused;
}

void case_free_too_early(void)
{
	object = malloc(sizeof(*object));
	pthread_mutex_init(&object->mutex, NULL);
	pthread_cond_init(&object->cond, NULL);
	object->is_done = 0;
	case_two(finish, wait_and_free);
}

void case_free_with_lock(void)
{
	object = malloc(sizeof(*object));
	pthread_mutex_init(&object->mutex, NULL);
	pthread_mutex_lock(&object->mutex);
	free(object);
}

void case_realloc_with_lock(void)
{
	void *moved;

	object = malloc(sizeof(*object));
	pthread_mutex_init(&object->mutex, NULL);
	pthread_mutex_lock(&object->mutex);
	moved = realloc(object, 2 * sizeof(*object));
	object = moved;
	pthread_mutex_unlock(&object->mutex);
	free(object);
}

static void *lock_and_unlock(void *unused)
{
	pthread_mutex_lock(&object->mutex);
	LAB_STORE(object->is_done, 1);
	pthread_mutex_unlock(&object->mutex);
	return unused;
}

static void *free_when_done(void *unused)
{
	int is_done = LAB_LOAD(object->is_done);

	if (is_done)
		free(object);
	return unused;
}

/* The flag is set while the lock is still held. */
void case_free_while_another_locks(void)
{
	object = malloc(sizeof(*object));
	pthread_mutex_init(&object->mutex, NULL);
	object->is_done = 0;
	case_two(lock_and_unlock, free_when_done);
}

void case_free_after_unlock(void)
{
	object = malloc(sizeof(*object));
	pthread_mutex_init(&object->mutex, NULL);
	pthread_mutex_lock(&object->mutex);
	pthread_mutex_unlock(&object->mutex);
	free(object);
}

/* gcc's analyzer takes a refused reallocarray() for a free(), and what is refused for a mistake. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wanalyzer-double-free"
#pragma GCC diagnostic ignored "-Walloc-size-larger-than="
#endif
static void grow_last(size_t count)
{
	void *grown = reallocarray(last, count, sizeof(int));

	lab_check("refused", (grown != NULL) == (count < SIZE_MAX / sizeof(int)), "%zu", count);
	if (grown)
		last = grown;
}
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

/* Memory that grows keeps what is there; too much is refused. */
void case_reallocarray_grows(void)
{
	grow_last(2);
	LAB_STORE(((int *)last)[1], 2);
	grow_last(SIZE_MAX / 2);
	grow_last(100);
	LAB_STORE(((int *)last)[99], 3);
	lab_check("kept", LAB_LOAD(((int *)last)[1]) == 2, "another array");
	free(last);
}

void case_reallocarray_overflow(void)
{
	grow_last(2);
	grow_last(3);
	LAB_STORE(((int *)last)[3], 1);
	free(last);
}
