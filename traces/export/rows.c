/*
 * rows.c: see rows.h.
 *
 * Lines end in LF: RFC 4180 says CRLF, but every reader of CSV accepts LF, while awk, sort and
 * gnuplot would read the CR as part of the last column.
 */
#include "traces/export/rows.h"

#include <string.h>

#include "traces/base/text_out.h"

/* For all the numbers, commas and quoted texts of a row; only a text can need more. */
#define ROW_ROOM WG_OUT_ROOM_MAX
#define SHORT	 32
#define KEY	 (WG__WORD_MAX + 4) /* ,"name": */
_Static_assert((size_t)WG__COLS_MAX *(KEY + WG_NUMBER_MAX + 2) +
			       4 * sizeof(((struct wg__quoted *)0)->bytes) + 32 <=
		       ROW_ROOM,
	"a row of numbers and up to four quoted texts has room");

/* Write text with `write` into a buffer of its own and keep what comes out, if it is short. */
static void quote(const char *text, struct wg__quoted *ret,
	void (*write)(struct wg_out *out, const char *text))
{
	char buf[WG_OUT_ROOM_MAX * 2];
	struct wg_out out = { .fd = -1, .buf = buf };

	ret->text = text;
	ret->len = 0;
	if (strlen(text) > sizeof(ret->bytes))
		return;
	write(&out, text);
	if (out.used > sizeof(ret->bytes))
		return;
	memcpy(ret->bytes, buf, out.used);
	ret->len = out.used;
}

/* Nearly all are short, and a copy of a fixed length is no call. There is room for both. */
static char *put_quoted(char *to, const struct wg__quoted *quoted)
{
	if (quoted->len <= SHORT)
		memcpy(to, quoted->bytes, SHORT);
	else
		memcpy(to, quoted->bytes, quoted->len);
	return to + quoted->len;
}

/* A cell that is no number and no word: as it stands in the file, or written by `write`. */
static char *put_text(struct wg_out *out, char *to, const struct wg__row *row, size_t i,
	void (*write)(struct wg_out *out, const char *text))
{
	bool is_quoted = row->type[i] == WG__QUOTED;

	if (is_quoted && row->value[i].quoted->len)
		return put_quoted(to, row->value[i].quoted);
	wg_out_took(out, to);
	write(out, is_quoted ? row->value[i].quoted->text : row->value[i].text);
	return wg_out_room(out, ROW_ROOM);
}

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
	static const char commas[] = ",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,";
	uint32_t left = row->filled;
	char *to = wg_out_room(out, ROW_ROOM);
	size_t i, at = 0;

	/* Most cells of most rows are empty: go from one that is filled to the next. */
	for (; left; left &= left - 1) {
		i = (size_t)__builtin_ctz(left);
		/* NOLINTNEXTLINE(bugprone-not-null-terminated-result): a piece, no string */
		memcpy(to, commas, 32);
		to += i - at;
		at = i;
		switch (row->type[i]) {
		case WG__SIGNED: to = wg_put_i64(to, row->value[i].i); break;
		case WG__UNSIGNED: to = wg_put_u64(to, row->value[i].u); break;
		case WG__WORD: to = stpcpy(to, row->value[i].text); break;
		default: to = put_text(out, to, row, i, wg_out_csv); break;
		}
	}
	for (; columns[at + 1]; at++)
		*to++ = ',';
	*to++ = '\n';
	wg_out_took(out, to);
}

static void csv_quote(const char *text, struct wg__quoted *ret)
{
	quote(text, ret, wg_out_csv);
}

const struct wg__row_format wg__csv_rows = {
	.header = csv_header,
	.row = csv_row,
	.quote = csv_quote,
};

/* --- jsonl --- */

/* The names of columns are words, too: nothing in them needs a backslash. */
static char *put_word(char *to, const char *word)
{
	*to++ = '"';
	to = stpcpy(to, word);
	*to++ = '"';
	return to;
}

static void jsonl_row(struct wg_out *out, const char *const *columns, const struct wg__row *row)
{
	uint32_t left = row->filled;
	char before = '{', *to = wg_out_room(out, ROW_ROOM);
	size_t i;

	for (; left; left &= left - 1) {
		i = (size_t)__builtin_ctz(left);
		*to++ = before;
		before = ',';
		to = put_word(to, columns[i]);
		*to++ = ':';
		switch (row->type[i]) {
		case WG__SIGNED: to = wg_put_json_i64(to, row->value[i].i); break;
		case WG__UNSIGNED: to = wg_put_json_u64(to, row->value[i].u); break;
		case WG__WORD: to = put_word(to, row->value[i].text); break;
		default: to = put_text(out, to, row, i, wg_out_json); break;
		}
	}
	*to++ = '}';
	*to++ = '\n';
	wg_out_took(out, to);
}

static void jsonl_note(struct wg_out *out, const char *label, const char *line)
{
	wg_out_text(out, "{\"trace\":");
	wg_out_json(out, label);
	wg_out_text(out, ",\"event\":\"note\",\"note\":");
	wg_out_json(out, line);
	wg_out_text(out, "}\n");
}

static void jsonl_quote(const char *text, struct wg__quoted *ret)
{
	quote(text, ret, wg_out_json);
}

const struct wg__row_format wg__jsonl_rows = {
	.row = jsonl_row,
	.quote = jsonl_quote,
	.note = jsonl_note,
	.shows_holes = true,
};
