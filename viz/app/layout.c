/*
 * layout.c: see layout.h.
 */
#include "viz/app/layout.h"

#include <string.h>

/* Rows below a lane: of each loop; of threads, which may be many, only of the chosen one, whose
 * events are shown. */
static int rows_below(const struct wg_pane *pane, size_t at, int below)
{
	const struct wg_entry *entry = &pane->list.entries[at];
	const struct wg_lane *lane = &pane->trace->lanes[entry->lane];

	if (entry->kind != WG_ENTRY_LANE || lane->kind == WG_LANE_WORKER)
		return 0;
	if (lane->kind == WG_LANE_LOOP)
		return below;
	return below > 0 && entry->lane == pane->lane;
}

/* How many rows a pane would take, header included, with `below` rows under each loop lane. */
static int pane_rows(const struct wg_pane *pane, int below)
{
	size_t i, rows = 1;

	for (i = 0; i < pane->list.count; i++)
		rows += (size_t)rows_below(pane, i, below) + 1;
	return rows > WG_ROWS_MAX ? WG_ROWS_MAX : (int)rows;
}

bool wg_layout_row(const struct wg_pane *pane, int below, size_t i, struct wg_row *ret_row)
{
	size_t k, at = 0;

	for (k = 0; k < pane->list.count; k++) {
		const struct wg_entry *entry = &pane->list.entries[k];
		size_t rows = (size_t)rows_below(pane, k, below) + 1;

		if (i < at + rows) {
			*ret_row = (struct wg_row){ .kind = (enum wg_row_kind)(i - at),
				.entry = k,
				.lane = entry->lane,
				.members = entry->members };
			if (entry->kind == WG_ENTRY_PROCESS)
				ret_row->kind = WG_ROW_PROCESS;
			/* A single row below shows marks or chain: see panes.c. */
			return true;
		}
		at += rows;
	}
	return false;
}

size_t wg_layout_top(const struct wg_pane *pane, const struct wg_layout *layout, size_t index)
{
	size_t visible = (size_t)(layout->pane[index].h - 1), i;
	size_t chosen = wg_lane_list_find(&pane->list, pane->lane);
	struct wg_row row;

	for (i = 0; wg_layout_row(pane, layout->below[index], i, &row); i++) {
		if (row.entry == chosen && row.kind == WG_ROW_LANE)
			return i < visible ? 0 : i - visible + 1;
	}
	return 0;
}

bool wg_layout_hit(const struct wg_app *app, const struct wg_layout *layout, int y,
	size_t *ret_pane, struct wg_row *ret_row)
{
	size_t i;

	for (i = 0; i < app->pane_count; i++) {
		const struct wg_pane *pane = &app->panes[i];
		struct wg_band band = layout->pane[i];

		if (y <= band.y || y >= band.y + band.h)
			continue;
		*ret_pane = i;
		return wg_layout_row(pane, layout->below[i],
			wg_layout_top(pane, layout, i) + (size_t)(y - band.y - 1), ret_row);
	}
	return false;
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
	if (app->mark_ns[0] != WG_NO_TIME || app->mark_ns[1] != WG_NO_TIME)
		grow(&layout->marks, 1, &left);
	if (left >= figures)
		grow(&layout->figures, figures, &left);
	grow(&layout->axis, 2, &left);
	if (app->rows >= 20)
		grow(&layout->overview, app->rows >= 34 ? 1 + (int)app->pane_count : 2, &left);
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

/* Rows that are left become blank lines between the parts. */
static void place(struct wg_layout *layout, const struct wg_app *app)
{
	struct wg_band *bands[] = { &layout->title, &layout->sentence, &layout->notes,
		&layout->legend, &layout->overview, &layout->axis, &layout->pane[0],
		&layout->pane[1], &layout->marks, &layout->figures, &layout->details };
	/* The parts after which a blank row helps most, best first. */
	static const size_t airy[] = { 9, 7, 2, 6, 3, 0 };
	bool blank[11] = { false };
	int left = app->rows - layout->footer.h, y = 0;
	size_t i;

	for (i = 0; i < 11; i++)
		left -= bands[i]->h;
	for (i = 0; i < 6 && left > 0; i++, left--)
		blank[airy[i]] = true;
	for (i = 0; i < 11; i++) {
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
