/*
 * schema.h: the vocabulary of a wakegap trace, as a reader sees it.
 *
 * The names are the contract between the program that emitted a trace and every program that reads
 * one; the numbers below are private to this side. Enumerations travel through a trace by label, so
 * nothing here includes or mirrors a header of core/.
 *
 * Times are nanoseconds of the tracer's monotonic clock. Two traces of one boot share that clock.
 */
#ifndef TRACES_READ_SCHEMA_H
#define TRACES_READ_SCHEMA_H

#include <stdbool.h>
#include <stdint.h>

enum wg_event_type {
	WG_EV_LOOP,    /* a loop was created */
	WG_EV_SUBMIT,  /* an operation is handed in */
	WG_EV_START,   /* a worker begins it */
	WG_EV_DONE,    /* its result is published to the loop */
	WG_EV_NOTIFY,  /* somebody notifies the loop */
	WG_EV_WAIT,    /* the loop is about to sleep */
	WG_EV_WAKE,    /* it is back */
	WG_EV_POLL,    /* it looks at its results */
	WG_EV_DELIVER, /* the caller has the result */
	WG_EV_LOST,    /* the tracer discarded events here: a hole, not an event of the program */
	WG_EV_OTHER,   /* an event of this provider that this version does not know */
	WG_EV_COUNT
};

enum wg_kind {
	WG_KIND_READ,
	WG_KIND_WRITE,
	WG_KIND_OPEN,
	WG_KIND_CLOSE,
	WG_KIND_STAT,
	WG_KIND_CONNECT,
	WG_KIND_ACCEPT,
	WG_KIND_RECV,
	WG_KIND_SEND,
	WG_KIND_TIMER,
	WG_KIND_WORK,
	WG_KIND_UNKNOWN,
	WG_KIND_COUNT
};

enum wg_reason {
	WG_REASON_NOTIFIED,
	WG_REASON_TIMEOUT,
	WG_REASON_READY,
	WG_REASON_SPURIOUS,
	WG_REASON_INTERRUPTED,
	WG_REASON_UNKNOWN,
	WG_REASON_COUNT
};

struct wg_event {
	int64_t ts_ns;
	enum wg_event_type type;
	uint32_t cpu;
	uint32_t pid, tid;    /* contexts vpid and vtid; 0 if the trace lacks them */
	const char *procname; /* interned by the reader, lives as long as it does; "" if absent */
	uint64_t loop;	      /* unique within a process */
	uint64_t op;	      /* unique within a process; 0 for events without one */
	int64_t cpu_time_ns;  /* of the thread, from some point on: perf:thread:task-clock */
	/* Processes whose pids mean the same: those of one recording and one pid namespace. */
	uint32_t space : 31;
	uint32_t has_cpu_time : 1; /* the trace has a context for cpu_time_ns */
	uint32_t who;		   /* number of the process; set in the events of a model only */
	union {
		struct {
			const char *wait;
			int64_t tick_ns;
		} loop_; /* wait is interned */
		struct {
			enum wg_kind kind;
			int64_t arg;
		} submit;
		struct {
			uint32_t worker;
		} start;
		struct {
			int64_t result;
		} done, deliver;
		struct {
			uint32_t sent;
		} notify;
		struct {
			int64_t timeout_ns;
			uint32_t ready;
		} wait;
		struct {
			enum wg_reason reason;
			uint32_t ready;
		} wake;
		struct {
			uint32_t found;
		} poll;
		struct {
			int64_t begin_ns;
			uint64_t count;
		} lost; /* hole is [begin_ns, ts_ns];
			   count 0: unknown, at least 1 */
		struct {
			const char *call, *why;
		} never_ends; /* of WG_EV_OTHER; interned; NULL: it is another event */
	};
};

/* Names as they stand in the trace; "?" for values out of range. The strings are static. */
const char *wg_event_type_name(enum wg_event_type type);
const char *wg_kind_name(enum wg_kind kind);
const char *wg_reason_name(enum wg_reason reason);

/* The value of a name, or WG_EV_OTHER, WG_KIND_UNKNOWN, WG_REASON_UNKNOWN. */
enum wg_event_type wg_event_type_of(const char *name);
enum wg_kind wg_kind_of(const char *name);
enum wg_reason wg_reason_of(const char *name);

#endif
