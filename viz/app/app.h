/*
 * app.h: the viewer's state, and how a key changes it. No I/O and no clock of its own: time comes
 * in as an argument, so that a test or a script plays minutes in no time, and gets the same result
 * twice.
 *
 *     key, mouse -> wg_app_key(), wg_app_mouse() -> effects -> the caller draws, saves, leaves
 *
 * Drawing (screen.h) reads this state and changes nothing.
 *
 * Times named t or cursor_ns are relative to a pane's t=0, its first submit; a trace's own times
 * are that plus the pane's origin_ns.
 */
#ifndef VIZ_APP_APP_H
#define VIZ_APP_APP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/model/model.h"
#include "traces/model/figures.h"
#include "viz/app/bookmarks.h"
#include "traces/model/filter.h"
#include "viz/canvas/glyphs.h"
#include "viz/app/history.h"
#include "viz/app/keys.h"
#include "traces/model/scale.h"
#include "viz/app/lane_list.h"

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
	WG_FX_SAVE = 1u << 3,	/* bookmarks changed: wg_app_save() */
};

/* What fills the screen. */
enum wg_view {
	WG_VIEW_LANES,
	WG_VIEW_FIGURES,
	WG_VIEW_FINDINGS,
	WG_VIEW_HELP,
	WG_VIEW_WORDS, /* what another one cuts, whole */
	WG_VIEW_COUNT
};

/* What stands at the same place in both panes. */
enum wg_align {
	WG_ALIGN_SUBMIT, /* the first submit, which is t=0 */
	WG_ALIGN_BEGIN,	 /* the first event of each */
	WG_ALIGN_OP,	 /* the operation at the cursor, by its place among the submits */
	WG_ALIGN_COUNT
};

/* What the footer asks for while a person types. */
enum wg_prompt_kind {
	WG_PROMPT_NONE,
	WG_PROMPT_GO,
	WG_PROMPT_SEARCH,
	WG_PROMPT_FILTER,
	WG_PROMPT_NAME, /* of a bookmark */
};

struct wg_prompt {
	enum wg_prompt_kind kind;
	char text[96], begun[96]; /* begun: what was typed before an older line was called up */
	size_t len, at;		  /* at: the byte in front of which a key's character goes */
	size_t back;		  /* how far back the line is from; 0: it is new */
	bool is_explained;	  /* the language of searches is on the screen */
};

/* The last lines of one kind of prompt, the newest last. */
#define WG_LINES_MAX 16
struct wg_lines {
	char v[WG_LINES_MAX][96];
	size_t count;
};

/* The language of searches and filters, in few words; NULL past the last line. */
const char *wg_prompt_explained(size_t line);

struct wg_pane {
	const struct wg_trace *trace; /* borrowed */
	struct wg_figures figures;
	int64_t origin_ns; /* what t=0 is in this trace */
	bool is_pinned;	   /* it stays so: the trace forgets its beginning */
	size_t lane;	   /* the chosen one */
	size_t op;	   /* 1 + the index of the selected operation; 0: none */
	uint32_t op_who;   /* the same by name, for when the trace has grown */
	uint64_t op_id;
	struct wg_lane_list list;
	struct wg_bookmarks bookmarks;
	int64_t own_from_ns, own_cursor_ns; /* of the pane that is not active, cursors being free */
	uint8_t overview[WG_COLS_MAX];	    /* see overview.h */
};

struct wg_live_title;

/* How far a trace on the screen has been read. */
struct wg_app_reading {
	bool is_on;		   /* else nothing is said */
	uint64_t events;	   /* so far */
	uint64_t bytes, all_bytes; /* of files; all_bytes 0: not known */
};

