/*
 * table.c: a scan as a table, and as a report of where every thread stands.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "traces/base/text_out.h"
#include "traces/base/units.h"
#include "viz/canvas/canvas.h"
#include "viz/scan/scan.h"

enum { WAKES, CPU, THREAD, TID, WAIT, ASKED, SITE, COLUMNS };

struct line {
	char wakes[16], cpu[16], tid[16];
	struct scan_words words;
	char sentence[1024];
};

static const char *cell(const struct line *line, int column)
{
	switch (column) {
	case WAKES: return line->wakes;
	case CPU: return line->cpu;
	case THREAD: return line->words.thread;
	case TID: return line->tid;
	case WAIT: return line->words.wait;
	case ASKED: return line->words.asked;
	default: return line->words.site;
	}
}

/* Text in at most width columns, with blanks up to it. Returns the columns of the text. */
static int put(FILE *out, const char *text, int width, bool is_right)
{
	int used = wg_canvas_width(text), blanks = used < width ? width - used : 0;

	if (is_right)
		(void)fprintf(out, "%*s%s", blanks, "", text);
	else
		(void)fprintf(out, "%s%*s", text, blanks, "");
	return used + blanks;
}

/* The bytes of text that fit into so many columns. */
static int fitting(const char *text, int width)
{
	const char *at = text, *end = text;
	char one[8];
	int used = 0;

	while (*at) {
		const char *next = at;
		size_t n;

		(void)wg_utf8_next(&next);
		n = (size_t)(next - at);
		if (n >= sizeof(one))
			break;
		memcpy(one, at, n);
		one[n] = '\0';
		used += wg_canvas_width(one);
		if (used > width)
			break;
		end = at = next;
	}
	return (int)(end - text);
}

/* A line, cut to the width of the screen. */
static void put_line(FILE *out, const char *text, int cols)
{
	(void)fprintf(out, "%.*s\n", cols ? fitting(text, cols) : (int)strlen(text), text);
}

/* A sentence, broken between words. */
static void put_sentence(FILE *out, const char *text, int cols)
{
	const char *indent = "";

	while (cols > 20 && wg_canvas_width(text) > cols - (int)strlen(indent)) {
		int n = fitting(text, cols - (int)strlen(indent)), at = n;

		while (at > 0 && text[at] != ' ')
			at--;
		if (at == 0)
			at = n;
		(void)fprintf(out, "%s%.*s\n", indent, at, text);
		text += at + (text[at] == ' ');
		indent = "    ";
	}
	(void)fprintf(out, "%s%s\n", indent, text);
}

static void fill(struct wg_scan *scan, struct wg_scan_row *row, struct line *line)
{
	(void)snprintf(line->wakes, sizeof(line->wakes),
		row->wakes_per_s < 9999.95 ? "%.1f" : "%.0f", row->wakes_per_s);
	if (row->cpu_per_wake_ns < 0)
		(void)snprintf(line->cpu, sizeof(line->cpu), "-");
	else
		(void)wg_format_time(line->cpu, sizeof(line->cpu), row->cpu_per_wake_ns);
	(void)snprintf(line->tid, sizeof(line->tid), "%ld", (long)row->tid);
	wg_scan_describe(scan, row, &line->words);
	wg_scan_sentence(row, &line->words, line->sentence, sizeof(line->sentence));
}

static void print_row(FILE *out, const struct line *line, const int *widths, int cols)
{
	char *text = NULL;
	size_t len = 0;
	FILE *whole = open_memstream(&text, &len);
	int c;

	if (!whole)
		return;
	for (c = 0; c < COLUMNS; c++) {
		if (c)
			(void)fputs(c == THREAD ? "  " : " ", whole);
		(void)put(whole, cell(line, c), c == SITE ? 0 : widths[c],
			c == WAKES || c == CPU || c == TID);
	}
	if (fclose(whole) == 0)
		put_line(out, text, cols);
	free(text);
}

/* How many of its rows are shown: those that woke. */
static size_t shown(struct wg_scan *scan, const struct scan_options *options)
{
	const struct wg_scan_row *row;
	size_t n = 0;

	while ((row = wg_scan_row(scan, n)) && (options->max == 0 || n < options->max) &&
		(options->max == 0 || row->wakes > 0))
		n++;
	return n;
}

