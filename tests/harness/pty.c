/*
 * pty.c: see pty.h.
 */
#include "tests/harness/pty.h"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/harness/patience.h"

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
	/* The last half is kept: nobody expects what is older. */
	if (s->len > sizeof(s->seen) - sizeof(s->seen) / 4) {
		s->len -= sizeof(s->seen) / 2;
		memmove(s->seen, s->seen + sizeof(s->seen) / 2, s->len);
	}
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
	struct wg_patience patience = wg_patience(LIMIT_S);

	while (!at && wg_patience_lasts(&patience) && pty_take(s, 10))
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
	struct wg_patience patience = wg_patience(LIMIT_S);
	int status = -1;
	bool is_open = true;

	while (is_open && wg_patience_lasts(&patience))
		is_open = pty_take(s, 10);
	if (is_open)
		(void)kill(s->pid, SIGKILL);
	(void)waitpid(s->pid, &status, 0);
	(void)close(s->fd);
	return status;
}

void pty_keys(struct pty *s, const char *text)
{
	CU_ASSERT(write(s->fd, text, strlen(text)) == (ssize_t)strlen(text));
}
