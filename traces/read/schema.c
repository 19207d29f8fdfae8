/*
 * schema.c: see schema.h.
 *
 * Three tables of names, each in the order of its enumeration. A reader looks a name up once per
 * event class and keeps the result, so a plain search is fast enough.
 */
#include "traces/read/schema.h"

#include <stddef.h>
#include <string.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

static const char *const event_names[] = {
	[WG_EV_LOOP] = "loop",
	[WG_EV_SUBMIT] = "submit",
	[WG_EV_START] = "start",
	[WG_EV_DONE] = "done",
	[WG_EV_NOTIFY] = "notify",
	[WG_EV_WAIT] = "wait",
	[WG_EV_WAKE] = "wake",
	[WG_EV_POLL] = "poll",
	[WG_EV_DELIVER] = "deliver",
	[WG_EV_LOST] = "lost",
	[WG_EV_OTHER] = "other",
};

static const char *const kind_names[] = {
	[WG_KIND_READ] = "read",
	[WG_KIND_WRITE] = "write",
	[WG_KIND_OPEN] = "open",
	[WG_KIND_CLOSE] = "close",
	[WG_KIND_STAT] = "stat",
	[WG_KIND_CONNECT] = "connect",
	[WG_KIND_ACCEPT] = "accept",
	[WG_KIND_RECV] = "recv",
	[WG_KIND_SEND] = "send",
	[WG_KIND_TIMER] = "timer",
	[WG_KIND_WORK] = "work",
	[WG_KIND_UNKNOWN] = "unknown",
};

static const char *const reason_names[] = {
	[WG_REASON_NOTIFIED] = "notified",
	[WG_REASON_TIMEOUT] = "timeout",
	[WG_REASON_READY] = "ready",
	[WG_REASON_SPURIOUS] = "spurious",
	[WG_REASON_INTERRUPTED] = "interrupted",
	[WG_REASON_UNKNOWN] = "unknown",
};

_Static_assert(ARRAY_LEN(event_names) == WG_EV_COUNT, "every event has a name");
_Static_assert(ARRAY_LEN(kind_names) == WG_KIND_COUNT, "every kind has a name");
_Static_assert(ARRAY_LEN(reason_names) == WG_REASON_COUNT, "every reason has a name");

/* Index of name among the first count names, or count. */
static size_t find(const char *const *names, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (strcmp(names[i], name) == 0)
			break;
	}
	return i;
}

const char *wg_event_type_name(enum wg_event_type type)
{
	return (size_t)type < ARRAY_LEN(event_names) ? event_names[type] : "?";
}

const char *wg_kind_name(enum wg_kind kind)
{
	return (size_t)kind < ARRAY_LEN(kind_names) ? kind_names[kind] : "?";
}

const char *wg_reason_name(enum wg_reason reason)
{
	return (size_t)reason < ARRAY_LEN(reason_names) ? reason_names[reason] : "?";
}

enum wg_event_type wg_event_type_of(const char *name)
{
	/* "lost" is a state of the trace: a program that emits an event of that name means its own.
	 */
	size_t i = find(event_names, WG_EV_LOST, name);

	return i < WG_EV_LOST ? (enum wg_event_type)i : WG_EV_OTHER;
}

enum wg_kind wg_kind_of(const char *name)
{
	return (enum wg_kind)find(kind_names, WG_KIND_UNKNOWN, name);
}

enum wg_reason wg_reason_of(const char *name)
{
	return (enum wg_reason)find(reason_names, WG_REASON_UNKNOWN, name);
}
