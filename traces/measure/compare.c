/*
 * compare.c: see compare.h.
 *
 * The draws come from a generator that always begins with the same number: a report that changes
 * when it is made again would be no report.
 */
#include "traces/measure/compare.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { DRAWS = 2000 };

/* xorshift64* (S. Vigna, 2016). */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

static int by_value(const void *x, const void *y)
{
	const double *a = x, *b = y;

	return (*a > *b) - (*a < *b);
}

/* Sorts v. */
static double median(double *v, size_t count)
{
	if (count == 0)
		return 0;
	qsort(v, count, sizeof(*v), by_value);
	return count % 2 ? v[count / 2] : (v[count / 2 - 1] + v[count / 2]) / 2;
}

static double median_of_draw(const double *v, size_t count, double *room, uint64_t *state)
{
	size_t i;

	for (i = 0; i < count; i++)
		room[i] = v[next_random(state) % count];
	return median(room, count);
}

static double ratio_of(double a, double b)
{
	if (a > 0)
		return b / a - 1;
	return b > 0 ? INFINITY : 0;
}

/* The middle 95 %; sorts v. */
static struct wg_interval_95 middle(double *v)
{
	qsort(v, DRAWS, sizeof(*v), by_value);
	return (struct wg_interval_95){ v[DRAWS / 40], v[DRAWS - 1 - DRAWS / 40] };
}

int wg_compare(
	const double *a, size_t a_count, const double *b, size_t b_count, struct wg_compared *ret)
{
	size_t most = a_count > b_count ? a_count : b_count, i;
	double *room = malloc((most + 2 * (size_t)DRAWS) * sizeof(*room));
	double *differences, *ratios, *draw;
	uint64_t state = 1;

	*ret = (struct wg_compared){ .is_known = a_count >= WG_COMPARE_RUNS &&
						 b_count >= WG_COMPARE_RUNS };
	if (!room)
		return -ENOMEM;
	differences = room;
	ratios = differences + DRAWS;
	draw = ratios + DRAWS;
	if (a_count)
		memcpy(draw, a, a_count * sizeof(*a));
	ret->a = median(draw, a_count);
	if (b_count)
		memcpy(draw, b, b_count * sizeof(*b));
	ret->b = median(draw, b_count);
	for (i = 0; ret->is_known && i < DRAWS; i++) {
		double from = median_of_draw(a, a_count, draw, &state);
		double to = median_of_draw(b, b_count, draw, &state);

		differences[i] = to - from;
		ratios[i] = ratio_of(from, to);
	}
	if (ret->is_known) {
		ret->difference = middle(differences);
		ret->ratio = middle(ratios);
	}
	free(room);
	return 0;
}

enum wg_limit_answer wg_compare_limit(const struct wg_interval_95 *interval, double limit)
{
	if (interval->low > limit)
		return WG_LIMIT_BROKEN;
	return interval->high <= limit ? WG_LIMIT_HELD : WG_LIMIT_UNKNOWN;
}
