/*
 * print.h: answers of a query as a table for people, as CSV, or as JSON.
 *
 * Names and texts come from traces and may be any bytes: a terminal never gets a control character,
 * JSON and CSV are valid UTF-8. Numbers are whole: nanoseconds are not rounded.
 */
#ifndef VIZ_QUERY_PRINT_H
#define VIZ_QUERY_PRINT_H

#include <stdbool.h>
#include <stddef.h>

#include "traces/base/out.h"
#include "traces/query/query.h"

enum wg_query_format { WG_QUERY_TABLE, WG_QUERY_CSV, WG_QUERY_JSON, WG_QUERY_FORMAT_COUNT };

/* "table", "csv", "json"; WG_QUERY_FORMAT_COUNT for any other name. */
enum wg_query_format wg_query_format_of(const char *name);

struct wg_printer {
	/* Set by the caller. */
	enum wg_query_format format;
	struct wg_out *out;
	bool is_terminal; /* what is written goes to one */
	/* Private; all zero at first. */
	size_t answers, rows, columns;
	char **cell; /* a table's first rows, the header included, until widths are known; owned */
	size_t cell_count, cell_cap;
	size_t *width;	 /* by column */
	bool *is_number; /* likewise */
	bool has_widths;
	char **name; /* json: of the columns; owned */
};

/* Where answers go; errors of writing stick to out, and end the query. */
struct wg_query_sink wg_printer_sink(struct wg_printer *printer);

/* After the last answer, also after an error: what is still kept is printed. */
void wg_printer_end(struct wg_printer *printer);

#endif
