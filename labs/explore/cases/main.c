/*
 * main.c: the cases as one lab: small programs, each broken in one way or correct on purpose.
 * tests/labs/test_explore_*.c say what the explorer must find in each.
 */
#include <pthread.h>

#include "labs/explore/cases/cases.h"

void case_two(void *(*first)(void *), void *(*second)(void *))
{
	pthread_t a, b;

	pthread_create(&a, NULL, first, NULL);
	pthread_create(&b, NULL, second, NULL);
	pthread_join(a, NULL);
	pthread_join(b, NULL);
}

void case_one(void *(*only)(void *))
{
	pthread_t a;

	pthread_create(&a, NULL, only, NULL);
	pthread_join(a, NULL);
}

const struct lab_scenario lab_scenarios[] = {
#define CASE(id, ...) { .name = #id, .run = case_##id, __VA_ARGS__ },
#include "labs/explore/cases/cases.def"
#undef CASE
	{ 0 },
};
