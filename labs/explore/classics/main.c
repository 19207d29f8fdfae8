/*
 * main.c: the classics as one lab.
 */
#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>

#include "labs/explore/classics/classics.h"

#define THREADS 4

void classic_threads(void *(*first)(void *), ...)
{
	void *(*start)(void *);
	pthread_t thread[THREADS];
	int count = 0;
	va_list more;

	va_start(more, first);
	for (start = first; start; start = va_arg(more, void *(*)(void *)))
		pthread_create(&thread[count++], NULL, start, NULL);
	va_end(more);
	while (count > 0)
		pthread_join(thread[--count], NULL);
}

const struct lab_scenario lab_scenarios[] = {
#define CLASSIC(id, words, ...) { .name = #id, .title = words, .run = classic_##id, __VA_ARGS__ },
#define RIGHT			CLASSIC
#include "labs/explore/classics/classics.def"
#undef RIGHT
#undef CLASSIC
	{ 0 },
};
