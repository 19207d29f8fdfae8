/*
 * pty.c: see pty.h.
 */
#include "tests/harness/pty.h"

#include <poll.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/harness/harness.h"

/* For a program that hangs. A loaded machine takes seconds to start one. */
#define LIMIT_S 30

struct pty *pty_start(int cols, int rows, void (*child)(void *arg), void *arg)
{
	struct winsize size = { .ws_col = (unsigned short)cols, .ws_row = (unsigned short)rows };
	struct pty *s = calloc(1, sizeof(*s));

	CU_ASSERT_FATAL(s != NULL);
	s->pid = forkpty(&s->fd, NULL, NULL, &size);
	CU_ASSERT_FATAL(s->pid >= 0);
	if (s->pid == 0) {
		child(arg);
		_exit(98);
	}
	return s;
}

bool pty_take(struct pty *s, int ms)
{
	struct pollfd fd = { .fd = s->fd, .events = POLLIN };
	ssize_t n;

	if (poll(&fd, 1, ms) <= 0)
		return true;
	/* Who listens itself needs no record. */
	if (s->heard && s->len > sizeof(s->seen) / 2)
		s->len = 0;
	n = read(s->fd, s->seen + s->len, sizeof(s->seen) - 1 - s->len);
	if (n <= 0)
		return false;
	if (s->heard)
		s->heard(s->user, s->seen + s->len, (size_t)n);
	s->len += (size_t)n;
	s->seen[s->len] = '\0';
	return true;
}

bool pty_expect(struct pty *s, const char *text)
{
	char *at = strstr(s->seen, text);
	time_t end = time(NULL) + LIMIT_S;

	while (!at && time(NULL) < end && pty_take(s, 10))
		at = strstr(s->seen, text);
	if (!at)
		return false;
	at += strlen(text);
	s->len -= (size_t)(at - s->seen);
	memmove(s->seen, at, s->len + 1);
	return true;
}

int pty_finish(struct pty *s)
{
	time_t end = time(NULL) + LIMIT_S;
	int status = -1;

	while (time(NULL) < end && pty_take(s, 10))
		;
	(void)waitpid(s->pid, &status, 0);
	(void)close(s->fd);
	return status;
}

void pty_keys(struct pty *s, const char *text)
{
	CU_ASSERT(write(s->fd, text, strlen(text)) == (ssize_t)strlen(text));
}
