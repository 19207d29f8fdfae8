/*
 * pty.h: a program on a pseudo-terminal of ours: what it says, and keys to it.
 */
#ifndef TESTS_HARNESS_PTY_H
#define TESTS_HARNESS_PTY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct pty {
	pid_t pid;
	int fd;
	char seen[1 << 18]; /* all output since the last expect() */
	size_t len;
	void (*heard)(void *user, const char *bytes, size_t n); /* or NULL: all output, too */
	void *user;
};

/* Run child(arg) on a new terminal; it must not return. The caller frees the result. */
struct pty *pty_start(int cols, int rows, void (*child)(void *arg), void *arg);

/* Take what comes within ms of quiet; false once the terminal is closed. */
bool pty_take(struct pty *s, int ms);

/* Read until text has come, for at most 30 s; forget all up to and with it. */
bool pty_expect(struct pty *s, const char *text);

void pty_keys(struct pty *s, const char *text);

/* Read to the end; the status of the child as waitpid() tells it. */
int pty_finish(struct pty *s);

#endif
