/*
 * ctf_decode.h: the bytes of one event as a struct wg_event. Private to traces/read.
 *
 * What a trace describes is learned once, into tables that are not changed afterwards: several
 * threads decode with them, each for streams of its own.
 */
#ifndef TRACES_READ_CTF_DECODE_H
#define TRACES_READ_CTF_DECODE_H

#include "traces/ctf/schema.h"
#include "traces/read/schema.h"

#define WG__CTF_SLOTS  13 /* the loop of an event, and 12 other fields of ours */
#define WG__CTF_PEOPLE 5  /* contexts of ours */

enum { WG__CTF_VPID, WG__CTF_VTID, WG__CTF_PROCNAME, WG__CTF_CPU_TIME, WG__CTF_PID_NS };

/* Bytes behind the end of what is decoded that may be read, and are not used. */
#define WG__CTF_SLACK 8

#define WG__CTF_NAME_MAX 32 /* longer names of processes are compared as texts */

struct wg__ctf_tables;

/* Names are interned in `names`. NULL: no memory. */
struct wg__ctf_tables *wg__ctf_tables_create(
	const struct wg__ctf_schema *schema, struct wg__names *names);
void wg__ctf_tables_destroy(struct wg__ctf_tables *tables); /* NULL is fine */

/* Where a stream is. */
struct wg__ctf_cursor {
	size_t stream; /* which of the schema's */
	uint64_t clock;
	uint32_t cpu;
	/* The last names, mostly also the next. */
	const char *procname, *text[WG__CTF_SLOTS];
	uint8_t procname_bytes[WG__CTF_NAME_MAX]; /* as they stand in the trace, if procname */
};

enum wg__ctf_got {
	WG__CTF_OURS,
	WG__CTF_OTHER, /* it too, and wg__take_event() is to look at it */
	WG__CTF_FOREIGN,
	WG__CTF_SHORT, /* it needs more bytes than there are */
	WG__CTF_WRONG, /* there is no such event */
	WG__CTF_NO_MEMORY
};

/*
 * The event at `at`, whose bytes end before `end` if they are all there. Of one of ours *ret_event
 * is filled, all but its space; *ret_ns has the context pid_ns. *ret_bytes: its length. The clock
 * is that of the event, or unchanged if it is short or wrong.
 */
enum wg__ctf_got wg__ctf_decode(const struct wg__ctf_tables *tables, struct wg__ctf_cursor *cursor,
	const uint8_t *at, const uint8_t *end, struct wg_event *ret_event, uint64_t *ret_ns,
	size_t *ret_bytes);

/* An event tells of nothing but its own moment: none is foreign, and so counted, and none is
 * WG__CTF_OTHER. */
bool wg__ctf_is_plain(const struct wg__ctf_tables *tables);

/* The contexts of that stream have this one. */
bool wg__ctf_has_context(const struct wg__ctf_tables *tables, size_t stream, unsigned which);

#endif
