/*
 * lacks.c: for LD_PRELOAD: the WG_NTH-th allocation of the process fails. Programs that it starts
 * are spared; processes that it forks go on counting.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *p, size_t size);

static long left;

void begin(void) __attribute__((constructor));

void begin(void)
{
	const char *nth = getenv("WG_NTH");

	left = nth ? strtol(nth, NULL, 10) : 0;
	(void)unsetenv("LD_PRELOAD");
}

static int fails(void)
{
	if (left == 0 || --left > 0)
		return 0;
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *p, size_t size)
{
	return fails() ? NULL : __libc_realloc(p, size);
}
