/*
 * app.h: the viewer's state, and how a key changes it. No I/O and no clock of its own: time comes
 * in as an argument, so that a test or a script plays minutes in no time and twice the same.
 *
 *     key -> wg_app_key() -> effects -> the caller draws, leaves, ...
 *
 * Drawing (screen.h) reads this state and changes nothing.
 *
 * Times named t or cursor_ns are relative to a pane's t=0, its first submit; a trace's own times
 * are that plus the pane's origin_ns.
 */
#ifndef VIZ_APP_H
#define VIZ_APP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/model.h"
#include "viz/figures.h"
#include "viz/glyphs.h"
#include "viz/keys.h"
#include "viz/scale.h"

#define WG_PANES_MAX 2
#define WG_COLS_MIN  40
#define WG_ROWS_MIN  10
#define WG_COLS_MAX  1000 /* also of --frame: no screen is wider, and memory stays small */
#define WG_ROWS_MAX  1000

/* What the caller is to do after an update. */
enum {
	WG_FX_DRAW = 1u << 0,
	WG_FX_QUIT = 1u << 1,
	WG_FX_REDRAW = 1u << 2, /* from scratch: the terminal's content is in doubt */
};

struct wg_pane {
	const struct wg_trace *trace; /* borrowed */
	struct wg_figures figures;
	int64_t origin_ns;	     /* what t=0 is in this trace */
	size_t lane;		     /* the chosen one */
	const struct wg_op_life *op; /* selected, or NULL; borrowed from the trace */
};

struct wg_live_title;

struct wg_app {
	struct wg_pane panes[WG_PANES_MAX];
	size_t pane_count, active;
	int cols, rows;
	int name_cols; /* in front of every lane */
	struct wg_scale scale;
	int64_t begin_ns, end_ns; /* of all panes together */
	int64_t cursor_ns;
	bool playing, speed_chosen;
	int speed;			     /* index, see wg_app_speed() */
	int64_t play_now_ns, play_cursor_ns; /* where playing began, in both times */
	bool help;
	int help_top;
	bool ascii;
	const struct wg_glyphs *glyphs;
	const struct wg_live_title *live;      /* of a running program, or NULL; borrowed */
	char status[160];		       /* answers to the last key; "" for none */
	char verdict[512], verdict_short[512]; /* what the traces show, in a sentence */
};

/* One or two traces, borrowed for the life of the app. 0 or -ENOMEM. */
int wg_app_init(struct wg_app *app, const struct wg_trace *const *traces, size_t count, int cols,
	int rows, bool ascii);

/* One key at time now. Returns WG_FX_*. */
unsigned wg_app_key(struct wg_app *app, uint32_t key, int64_t now_ns);

/* Time has passed: moves the cursor while playing. Returns WG_FX_*. */
unsigned wg_app_tick(struct wg_app *app, int64_t now_ns);

/* When wg_app_tick() next has something to do; -1 for never, which is what an idle viewer costs. */
int64_t wg_app_next_tick(const struct wg_app *app, int64_t now_ns);

/* The screen has another size now. What is at the cursor stays in sight. */
unsigned wg_app_resize(struct wg_app *app, int cols, int rows);
bool wg_app_too_small(const struct wg_app *app);

/* "1/1000", "1": trace time for each time at the clock on the wall. */
const char *wg_app_speed(const struct wg_app *app);

/* The column of the cursor; may be -1 or scale.cols if it is out of sight. */
int wg_app_cursor_col(const struct wg_app *app);

/* The operation to explain: the selected one, else that at the cursor; NULL if none. */
const struct wg_op_life *wg_app_op(const struct wg_app *app, size_t pane);

#endif
