/* memory.c: see memory.h. */
#include "labs/explore/memory.h"

void lx_memory_begin(void)
{
}

void lx_memory_free(void *at, size_t size, const void *caller)
{
	(void)at;
	(void)size;
	(void)caller;
}

void lx_memory_use(const void *at, size_t size, const char *call, const void *caller)
{
	(void)at;
	(void)size;
	(void)call;
	(void)caller;
}
