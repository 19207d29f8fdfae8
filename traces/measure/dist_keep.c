/*
 * dist_keep.c: a distribution in a file (measure_keep.h): its samples where they stand there, or
 * its cells, of which few are in use.
 */
#include <errno.h>
#include <stdlib.h>

#include "traces/base/packed_keep.h"
#include "traces/measure/hist.h"
#include "traces/measure/measure_keep.h"

struct cell {
	int64_t ns; /* its lower border */
	uint64_t count;
};
static const struct wg__packed_type cell_type = { sizeof(struct cell), 1, 2,
	{ WG__PACKED_FIELD(struct cell, ns), WG__PACKED_FIELD(struct cell, count) } };

struct cells {
	struct wg__packed packed;
	int rc;
};

static void add_cell(void *user, int64_t ns, uint64_t count)
{
	struct cells *cells = user;
	struct cell *cell = cells->rc == 0 ? wg__packed_add(&cells->packed) : NULL;

	if (cell)
		*cell = (struct cell){ ns, count };
	else
		cells->rc = -ENOMEM;
}

static void fill(struct wg__keep *k, struct wg__hist *hist, const struct wg__packed *packed)
{
	struct cell room;
	size_t i;

	for (i = 0; i < packed->count && k->rc == 0; i++) {
		const struct cell *cell = wg__packed_get(packed, i, &room);

		k->rc = wg__hist_fill(hist, cell->ns, cell->count);
	}
}

static void keep_hist(struct wg__keep *k, struct wg__hist *hist)
{
	struct cells cells = { .packed = { .type = &cell_type } };

	if (!wg__keep_reads(k)) {
		wg__hist_each(hist, add_cell, &cells);
		wg__packed_close(&cells.packed);
		k->rc = k->rc < 0 ? k->rc : cells.rc;
	}
	wg__keep_packed(k, &cells.packed);
	wg__keep_within(k, &cells.packed, 0, (struct wg__packed_range){ .high = INT64_MAX });
	if (wg__keep_reads(k))
		fill(k, hist, &cells.packed);
	wg__packed_fini(&cells.packed);
	wg__keep_value(k, &hist->count, sizeof(hist->count));
	wg__keep_time(k, &hist->sum, 0);
	wg__keep_time(k, &hist->min, 0);
	wg__keep_time(k, &hist->max, 0);
}

void wg__keep_dist(struct wg__keep *k, struct wg_dist *d)
{
	int64_t *const figures[] = { &d->sum, &d->min, &d->p50, &d->p90, &d->p99, &d->p999,
		&d->max };
	const void *samples = d->v;
	bool has_cells = d->hist != NULL;
	size_t i;

	wg__keep_flag(k, &has_cells);
	wg__keep_flag(k, &d->keeps_none);
	for (i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
		wg__keep_value(k, figures[i], sizeof(*figures[i]));
	wg__keep_value(k, &d->count, sizeof(d->count));
	if (wg__keep_reads(k) && has_cells && k->rc == 0 && wg_dist_bound(d) < 0)
		k->rc = -ENOMEM;
	if (has_cells && k->rc == 0)
		keep_hist(k, d->hist);
	if (!has_cells)
		wg__keep_place(k, &samples, d->count, sizeof(*d->v));
	if (!wg__keep_reads(k))
		return;
	if (k->rc < 0)
		d->count = 0;
	/* cap is 0: it is not ours, and full */
	d->v = d->count && !has_cells ? (int64_t *)samples : NULL;
}
