/*
 * fold.c: see fold.h.
 */
#include "labs/grade/course/fold.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define WIDTH 80
#define CELLS 8

/* Columns of UTF-8, all of one column. */
static size_t columns(const char *at, size_t len)
{
	size_t n = 0, i;

	for (i = 0; i < len; i++)
		n += (at[i] & 0xc0) != 0x80;
	return n;
}

/* How long the next word is: `code with blanks`, a <tag of> HTML and (a link's "title") are one. */
static size_t word_at(const char *at, size_t len)
{
	char opened = '\0';
	size_t i;

	for (i = 0; i < len && (opened || at[i] != ' '); i++) {
		if (opened) {
			if (at[i] == opened)
				opened = '\0';
		} else if (at[i] == '`') {
			opened = '`';
		} else if (at[i] == '<') {
			opened = '>';
		} else if (at[i] == '(' && i > 0 && at[i - 1] == ']') {
			opened = ')';
		}
	}
	return opened ? strcspn(at, " \n") : i; /* nothing closes it */
}

/* At the begin of a line it would be an item, a title, a quote or a row. */
static bool is_marker(const char *at, size_t len)
{
	size_t digits = strspn(at, "0123456789");

	return strchr("-*+#>|=", *at) || (digits > 0 && digits < len && at[digits] == '.');
}

/* The words of a line, from column `column` on; what follows in the next lines is indented. */
static void put_words(FILE *out, const char *at, size_t len, size_t column, size_t indent)
{
	const char *end = at + len;
	bool is_first = true;

	while (at < end) {
		size_t word, wide;

		at += strspn(at, " ");
		if (at >= end)
			break;
		word = word_at(at, (size_t)(end - at));
		wide = columns(at, word);
		if (!is_first && column + 1 + wide > WIDTH && !is_marker(at, word)) {
			(void)fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
			is_first = true;
		}
		column += wide + !is_first;
		(void)fprintf(out, "%s%.*s", is_first ? "" : " ", (int)word, at);
		is_first = false;
		at += word;
	}
	(void)fputc('\n', out);
}

static void put_line(FILE *out, const char *at, size_t len)
{
	size_t blanks = strspn(at, " "), item = 0;

	if (columns(at, len) <= WIDTH || *at == '#') {
		(void)fprintf(out, "%.*s\n", (int)len, at);
		return;
	}
	if (strncmp(at + blanks, "- ", 2) == 0 || strncmp(at + blanks, "* ", 2) == 0)
		item = 2;
	else if (isdigit((unsigned char)at[blanks]) && strncmp(at + blanks + 1, ". ", 2) == 0)
		item = 3;
	(void)fprintf(out, "%.*s", (int)(blanks + item), at);
	put_words(out, at + blanks + item, len - blanks - item, blanks + item, blanks + item);
}

/* A row as "- first: second; third". */
static void put_row(FILE *out, const char *at, size_t len)
{
	char text[4096];
	size_t used = 0, cell = 0;
	const char *end = at + len;

	for (at++; at < end && cell < CELLS; cell++) {
		size_t wide = strcspn(at, "|\n"), from = strspn(at, " "), to = wide;

		while (to > from && at[to - 1] == ' ')
			to--;
		if (to > from && used + (to - from) + 8 < sizeof(text))
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%.*s",
				cell == 0   ? ""
				: cell == 1 ? ": "
					    : "; ",
				(int)(to - from), at + from);
		at += wide + 1;
	}
	(void)fputs("- ", out);
	put_words(out, text, used, 2, 2);
}

/* The lines of a table, from `at` on; returns what is behind it. */
static const char *put_table(FILE *out, const char *at)
{
	const char *line, *end;
	bool is_wide = false;

	for (line = at; *line == '|'; line += strcspn(line, "\n"), line += *line == '\n')
		is_wide = is_wide || columns(line, strcspn(line, "\n")) > WIDTH;
	for (end = line, line = at; line < end; line += *line == '\n') {
		size_t len = strcspn(line, "\n");

		if (!is_wide)
			(void)fprintf(out, "%.*s\n", (int)len, line);
		else if (strspn(line, "|-: ") < len)
			put_row(out, line, len);
		line += len;
	}
	return end;
}

void wg_fold(FILE *out, const char *text)
{
	bool is_fenced = false;

	while (*text) {
		size_t len = strcspn(text, "\n");

		if (*text == '|' && !is_fenced) {
			text = put_table(out, text);
			continue;
		}
		is_fenced = is_fenced != (strncmp(text, "```", 3) == 0);
		if (is_fenced || strncmp(text, "    ", 4) == 0)
			(void)fprintf(out, "%.*s\n", (int)len, text);
		else
			put_line(out, text, len);
		text += len + (text[len] == '\n');
	}
}
