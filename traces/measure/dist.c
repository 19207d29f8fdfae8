/*
 * dist.c: the distributions of measure.h: all samples, sorted once at the end.
 *
 * Percentiles are nearest rank, so each is a sample, not a mean of two. The rank is computed in
 * integers: ceil(0.9 * 10) is 9, but 0.9 * 10 is not quite 9 in binary floating point.
 *
 * Those of a measure without end are counted in cells instead: hist.h.
 */
#include "traces/measure/measure.h"

#include <errno.h>
#include <stdlib.h>

#include "traces/measure/hist.h"
#include "traces/base/names.h"
#include "traces/base/sort.h"

size_t wg_rank(size_t count, uint64_t part, uint64_t whole)
{
	/* count * part might not fit: the multiples of whole and the rest apart. */
	size_t k = count / whole * part + (count % whole * part + whole - 1) / whole;

	return k ? k : 1;
}

static int64_t rank(const struct wg_dist *d, unsigned permille)
{
	size_t k = wg_rank(d->count, permille, 1000);

	return d->hist ? wg__hist_rank(d->hist, k) : d->v[k - 1];
}

int wg_dist_add(struct wg_dist *d, int64_t ns)
{
	int rc;

	if (d->keeps_none)
		return 0;
	rc = d->hist ? wg__hist_add(d->hist, ns)
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

/* What was kept one by one is counted, too. */
static int to_cells(struct wg_dist *d)
{
	size_t i;
	int rc = wg_dist_bound(d);

	for (i = 0; i < d->count && rc == 0; i++)
		rc = wg__hist_add(d->hist, d->v[i]);
	free(d->v);
	d->v = NULL;
	d->cap = 0;
	return rc;
}

int wg_dist_add_all(struct wg_dist *d, const struct wg_dist *from)
{
	size_t i;
	int rc = 0;

	if (d->keeps_none)
		return 0;
	if (from->hist) {
		if (!d->hist && to_cells(d) < 0)
			return -ENOMEM;
		d->count += from->count;
		return wg__hist_merge(d->hist, from->hist);
	}
	for (i = 0; i < from->count && rc == 0; i++)
		rc = wg_dist_add(d, from->v[i]);
	return rc;
}

void wg_dist_each(const struct wg_dist *d, wg_sample_fn fn, void *user)
{
	size_t i;

	if (d->hist)
		wg__hist_each(d->hist, fn, user);
	for (i = 0; !d->hist && i < d->count; i++)
		fn(user, d->v[i], 1);
}

size_t wg_dist_below(const struct wg_dist *d, int64_t ns)
{
	return d->hist ? (size_t)wg__hist_below(d->hist, ns)
		       : wg__first_from(d->v, d->count, sizeof(*d->v), 0, ns);
}

void wg_dist_finish(struct wg_dist *d)
{
	size_t i;

	d->sum = d->min = d->p50 = d->p90 = d->p99 = d->p999 = d->max = 0;
	if (d->count == 0)
		return;
	if (!d->hist)
		wg__sort_ns(d->v, d->count);
	for (i = 0; !d->hist && i < d->count; i++)
		d->sum = (int64_t)((uint64_t)d->sum + (uint64_t)d->v[i]);
	if (d->hist)
		d->sum = d->hist->sum;
	d->min = d->hist ? d->hist->min : d->v[0];
	d->p50 = rank(d, 500);
	d->p90 = rank(d, 900);
	d->p99 = rank(d, 990);
	d->p999 = rank(d, 999);
	d->max = d->hist ? d->hist->max : d->v[d->count - 1];
}

void wg_dist_fini(struct wg_dist *d)
{
	if (d->hist)
		wg__hist_fini(d->hist);
	free(d->hist);
	if (d->cap)
		free(d->v); /* else it is that of a file: measure_keep.h */
	*d = (struct wg_dist){ 0 };
}
