/*
 * layout.c: see layout.h.
 */
#include "viz/layout.h"

#include <string.h>

/* How many rows a pane would take, header included, with `below` rows under each loop lane. */
static int pane_rows(const struct wg_pane *pane, int below)
{
	size_t i, rows = 1;

	for (i = 0; i < pane->trace->lane_count; i++)
		rows += pane->trace->lanes[i].kind == WG_LANE_LOOP ? (size_t)below + 1 : 1;
	return rows > WG_ROWS_MAX ? WG_ROWS_MAX : (int)rows;
}

bool wg_layout_row(const struct wg_pane *pane, int below, size_t i, struct wg_row *ret_row)
{
	size_t lane, at = 0;

	for (lane = 0; lane < pane->trace->lane_count; lane++) {
		size_t rows = pane->trace->lanes[lane].kind == WG_LANE_LOOP ? (size_t)below + 1 : 1;

		if (i < at + rows) {
			*ret_row =
				(struct wg_row){ .kind = (enum wg_row_kind)(i - at), .lane = lane };
			/* With one row below, it is whichever is wanted: see lanes.c. */
			return true;
		}
		at += rows;
	}
	return false;
}

size_t wg_layout_top(const struct wg_pane *pane, const struct wg_layout *layout, size_t index)
{
	size_t visible = (size_t)(layout->pane[index].h - 1), i;
	struct wg_row row;

	for (i = 0; wg_layout_row(pane, layout->below[index], i, &row); i++) {
		if (row.lane == pane->lane && row.kind == WG_ROW_LANE)
			return i < visible ? 0 : i - visible + 1;
	}
	return 0;
}

/* Give band rows until it has `want`, if there are any left. */
static void grow(struct wg_band *band, int want, int *left)
{
	int by = want - band->h;

	if (by > *left)
		by = *left;
	if (by > 0) {
		band->h += by;
		*left -= by;
	}
}

/* Both panes up to `want` rows, in turn, so that neither starves. */
static void grow_panes(
	struct wg_layout *layout, const struct wg_app *app, int want, int below, int *left)
{
	int rows;
	size_t i;

	for (rows = 1; rows <= want; rows++) {
		for (i = 0; i < app->pane_count; i++) {
			int most = pane_rows(&app->panes[i], below);

			grow(&layout->pane[i], rows < most ? rows : most, left);
		}
	}
}

static size_t note_count(const struct wg_app *app)
{
	size_t i, n = 0;

	for (i = 0; i < app->pane_count; i++)
		n += app->panes[i].trace->note_count;
	return n;
}

static int sentence_rows(const char *text, int cols)
{
	return (int)strlen(text) > cols - 2 ? 2 : 1;
}

static void share_out(struct wg_layout *layout, const struct wg_app *app)
{
	int figures = 1 + (int)app->pane_count, notes = (int)note_count(app);
	int left = app->rows;

	grow(&layout->title, 1, &left);
	grow(&layout->footer, 1, &left);
	grow(&layout->sentence, 1, &left);
	grow(&layout->legend, 1, &left);
	grow(&layout->axis, 1, &left);
	grow_panes(layout, app, 2, 2, &left);
	grow(&layout->notes, notes < 1 ? notes : 1, &left);
	grow(&layout->sentence, sentence_rows(app->verdict_short, app->cols), &left);
	grow(&layout->details, 1, &left);
	grow_panes(layout, app, 3, 2, &left);
	if (left >= figures)
		grow(&layout->figures, figures, &left);
	grow(&layout->axis, 2, &left);
	grow_panes(layout, app, 5, 2, &left);
	grow(&layout->details, 2, &left);
	grow(&layout->sentence, sentence_rows(app->verdict, app->cols), &left);
	grow_panes(layout, app, 8, 2, &left);
	grow(&layout->legend, 2, &left);
	grow(&layout->details, 6, &left);
	grow(&layout->notes, notes < 3 ? notes : 3, &left);
	grow_panes(layout, app, WG_ROWS_MAX, 2, &left);
	grow(&layout->figures, figures, &left);
}

/* What is still left becomes air between the parts. */
static void place(struct wg_layout *layout, const struct wg_app *app)
{
	struct wg_band *bands[] = { &layout->title, &layout->sentence, &layout->notes,
		&layout->legend, &layout->axis, &layout->pane[0], &layout->pane[1],
		&layout->figures, &layout->details };
	/* After which of them a blank row does most good, best first. */
	static const size_t airy[] = { 7, 6, 2, 5, 3, 0 };
	bool blank[9] = { false };
	int left = app->rows - layout->footer.h, y = 0;
	size_t i;

	for (i = 0; i < 9; i++)
		left -= bands[i]->h;
	for (i = 0; i < 6 && left > 0; i++, left--)
		blank[airy[i]] = true;
	for (i = 0; i < 9; i++) {
		bands[i]->y = y;
		y += bands[i]->h;
		if (blank[i])
			y++;
	}
	layout->footer.y = app->rows - 1;
}

void wg_layout_init(struct wg_layout *layout, const struct wg_app *app)
{
	size_t i;

	*layout = (struct wg_layout){ 0 };
	share_out(layout, app);
	place(layout, app);
	for (i = 0; i < app->pane_count; i++) {
		int h = layout->pane[i].h, all = pane_rows(&app->panes[i], 2);

		/* Six rows show a loop with marks and chain and three workers. */
		layout->below[i] = h >= (all < 7 ? all : 7) ? 2 : h >= 3 ? 1 : 0;
	}
}
