/*
 * canvas.c: see canvas.h.
 *
 * The set of characters let through is small on purpose: those of whose width every terminal is
 * sure (traces/base/columns.h).
 */
#include "viz/canvas/canvas.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "traces/base/columns.h"
#include "traces/base/text_out.h"

/* One column wide on every terminal, and no control character. */
static const uint32_t plain[][2] = {
	{ 0x20, 0x7e },
	{ 0xa1, 0xac },
	{ 0xae, 0x2ff },
	{ 0x370, 0x482 },
	{ 0x48a, 0x52f },
	{ 0x2010, 0x2027 },
	{ 0x2030, 0x205e },
	{ 0x2190, 0x22ff },
	{ 0x2500, 0x25ff },
};

static bool is_plain(uint32_t ch)
{
	size_t i;

	for (i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		if (ch >= plain[i][0] && ch <= plain[i][1])
			return true;
	}
	return false;
}

/* ---- cells ---- */

int wg_canvas_init(struct wg_canvas *canvas, int cols, int rows, bool ascii)
{
	struct wg_cell *cells = calloc((size_t)cols * (size_t)rows, sizeof(*cells));

	if (!cells)
		return -ENOMEM;
	*canvas = (struct wg_canvas){ .cols = cols, .rows = rows, .ascii = ascii, .cells = cells };
	wg_canvas_clear(canvas);
	return 0;
}

void wg_canvas_fini(struct wg_canvas *canvas)
{
	free(canvas->cells);
	*canvas = (struct wg_canvas){ 0 };
}

void wg_canvas_clear(struct wg_canvas *canvas)
{
	size_t i, n = (size_t)canvas->cols * (size_t)canvas->rows;

	for (i = 0; i < n; i++)
		canvas->cells[i] = (struct wg_cell){ .ch = ' ', .style = WG_STYLE_PLAIN };
}

static struct wg_cell *cell_at(const struct wg_canvas *canvas, int x, int y)
{
	if (x < 0 || y < 0 || x >= canvas->cols || y >= canvas->rows)
		return NULL;
	return &canvas->cells[(size_t)y * (size_t)canvas->cols + (size_t)x];
}

/* What is left of a wide character of which one half is drawn over is a blank. */
static void break_wide(const struct wg_canvas *canvas, int x, int y)
{
	struct wg_cell *cell = cell_at(canvas, x, y), *other;

	other = cell && cell->ch == WG_CELL_REST ? cell_at(canvas, x - 1, y) : NULL;
	if (other)
		*other = (struct wg_cell){ .ch = ' ', .style = other->style };
	other = cell_at(canvas, x + 1, y);
	if (cell && other && other->ch == WG_CELL_REST)
		other->ch = ' ';
}

void wg_canvas_put(struct wg_canvas *canvas, int x, int y, unsigned style, uint32_t ch)
{
	struct wg_cell *cell = cell_at(canvas, x, y);

	if (!cell)
		return;
	break_wide(canvas, x, y);
	if (!is_plain(ch) || (canvas->ascii && ch > 0x7e))
		ch = '?';
	*cell = (struct wg_cell){ .ch = ch, .style = (uint8_t)style };
}

/* In ASCII, and where half of it would be outside, two columns of '?'. */
static void put_wide(struct wg_canvas *canvas, int x, int y, unsigned style, uint32_t ch)
{
	struct wg_cell *left = cell_at(canvas, x, y), *right = cell_at(canvas, x + 1, y);

	wg_canvas_put(canvas, x, y, style, '?');
	wg_canvas_put(canvas, x + 1, y, style, '?');
	if (!left || !right || canvas->ascii)
		return;
	left->ch = ch;
	right->ch = WG_CELL_REST;
}

/* On the character that ends in front of column x; one is enough, a pile of them is dropped. */
static void put_combining(const struct wg_canvas *canvas, int x, int y, uint32_t ch)
{
	struct wg_cell *cell = cell_at(canvas, x - 1, y);

	if (cell && cell->ch == WG_CELL_REST)
		cell = cell_at(canvas, x - 2, y);
	if (cell && !cell->mark && !canvas->ascii)
		cell->mark = ch;
}

void wg_canvas_fill(struct wg_canvas *canvas, int x, int y, int width, unsigned style, uint32_t ch)
{
	int i;

	for (i = 0; i < width; i++)
		wg_canvas_put(canvas, x + i, y, style, ch);
}

void wg_canvas_reverse(struct wg_canvas *canvas, int x, int y)
{
	struct wg_cell *cell = cell_at(canvas, x, y);

	if (cell)
		cell->style ^= WG_STYLE_REVERSED;
}

struct wg_cell wg_canvas_at(const struct wg_canvas *canvas, int x, int y)
{
	const struct wg_cell *cell = cell_at(canvas, x, y);

	return cell ? *cell : (struct wg_cell){ .ch = ' ', .style = WG_STYLE_PLAIN };
}

/* ---- text ---- */

int wg_canvas_width(const char *text)
{
	return (int)wg_columns(text);
}

int wg_canvas_text(
	struct wg_canvas *canvas, int x, int y, int width, unsigned style, const char *text)
{
	int used = 0, room;

	if (x < canvas->cols && width > canvas->cols - x)
		width = canvas->cols - x;
	if (width <= 0)
		return 0;
	room = wg_canvas_width(text) > width ? width - 1 : width;
	while (*text) {
		uint32_t ch = wg_utf8_next(&text);
		int columns = wg_columns_of(ch, used > 0);

		if (used + columns > room) {
			wg_canvas_put(canvas, x + used++, y, style, canvas->ascii ? '~' : 0x2026);
			break;
		}
		if (columns == 0)
			put_combining(canvas, x + used, y, ch);
		else if (columns == 2)
			put_wide(canvas, x + used, y, style, ch);
		else
			wg_canvas_put(canvas, x + used, y, style, ch);
		used += columns;
	}
	return used;
}

int wg_canvas_textf(
	struct wg_canvas *canvas, int x, int y, int width, unsigned style, const char *fmt, ...)
{
	char buf[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	return wg_canvas_text(canvas, x, y, width, style, buf);
}

bool wg_canvas_same_row(const struct wg_canvas *a, const struct wg_canvas *b, int y)
{
	int x;

	for (x = 0; x < a->cols; x++) {
		struct wg_cell p = wg_canvas_at(a, x, y), q = wg_canvas_at(b, x, y);

		if (p.ch != q.ch || p.mark != q.mark || p.style != q.style)
			return false;
	}
	return true;
}

void wg_canvas_print(const struct wg_canvas *canvas, FILE *out)
{
	char buf[8];
	int x, y, end;

	for (y = 0; y < canvas->rows; y++) {
		for (end = canvas->cols; end > 0; end--) {
			if (wg_canvas_at(canvas, end - 1, y).ch != ' ')
				break;
		}
		for (x = 0; x < end; x++) {
			struct wg_cell cell = wg_canvas_at(canvas, x, y);

			if (cell.ch != WG_CELL_REST)
				(void)fputs(wg_utf8_encode(buf, cell.ch), out);
			if (cell.mark)
				(void)fputs(wg_utf8_encode(buf, cell.mark), out);
		}
		(void)fputc('\n', out);
	}
}
