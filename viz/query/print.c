/*
 * print.c: see print.h.
 *
 * A table's columns are as wide as its first thousand rows need, so a long answer takes no more
 * memory than that, and begins to appear before it ends.
 */
#include "viz/query/print.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/base/columns.h"
#include "traces/base/names.h"
#include "traces/base/text_out.h"

#define KEPT_ROWS 1000

enum wg_query_format wg_query_format_of(const char *name)
{
	static const char *const names[] = { "table", "csv", "json" };
	int i;

	for (i = 0; i < WG_QUERY_FORMAT_COUNT && strcmp(names[i], name) != 0; i++)
		;
	return (enum wg_query_format)i;
}

/* --- values as text --- */

/* The shortest that is read back as the same number. */
static void format_real(char *buf, size_t len, double d)
{
	(void)snprintf(buf, len, "%.15g", d);
	if (strtod(buf, NULL) != d)
		(void)snprintf(buf, len, "%.17g", d);
	if (isfinite(d) && !strpbrk(buf, ".e"))
		(void)strncat(buf, ".0", len - strlen(buf) - 1);
}

static bool is_control(uint32_t ch)
{
	return ch < 0x20 || (ch >= 0x7f && ch < 0xa0);
}

/* What a terminal shows and does not obey: \xNN for other bytes. NULL without memory. */
static char *plain_text(const char *text)
{
	char *plain = malloc(4 * strlen(text) + 1), *to = plain;

	while (plain && *text) {
		const char *end = text;
		bool is_one = wg_utf8_len(text) > 0;

		if (is_one && !is_control(wg_utf8_next(&end))) {
			to = stpncpy(to, text, (size_t)(end - text));
			text = end;
			continue;
		}
		for (end = text + (is_one ? wg_utf8_len(text) : 1); text < end; text++)
			to += sprintf(to, "\\x%02x", (unsigned char)*text);
	}
	if (plain)
		*to = '\0';
	return plain;
}

/* To be freed; NULL without memory. */
static char *value_text(const struct wg_query_value *value, const char *none)
{
	char buf[64];

	switch (value->type) {
	case WG_QUERY_INT: (void)snprintf(buf, sizeof(buf), "%lld", (long long)value->i); break;
	case WG_QUERY_REAL: format_real(buf, sizeof(buf), value->d); break;
	case WG_QUERY_TEXT: return plain_text(value->text);
	default: (void)snprintf(buf, sizeof(buf), "%s", none); break;
	}
	return strdup(buf);
}

static int written(const struct wg_printer *p)
{
	return wg_out_failed(p->out) ? p->out->rc : 0;
}

/* --- tables --- */

static void pad(struct wg_out *out, size_t count)
{
	while (count-- > 0)
		wg_out_char(out, ' ');
}

/* texts: one row. Blanks at the end of a line are left out. */
static void table_row(struct wg_printer *p, char *const *texts)
{
	size_t i, width;

	for (i = 0; i < p->columns; i++) {
		width = wg_columns(texts[i]);
		width = width < p->width[i] ? p->width[i] - width : 0;
		if (p->is_number[i])
			pad(p->out, width);
		wg_out_text(p->out, texts[i]);
		if (i + 1 == p->columns)
			break;
		pad(p->out, 2 + (p->is_number[i] ? 0 : width));
	}
	wg_out_char(p->out, '\n');
}

static void table_line(struct wg_printer *p)
{
	size_t i, k;

	for (i = 0; i < p->columns; i++) {
		for (k = 0; k < p->width[i]; k++)
			wg_out_char(p->out, '-');
		wg_out_text(p->out, i + 1 < p->columns ? "  " : "\n");
	}
}

static void drop_cells(struct wg_printer *p)
{
	size_t i;

	for (i = 0; i < p->cell_count; i++)
		free(p->cell[i]);
	p->cell_count = 0;
}

/* The rows that are kept, once it is known how wide they are. */
static void table_flush(struct wg_printer *p)
{
	size_t i;

	if (p->has_widths || !p->columns || !p->width || !p->is_number)
		return;
	for (i = 0; i < p->cell_count; i++) {
		size_t width = wg_columns(p->cell[i]);

		if (width > p->width[i % p->columns])
			p->width[i % p->columns] = width;
	}
	p->has_widths = true;
	for (i = 0; i + p->columns <= p->cell_count; i += p->columns) {
		table_row(p, p->cell + i);
		if (i == 0)
			table_line(p);
	}
	drop_cells(p);
}

static int keep(struct wg_printer *p, char *text)
{
	if (!text)
		return -ENOMEM;
	if (wg__grow(&p->cell, &p->cell_cap, p->cell_count, sizeof(*p->cell)) < 0) {
		free(text);
		return -ENOMEM;
	}
	p->cell[p->cell_count++] = text;
	return 0;
}

static int table_value_row(struct wg_printer *p, const struct wg_query_value *values)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < p->columns && rc == 0; i++) {
		rc = keep(p, value_text(&values[i], "-"));
		if (!p->has_widths && values[i].type == WG_QUERY_TEXT)
			p->is_number[i] = false;
	}
	if (rc < 0)
		return rc;
	if (p->has_widths) {
		table_row(p, p->cell);
		drop_cells(p);
	} else if (p->rows == KEPT_ROWS) {
		table_flush(p);
	}
	return 0;
}

