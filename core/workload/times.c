/*
 * times.c: many times of one sort, and how they are distributed.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/workload/workload.h"

int wg_times_init(struct wg_times *t, uint64_t cap)
{
	*t = (struct wg_times){ .v = calloc(cap ? cap : 1, sizeof(*t->v)), .cap = cap };
	return t->v ? 0 : -ENOMEM;
}

void wg_times_fini(struct wg_times *t)
{
	free(t->v);
	*t = (struct wg_times){ 0 };
}

void wg_times_add(struct wg_times *t, int64_t ns)
{
	if (t->count < t->cap)
		t->v[t->count++] = ns;
}

int wg_times_compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Nearest rank: the smallest value that `percent` of all do not exceed. */
static int64_t rank(const struct wg_times *t, size_t percent)
{
	return t->v[(t->count * percent + 99) / 100 - 1];
}

void wg_times_print(struct wg_times *t, const char *name)
{
	if (t->count == 0)
		return;
	qsort(t->v, t->count, sizeof(*t->v), wg_times_compare);
	printf(",\"%s\":{\"min\":%" PRId64 ",\"p50\":%" PRId64 ",\"p99\":%" PRId64
	       ",\"max\":%" PRId64 "}",
		name, t->v[0], rank(t, 50), rank(t, 99), t->v[t->count - 1]);
}
