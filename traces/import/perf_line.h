/*
 * perf_line.h: one line of `perf script`, `trace-cmd report` or ftrace's file `trace`.
 *
 *	python3  4711 [001]  36646.067254: raw_syscalls:sys_enter: NR 232 (3, 7ffc1, 8, 64, 0, 0)
 *	python3  4711/4712  36646.067254123: sched:sched_waking: comm=demo pid=9 prio=120 ...
 *	  demo-4711 ( 4700) [001] d..2. 36646.067254: sched_switch: prev_comm=demo prev_pid=4711 ...
 *	  demo-4711 [001] 36646.067254: sched_switch: demo:4711 [120] S ==> swapper/1:0 [120]
 *
 * A comm may hold blanks, colons and brackets, so a line is read from its time to the left.
 * Private to traces/import.
 */
#ifndef TRACES_IMPORT_PERF_LINE_H
#define TRACES_IMPORT_PERF_LINE_H

#include "traces/import/span.h"

enum wg__perf_event {
	WG__PERF_OTHER,
	WG__PERF_SWITCH,
	WG__PERF_WAKING,
	WG__PERF_ENTER,
	WG__PERF_EXIT,
	WG__PERF_LOST,
};

/* On what was the processor when the event came? ftrace's flags tell, and so do call chains. */
enum wg__perf_context { WG__CONTEXT_UNKNOWN, WG__CONTEXT_OWN, WG__CONTEXT_INTERRUPT };

#define WG__PERF_NO_TID UINT32_MAX

struct wg__perf_line {
	struct wg__span comm; /* may be empty */
	uint32_t pid;	      /* 0: the line does not say */
	uint32_t tid;	      /* 0: idle; WG__PERF_NO_TID: perf does not know */
	int64_t time_ns;
	enum wg__perf_context context;
	enum wg__perf_event event;
	struct wg__span args;
};

/* False: no event. */
bool wg__perf_split(struct wg__span line, struct wg__perf_line *ret);

/* What the arguments of an event say; false: they are cut or from elsewhere. */
struct wg__perf_switch {
	uint32_t prev, next;
	struct wg__span prev_comm, next_comm;
	char state; /* of prev: R, S, D, X, ... */
};
bool wg__perf_switch(struct wg__span args, struct wg__perf_switch *ret);
bool wg__perf_waking(struct wg__span args, uint32_t *ret_tid, struct wg__span *ret_comm);
bool wg__perf_enter(struct wg__span args, int64_t *ret_number, uint64_t ret_arg[6]);
bool wg__perf_exit(struct wg__span args, int64_t *ret_number, int64_t *ret_result);

/* "CPU:1 [LOST 532 EVENTS]", "CPU:0 [32 EVENTS DROPPED]", "LOST 12 events!". *ret_count 0: it does
 * not say how many. */
bool wg__perf_lost(struct wg__span line, int64_t *ret_count);

#endif
