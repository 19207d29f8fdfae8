/*
 * main.c: `wakegap`, a table of commands.
 *
 * Each command is a file of its own. Help, man pages and completion are made from their tables.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "viz/cmd/commands.h"
#include "viz/cmd/man.h"

static const struct wg_cmd *const commands[] = {
	&wg_cmd_demo,
	&wg_cmd_tour,
	&wg_cmd_run,
	&wg_cmd_record,
	&wg_cmd_view,
	&wg_cmd_live,
	&wg_cmd_stats,
	&wg_cmd_check,
	&wg_cmd_diff,
	&wg_cmd_query,
	&wg_cmd_scan,
	&wg_cmd_snapshot,
	&wg_cmd_lab,
	&wg_cmd_doctor,
	&wg_cmd_import,
	&wg_cmd_export,
	NULL,
};

static const struct wg_format_page formats[] = {
	{ "wakegap-trace", "what is in a trace that wakegap records and reads", wg_trace_manual },
	{ 0 },
};

static const struct argp *table(void);

static const struct wg_cmd wakegap = {
	.name = "wakegap",
	.does = "show where an event loop waits for nothing",
	.table = table,
	.commands = commands,
	.formats = formats,
};

static const struct argp *table(void)
{
	return wg_commands_table(&wakegap,
		"wakegap shows where an event loop waits for nothing. "
		"The gap is the time between a result being ready and the loop waking for it.\n\n"
		"Commands:\v"
		"`wakegap COMMAND --help` says more. First look:\n"
		"  wakegap demo\n"
		"  wakegap run read --file FILE --wait tick,eventfd --record DIR\n"
		"  wakegap view DIR/tick DIR/eventfd\n\n"
		"Exit status: 0 done, 1 failed, 2 usage, 77 skipped: something named is not "
		"installed.");
}

/*
 * A caller may have closed a standard file. The next file opened would get its number: a socket of
 * LTTng, or the answer of a workload. /dev/null opened for reading still refuses output.
 */
static void fill_standard_files(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= 2);
	if (fd > 2)
		(void)close(fd);
}

int main(int argc, char **argv)
{
	/* Room for any table, so that a write that fails does so at the end, with its reason. */
	static char room[1 << 16];

	if (!isatty(STDOUT_FILENO))
		(void)setvbuf(stdout, room, _IOFBF, sizeof(room));
	fill_standard_files();
	return wg_commands_run(&wakegap, argc, argv);
}
