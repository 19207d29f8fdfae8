/*
 * failure_bench.h: a recording while something fails: the driver of test_record_failure.c and of
 * test_live_failure.c.
 *
 * The target works (a process that is recorded), says "up" through a FIFO, waits for "go", works
 * again, and ends. The failure is injected in between, so its moment is a matter of order. This
 * process is a subreaper, so whatever is left of a recording, LTTng's daemons among it, is a child
 * of it.
 */
#ifndef TESTS_TRACES_FAILURE_BENCH_H
#define TESTS_TRACES_FAILURE_BENCH_H

#include <CUnit/CUnit.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tests/harness/patience.h"
#include "traces/base/signals.h"
#include "traces/record/processes.h"

#define DEADLINE_S 120

/* The target's part of the meeting; $UP and $GO are FIFOs. */
#define MEET "echo up >$UP; read go <$GO; "

/* What a row may inject into. */
struct wg_bench {
	char dir[300], trace[320], tmp[320], up[320], go[320], out[320], err[320];
	pid_t recorder;
	struct wg__process sessiond, consumerd;
	int up_fd, go_fd; /* open both ways: nobody waits in open(2) */
	bool stays;	  /* the target is not let go on: only a signal ends it */
};

struct wg_failure {
	const char *name;
	const char *script;
	void (*inject)(struct wg_bench *b);  /* when the target is up; NULL: nothing */
	int status;			     /* of wakegap */
	const char *words;		     /* in what it says */
	size_t processes;		     /* with events in the trace, at least */
	const char *out;		     /* the target's output */
	const char *before;		     /* shell, which then does exec "$@"; NULL: nothing */
	const char *options;		     /* of record, one word, or NULL */
	void (*prepare)(struct wg_bench *b); /* before the recorder starts; NULL: nothing */
	void (*settle)(struct wg_bench *b);  /* after its end: what the test itself must undo */
	bool is_live;			     /* `wakegap live` instead: no trace, only the rest */
};

/* Until a condition holds; the deadline is for a test that breaks. */
#define UNTIL(condition)                                                                           \
	do {                                                                                       \
		struct wg_patience patience_ = wg_patience(DEADLINE_S);                            \
		while (!(condition) && wg_patience_waits(&patience_))                              \
			;                                                                          \
		CU_ASSERT(condition);                                                              \
	} while (0)

/* The session daemon that answers here, and its consumer daemon; pid 0: none. */
void wg_bench_find_daemons(struct wg_bench *b);

/* No daemon of somebody else runs here, and there is one to start. */
bool wg_bench_is_alone(void);

/* Send it, and wait until it has done its work. Only to a process that was found. */
void wg_bench_signal(const struct wg__process *p, int sig);

/* Can something of the trace be read? Buffers go to the disk once a second. */
bool wg_bench_is_on_disk(const struct wg_bench *b);

/* A small file as text, to be freed. */
char *wg_bench_read(const char *path);

/* Run the rows one after another; WG_ROW=NAME runs one. */
void wg_bench_run(const struct wg_failure *rows, size_t count);

#endif
