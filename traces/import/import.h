/*
 * import.h: the logs of other tools as records of threads: text of strace, perf and ftrace.
 *
 *     static int on_event(void *user, const struct wg_event *ev) { ... return 0; }
 *     struct wg_import_sink sink = { on_event, user };
 *     struct wg_import_stats stats;
 *     rc = wg_import("strace.log", WG_IMPORT_ANY, &sink, &stats, &err);
 *
 * A log is read once from its begin to its end, "-" being standard input. Memory depends on the
 * number of threads and objects in it, not on its length.
 *
 * Promises:
 * I1. The times of the records of one thread never go back. Those of different threads do: a wait
 *     is known when it has ended.
 * I2. A wake follows its wait, both of the same thread. A wait without a wake is the thread's last.
 * I3. An object comes before the first record that names it.
 * I4. What a log does not tell is WG_NOT_OBSERVABLE, or 0 or "" for a name; nothing is made up.
 * I5. A line that is not understood is counted, whatever bytes are in it.
 */
#ifndef TRACES_IMPORT_IMPORT_H
#define TRACES_IMPORT_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/base/error.h"
#include "traces/read/schema.h"

enum wg_import_format {
	WG_IMPORT_ANY,
	WG_IMPORT_STRACE,
	WG_IMPORT_STRACE_TABLE, /* strace -c */
	WG_IMPORT_PERF,		/* perf script, trace-cmd report, ftrace */
};

/* What perf has to record for all figures. */
#define WG_IMPORT_PERF_SCHED  "-e sched:sched_switch,sched:sched_waking"
#define WG_IMPORT_PERF_CALLS  "-e raw_syscalls:sys_enter,raw_syscalls:sys_exit"
#define WG_IMPORT_PERF_EVENTS WG_IMPORT_PERF_SCHED " " WG_IMPORT_PERF_CALLS

struct wg_import_sink {
	/* A record of a thread, or WG_EV_LOST: the log says that events are missing. The event and
	 * its names live until it returns. 0, or a negative errno that ends all. */
	int (*event)(void *user, const struct wg_event *event);
	/* A row of a table of `strace -c` that is about a wait. May be NULL. */
	int (*row)(void *user, const char *name, uint64_t calls, uint64_t errors, double seconds);
	void *user;
};

struct wg_import_stats {
	enum wg_import_format format; /* as recognised */
	uint64_t lines, bytes;
	uint64_t calls;		   /* whole ones */
	uint64_t unended;	   /* calls that the log ends in */
	uint64_t unread;	   /* lines that are not understood, too long ones among them */
	uint64_t first_unread;	   /* the number of the first of them */
	uint64_t too_long;	   /* lines of more than a MiB */
	uint64_t too_many;	   /* lines of threads beyond those that can be followed */
	uint64_t times_back;	   /* times that are before the thread's last one */
	uint64_t halves;	   /* calls of which only one half is in the log */
	uint64_t table_calls;	   /* of all rows of a table: those of a log above it, again */
	bool is_cpu_table;	   /* its seconds are CPU time: strace -c without -w */
	uint64_t unborn;	   /* threads, but for the first, that the log does not see begin */
	bool are_apart;		   /* each of them is a process of its own: strace -p A -p B */
	bool has_times, has_spent; /* strace -t, -tt, -ttt or -r; -T */
	bool is_coarse;		   /* the times are whole seconds: strace -t */
	bool has_stacks;	   /* -k */
	bool is_epoch;		   /* times count from 1970 */

	/* perf and ftrace. */
	uint64_t holes, lost; /* places where events were lost; so many events, as far as told */
	uint64_t others;      /* events that say nothing about waits */
	bool has_switches;    /* sched_switch */
	bool has_wakings;     /* sched_waking */
	bool has_calls;	      /* raw_syscalls */
	bool has_contexts;    /* it is told whether an interrupt woke: by flags, by call chains */
	bool has_processes;   /* -F +pid, or ftrace's record-tgid */
};

/*
 * Blocks for the file. Errors, each with a line in *err: those of open(2) and read(2); -EINVAL: no
 * line of it is of that format, or of any; -ENOMEM; what the sink returned.
 */
int wg_import(const char *path, enum wg_import_format from, const struct wg_import_sink *sink,
	struct wg_import_stats *ret_stats, struct wg_error *err);

/* The same on bytes. */
int wg_import_bytes(const void *bytes, size_t len, enum wg_import_format from,
	const struct wg_import_sink *sink, struct wg_import_stats *ret_stats, struct wg_error *err);

/* "strace", "perf"; any other is none: WG_IMPORT_ANY and false. */
bool wg_import_format_of(const char *name, enum wg_import_format *ret_format);

#endif
