/*
 * traces.c: see traces.h.
 */
#include "traces/query/traces.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "traces/base/format.h"

int wg__traces_init(struct wg__traces *t, const char *const *paths, size_t count)
{
	const struct wg_export names = { .paths = paths, .path_count = count };
	size_t i;

	*t = (struct wg__traces){ .rows = calloc(count ? count : 1, sizeof(*t->rows)) };
	if (!t->rows)
		return -ENOMEM;
	t->count = count;
	for (i = 0; i < count; i++) {
		t->rows[i].path = paths[i];
		(void)wg_export_label(&names, i, t->rows[i].label, sizeof(t->rows[i].label));
	}
	return 0;
}

static void forget_lookups(struct wg__traces *t)
{
	size_t i;

	for (i = 0; i < t->lookup_count; i++)
		free(t->lookup[i].row);
	t->lookup_count = 0;
}

void wg__traces_fini(struct wg__traces *t)
{
	size_t i;

	forget_lookups(t);
	free(t->lookup);
	for (i = 0; i < t->count; i++)
		wg__rows_fini(&t->rows[i]);
	free(t->rows);
	*t = (struct wg__traces){ 0 };
}

int wg__traces_load(struct wg__traces *t)
{
	uint32_t lanes = 0, waits = 0;
	size_t i;
	int rc;

	if (t->is_loaded && (t->count == 0 || !(t->wanted & ~t->rows[0].holds)))
		return 0;
	forget_lookups(t);
	t->is_loaded = false;
	for (i = 0; i < t->count; i++) {
		struct wg__rows *rows = &t->rows[i];

		wg__rows_fini(rows);
		rows->holds |= t->wanted;
		rows->lane_base = lanes;
		rows->wait_base = waits;
		rc = wg__rows_load(rows, t->is_stopped, t->user, &t->err);
		if (rc < 0)
			return rc;
		lanes += (uint32_t)rows->lane_count;
		waits += rows->wait_total;
	}
	t->is_loaded = true;
	return 0;
}

/* --- lookups --- */

struct pair {
	struct wg__value value;
	uint32_t row;
};

/* Numbers before texts; there is no NULL here, and a column has numbers of one type only. */
static int compare_values(const struct wg__value *a, const struct wg__value *b)
{
	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	if (a->type == WG__STRING)
		return a->text == b->text ? 0 : strcmp(a->text, b->text);
	if (a->type == WG__REAL)
		return (a->d > b->d) - (a->d < b->d);
	return (a->i > b->i) - (a->i < b->i);
}

static int compare_pairs(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	int order = compare_values(&x->value, &y->value);

	return order ? order : (x->row > y->row) - (x->row < y->row);
}

static int make(struct wg__rows *rows, struct wg__lookup *lookup)
{
	size_t n = lookup->table->count(rows), count = 0, i;
	struct pair *pairs = reallocarray(NULL, n + 1, sizeof(*pairs));

	lookup->row = reallocarray(NULL, n + 1, sizeof(*lookup->row));
	if (!pairs || !lookup->row) {
		free(pairs);
		free(lookup->row);
		lookup->row = NULL;
		return -ENOMEM;
	}
	for (i = 0; i < n; i++) {
		pairs[count] = (struct pair){ .row = (uint32_t)i };
		lookup->table->cell(rows, i, lookup->column, &pairs[count].value);
		count += pairs[count].value.type != WG__NULL;
	}
	qsort(pairs, count, sizeof(*pairs), compare_pairs);
	for (i = 0; i < count; i++)
		lookup->row[i] = pairs[i].row;
	lookup->count = count;
	free(pairs);
	return 0;
}

static struct wg__lookup *lookup_of(
	struct wg__traces *t, size_t trace, const struct wg__table *table, size_t column)
{
	size_t i;

	for (i = 0; i < t->lookup_count; i++) {
		struct wg__lookup *l = &t->lookup[i];

		if (l->table == table && l->trace == trace && l->column == column)
			return l;
	}
	if (wg__grow(&t->lookup, &t->lookup_cap, t->lookup_count, sizeof(*t->lookup)) < 0)
		return NULL;
	t->lookup[t->lookup_count] =
		(struct wg__lookup){ .table = table, .trace = trace, .column = column };
	return &t->lookup[t->lookup_count++];
}

/* The first place whose value is not below, or is above, that one. */
static size_t bound(struct wg__rows *rows, const struct wg__lookup *l,
	const struct wg__value *value, bool is_above)
{
	size_t low = 0, high = l->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		struct wg__value at = { 0 };
		int order;

		l->table->cell(rows, l->row[mid], l->column, &at);
		order = compare_values(&at, value);
		if (order < 0 || (is_above && order == 0))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

int wg__traces_find(struct wg__traces *t, size_t trace, const struct wg__table *table,
	size_t column, const struct wg__value *value, const uint32_t **ret_row, size_t *ret_count)
{
	struct wg__lookup *l = lookup_of(t, trace, table, column);
	struct wg__rows *rows = &t->rows[trace];
	size_t first;

	if (!l)
		return -ENOMEM;
	if (l->asked++ == 0)
		return 0;
	if (!l->row && make(rows, l) < 0)
		return -ENOMEM;
	first = bound(rows, l, value, false);
	*ret_row = l->row + first;
	*ret_count = bound(rows, l, value, true) - first;
	return 1;
}
