/*
 * percentile.c: see percentile.h.
 *
 * All samples are kept, and the one of the wanted rank is selected, not sorted: that takes time in
 * proportion to their number. Numbers with a point are kept as integers in the same order: the bits
 * of a double are, once those of a negative one are turned round.
 */
#include "traces/query/percentile.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "traces/measure/measure.h"

#define WHOLE 1000000000u /* percentile(x, p) knows p to 7 digits after the point */

struct samples {
	int64_t *v; /* sqlite3_malloc64(): its limit of memory holds for them, too */
	size_t count, cap;
	bool is_real, has_failed;
	uint32_t part; /* of WHOLE */
};

static int64_t from_double(double d)
{
	int64_t bits;

	memcpy(&bits, &d, sizeof(bits));
	return bits < 0 ? bits ^ INT64_MAX : bits;
}

static double to_double(int64_t bits)
{
	double d;

	bits = bits < 0 ? bits ^ INT64_MAX : bits;
	memcpy(&d, &bits, sizeof(d));
	return d;
}

/* The k-th smallest, k from 0. The pivot is any of them, so no order of samples is a bad one. */
static int64_t select_kth(int64_t *v, size_t n, size_t k)
{
	size_t low = 0, high = n - 1, i, j;
	uint64_t seed = 88172645463325252u;

	while (low < high) {
		int64_t pivot, swap;

		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		pivot = v[low + seed % (high - low + 1)];
		for (i = low, j = high;;) {
			while (v[i] < pivot)
				i++;
			while (v[j] > pivot)
				j--;
			if (i >= j)
				break;
			swap = v[i];
			v[i++] = v[j];
			v[j--] = swap;
		}
		/* [low, i) is at most the pivot, (j, high] at least; between them is the pivot. */
		if (i == j) {
			if (k == i)
				return v[k];
			if (k < i)
				high = i - 1;
			else
				low = i + 1;
		} else if (k <= j) {
			high = j;
		} else {
			low = i;
		}
	}
	return v[low];
}

static int grow(struct samples *s)
{
	size_t cap = s->cap ? s->cap * 2 : 64;
	int64_t *v = sqlite3_realloc64(s->v, cap * sizeof(*v));

	if (!v)
		return SQLITE_NOMEM;
	s->v = v;
	s->cap = cap;
	return SQLITE_OK;
}

static void fail(sqlite3_context *context, struct samples *s, const char *why)
{
	s->has_failed = true;
	if (why)
		sqlite3_result_error(context, why, -1);
	else
		sqlite3_result_error_nomem(context);
}

static void add(sqlite3_context *context, struct samples *s, sqlite3_value *value)
{
	int type = sqlite3_value_type(value);
	size_t i;

	if (type == SQLITE_NULL)
		return;
	if (type != SQLITE_INTEGER && type != SQLITE_FLOAT) {
		fail(context, s, "percentiles are of numbers");
		return;
	}
	if (type == SQLITE_FLOAT && !s->is_real) {
		for (i = 0; i < s->count; i++)
			s->v[i] = from_double((double)s->v[i]);
		s->is_real = true;
	}
	if (s->count == s->cap && grow(s) != SQLITE_OK) {
		fail(context, s, NULL);
		return;
	}
	s->v[s->count++] =
		s->is_real ? from_double(sqlite3_value_double(value)) : sqlite3_value_int64(value);
}

static void step(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	const uint32_t *fixed = sqlite3_user_data(context);
	struct samples *s = sqlite3_aggregate_context(context, sizeof(*s));
	double p;
	uint32_t part;

	if (!s) {
		sqlite3_result_error_nomem(context);
		return;
	}
	if (s->has_failed)
		return;
	if (argc == 1) {
		part = *fixed;
	} else {
		p = sqlite3_value_double(argv[1]);
		if (sqlite3_value_numeric_type(argv[1]) == SQLITE_NULL || !(p >= 0 && p <= 100)) {
			fail(context, s, "percentile(x, p): p is a number from 0 to 100");
			return;
		}
		part = (uint32_t)llround(p * WHOLE / 100);
	}
	if (s->count && part != s->part) {
		fail(context, s, "percentile(x, p): p is the same for all rows");
		return;
	}
	s->part = part;
	add(context, s, argv[0]);
}

static void end(sqlite3_context *context)
{
	struct samples *s = sqlite3_aggregate_context(context, 0);
	int64_t value;

	if (!s)
		return; /* no row at all: NULL */
	if (!s->has_failed && s->count) {
		value = select_kth(s->v, s->count, wg_rank(s->count, s->part, WHOLE) - 1);
		if (s->is_real)
			sqlite3_result_double(context, to_double(value));
		else
			sqlite3_result_int64(context, value);
	}
	sqlite3_free(s->v);
	s->v = NULL;
}

int wg__percentile_register(sqlite3 *db)
{
	static const struct {
		const char *name;
		uint32_t part;
	} fixed[] = { { "p50", WHOLE / 2 }, { "p90", WHOLE / 10 * 9 },
		{ "p99", WHOLE / 100 * 99 } };
	const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
	size_t i;
	int rc;

	rc = sqlite3_create_function_v2(db, "percentile", 2, flags, NULL, NULL, step, end, NULL);
	for (i = 0; i < sizeof(fixed) / sizeof(fixed[0]) && rc == SQLITE_OK; i++)
		rc = sqlite3_create_function_v2(
			db, fixed[i].name, 1, flags, (void *)&fixed[i].part, NULL, step, end, NULL);
	return rc;
}
