/*
 * crash.c: code that ends the process, and code that never ends.
 */
#include <assert.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "labs/explore/cases/cases.h"

static int *pointer, sum;
static const char *no_text;
static int one = 1;

void case_null_pointer(void)
{
	sum = *pointer;
}

static void *set(void *unused)
{
	LAB_STORE(pointer, &one);
	return unused;
}

static void *use(void *unused)
{
	sum += *LAB_LOAD(pointer);
	return unused;
}

/* Crashes only if the pointer is used before it is set. */
void case_some_crash(void)
{
	case_two(set, use);
}

static pthread_mutex_t *no_mutex;

void case_null_mutex(void)
{
	pthread_mutex_lock(LAB_LOAD(no_mutex));
}

/* libc may hold locks: the search cannot go on. */
void case_crash_in_library(void)
{
	lab_check("length", strlen(LAB_LOAD(no_text)) == 1, "%d", sum);
}

/* Not a tail call, so that it overflows any stack. */
static int deeper(int n)
{
	char room[4096];

	if (n == 0)
		return 0;
	room[n % 4096] = (char)n;
	return deeper(n + one) + room[(n + 1) % 4096];
}

void case_recursion(void)
{
	sum = deeper(one);
}

void case_spin(void)
{
	while (one)
		sum++;
}

void case_leaves_at_once(void)
{
	_Exit(3);
}

void case_leaves(void)
{
	exit(3);
}

void case_aborts(void)
{
	abort();
}

/* By a function of libc that no wrapper stands before, so the process is gone without a word. */
void case_vanishes(void)
{
	void *call = dlsym(RTLD_NEXT, "_exit");
	void (*leave)(int);

	memcpy(&leave, &call, sizeof(call));
	LAB_STORE(sum, 1);
	leave(5);
}

void case_asserts(void)
{
	assert(sum == 1);
}

void case_endless(void)
{
	pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;

	while (one) {
		pthread_mutex_lock(&m);
		pthread_mutex_unlock(&m);
	}
}
