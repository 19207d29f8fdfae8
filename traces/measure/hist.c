/*
 * hist.c: see hist.h.
 *
 * Row 0 holds 0..1023 one by one. Row r > 0 holds 1024 * 2^(r-1) .. 1024 * 2^r - 1 in 1024 cells,
 * so that the first two are exact. A row (8 KiB) is made when it is needed: the gaps of a program
 * spread over ten or twenty doublings.
 */
#include "traces/measure/hist.h"

#include <errno.h>
#include <stdlib.h>

#define CELL_BITS 10

static unsigned row_of(uint64_t ns)
{
	return ns < WG__HIST_CELLS ? 0 : (unsigned)(64 - CELL_BITS - __builtin_clzll(ns));
}

static size_t cell_of(uint64_t ns, unsigned row)
{
	return row == 0 ? (size_t)ns : (size_t)((ns >> (row - 1)) - WG__HIST_CELLS);
}

static int64_t value_of(unsigned row, size_t cell)
{
	return row == 0 ? (int64_t)cell : (int64_t)((cell + WG__HIST_CELLS) << (row - 1));
}

static uint64_t *row_at(struct wg__hist *hist, unsigned row)
{
	if (!hist->row[row])
		hist->row[row] = calloc(WG__HIST_CELLS, sizeof(*hist->row[row]));
	return hist->row[row];
}

int wg__hist_fill(struct wg__hist *hist, int64_t ns, uint64_t count)
{
	unsigned row = row_of((uint64_t)ns);
	uint64_t *cells = row_at(hist, row);

	if (!cells)
		return -ENOMEM;
	cells[cell_of((uint64_t)ns, row)] += count;
	return 0;
}

/* Times that a stranger made up may have any sum. */
static void add_up(struct wg__hist *hist, int64_t ns)
{
	hist->sum = (int64_t)((uint64_t)hist->sum + (uint64_t)ns);
}

int wg__hist_add(struct wg__hist *hist, int64_t ns)
{
	/* There is no cell for it. Events come in order, except perhaps from the program of a live
	 * session. */
	if (ns < 0)
		ns = 0;
	if (wg__hist_fill(hist, ns, 1) < 0)
		return -ENOMEM;
	if (hist->count == 0 || ns < hist->min)
		hist->min = ns;
	if (hist->count == 0 || ns > hist->max)
		hist->max = ns;
	hist->count++;
	add_up(hist, ns);
	return 0;
}

int wg__hist_merge(struct wg__hist *hist, const struct wg__hist *other)
{
	unsigned row;
	size_t i;

	for (row = 0; row < WG__HIST_ROWS; row++) {
		uint64_t *cells = other->row[row] ? row_at(hist, row) : NULL;

		if (!other->row[row])
			continue;
		if (!cells)
			return -ENOMEM;
		for (i = 0; i < WG__HIST_CELLS; i++)
			cells[i] += other->row[row][i];
	}
	if (other->count == 0)
		return 0;
	if (hist->count == 0 || other->min < hist->min)
		hist->min = other->min;
	if (hist->count == 0 || other->max > hist->max)
		hist->max = other->max;
	hist->count += other->count;
	add_up(hist, other->sum);
	return 0;
}

int64_t wg__hist_rank(const struct wg__hist *hist, uint64_t k)
{
	unsigned row;
	size_t i;

	for (row = 0; row < WG__HIST_ROWS && hist->count > 0; row++) {
		for (i = 0; hist->row[row] && i < WG__HIST_CELLS; i++) {
			uint64_t here = hist->row[row][i];

			if (here < k) {
				k -= here;
				continue;
			}
			/* The least sample is known exactly. */
			return value_of(row, i) < hist->min ? hist->min : value_of(row, i);
		}
	}
	return hist->max;
}

void wg__hist_each(
	const struct wg__hist *hist, void (*fn)(void *user, int64_t ns, uint64_t count), void *user)
{
	unsigned row;
	size_t i;

	for (row = 0; row < WG__HIST_ROWS; row++) {
		for (i = 0; hist->row[row] && i < WG__HIST_CELLS; i++) {
			if (hist->row[row][i])
				fn(user, value_of(row, i), hist->row[row][i]);
		}
	}
}

struct below {
	int64_t ns;
	uint64_t count;
};

static void count_below(void *user, int64_t ns, uint64_t count)
{
	struct below *below = user;

	if (ns < below->ns)
		below->count += count;
}

uint64_t wg__hist_below(const struct wg__hist *hist, int64_t ns)
{
	struct below below = { ns, 0 };

	wg__hist_each(hist, count_below, &below);
	return below.count;
}

void wg__hist_fini(struct wg__hist *hist)
{
	unsigned row;

	for (row = 0; row < WG__HIST_ROWS; row++)
		free(hist->row[row]);
	*hist = (struct wg__hist){ 0 };
}
