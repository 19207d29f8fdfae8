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
	[WG_SEES_EMPTY_WAKES] = { "empty wakes", POLL, DELIVER },
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

uint32_t wg_stats_missing(const struct wg_loop_stats *s)
{
	uint64_t found = s->polls - s->empty_polls + s->said_ready;
	uint32_t missing = 0;

	if (s->is_sum)
		return s->missing;
	if (!(s->saw & SUBMIT) && (s->saw & (START | DONE | DELIVER) || found))
		missing |= SUBMIT;
	if (!(s->saw & START) && s->served)
		missing |= START;
	if (!(s->saw & DONE) && (s->saw & DELIVER || found))
		missing |= DONE;
	if (!(s->saw & DELIVER) && (s->taken || missing & DONE))
		missing |= DELIVER;
	if (!(s->saw & NOTIFY) && s->wakes[WG_REASON_NOTIFIED])
		missing |= NOTIFY;
	if (!(s->saw & WAIT) && s->saw & WAKE)
		missing |= WAIT;
	if (!(s->saw & WAKE) && s->waits > 1)
		missing |= WAKE;
	if (!(s->saw & POLL) && s->saw & WAKE)
		missing |= POLL;
	return missing;
}

int wg_stats_lacks(const struct wg_loop_stats *s, enum wg_sees figure)
{
	uint32_t missing = wg_stats_missing(s) & table[figure].needs;

	/* Whoever delivers something has found it; but of a loop that never did, nobody knows. */
	if (!missing || table[figure].instead & s->saw || (s->is_sum && !(s->unseen >> figure & 1)))
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
