/*
 * traces.h: the traces that questions are asked of, read when a statement first needs them.
 *
 * A statement says which tables it uses while it is prepared (want); the traces are read when its
 * first row is fetched (load), and again only if a later statement needs what was not kept.
 */
#ifndef TRACES_QUERY_TRACES_H
#define TRACES_QUERY_TRACES_H

#include "traces/query/tables.h"

/* Rows by the value of a column: which rows have it is found in O(log n). */
struct wg__lookup {
	const struct wg__table *table;
	size_t trace, column;
	unsigned asked; /* so often; it is made at the second time */
	uint32_t *row;	/* in the order of the value, then of the row; NULL: not made yet */
	size_t count;	/* without those that are NULL */
};

struct wg__traces {
	struct wg__rows *rows; /* one a trace */
	size_t count;
	unsigned wanted; /* enum wg__holds */
	bool is_loaded;
	bool is_declaring; /* a table says which columns it has: what SQL may do is not asked then
			    */
	wg__stopped_fn is_stopped; /* may be NULL */
	void *user;
	WG__ARRAY(wg__lookup, lookup);
	struct wg_error err; /* of a load or a lookup that failed */
};

/* Paths are borrowed. 0 or -ENOMEM. Free with fini. */
int wg__traces_init(struct wg__traces *traces, const char *const *paths, size_t count);
void wg__traces_fini(struct wg__traces *traces);

/* Make sure that rows hold what is wanted. 0, or a negative errno with a line in traces->err. */
int wg__traces_load(struct wg__traces *traces);

/*
 * The rows of a table in which a column has this value: *ret_row of *ret_count. 1; 0: it is not
 * worth it yet, look at each row; or -ENOMEM. Borrowed until the next load.
 */
int wg__traces_find(struct wg__traces *traces, size_t trace, const struct wg__table *table,
	size_t column, const struct wg__value *value, const uint32_t **ret_row, size_t *ret_count);

#endif