/* --- csv and json --- */

static int csv_value(struct wg_printer *p, const struct wg_query_value *value)
{
	char *text;

	if (value->type == WG_QUERY_TEXT && !p->is_terminal) {
		wg_out_csv(p->out, value->text);
		return 0;
	}
	text = value_text(value, "");
	if (!text)
		return -ENOMEM;
	wg_out_csv(p->out, text);
	free(text);
	return 0;
}

static int csv_row(struct wg_printer *p, const struct wg_query_value *values)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < p->columns && rc == 0; i++) {
		if (i)
			wg_out_char(p->out, ',');
		rc = csv_value(p, &values[i]);
	}
	wg_out_char(p->out, '\n');
	return rc;
}

static void json_value(struct wg_out *out, const struct wg_query_value *value)
{
	char buf[64];

	switch (value->type) {
	case WG_QUERY_INT: wg_out_took(out, wg_put_json_i64(wg_out_room(out, 64), value->i)); break;
	case WG_QUERY_REAL:
		format_real(buf, sizeof(buf), value->d);
		wg_out_text(out, isfinite(value->d) ? buf : "null");
		break;
	case WG_QUERY_TEXT: wg_out_json(out, value->text); break;
	default: wg_out_text(out, "null"); break;
	}
}

static void json_row(struct wg_printer *p, const struct wg_query_value *values)
{
	size_t i;

	wg_out_text(p->out, p->rows > 1 ? ",\n" : "");
	for (i = 0; i < p->columns; i++) {
		wg_out_char(p->out, i ? ',' : '{');
		wg_out_json(p->out, p->name[i]);
		wg_out_char(p->out, ':');
		json_value(p->out, &values[i]);
	}
	wg_out_char(p->out, '}');
}

/* --- the sink --- */

static void forget(struct wg_printer *p)
{
	size_t i;

	drop_cells(p);
	for (i = 0; p->name && i < p->columns; i++)
		free(p->name[i]);
	free(p->name);
	free(p->width);
	free(p->is_number);
	p->name = NULL;
	p->width = NULL;
	p->is_number = NULL;
	p->columns = p->rows = 0;
	p->has_widths = false;
}

static int begin_table(struct wg_printer *p, const char *const *names)
{
	size_t i;
	int rc = 0;

	p->width = calloc(p->columns, sizeof(*p->width));
	p->is_number = calloc(p->columns, sizeof(*p->is_number));
	if (!p->width || !p->is_number)
		return -ENOMEM;
	for (i = 0; i < p->columns && rc == 0; i++) {
		p->is_number[i] = true;
		rc = keep(p, plain_text(names[i]));
	}
	return rc;
}

static int begin_csv(struct wg_printer *p, const char *const *names)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < p->columns && rc == 0; i++) {
		const struct wg_query_value name = { .type = WG_QUERY_TEXT, .text = names[i] };

		if (i)
			wg_out_char(p->out, ',');
		rc = csv_value(p, &name);
	}
	wg_out_char(p->out, '\n');
	return rc;
}

static int begin_json(struct wg_printer *p, const char *const *names)
{
	size_t i;

	p->name = calloc(p->columns, sizeof(*p->name));
	for (i = 0; p->name && i < p->columns; i++) {
		p->name[i] = strdup(names[i]);
		if (!p->name[i])
			return -ENOMEM;
	}
	wg_out_char(p->out, '[');
	return p->name ? 0 : -ENOMEM;
}

static int on_begin(void *user, const char *const *names, size_t count)
{
	struct wg_printer *p = user;

	forget(p);
	p->columns = count;
	if (p->answers++ && p->format != WG_QUERY_JSON)
		wg_out_char(p->out, '\n');
	switch (p->format) {
	case WG_QUERY_CSV: return begin_csv(p, names);
	case WG_QUERY_JSON: return begin_json(p, names);
	default: return begin_table(p, names);
	}
}

static int on_row(void *user, const struct wg_query_value *values, size_t count)
{
	struct wg_printer *p = user;
	int rc = 0;

	(void)count;
	p->rows++;
	switch (p->format) {
	case WG_QUERY_CSV: rc = csv_row(p, values); break;
	case WG_QUERY_JSON: json_row(p, values); break;
	default: rc = table_value_row(p, values); break;
	}
	return rc < 0 ? rc : written(p);
}

static int on_end(void *user)
{
	struct wg_printer *p = user;

	if (p->format == WG_QUERY_TABLE)
		table_flush(p);
	else if (p->format == WG_QUERY_JSON)
		wg_out_text(p->out, "]\n");
	if (p->is_terminal)
		wg_out_flush(p->out);
	forget(p);
	return written(p);
}

static int on_text(void *user, const char *text)
{
	struct wg_printer *p = user;

	wg_out_text(p->out, p->answers++ ? "\n" : "");
	wg_out_text(p->out, text);
	return written(p);
}

struct wg_query_sink wg_printer_sink(struct wg_printer *printer)
{
	return (struct wg_query_sink){ on_begin, on_row, on_end, on_text, printer };
}

void wg_printer_end(struct wg_printer *printer)
{
	if (printer->format == WG_QUERY_TABLE)
		table_flush(printer);
	forget(printer);
	free(printer->cell);
	printer->cell = NULL;
}
