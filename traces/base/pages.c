/*
 * pages.c: all man pages of a program at once, for an installation; see manual.h.
 *
 * A command whose table is in another program is asked as a person would ask it, so a new command
 * has its page without a line anywhere else.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "traces/base/manual.h"
#include "traces/base/options.h"

/* DIR/man1/NAME.1, opened; the blanks of a name become hyphens. NULL: said why. */
static FILE *open_page(const char *dir, const char *name, int section)
{
	char path[4096];
	size_t start;
	FILE *out;

	start = (size_t)snprintf(path, sizeof(path), "%s/man%d", dir, section);
	if (start < sizeof(path))
		(void)mkdir(path, 0777); /* it may be there; fopen says what else is wrong */
	if (start < sizeof(path))
		(void)snprintf(path + start, sizeof(path) - start, "/%s.%d", name, section);
	for (; start < sizeof(path) && path[start]; start++) {
		if (path[start] == ' ')
			path[start] = '-';
	}
	out = fopen(path, "we");
	if (!out)
		(void)wg_say("cannot write '%s': %s", path, strerror(errno));
	return out;
}

static int close_page(FILE *out)
{
	return fclose(out) == 0 ? WG_EXIT_OK
				: wg_say("cannot write a man page: %s", strerror(errno));
}

static int write_one(const struct wg_cmd *c, const char *dir)
{
	FILE *out = open_page(dir, c->name, 1);

	if (!out)
		return WG_EXIT_FAILED;
	wg_manual_print(out, c);
	return close_page(out);
}

/* Its main() may become the other program, so it runs in a process of its own. */
static int ask_for_pages(const struct wg_cmd *c, const char *dir)
{
	char *call[] = { (char *)wg_cmd_word(c), (char[]){ "--pages" }, (char *)dir, NULL };
	pid_t pid;
	int status = 0;

	(void)fflush(NULL);
	pid = fork();
	if (pid == 0)
		exit(c->main(3, call));
	if (pid < 0)
		return wg_say("cannot start a process: %s", strerror(errno));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : WG_EXIT_FAILED;
}

int wg_pages_write(const struct wg_cmd *c, const char *dir)
{
	int rc = write_one(c, dir);
	size_t i;

	for (i = 0; rc == WG_EXIT_OK && c->commands[i]; i++)
		rc = c->commands[i]->table ? write_one(c->commands[i], dir)
					   : ask_for_pages(c->commands[i], dir);
	for (i = 0; rc == WG_EXIT_OK && c->formats && c->formats[i].name; i++) {
		FILE *out = open_page(dir, c->formats[i].name, 5);

		if (!out)
			return WG_EXIT_FAILED;
		wg_manual_title(out, c->formats[i].name, 5, c->formats[i].does);
		c->formats[i].print(out);
		rc = close_page(out);
	}
	return rc;
}
