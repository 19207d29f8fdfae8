/*
 * printed.c: see printed.h.
 */
#include "labs/explore/lab/printed.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>
#include <unistd.h>

#include "labs/explore/engine/engine.h"
#include "labs/explore/engine/record.h"

static int reads_from = -1; /* the pipe */

void lx_printed_open(void)
{
	int ends[2];

	/* A write to a full pipe fails, and does not wait for us. */
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		return;
	(void)dup2(ends[1], 1);
	(void)dup2(ends[1], 2);
	(void)close(ends[1]);
	reads_from = ends[0];
	/* In the order of the calls, also beside standard error. */
	(void)setvbuf(stdout, NULL, _IONBF, 0);
}

static ssize_t next_bytes(char *bytes, size_t size)
{
	return reads_from < 0 ? -1 : read(reads_from, bytes, size);
}

void lx_printed_begin(void)
{
	char bytes[4096];

	__fpurge(stdout);
	__fpurge(stderr);
	while (next_bytes(bytes, sizeof(bytes)) > 0)
		;
}

void lx_printed_take(void)
{
	char bytes[1024];
	ssize_t n;

	if (reads_from < 0 || !lx.self)
		return;
	(void)fflush(stdout);
	(void)fflush(stderr);
	clearerr(stdout); /* the pipe was full */
	__fpurge(stdout);
	while ((n = next_bytes(bytes, sizeof(bytes))) > 0)
		lx_step_prints(lx.self, bytes, (size_t)n);
}
