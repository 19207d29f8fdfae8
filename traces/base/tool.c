/*
 * tool.c: see tool.h.
 */
#include "traces/base/tool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of the process, as standard output is. */
static const char *tool;
static int exit_status;

static const struct argp_option options[] = {
	{ "help", 'h', NULL, 0, "print this help", -1 },
	{ "usage", 0x7000, NULL, 0, "print a short form of it", -1 },
	{ "version", 'V', NULL, 0, "print the version", -1 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	(void)arg;
	switch (key) {
	case 'h': argp_state_help(state, stdout, ARGP_HELP_STD_HELP); return 0;
	case 0x7000: argp_state_help(state, stdout, ARGP_HELP_USAGE | ARGP_HELP_EXIT_OK); return 0;
	case 'V': printf("%s " WG_VERSION "\n", tool); exit(0);
	default: return ARGP_ERR_UNKNOWN;
	}
}

const struct argp wg_tool_argp = { .options = options, .parser = parse };

static void close_output(void)
{
	int failed = ferror(stdout);

	errno = 0;
	if (failed) { /* the reason is lost: write again to learn it */
		clearerr(stdout);
		(void)fputc('\n', stdout);
	}
	if (fflush(stdout) == 0 && !failed)
		return;
	(void)fprintf(stderr, "%s: cannot write to standard output: %s\n", tool,
		errno ? strerror(errno) : "an earlier write failed");
	_exit(exit_status);
}

void wg_tool_begin(const char *name, int failed)
{
	tool = name;
	exit_status = failed;
	argp_err_exit_status = 2;
	(void)atexit(close_output);
}
