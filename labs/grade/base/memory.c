/*
 * memory.c: see memory.h.
 */
#include "labs/grade/base/memory.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

/* Of the process, as jansson's allocator is. */
static bool is_short;

static void *noting_malloc(size_t size)
{
	void *p = malloc(size);

	if (!p)
		wg_memory_note_lack();
	return p;
}

void wg_memory_watch(void)
{
	is_short = false;
	json_set_alloc_funcs(noting_malloc, free);
}

void wg_memory_note_lack(void)
{
	is_short = true;
}

bool wg_memory_is_short(void)
{
	return is_short;
}

int wg_memory_check(struct wg_error *err)
{
	return is_short ? wg_error_set(err, -ENOMEM, "out of memory") : 0;
}
