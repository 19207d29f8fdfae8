/*
 * own_malloc.c: a program with its own malloc. Whoever allocates while it waits, or frees what it
 * did not hand out, is found: the sum that it prints would be another.
 */
#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char memory[1 << 22];
static _Atomic size_t used;
static _Atomic unsigned strangers;

void *malloc(size_t size)
{
	size_t at = atomic_fetch_add(&used, (size + 31) / 16 * 16);

	if (at + size + 16 > sizeof(memory)) {
		errno = ENOMEM;
		return NULL;
	}
	memcpy(memory + at, &size, sizeof(size));
	return memory + at + 16;
}

void free(void *p)
{
	if (p && ((char *)p < memory || (char *)p >= memory + sizeof(memory)))
		strangers++;
}

void *calloc(size_t n, size_t size)
{
	return malloc(n * size); /* never used twice, so it is zero */
}

void *realloc(void *old, size_t size)
{
	void *p = malloc(size);
	size_t was = 0;

	if (old && p) {
		memcpy(&was, (char *)old - 16, sizeof(was));
		memcpy(p, old, was < size ? was : size);
	}
	return p;
}

static sem_t asked, answered;

static void *answer(void *arg)
{
	int i;

	for (i = 0; i < 100; i++) {
		(void)sem_wait(&asked);
		(void)sem_post(&answered);
	}
	return arg;
}

int main(void)
{
	struct timespec ms = { 0, 1000000 };
	pthread_t thread;
	size_t before;
	int i;

	(void)sem_init(&asked, 0, 0);
	(void)sem_init(&answered, 0, 0);
	if (pthread_create(&thread, NULL, answer, NULL) != 0)
		return 1;
	before = used;
	for (i = 0; i < 100; i++) {
		(void)nanosleep(&ms, NULL);
		(void)sem_post(&asked);
		(void)sem_wait(&answered);
	}
	/* Before stdio allocates. */
	before = used - before;
	(void)pthread_join(thread, NULL);
	printf("%zu bytes, %u strangers\n", before, (unsigned)strangers);
	return 0;
}
