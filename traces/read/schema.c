/*
 * schema.c: see schema.h.
 *
 * Tables of names, each in the order of its enumeration. A reader looks a name up once per
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

static const char *const event_about[] = {
	[WG_EV_LOOP] = "a loop was created",
	[WG_EV_SUBMIT] = "an operation is handed in",
	[WG_EV_START] = "a worker begins it",
	[WG_EV_DONE] = "its result is published to the loop",
	[WG_EV_NOTIFY] = "somebody notifies the loop",
	[WG_EV_WAIT] = "the loop is about to sleep",
	[WG_EV_WAKE] = "it woke up",
	[WG_EV_POLL] = "it looks at its results",
	[WG_EV_DELIVER] = "the caller has the result",
};

static const char *const record_about[] = {
	[WG_RECORD_WAIT] = "a thread is about to sleep",
	[WG_RECORD_WAKE] = "it woke up",
	[WG_RECORD_NOTIFY] = "a thread notifies whoever waits for an object",
	[WG_RECORD_OBJECT] = "something to wait for",
	[WG_RECORD_SITE] = "a place in a program",
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

static const char *const record_names[] = {
	[WG_RECORD_NONE] = "none",
	[WG_RECORD_WAIT] = "wait",
	[WG_RECORD_WAKE] = "wake",
	[WG_RECORD_NOTIFY] = "notify",
	[WG_RECORD_OBJECT] = "object",
	[WG_RECORD_SITE] = "site",
};

static const char *const object_names[] = {
	[WG_OBJECT_OTHER] = "other",
	[WG_OBJECT_EPOLL] = "epoll",
	[WG_OBJECT_EVENTFD] = "eventfd",
	[WG_OBJECT_PIPE] = "pipe",
	[WG_OBJECT_SOCKETPAIR] = "socketpair",
	[WG_OBJECT_SOCKET] = "socket",
	[WG_OBJECT_TIMERFD] = "timerfd",
	[WG_OBJECT_COND] = "cond",
	[WG_OBJECT_SEM] = "sem",
	[WG_OBJECT_FUTEX] = "futex",
	[WG_OBJECT_SET] = "set",
};

static const char *const certainty_names[] = {
	[WG_CERTAINTY_NONE] = "none",
	[WG_CERTAINTY_LIKELY] = "likely",
	[WG_CERTAINTY_EXACT] = "exact",
};

static const char *const did_names[] = {
	[WG_DID_UNKNOWN] = "unknown",
	[WG_DID_NOTHING] = "nothing",
	[WG_DID_LOOKED] = "looked",
	[WG_DID_DRAINED] = "drained",
	[WG_DID_ACTED] = "acted",
};

_Static_assert(ARRAY_LEN(record_names) == WG_RECORD_COUNT, "every record has a name");
_Static_assert(ARRAY_LEN(object_names) == WG_OBJECT_KIND_COUNT, "every kind has a name");
_Static_assert(ARRAY_LEN(certainty_names) == WG_CERTAINTY_COUNT, "every certainty has a name");
_Static_assert(ARRAY_LEN(did_names) == WG_DID_COUNT, "every deed has a name");
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

const char *wg_event_about(enum wg_event_type type)
{
	return (size_t)type < ARRAY_LEN(event_about) ? event_about[type] : NULL;
}

const char *wg_record_about(enum wg_record record)
{
	return (size_t)record < ARRAY_LEN(record_about) ? record_about[record] : NULL;
}

const char *wg_kind_name(enum wg_kind kind)
{
	return (size_t)kind < ARRAY_LEN(kind_names) ? kind_names[kind] : "?";
}

const char *wg_reason_name(enum wg_reason reason)
{
	return (size_t)reason < ARRAY_LEN(reason_names) ? reason_names[reason] : "?";
}

const char *wg_record_name(enum wg_record record)
{
	return (size_t)record < ARRAY_LEN(record_names) ? record_names[record] : "?";
}

const char *wg_object_kind_name(enum wg_object_kind kind)
{
	return (size_t)kind < ARRAY_LEN(object_names) ? object_names[kind] : "?";
}

const char *wg_certainty_name(enum wg_certainty certainty)
{
	return (size_t)certainty < ARRAY_LEN(certainty_names) ? certainty_names[certainty] : "?";
}

const char *wg_did_name(enum wg_did did)
{
	return (size_t)did < ARRAY_LEN(did_names) ? did_names[did] : "?";
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

enum wg_record wg_record_of(const char *name)
{
	size_t i = find(record_names, WG_RECORD_COUNT, name);

	return i < WG_RECORD_COUNT ? (enum wg_record)i : WG_RECORD_NONE;
}

enum wg_object_kind wg_object_kind_of(const char *name)
{
	size_t i = find(object_names, WG_OBJECT_KIND_COUNT, name);

	return i < WG_OBJECT_KIND_COUNT ? (enum wg_object_kind)i : WG_OBJECT_OTHER;
}

enum wg_certainty wg_certainty_of(const char *name)
{
	size_t i = find(certainty_names, WG_CERTAINTY_COUNT, name);

	return i < WG_CERTAINTY_COUNT ? (enum wg_certainty)i : WG_CERTAINTY_NONE;
}

enum wg_did wg_did_of(const char *name)
{
	size_t i = find(did_names, WG_DID_COUNT, name);

	return i < WG_DID_COUNT ? (enum wg_did)i : WG_DID_UNKNOWN;
}