static void print_summary(FILE *out, struct wg_scan *scan, size_t count)
{
	size_t woke = 0, all = wg_scan_threads(scan);
	char text[64];

	while (wg_scan_row(scan, woke) && wg_scan_row(scan, woke)->wakes > 0)
		woke++;
	(void)fprintf(out, "%zu of %zu thread%s woke in %s", woke, all, wg_s(all),
		wg_format_time(text, sizeof(text), wg_scan_seconds_ns(scan)));
	if (count < woke)
		(void)fprintf(out, "; the first %zu are shown (--all: all)", count);
	(void)fputs("\n", out);
}

static void print_lines(FILE *out, const struct line *lines, size_t count, int cols)
{
	static const struct line head = { "wakes/s", "CPU/wake", "TID",
		{ "PROGRAM/THREAD", "WAITS IN", "ASKED FOR", "CALLED FROM", "" }, "" };
	int widths[COLUMNS], c;
	size_t i;

	for (c = 0; c < COLUMNS; c++) {
		widths[c] = wg_canvas_width(cell(&head, c));
		for (i = 0; i < count; i++) {
			int width = wg_canvas_width(cell(&lines[i], c));

			widths[c] = width > widths[c] ? width : widths[c];
		}
	}
	print_row(out, &head, widths, cols);
	for (i = 0; i < count; i++)
		print_row(out, &lines[i], widths, cols);
	(void)fputs("\n", out);
	for (i = 0; i < count; i++)
		put_sentence(out, lines[i].sentence, cols);
}

int wg_scan_print(FILE *out, struct wg_scan *scan, const struct scan_options *options)
{
	size_t count = shown(scan, options), i;
	struct line *lines = calloc(count + 1, sizeof(*lines));

	if (!lines)
		return -ENOMEM;
	for (i = 0; i < count; i++)
		fill(scan, wg_scan_row(scan, i), &lines[i]);
	print_summary(out, scan, count);
	if (count)
		print_lines(out, lines, count, options->cols);
	free(lines);
	return 0;
}

/* ---- where everyone stands ---- */

#define FRAMES_MAX 256

static bool print_stack(
	FILE *out, struct wg_scan *scan, struct wg_scan_row *row, struct wg_frame *frames, int cols)
{
	size_t site, count = wg_scan_frames(scan, row, frames, FRAMES_MAX, &site), i;
	bool has_likely = false;
	char module[160], text[400];

	for (i = 0; i < count; i++) {
		const struct wg_frame *f = &frames[i];

		has_likely = has_likely || f->is_likely;
		(void)snprintf(text, sizeof(text), "  %c %s+0x%llx %s", f->is_likely ? '?' : ' ',
			wg_scan_clean(f->module ? f->module : "?", module, sizeof(module)),
			(unsigned long long)f->offset, f->symbol);
		put_line(out, text, cols);
	}
	return has_likely;
}

static int by_process(const void *a, const void *b)
{
	const struct wg_scan_row *x = *(struct wg_scan_row *const *)a;
	const struct wg_scan_row *y = *(struct wg_scan_row *const *)b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return x->tid < y->tid ? -1 : x->tid > y->tid;
}

static void print_thread(
	FILE *out, const struct wg_scan_row *row, int cols, const struct scan_words *words)
{
	char text[640];

	(void)snprintf(text, sizeof(text), "%s %ld: %s%s%s", words->thread, (long)row->tid,
		words->wait, strcmp(words->asked, "-") == 0 ? "" : ", ",
		strcmp(words->asked, "-") == 0 ? "" : words->asked);
	put_line(out, text, cols);
}

int wg_scan_print_hang(FILE *out, struct wg_scan *scan, const struct scan_options *options)
{
	size_t count = wg_scan_threads(scan), i;
	struct wg_scan_row **rows = calloc(count + 1, sizeof(*rows));
	struct wg_frame *frames = calloc(FRAMES_MAX, sizeof(*frames));
	struct scan_words words;
	bool has_likely = false;

	for (i = 0; rows && i < count; i++)
		rows[i] = wg_scan_row(scan, i);
	if (rows)
		qsort(rows, count, sizeof(struct wg_scan_row *), by_process);
	for (i = 0; rows && frames && i < count; i++) {
		wg_scan_describe(scan, rows[i], &words);
		print_thread(out, rows[i], options->cols, &words);
		has_likely = print_stack(out, scan, rows[i], frames, options->cols) || has_likely;
	}
	if (has_likely)
		(void)fputs("\n? a word on the stack that follows a call: likely a caller, not "
			    "certainly\n",
			out);
	free(frames);
	free(rows);
	return rows && frames ? 0 : -ENOMEM;
}
