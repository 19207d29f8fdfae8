/*
 * processes.h: which processes are LTTng's daemons, and which are ours, as /proc has it.
 */
#ifndef TRACES_RECORD_PROCESSES_H
#define TRACES_RECORD_PROCESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define WG__SESSIOND  "lttng-sessiond"
#define WG__CONSUMERD "lttng-consumerd"

/* A pid may come again; with the start time it is unique. */
struct wg__process {
	pid_t pid;		       /* 0: none */
	unsigned long long start_time; /* field 22 of /proc/PID/stat, in clock ticks since boot */
	pid_t parent;
	char state; /* 'T' and 't': stopped */
	char name[16];
};

/* False if there is none, or only a zombie. */
bool wg__process_look(pid_t pid, struct wg__process *ret);

/* The user whose it is, and its pid in its own pid namespace; false if it is gone. */
bool wg__process_whose(pid_t pid, uid_t *ret_uid, pid_t *ret_inner);

bool wg__process_runs(const struct wg__process *p);

/* Does it still run, but stopped? */
bool wg__process_is_stopped(const struct wg__process *p);

/* Wait for its end, at most ms; false if it still runs, or if stop_fd (or -1) became readable. */
bool wg__process_await(const struct wg__process *p, int64_t ms, int stop_fd);

/* End it and wait: SIGTERM, and SIGKILL if that does not help. False if it is not ours to end. */
bool wg__process_end(const struct wg__process *p, int64_t ms);

/* The session daemon of that run directory, as it wrote down itself. */
bool wg__find_sessiond(const char *rundir, struct wg__process *ret);

/* Its consumer daemon; there is none before the first channel. */
bool wg__find_consumerd(pid_t sessiond, struct wg__process *ret);

/* How many children a process has, without one of them; *ret_first is one of them. */
size_t wg__count_children(pid_t parent, pid_t except, struct wg__process *ret_first);

/*
 * Why has the session daemon not answered for so long? One clause, with what to do if that is
 * known. True if it is of no use to wait any longer.
 */
bool wg__why_no_answer(const char *rundir, int64_t waited_ms, char *text, size_t len);

#endif
