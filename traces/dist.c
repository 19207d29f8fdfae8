/*
 * dist.c: the distributions of measure.h: all samples, sorted once at the end.
 *
 * Percentiles are nearest rank, so each is a gap that happened, not a mean of two. The rank is
 * computed in integers: ceil(0.9 * 10) is 9, but 0.9 * 10 is not quite 9 in binary floating point.
 */
#include "traces/measure.h"

#include <errno.h>
#include <stdlib.h>

#include "traces/names.h"

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The ceil(permille / 1000 * count)-th smallest. */
static int64_t rank(const struct wg_dist *d, size_t permille)
{
	size_t n = d->count;
	/* n * permille might not fit: the thousands and the rest apart. */
	size_t k = n / 1000 * permille + (n % 1000 * permille + 999) / 1000;

	return d->v[k ? k - 1 : 0];
}

int wg_dist_add(struct wg_dist *d, int64_t ns)
{
	if (d->keeps_none)
		return 0;
	if (wg__grow(&d->v, &d->cap, d->count, sizeof(*d->v)) < 0)
		return -ENOMEM;
	d->v[d->count++] = ns;
	return 0;
}

int wg_dist_add_all(struct wg_dist *d, const struct wg_dist *from)
{
	size_t i;

	for (i = 0; i < from->count; i++) {
		if (wg_dist_add(d, from->v[i]) < 0)
			return -ENOMEM;
	}
	return 0;
}

void wg_dist_finish(struct wg_dist *d)
{
	size_t i;

	d->sum = d->min = d->p50 = d->p90 = d->p99 = d->p999 = d->max = 0;
	if (d->count == 0)
		return;
	qsort(d->v, d->count, sizeof(*d->v), compare);
	for (i = 0; i < d->count; i++)
		d->sum += d->v[i];
	d->min = d->v[0];
	d->p50 = rank(d, 500);
	d->p90 = rank(d, 900);
	d->p99 = rank(d, 990);
	d->p999 = rank(d, 999);
	d->max = d->v[d->count - 1];
}

size_t wg_dist_below(const struct wg_dist *d, int64_t ns)
{
	size_t low = 0, high = d->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (d->v[mid] < ns)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}
