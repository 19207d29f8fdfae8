/*
 * box.h: run an untrusted program, and report what it did.
 *
 * A learner's file may print for ever, never end, crash, write anywhere, fork without end, open a
 * terminal, close every descriptor, or kill its parent. Whatever it does:
 *   B1 wg_box_run() returns, at the latest a moment after the time limit;
 *   B2 when it returns, no process is left that the program started, even if it detached itself;
 *   B3 what was printed is kept up to a bound and counted beyond it;
 *   B4 the program has no network, no terminal, no input, no more rights than ours, and as root
 *      those of a user of its own; limits on time, memory, files, descriptors and processes.
 * What enforces that depends on the machine; `fences` says what was in force.
 *
 *      grader ── fork ── keeper ── fork ── bwrap ── clone ── program
 *      reads pipes       waits,            sets up the       process 1 of a namespace: all
 *      and the clock     outlives,         namespaces        that is inside ends with it
 *                        kills what is left
 *
 * Without bubblewrap, or where the kernel gives no namespaces, the keeper starts the program
 * itself, adopts what loses its parent, and kills it.
 */
#ifndef LABS_GRADE_BOX_BOX_H
#define LABS_GRADE_BOX_BOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "labs/grade/base/memory.h"
#include "traces/base/error.h"

enum {
	WG_BOX_NAMESPACES = 1u << 0, /* own processes, no network, no files but its own */
	WG_BOX_SECCOMP = 1u << 1,    /* system calls are filtered: no sockets, no shots at others */
	WG_BOX_NOT_ROOT = 1u << 2,   /* we are root, and it is not */
};

struct wg_box_options {
	char *const *argv;     /* looked up in PATH */
	const char *dir;       /* what it may write, unless is_read_only; its TMPDIR */
	const char *start_dir; /* its current folder; NULL: dir */
	bool is_read_only;     /* no folder to write, if this machine can: see README.md */
	bool wants_report;     /* descriptor 3 is a pipe, read to the end into report */

	unsigned without; /* WG_BOX_*: as if this machine had none, for tests */

	int wall_ms;
	unsigned cpu_s;
	uint64_t memory_bytes; /* address space of each, memory of all together; 0: no limit */
	uint64_t file_bytes;   /* of one file */
	unsigned processes;
	size_t keep_bytes; /* of each output */

	int (*is_over)(void); /* asked after a signal: end it? NULL: never */
};

/* What was kept of an output: its first bytes, a NUL after them. */
struct wg_box_text {
	char *text; /* owned */
	size_t len;
	uint64_t total; /* printed; more than len: it was cut */
};

struct wg_box_result {
	int exit_code;	      /* -1: it did not exit */
	int signal;	      /* that ended it, or 0 */
	bool is_late;	      /* the wall time was over, and it was ended */
	int limit_ms;	      /* that wall time */
	uint64_t used_bytes;  /* not 0: it was ended, because all its processes used that much */
	uint64_t limit_bytes; /* more than this */
	unsigned fences;      /* WG_BOX_* */
	int64_t wall_ms;
	struct wg_box_text out; /* standard output and error, as they came */
	struct wg_box_text report;
};

/*
 * 0 and *ret_result (to be finished also when the program failed); a negative errno: it could not
 * be tried. Blocks.
 */
int wg_box_run(const struct wg_box_options *options, struct wg_box_result *ret_result,
	struct wg_error *err);
void wg_box_result_fini(struct wg_box_result *result);

/* "no network, own processes and files, filtered system calls, not as root" */
const char *wg_box_fences_text(unsigned fences, char *buf, size_t len);

/*
 * The user and group of the programs of this process, if it is root: one that no other grader's
 * programs have, so that they can neither signal each other nor use up each other's processes.
 * `nobody` where a container has no such number. Not root: our own.
 */
unsigned wg_box_user(void);

#endif
