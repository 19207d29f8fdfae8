/*
 * main.c: the classics as one lab.
 */
#include <pthread.h>
#include <stddef.h>

#include "labs/explore/classics/classics.h"

#define THREADS 4

void classic_threads(classic_fn *const *start, int count)
{
	pthread_t thread[THREADS];
	int i;

	for (i = 0; i < count; i++)
		pthread_create(&thread[i], NULL, start[i], NULL);
	for (i = 0; i < count; i++)
		pthread_join(thread[i], NULL);
}

const struct lab_scenario lab_scenarios[] = {
#define CLASSIC(id, words, ...) { .name = #id, .title = words, .run = classic_##id, __VA_ARGS__ },
#define RIGHT			CLASSIC
#include "labs/explore/classics/classics.def"
#undef RIGHT
#undef CLASSIC
	{ 0 },
};
