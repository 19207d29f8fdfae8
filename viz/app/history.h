/*
 * history.h: undo and redo of zooms and jumps: the windows seen before.
 */
#ifndef VIZ_APP_HISTORY_H
#define VIZ_APP_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WG_HISTORY_MAX 64

struct wg_place {
	int64_t from_ns, step_ns, cursor_ns;
};

/* Windows [0, at) are behind, [at, count) ahead. */
struct wg_history {
	struct wg_place windows[WG_HISTORY_MAX];
	size_t at, count;
};

/* Leave a window: undo can return to it, and redo is forgotten. */
void wg_history_push(struct wg_history *history, struct wg_place left);

/* Swap *window for the one behind or ahead. False if there is none. */
bool wg_history_back(struct wg_history *history, struct wg_place *window);
bool wg_history_on(struct wg_history *history, struct wg_place *window);

#endif
