/*
 * cursor.c: the rows of a table under the conditions of a query (see vtab.c).
 */
#include "traces/query/cursor.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct condition {
	size_t column;
	int op;
	struct wg__value value; /* text is owned by the cursor */
};

struct cursor {
	sqlite3_vtab_cursor base;
	struct condition condition[WG__CONDITIONS_MAX];
	size_t condition_count;
	bool is_backwards;
	size_t trace;
	const uint32_t *found; /* rows that were looked up; NULL: all of them */
	size_t at, first, end; /* of found, or of the rows of the trace */
	sqlite3_int64 passed;
};

int wg__cursor_open(sqlite3_vtab *base, sqlite3_vtab_cursor **ret)
{
	struct cursor *c = sqlite3_malloc64(sizeof(*c));

	(void)base;
	if (!c)
		return SQLITE_NOMEM;
	*c = (struct cursor){ .condition_count = 0 };
	*ret = &c->base;
	return SQLITE_OK;
}

static void drop_conditions(struct cursor *c)
{
	size_t i;

	for (i = 0; i < c->condition_count; i++) {
		if (c->condition[i].value.type == WG__STRING)
			sqlite3_free((void *)c->condition[i].value.text);
	}
	c->condition_count = 0;
}

int wg__cursor_close(sqlite3_vtab_cursor *base)
{
	struct cursor *c = (struct cursor *)base;

	drop_conditions(c);
	sqlite3_free(c);
	return SQLITE_OK;
}

/* --- rows --- */

static const struct wg__vtab_aux *aux_of(const struct cursor *c)
{
	return &((const struct wg__vtab *)c->base.pVtab)->is;
}

static bool number_passes(const struct condition *c, const struct wg__value *cell)
{
	double a, b;
	int order;

	if (cell->type == WG__INT && c->value.type == WG__INT) {
		order = (cell->i > c->value.i) - (cell->i < c->value.i);
	} else {
		a = cell->type == WG__INT ? (double)cell->i : cell->d;
		b = c->value.type == WG__INT ? (double)c->value.i : c->value.d;
		/* An integer may have been rounded: one too many passes. */
		if (a == b)
			return true;
		order = a < b ? -1 : 1;
	}
	switch (c->op) {
	case SQLITE_INDEX_CONSTRAINT_EQ: return order == 0;
	case SQLITE_INDEX_CONSTRAINT_GT: return order > 0;
	case SQLITE_INDEX_CONSTRAINT_GE: return order >= 0;
	case SQLITE_INDEX_CONSTRAINT_LT: return order < 0;
	default: return order <= 0;
	}
}

static bool passes(const struct cursor *c, size_t row)
{
	const struct wg__vtab_aux *is = aux_of(c);
	struct wg__rows *rows = &is->traces->rows[c->trace];
	size_t i;

	for (i = 0; i < c->condition_count; i++) {
		const struct condition *is_it = &c->condition[i];
		struct wg__value cell = { 0 };

		is->table->cell(rows, row, is_it->column, &cell);
		if (cell.type == WG__NULL)
			return false; /* no comparison with NULL is true */
		if ((cell.type == WG__STRING) != (is_it->value.type == WG__STRING))
			continue;
		if (cell.type == WG__STRING ? strcmp(cell.text, is_it->value.text) != 0
					    : !number_passes(is_it, &cell))
			return false;
	}
	return true;
}

static size_t row_at(const struct cursor *c)
{
	size_t at = c->is_backwards ? c->first + c->end - 1 - c->at : c->at;

	return c->found ? c->found[at] : at;
}

static int64_t time_of(const struct wg__vtab_aux *is, size_t trace, size_t row)
{
	struct wg__value cell = { 0 };

	is->table->cell(&is->traces->rows[trace], row, (size_t)is->table->time, &cell);
	return cell.i;
}

/* The first row whose time is not before t; rows are in the order of time. */
static size_t first_from(
	const struct wg__vtab_aux *is, size_t trace, double t, size_t low, size_t high)
{
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if ((double)time_of(is, trace, mid) < t)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Doubles are rounded, so a limit is moved out by more than that: rows are looked at again. */
static void limit_times(
	const struct cursor *c, const struct wg__vtab_aux *is, size_t *first, size_t *end)
{
	size_t i;

	for (i = 0; i < c->condition_count; i++) {
		const struct condition *is_it = &c->condition[i];
		double t;

		if ((int)is_it->column != is->table->time || is_it->value.type == WG__STRING)
			continue;
		t = is_it->value.type == WG__INT ? (double)is_it->value.i : is_it->value.d;
		if (is_it->op != SQLITE_INDEX_CONSTRAINT_LT &&
			is_it->op != SQLITE_INDEX_CONSTRAINT_LE)
			*first = first_from(is, c->trace, t - fabs(t) * 1e-15 - 1, *first, *end);
		if (is_it->op != SQLITE_INDEX_CONSTRAINT_GT &&
			is_it->op != SQLITE_INDEX_CONSTRAINT_GE)
			*end = first_from(is, c->trace, t + fabs(t) * 1e-15 + 2, *first, *end);
	}
}

/* Look the rows up by one of the values that they must have. 1, 0 or -ENOMEM. */
static int look_up(struct cursor *c, const struct wg__vtab_aux *is)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < c->condition_count && rc == 0; i++) {
		const struct condition *is_it = &c->condition[i];
		const char *type = is->table->columns[is_it->column].type;

		if (is_it->op != SQLITE_INDEX_CONSTRAINT_EQ ||
			strcmp(is->table->columns[is_it->column].name, "trace") == 0 ||
			(is_it->value.type == WG__STRING) != (strcmp(type, "TEXT") == 0) ||
			is_it->value.type == WG__REAL || strcmp(type, "REAL") == 0)
			continue;
		rc = wg__traces_find(is->traces, c->trace, is->table, is_it->column, &is_it->value,
			&c->found, &c->end);
	}
	return rc;
}