struct wg_app {
	struct wg_pane panes[WG_PANES_MAX];
	size_t pane_count, active;
	int cols, rows;
	int name_cols; /* in front of every lane */
	struct wg_scale scale;
	int64_t begin_ns, end_ns; /* of all panes together */
	int64_t cursor_ns;
	struct wg_history history;
	int64_t mark_ns[2]; /* WG_NO_TIME if not set */
	enum wg_align align;
	bool is_free; /* each pane has a cursor and a window of its own */
	bool playing, speed_chosen;
	int speed;			     /* index, see wg_app_speed() */
	int64_t play_now_ns, play_cursor_ns; /* where playing began, in both times */
	enum wg_view view, under;	     /* under: from which WG_VIEW_WORDS was opened */
	int top;			     /* first line in sight of a view that scrolls */
	int row;			     /* the chosen one of a view with choices */
	struct wg_prompt prompt;
	struct wg_lines gone, searched, named; /* what was typed; a filter is a search */
	struct wg_filter search, filter;
	size_t longest; /* how often W was pressed in a row */
	bool dragging;
	int64_t drag_from_ns; /* the window and the column where the drag began */
	int drag_col;
	bool ascii, light, no_mouse; /* of the terminal; light: its background */
	const struct wg_glyphs *glyphs;
	const struct wg_live_title *live;      /* of a running program, or NULL; borrowed */
	struct wg_app_reading reading;	       /* of traces that are still read */
	char status[160];		       /* answers to the last key; "" for none */
	char verdict[512], verdict_short[512]; /* what the traces show, in a sentence */
};

/* One or two traces, borrowed for the life of the app. 0 or -ENOMEM. */
int wg_app_init(struct wg_app *app, const struct wg_trace *const *traces, size_t count, int cols,
	int rows, bool ascii);

/* The traces have grown, or are others now with the same names in them. All figures are taken
 * anew, O(trace). Returns WG_FX_*. */
unsigned wg_app_grown(struct wg_app *app);

/* They have more lanes, or lanes in another order: list them anew. The chosen ones stay chosen.
 * O(lanes); wg_app_grown() does it, too. */
void wg_app_relist(struct wg_app *app);

/* One key at time now. Returns WG_FX_*. */
unsigned wg_app_key(struct wg_app *app, uint32_t key, int64_t now_ns);

/* The mouse did this at a cell. Returns WG_FX_*. */
enum wg_mouse { WG_MOUSE_PRESS, WG_MOUSE_MOVE, WG_MOUSE_RELEASE, WG_MOUSE_UP, WG_MOUSE_DOWN };
unsigned wg_app_mouse(struct wg_app *app, enum wg_mouse what, int x, int y, int64_t now_ns);

/* Time has passed: moves the cursor while playing. Returns WG_FX_*. */
unsigned wg_app_tick(struct wg_app *app, int64_t now_ns);

/* When wg_app_tick() next has something to do; -1 for never: an idle viewer costs nothing. */
int64_t wg_app_next_tick(const struct wg_app *app, int64_t now_ns);

/* The screen has another size now. What is at the cursor stays in sight. */
unsigned wg_app_resize(struct wg_app *app, int cols, int rows);
bool wg_app_too_small(const struct wg_app *app);

/* The findings of all panes, one after another. Returns how many. */
struct wg_finding;
size_t wg_app_findings(const struct wg_app *app, struct wg_finding *findings, size_t max);

/* Read the bookmarks of all traces; what cannot be read is said in the status. Does I/O. */
void wg_app_load(struct wg_app *app);

/* Write the bookmarks beside their traces and say in the status where, or why not. Does I/O: the
 * caller does it on WG_FX_SAVE. */
void wg_app_save(struct wg_app *app);

/* "1/1000", "1": trace time for each time at the clock on the wall. */
const char *wg_app_speed(const struct wg_app *app);

/* The column of the cursor; may be -1 or scale.cols if it is out of sight. */
int wg_app_cursor_col(const struct wg_app *app);

/* The operation to explain: the selected one, else that at the cursor: 1 + its index, 0 if none;
 * the same in room, or NULL. */
size_t wg_app_op_number(const struct wg_app *app, size_t pane);
const struct wg_op_life *wg_app_op(const struct wg_app *app, size_t pane, struct wg_op_life *room);

#endif
