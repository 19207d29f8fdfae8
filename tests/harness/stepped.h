/*
 * stepped.h: a program on a pseudo-terminal that is stopped before each system call of its first
 * thread. So a signal comes at a moment that is counted, and not timed. Its other threads and its
 * children run as they do.
 */
#ifndef TESTS_HARNESS_STEPPED_H
#define TESTS_HARNESS_STEPPED_H

#include <stdbool.h>

#include "tests/harness/pty.h"

struct stepped {
	struct pty *pty;
	int child_fd; /* readable when it may have stopped */
	int status;   /* as of waitpid(2), once it has ended */
	bool has_ended;
};

/* Does this machine let a process trace its child? */
bool stepped_allowed(void);

/* Start it. argv[0] is a path. */
struct stepped *stepped_start(int cols, int rows, char *const *argv);

/* On to the next system call; false once it has ended. */
bool stepped_next(struct stepped *s);

/* Is that call a write of this one byte? */
bool stepped_writes(const struct stepped *s, char byte);

/* Does it end now, by exit_group(2)? A signal would come too late. */
bool stepped_exits(const struct stepped *s);

/* To its end without stopping, and free it. What it said, for the caller to free. */
char *stepped_finish(struct stepped *s, int *ret_status);

#endif
