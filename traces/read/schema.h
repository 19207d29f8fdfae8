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
#include <stddef.h>
#include <stdint.h>

#include "traces/base/waiting.h"

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

/*
 * Records of threads, for programs that are seen from outside only. In a trace they are the events
 * `wait`, `wake`, `notify` (loop 0), `object` and `site`. As struct wg_event their type is
 * WG_EV_OTHER: what knows loops only passes them by.
 */
enum wg_record {
	WG_RECORD_NONE,	  /* an event of a loop */
	WG_RECORD_WAIT,	  /* a thread is about to sleep */
	WG_RECORD_WAKE,	  /* it is back */
	WG_RECORD_NOTIFY, /* a thread notifies whoever waits for an object */
	WG_RECORD_OBJECT, /* something to wait for */
	WG_RECORD_SITE,	  /* a place in a program */
	WG_RECORD_COUNT
};

/* What it waits for. */
enum wg_object_kind {
	WG_OBJECT_OTHER,
	WG_OBJECT_EPOLL,
	WG_OBJECT_EVENTFD,
	WG_OBJECT_PIPE,
	WG_OBJECT_SOCKETPAIR,
	WG_OBJECT_SOCKET,
	WG_OBJECT_TIMERFD,
	WG_OBJECT_COND,
	WG_OBJECT_SEM,
	WG_OBJECT_FUTEX,
	WG_OBJECT_SET, /* several descriptors; fd is the first */
	WG_OBJECT_KIND_COUNT
};

/* How sure it is who woke a thread. */
enum wg_certainty {
	WG_CERTAINTY_NONE,
	WG_CERTAINTY_LIKELY,
	WG_CERTAINTY_EXACT,
	WG_CERTAINTY_COUNT
};

/* What a thread did between a wake and its next wait, the most of it. */
enum wg_did {
	WG_DID_UNKNOWN, /* not observable */
	WG_DID_NOTHING, /* no call */
	WG_DID_LOOKED,	/* calls that changed nothing: clocks, /proc, EAGAIN, a futex wake of nobody
			 */
	WG_DID_DRAINED, /* took what an eventfd or a timerfd held */
	WG_DID_ACTED,	/* wrote, woke somebody, read bytes, made or ended a thread */
	WG_DID_COUNT
};

#define WG_RET_UNKNOWN INT64_MIN

struct wg_event {
	int64_t ts_ns;
	enum wg_event_type type;
	enum wg_record record; /* of a thread; then the id of its object, 0 if none, is in op */
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
		} never_ends; /* of WG_EV_OTHER and no record; interned; NULL: another event. A
				 step of a schedule has its number as `loop`, and is where and
				 what; a thread that is blocked at the end has loop 0 */
		struct {
			int64_t timeout_ns; /* WG_FOR_EVER, WG_NOT_OBSERVABLE */
			int64_t cpu_ns;	    /* used since the last wake, or WG_NOT_OBSERVABLE */
			int64_t calls;	    /* system calls since then, or WG_NOT_OBSERVABLE */
			uint32_t site;	    /* 0: not known */
			enum wg_wait_in how;
			enum wg_did did;
		} thread_wait;
		struct {
			int64_t ret;	     /* of the call, or WG_RET_UNKNOWN */
			int64_t waking_ns;   /* when it was woken, or WG_NOT_OBSERVABLE */
			int64_t oncpu_ns;    /* when it ran again, or WG_NOT_OBSERVABLE */
			const char *by_call; /* interned; "" if not known, as by_tid 0 */
			uint32_t by_pid, by_tid, by_site;
			uint8_t reason;	   /* enum wg_reason */
			uint8_t certainty; /* enum wg_certainty, of by_* */
		} thread_wake;
		struct {
			int64_t value;
			int64_t woke; /* so many, or WG_NOT_OBSERVABLE */
			uint32_t site;
			enum wg_wait_in how; /* what it is a notify for */
		} thread_notify;
		struct {
			enum wg_object_kind kind;
			int32_t fd; /* or -1 */
			uint32_t generation;
		} object;
		struct {
			const char *module, *build_id, *symbol; /* interned, "" if not known */
			uint64_t offset;
			uint32_t id;
		} site;
	};
};

/* Names as they stand in the trace; "?" for values out of range. The strings are static. */
const char *wg_event_type_name(enum wg_event_type type);
const char *wg_kind_name(enum wg_kind kind);
const char *wg_reason_name(enum wg_reason reason);

/* When it is emitted, in a few words; NULL for what no program emits. */
const char *wg_event_about(enum wg_event_type type);
const char *wg_record_about(enum wg_record record);

/* The names of its fields, from 0; NULL after the last. Where they are read: decode.c. */
const char *wg_event_field(enum wg_event_type type, size_t i);
const char *wg_record_field(enum wg_record record, size_t i);

const char *wg_record_name(enum wg_record record);
const char *wg_object_kind_name(enum wg_object_kind kind);
const char *wg_certainty_name(enum wg_certainty certainty);
const char *wg_did_name(enum wg_did did);

/* The value of a name; where it is unknown: WG_RECORD_NONE, WG_OBJECT_OTHER,
 * WG_CERTAINTY_NONE, WG_DID_UNKNOWN. */
enum wg_record wg_record_of(const char *name);
enum wg_object_kind wg_object_kind_of(const char *name);
enum wg_certainty wg_certainty_of(const char *name);
enum wg_did wg_did_of(const char *name);

/* The value of a name, or WG_EV_OTHER, WG_KIND_UNKNOWN, WG_REASON_UNKNOWN. */
enum wg_event_type wg_event_type_of(const char *name);
enum wg_kind wg_kind_of(const char *name);
enum wg_reason wg_reason_of(const char *name);

#endif
