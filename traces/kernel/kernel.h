/*
 * kernel.h: programs that nobody rebuilds, recorded by the kernel: `record --with kernel`.
 *
 * What it promises:
 *   N1 nothing is changed in the program: no library, no descriptor, no signal, no stop.
 *   N2 a recorded process, its threads and all it starts, and nobody else, are in the trace.
 *   N3 nothing stays in the kernel once this process has ended, however it ended.
 *   N4 records for which there was no room are counted.
 *   N5 the command and its status do not depend on the recording. If the disk fills, the trace ends
 *      there, and the command goes on.
 *   N6 what was recorded LOOK_MS before this process is killed is a trace; not so of a flight
 *      recorder, whose memory ends with it.
 */
#ifndef TRACES_KERNEL_KERNEL_H
#define TRACES_KERNEL_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "traces/base/error.h"
#include "traces/record/record.h"

struct wg_kernel_options {
	const char *dir; /* of the trace; created, must be absent or empty */
	char *const
		*argv; /* a command, NULL-terminated, looked up in PATH; or NULL: the processes */
	const pid_t *pid;
	size_t pids;
	void (*started)(void *user); /* called once, when all that happens is recorded; or NULL */
	void *user;
	bool has_calls; /* the full form: each system call is seen; see calls.bpf.h */
	/* 0: until the command, or all those processes, have ended, or a signal. Else for so long,
	 * whether the command ends earlier or later. */
	int64_t for_ms;
	bool until_idle;    /* until nothing that the command started runs any more */
	uint64_t max_bytes; /* of the trace: the oldest records are removed; 0: no limit */
	const struct wg_flight *flight; /* only the last seconds are kept; or NULL: everything */
};

struct wg_kernel_result {
	bool has_run;	    /* the command was started */
	bool still_runs;    /* the command, when for_ms was over */
	int exit_code;	    /* the command's; 128 + N if signal N ended it */
	int interrupted_by; /* the signal that ended the recording, or 0 */
	size_t left;	    /* processes that the command left running at the end, one of which: */
	pid_t left_pid;
	char left_name[16];
	uint64_t records;	      /* waits and wakes */
	uint64_t lost;		      /* records for which there was no room */
	unsigned snapshots, not_kept; /* of a flight recorder, as in record.h */
	uint64_t dropped_packets;     /* removed to keep within max_bytes */
	int64_t begin_ns, since_ns;   /* when recording began; where the trace begins now */
};

/* Can this process record so here and now? 0, or a negative errno with the line that says why. */
int wg_kernel_check(struct wg_error *err);

/*
 * Record; blocks until that is over, with signals as in wg_record(). Main thread only. Errors, each
 * with a line: those of wg_kernel_check(), of the command and of the folder as in wg_record();
 * -ESRCH: there is no such process.
 */
int wg_kernel_record(const struct wg_kernel_options *options, struct wg_kernel_result *ret_result,
	struct wg_error *err);

#endif
