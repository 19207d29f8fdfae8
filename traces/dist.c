/*
 * dist.c: the distributions of measure.h: all samples, sorted once at the end.
 *
 * Percentiles are nearest rank, so each is a gap that happened, not a mean of two. The rank is
 * computed in integers: ceil(0.9 * 10) is 9, but 0.9 * 10 is not quite 9 in binary floating point.
 *
 * Those of a measure without end are counted in cells instead: hist.h.
 */
#include "traces/measure.h"

#include <errno.h>
#include <stdlib.h>

#include "traces/hist.h"
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
	int rc = d->hist ? wg__hist_add(d->hist, ns)
			 : wg__grow(&d->v, &d->cap, d->count, sizeof(*d->v));

	if (rc < 0)
		return rc;
	if (!d->hist)
		d->v[d->count] = ns;
	d->count++;
	return 0;
}

int wg_dist_bound(struct wg_dist *d)
{
	d->hist = calloc(1, sizeof(*d->hist));
	return d->hist ? 0 : -ENOMEM;
}

int wg_dist_merge(struct wg_dist *d, const struct wg_dist *other)
{
	size_t i;
	int rc = 0;

	if (other->hist) {
		if (!d->hist && wg_dist_bound(d) < 0)
			return -ENOMEM;
		d->count += other->count;
		return wg__hist_merge(d->hist, other->hist);
	}
	for (i = 0; i < other->count && rc == 0; i++)
		rc = wg_dist_add(d, other->v[i]);
	return rc;
}

static void finish_hist(struct wg_dist *d)
{
	d->sum = d->hist->sum;
	d->min = d->hist->min;
	d->p50 = wg__hist_rank(d->hist, 500);
	d->p90 = wg__hist_rank(d->hist, 900);
	d->p99 = wg__hist_rank(d->hist, 990);
	d->p999 = wg__hist_rank(d->hist, 999);
	d->max = d->hist->max;
}

void wg_dist_finish(struct wg_dist *d)
{
	size_t i;

	d->sum = d->min = d->p50 = d->p90 = d->p99 = d->p999 = d->max = 0;
	if (d->count == 0)
		return;
	if (d->hist) {
		finish_hist(d);
		return;
	}
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

void wg_dist_fini(struct wg_dist *d)
{
	if (d->hist)
		wg__hist_fini(d->hist);
	free(d->hist);
	free(d->v);
	*d = (struct wg_dist){ 0 };
}
