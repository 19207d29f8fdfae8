/*
 * rows.c: see rows.h.
 *
 * Lines end in LF: RFC 4180 says CRLF, but every reader of CSV takes LF, while awk, sort and
 * gnuplot would take the CR for a part of the last column.
 */
#include "traces/rows.h"

#include <string.h>

#include "traces/text_out.h"

/* --- csv --- */

static void csv_header(struct wg_out *out, const char *const *columns)
{
	size_t i;

	for (i = 0; columns[i]; i++) {
		if (i)
			wg_out_char(out, ',');
		wg_out_csv(out, columns[i]);
	}
	wg_out_char(out, '\n');
}

static void csv_row(struct wg_out *out, const char *const *columns, const struct wg__row *row)
{
	/* Room for all the numbers and commas; only a text can need more. */
	char *to = wg_out_room(out, WG__COLS_MAX * (WG_NUMBER_MAX + 1));
	size_t i;

	for (i = 0; columns[i]; i++) {
		if (i)
			*to++ = ',';
		switch (row->type[i]) {
		case WG__SIGNED: to = wg_put_i64(to, row->value[i].i); break;
		case WG__UNSIGNED: to = wg_put_u64(to, row->value[i].u); break;
		case WG__TEXT:
			wg_out_took(out, to);
			wg_out_csv(out, row->value[i].text);
			to = wg_out_room(out, WG__COLS_MAX * (WG_NUMBER_MAX + 1));
			break;
		default: break;
		}
	}
	*to++ = '\n';
	wg_out_took(out, to);
}

const struct wg__row_format wg__csv_rows = { .header = csv_header, .row = csv_row };

/* --- jsonl --- */

static void jsonl_row(struct wg_out *out, const char *const *columns, const struct wg__row *row)
{
	char before = '{', *to;
	size_t i;

	for (i = 0; columns[i]; i++) {
		if (row->type[i] == WG__EMPTY)
			continue;
		wg_out_char(out, before);
		before = ',';
		wg_out_json(out, columns[i]);
		to = wg_out_room(out, WG_NUMBER_MAX + 1);
		*to++ = ':';
		if (row->type[i] == WG__SIGNED)
			to = wg_put_json_i64(to, row->value[i].i);
		else if (row->type[i] == WG__UNSIGNED)
			to = wg_put_json_u64(to, row->value[i].u);
		wg_out_took(out, to);
		if (row->type[i] == WG__TEXT)
			wg_out_json(out, row->value[i].text);
	}
	wg_out_write(out, "}\n", 2);
}

static void jsonl_note(struct wg_out *out, const char *label, const char *line)
{
	wg_out_text(out, "{\"trace\":");
	wg_out_json(out, label);
	wg_out_text(out, ",\"event\":\"note\",\"note\":");
	wg_out_json(out, line);
	wg_out_text(out, "}\n");
}

const struct wg__row_format wg__jsonl_rows = {
	.row = jsonl_row,
	.note = jsonl_note,
	.shows_holes = true,
};
