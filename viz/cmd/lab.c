/*
 * lab.c: `wakegap lab`: hand over to wakegap-lab.
 *
 * The exercises are a program of their own, as the workloads are: it uses the core's strategies and
 * a compiler, and `wakegap` links neither.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "viz/cmd/commands.h"
#include "viz/run/workload_program.h"

static int run(int argc, char **argv)
{
	struct wg_error err = { 0 };
	char program[4096];

	(void)argc;
	if (wg_program_beside("wakegap-lab", program, sizeof(program), &err) < 0)
		return wg_say("%s", err.text);
	(void)fflush(NULL);
	(void)execv(program, argv);
	return wg_say("cannot start '%s': %s", program, strerror(errno));
}

static const char *const commands[] = { "list", "next", "start", "check", "watch", "predict",
	"hint", "replay", "view", "reset", "solution", "grade", "verify", "author", "soak", NULL };

const struct wg_cmd wg_cmd_lab = {
	.name = "wakegap lab",
	.does = "exercises on real event-loop bugs, judged in every schedule",
	.main = run,
	.handed = commands,
};
