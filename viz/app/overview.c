/*
 * overview.c: see overview.h. A cell is one byte: which glyph. The worst of all loops is kept; that
 * is what bins.c says is drawn for a lane, so strip and lane cannot disagree.
 */
#include "viz/app/overview.h"

#include <string.h>

#include "traces/model/bins.h"

/* What a byte says; wasted in eight steps, the highest are the worst. */
enum { NOTHING, ASLEEP, AWAKE, EMPTY, LOST, WASTED };

static uint8_t code_of(const struct wg_bin *bin, int64_t step_ns)
{
	int64_t wasted = bin->ns[WG_SPAN_WASTED];

	if (wasted > 0) {
		int step = (int)((double)wasted / (double)step_ns * WG_WASTED_STEPS);

		return (uint8_t)(WASTED + (step < WG_WASTED_STEPS ? step : WG_WASTED_STEPS - 1));
	}
	return bin->ns[WG_SPAN_LOST] > 0     ? LOST
	       : bin->empty_wakes > 0	     ? EMPTY
	       : bin->ns[WG_SPAN_AWAKE] > 0  ? AWAKE
	       : bin->ns[WG_SPAN_ASLEEP] > 0 ? ASLEEP
					     : NOTHING;
}

struct wg_scale wg_overview_scale(const struct wg_app *app)
{
	return (struct wg_scale){ .from_ns = app->begin_ns,
		.step_ns = wg_scale_fit_step(app->begin_ns, app->end_ns, app->scale.cols),
		.cols = app->scale.cols };
}

static void build(struct wg_app *app, struct wg_pane *pane)
{
	struct wg_scale scale = wg_overview_scale(app);
	struct wg_bin bins[WG_COLS_MAX], holes[WG_COLS_MAX];
	size_t i;
	int col;

	memset(pane->overview, 0, sizeof(pane->overview));
	wg_bins_clear(holes, &scale);
	wg_bins_add_holes(holes, &scale, pane->trace, pane->origin_ns);
	for (i = 0; i < pane->trace->lane_count; i++) {
		const struct wg_lane *lane = &pane->trace->lanes[i];

		if (lane->kind == WG_LANE_WORKER)
			continue;
		wg_bins_clear(bins, &scale);
		wg_bins_fill(bins, &scale, lane, pane->origin_ns);
		wg_bins_add(bins, &scale, holes);
		wg_bins_add_empty_wakes(bins, &scale, pane->trace, lane, pane->origin_ns);
		for (col = 0; col < scale.cols; col++) {
			uint8_t code = code_of(&bins[col], scale.step_ns);

			if (code > pane->overview[col])
				pane->overview[col] = code;
		}
	}
}

void wg_overview_build(struct wg_app *app)
{
	size_t i;

	for (i = 0; i < app->pane_count; i++)
		build(app, &app->panes[i]);
}

struct wg_cell wg_overview_cell(const struct wg_app *app, size_t pane, int col)
{
	const struct wg_glyphs *g = app->glyphs;
	uint8_t code = app->panes[pane].overview[col];

	switch (code) {
	case NOTHING: return (struct wg_cell){ .ch = ' ', .style = WG_STYLE_PLAIN };
	case ASLEEP: return (struct wg_cell){ .ch = g->asleep, .style = WG_STYLE_ASLEEP };
	case AWAKE: return (struct wg_cell){ .ch = g->awake_part, .style = WG_STYLE_AWAKE };
	case EMPTY: return (struct wg_cell){ .ch = g->empty, .style = WG_STYLE_EMPTY };
	case LOST: return (struct wg_cell){ .ch = g->lost, .style = WG_STYLE_LOST };
	default:
		return (struct wg_cell){ .ch = g->wasted[code - WASTED], .style = WG_STYLE_WASTED };
	}
}
