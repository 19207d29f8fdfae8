/*
 * run_program.c: wg_run() of harness.h: a program to its end, with what it printed and a limit.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/harness/patience.h"

/* For a program that hangs. */
#define LIMIT_S 300

struct capture {
	int fd;
	char *text;
	size_t len;
};

static void take_some(struct capture *c)
{
	ssize_t n;

	c->text = realloc(c->text, c->len + 65537);
	n = read(c->fd, c->text + c->len, 65536);
	if (n <= 0) {
		(void)close(c->fd);
		c->fd = -1;
		n = 0;
	}
	c->len += (size_t)n;
	c->text[c->len] = '\0';
}

static void exec_child(const char *const argv[], int out, int err)
{
	int null = open("/dev/null", O_RDONLY);

	(void)dup2(null, 0);
	(void)dup2(out, 1);
	(void)dup2(err, 2);
	(void)execvp(argv[0], (char *const *)(uintptr_t)argv);
	(void)dprintf(2, "cannot run %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* Read both until their ends; false if the time ran out first. */
static bool drain(struct capture c[2])
{
	struct wg_patience patience = wg_patience(LIMIT_S);

	while (c[0].fd >= 0 || c[1].fd >= 0) {
		struct pollfd p[2] = { { .fd = c[0].fd, .events = POLLIN },
			{ .fd = c[1].fd, .events = POLLIN } };

		if (!wg_patience_lasts(&patience))
			return false;
		if (poll(p, 2, 1000) <= 0)
			continue;
		if (p[0].revents)
			take_some(&c[0]);
		if (p[1].revents)
			take_some(&c[1]);
	}
	return true;
}

/* ---- what was run last, for a test that fails ---- */

#define LAST 3

static struct {
	char command[200], out[400], err[400];
	int status;
} last[LAST];
static unsigned runs;

static void remember(const char *const argv[], const struct capture c[2], int status)
{
	unsigned which = runs++ % LAST;
	size_t used = 0, i;

	last[which].command[0] = '\0';
	for (i = 0; argv[i] && used < sizeof(last->command); i++)
		used += (size_t)snprintf(last[which].command + used, sizeof(last->command) - used,
			"%s%s", i ? " " : "", argv[i]);
	(void)snprintf(last[which].out, sizeof(last->out), "%s", c[0].text ? c[0].text : "");
	(void)snprintf(last[which].err, sizeof(last->err), "%s", c[1].text ? c[1].text : "");
	last[which].status = status;
}

/* Each line as a remark. */
static void print_lines(FILE *to, const char *text)
{
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
		(void)fprintf(to, "#       %.*s\n", (int)strcspn(text, "\n"), text);
}

void wg_run_tell(FILE *to)
{
	unsigned i;

	for (i = runs > LAST ? runs - LAST : 0; i < runs; i++) {
		(void)fprintf(to, "#     it ran: %s: %d\n", last[i % LAST].command,
			last[i % LAST].status);
		print_lines(to, last[i % LAST].out);
		print_lines(to, last[i % LAST].err);
	}
}

void wg_run_forget(void)
{
	runs = 0;
}

static void hand_over(struct capture *c, char **ret)
{
	if (c->fd >= 0)
		(void)close(c->fd);
	if (ret)
		*ret = c->text ? c->text : strdup("");
	else
		free(c->text);
}

int wg_run(char **out, char **err, const char *const argv[])
{
	struct capture c[2] = { { 0 }, { 0 } };
	int o[2], e[2], status = 0;
	bool done;
	pid_t pid;

	if (pipe2(o, O_CLOEXEC) < 0 || pipe2(e, O_CLOEXEC) < 0)
		abort();
	pid = fork();
	if (pid == 0)
		exec_child(argv, o[1], e[1]);
	(void)close(o[1]);
	(void)close(e[1]);
	c[0].fd = o[0];
	c[1].fd = e[0];
	done = drain(c);
	if (!done)
		(void)kill(pid, SIGKILL);
	(void)waitpid(pid, &status, 0);
	status = !done ? -1 : WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	remember(argv, c, status);
	hand_over(&c[0], out);
	hand_over(&c[1], err);
	return status;
}
