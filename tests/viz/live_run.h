/*
 * live_run.h: a program watched live, from inside a test, and the command that does it, from
 * outside. Everything that waits has a deadline; false means that it passed.
 */
#ifndef TESTS_VIZ_LIVE_RUN_H
#define TESTS_VIZ_LIVE_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "viz/app/feed.h"
#include "viz/live/live_view.h"

/* Skips the test, by name, where LTTng's daemons are not installed. */
bool live_lacks_lttng(void);

/* The command line of a read workload with a tick; NULL-terminated, static. */
char *const *live_workload(const char *passes);

/* ---- in this process ---- */

struct live_run {
	struct wg_command *command;
	struct wg_live *live; /* NULL: only prepared */
	struct wg_live_view view;
	char url[400];
};

/* Up to the held command; and up to its running, with the reader attached. */
bool live_run_prepare(struct live_run *run, char *const *argv);
bool live_run_start(struct live_run *run, char *const *argv);

/* Take until so many events are there, or until the session has ended. */
bool live_run_until_events(struct live_run *run, uint64_t events);
bool live_run_until_ended(struct live_run *run);
void live_run_leave(struct live_run *run);

/* End and reap a child of ours. */
void live_kill(pid_t pid);

/* ---- the command, as another process ---- */

struct live_viewer {
	pid_t pid;
	int fd;
	int err_fd; /* what it said, for a test that fails */
	char *out;  /* malloced, after finish */
};

bool live_viewer_start(struct live_viewer *viewer, const char *url);
/* On a command that sleeps; returns when that runs. */
bool live_viewer_start_command(struct live_viewer *viewer);
int live_viewer_finish(struct live_viewer *viewer); /* its status as a shell has it; -1: killed */

/* ---- facts ---- */

bool live_has_session(pid_t pid);
bool live_until_checked(const char *url, int expected);
pid_t live_child_of(pid_t parent, const char *comm); /* 0: none */
bool live_until_gone(pid_t pid);
bool live_is_empty(const char *dir);

/* Read a terminal until text has come; false at its end. seen holds what was read since. */
bool live_expect(int fd, const char *text, char *seen, size_t len);

#endif
