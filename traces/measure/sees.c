/*
 * sees.c: see sees.h.
 */
#include "traces/measure/sees.h"

#include <stdio.h>

#include "traces/measure/measure.h"

#define SUBMIT	(1u << WG_EV_SUBMIT)
#define START	(1u << WG_EV_START)
#define DONE	(1u << WG_EV_DONE)
#define NOTIFY	(1u << WG_EV_NOTIFY)
#define WAIT	(1u << WG_EV_WAIT)
#define WAKE	(1u << WG_EV_WAKE)
#define POLL	(1u << WG_EV_POLL)
#define DELIVER (1u << WG_EV_DELIVER)

static const struct {
	const char *name;
	uint32_t needs;
	uint32_t instead; /* is enough in place of needs */
} table[] = {
	[WG_SEES_SUBMITTED] = { "submits", SUBMIT, 0 },
	[WG_SEES_DONE] = { "results", DONE, 0 },
	[WG_SEES_DELIVERED] = { "deliveries", DELIVER, 0 },
	[WG_SEES_WORKED] = { "service times", START | DONE, 0 },
	[WG_SEES_WAITS] = { "waits", WAIT, 0 },
	[WG_SEES_ASLEEP] = { "sleeps", WAIT | WAKE, 0 },
	[WG_SEES_WAKES] = { "wakes", WAKE, 0 },
	[WG_SEES_EMPTY_WAKES] = { "empty wakes", WAKE | POLL, WAKE | DELIVER },
	[WG_SEES_LATE_WAKES] = { "late wakes", DONE | WAKE | DELIVER, 0 },
	[WG_SEES_STUCK] = { "stuck loops", DONE | WAIT | WAKE | DELIVER, 0 },
	[WG_SEES_POLLS] = { "polls", POLL, 0 },
	[WG_SEES_NOTIFIES] = { "notifies", NOTIFY, 0 },
	[WG_SEES_GAPS] = { "gaps", DONE | WAIT | WAKE | DELIVER, 0 },
	[WG_SEES_QUEUED] = { "times queued", SUBMIT | START, 0 },
	[WG_SEES_READY_ASLEEP] = { "times ready but asleep", DONE | WAKE | DELIVER, 0 },
	[WG_SEES_DELIVERY] = { "delivery times", DONE | WAKE | DELIVER, 0 },
	[WG_SEES_WHOLE] = { "whole times", SUBMIT | DELIVER, 0 },
};

_Static_assert(sizeof(table) / sizeof(table[0]) == WG_SEES_COUNT, "every figure has its needs");

/*
 * What must have happened, because other events tell of it: 1u << WG_EV_..., emitted or not. A loop
 * that polls and of which there is neither a wait nor a wake may be one that never sleeps. One that
 * wakes up and polls may be one without operations; if it only wakes up, nobody knows.
 */
static uint32_t told(const struct wg_loop_stats *s)
{
	bool only_wakes = s->saw & WAKE && !(s->saw & (SUBMIT | START | DONE | DELIVER | POLL));
	bool found = s->polls > s->empty_polls || s->said_ready || s->notified_ops || only_wakes;
	bool has_turned = s->saw & (WAIT | WAKE | POLL);
	uint32_t told = 0;

	if (s->saw & (START | DONE | DELIVER) || found)
		told |= SUBMIT;
	if (s->saw & DELIVER || found)
		told |= DONE;
	/* Results went through a loop of which there is no event but those of operations. */
	if (s->saw & WAKE || (!has_turned && (s->saw | told) & DONE))
		told |= WAIT;
	if (s->waits > 1 || told & WAIT)
		told |= WAKE;
	if (told & WAKE)
		told |= POLL;
	if (s->wakes[WG_REASON_NOTIFIED] || told & WAKE & ~s->saw)
		told |= NOTIFY;
	/* That a result was taken shows in a later wait; but waits and wakes must be there. */
	if (s->taken || told & DONE & ~s->saw ||
		((s->saw | told) & DONE &&
			((told & (WAIT | WAKE) & ~s->saw) || !(s->saw & (WAIT | WAKE)))))
		told |= DELIVER;
	/* Without its submit, nobody knows whether an operation needed a worker. */
	if (s->served || (told & (SUBMIT | DONE) & ~s->saw && (told | s->saw) & DONE))
		told |= START;
	return told;
}

uint32_t wg_stats_missing(const struct wg_loop_stats *s)
{
	return s->is_sum ? s->missing : told(s) & ~s->saw;
}

int wg_stats_lacks(const struct wg_loop_stats *s, enum wg_sees figure)
{
	uint32_t missing = wg_stats_missing(s) & table[figure].needs;
	uint32_t instead = table[figure].instead;

	/* Whoever delivers something has found it; but of a loop that never did, nobody knows. */
	if (!missing || (instead && !(instead & ~s->saw)) ||
		(s->is_sum && !(s->unseen >> figure & 1)))
		return -1;
	return __builtin_ctz(missing);
}

static char *words(char *buf, size_t len, int lacks)
{
	if (lacks < 0)
		return NULL;
	(void)snprintf(buf, len, "not observable: no %s events",
		wg_event_type_name((enum wg_event_type)lacks));
	return buf;
}

char *wg_sees_words(char *buf, size_t len, uint32_t missing, uint32_t unseen, enum wg_sees figure)
{
	uint32_t lacks = figure < WG_SEES_COUNT ? missing & table[figure].needs : 0;

	return words(buf, len, lacks && unseen >> figure & 1 ? __builtin_ctz(lacks) : -1);
}

bool wg_stats_sees(const struct wg_loop_stats *s, enum wg_sees figure)
{
	return wg_stats_lacks(s, figure) < 0;
}

const char *wg_sees_name(enum wg_sees figure)
{
	return table[figure].name;
}

char *wg_stats_unseen(char *buf, size_t len, const struct wg_loop_stats *s, enum wg_sees figure)
{
	return words(buf, len, wg_stats_lacks(s, figure));
}