/* The rows of the cursor's trace that are to be looked at. */
static int begin_trace(struct cursor *c)
{
	const struct wg__vtab_aux *is = aux_of(c);
	int rc;

	c->found = NULL;
	c->first = c->end = 0;
	if (c->trace >= is->traces->count)
		return SQLITE_OK;
	rc = look_up(c, is);
	if (rc < 0)
		return SQLITE_NOMEM;
	if (rc == 0) {
		c->end = is->table->count(&is->traces->rows[c->trace]);
		if (is->table->time >= 0)
			limit_times(c, is, &c->first, &c->end);
	}
	c->at = c->first;
	return SQLITE_OK;
}

/* On to the next row that passes, from where the cursor is. */
static int settle(struct cursor *c)
{
	const struct wg__vtab_aux *is = aux_of(c);
	int rc = SQLITE_OK;

	while (rc == SQLITE_OK && c->trace < is->traces->count) {
		for (; c->at < c->end; c->at++) {
			if (passes(c, row_at(c)))
				return SQLITE_OK;
			/* SQLite asks between rows only, and there may be none for long. */
			if (++c->passed % 65536 == 0 && is->traces->is_stopped &&
				is->traces->is_stopped(is->traces->user))
				return SQLITE_INTERRUPT;
		}
		c->trace++;
		rc = begin_trace(c);
	}
	return rc;
}

static int take_value(struct condition *c, sqlite3_value *value)
{
	switch (sqlite3_value_type(value)) {
	case SQLITE_INTEGER:
		c->value.type = WG__INT;
		c->value.i = sqlite3_value_int64(value);
		return 1;
	case SQLITE_FLOAT:
		c->value.type = WG__REAL;
		c->value.d = sqlite3_value_double(value);
		return 1;
	case SQLITE_TEXT:
		c->value.type = WG__STRING;
		c->value.text = sqlite3_mprintf("%s", (const char *)sqlite3_value_text(value));
		return c->value.text ? 1 : -1;
	default: return 0; /* SQLite looks at it */
	}
}

int wg__cursor_filter(
	sqlite3_vtab_cursor *base, int num, const char *plan, int argc, sqlite3_value **argv)
{
	struct cursor *c = (struct cursor *)base;
	const struct wg__vtab_aux *is = aux_of(c);
	int i, rc;

	if (wg__traces_load(is->traces) < 0)
		return is->traces->err.code == -ENOMEM	    ? SQLITE_NOMEM
		       : is->traces->err.code == -ECANCELED ? SQLITE_INTERRUPT
							    : SQLITE_ERROR;
	drop_conditions(c);
	for (i = 0; i < argc; i++) {
		struct condition *it = &c->condition[c->condition_count];
		char *end;

		it->column = strtoul(plan, &end, 10);
		it->op = (int)strtol(end + 1, &end, 10);
		plan = end + 1;
		rc = take_value(it, argv[i]);
		if (rc < 0)
			return SQLITE_NOMEM;
		c->condition_count += (size_t)rc;
	}
	c->is_backwards = num == WG__BACKWARDS;
	c->trace = 0;
	rc = begin_trace(c);
	return rc == SQLITE_OK ? settle(c) : rc;
}

int wg__cursor_next(sqlite3_vtab_cursor *base)
{
	struct cursor *c = (struct cursor *)base;

	c->at++;
	return settle(c);
}

int wg__cursor_is_eof(sqlite3_vtab_cursor *base)
{
	const struct cursor *c = (const struct cursor *)base;

	return c->trace >= aux_of(c)->traces->count;
}

int wg__cursor_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int i)
{
	const struct cursor *c = (const struct cursor *)base;
	const struct wg__vtab_aux *is = aux_of(c);
	struct wg__value cell = { 0 };

	is->table->cell(&is->traces->rows[c->trace], row_at(c), (size_t)i, &cell);
	switch (cell.type) {
	case WG__INT: sqlite3_result_int64(context, cell.i); break;
	case WG__REAL: sqlite3_result_double(context, cell.d); break;
	case WG__STRING: sqlite3_result_text(context, cell.text, -1, SQLITE_STATIC); break;
	case WG__NULL: break;
	}
	return SQLITE_OK;
}

int wg__cursor_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *ret)
{
	const struct cursor *c = (const struct cursor *)base;

	*ret = (sqlite3_int64)((uint64_t)c->trace << 40 | row_at(c));
	return SQLITE_OK;
}
