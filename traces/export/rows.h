/*
 * rows.h: a row of named values, and the two ways to write one: csv and jsonl. Private to traces/.
 */
#ifndef TRACES_EXPORT_ROWS_H
#define TRACES_EXPORT_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/base/out.h"

#define WG__COLS_MAX 32
#define WG__WORD_MAX 16

enum wg__cell { WG__SIGNED, WG__UNSIGNED, WG__TEXT, WG__WORD, WG__QUOTED };

struct wg__row {
	uint32_t filled;	    /* 1u << column, for those with a value; 0 is an empty row */
	uint8_t type[WG__COLS_MAX]; /* enum wg__cell; of no meaning where not filled */
	union {
		int64_t i;
		uint64_t u;
		const char *text;
		const struct wg__quoted *quoted;
	} value[WG__COLS_MAX];
};

/* A text as it stands in the file, for one that comes in every row. */
struct wg__quoted {
	const char *text; /* what it was made of; the same pointer means the same text */
	size_t len;	  /* 0: too long to be kept, so it is written from text */
	char bytes[256];
};

struct wg__row_format {
	/* Once, before the first row; columns ends with NULL. May be NULL. */
	void (*header)(struct wg_out *out, const char *const *columns);
	void (*row)(struct wg_out *out, const char *const *columns, const struct wg__row *row);
	/* Make *ret of text, which must stay as it is while *ret is used. */
	void (*quote)(const char *text, struct wg__quoted *ret);
	/* A line on what is missing, in a form that is no row. May be NULL. */
	void (*note)(struct wg_out *out, const char *label, const char *line);
	/* Holes as {"event":"lost"} in sheets that have no row for them. */
	bool shows_holes;
};

extern const struct wg__row_format wg__csv_rows, wg__jsonl_rows;

/* What a cell is set by. Texts are borrowed until the row is written. */
#define WG__ROW_SETTER(name, type_of_value, cell, member)                                          \
	static inline void name(struct wg__row *row, size_t column, type_of_value value)           \
	{                                                                                          \
		row->filled |= 1u << column;                                                       \
		row->type[column] = cell;                                                          \
		row->value[column].member = value;                                                 \
	}
WG__ROW_SETTER(wg__row_i64, int64_t, WG__SIGNED, i)
WG__ROW_SETTER(wg__row_u64, uint64_t, WG__UNSIGNED, u)
WG__ROW_SETTER(wg__row_text, const char *, WG__TEXT, text)
/* A text of ours, as schema.h has them: lower-case letters, or "?", fewer than WG__WORD_MAX. */
WG__ROW_SETTER(wg__row_word, const char *, WG__WORD, text)
WG__ROW_SETTER(wg__row_quoted, const struct wg__quoted *, WG__QUOTED, quoted)

#endif
