/*
 * history.c: see history.h. Going back stores the present window where the other one was, so that
 * going forward finds it there.
 */
#include "viz/app/history.h"

#include <string.h>

void wg_history_push(struct wg_history *history, struct wg_place left)
{
	if (history->at == WG_HISTORY_MAX) {
		/* The oldest is forgotten. */
		history->at--;
		memmove(&history->windows[0], &history->windows[1],
			history->at * sizeof(history->windows[0]));
	}
	history->windows[history->at++] = left;
	history->count = history->at;
}

static void swap(struct wg_place *a, struct wg_place *b)
{
	struct wg_place was = *a;

	*a = *b;
	*b = was;
}

bool wg_history_back(struct wg_history *history, struct wg_place *window)
{
	if (history->at == 0)
		return false;
	swap(&history->windows[--history->at], window);
	return true;
}

bool wg_history_on(struct wg_history *history, struct wg_place *window)
{
	if (history->at == history->count)
		return false;
	swap(&history->windows[history->at++], window);
	return true;
}
