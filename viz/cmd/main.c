/*
 * main.c: `wakegap`, a table of commands.
 *
 * Each command is a file of its own; help is made from the table, so it cannot name one that is not
 * there.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <unistd.h>

#include "viz/cmd/commands.h"
#include "traces/base/say.h"

static const struct command {
	const char *name;
	int (*main)(int argc, char **argv);
	const char *does;
} commands[] = {
	{ "run", cmd_run, "run a workload once per wait strategy and compare them" },
	{ "record", cmd_record, "record the events of any command" },
	{ "view", cmd_view, "look at one trace, or at two side by side" },
	{ "live", cmd_live, "watch a program while it runs" },
	{ "stats", cmd_stats, "count wakes, gaps and wasted time per loop" },
	{ "check", cmd_check, "fail if a loop breaks a bound: for your own CI" },
	{ "lab", cmd_lab, "exercises on real event-loop bugs, judged in every schedule" },
	{ "export", cmd_export, "write traces for spreadsheets, pandas, Perfetto, slides" },
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static void print_help(void)
{
	size_t i;

	puts("wakegap shows where an event loop waits for nothing.\n"
	     "The gap is the time between a result being ready and the loop waking for it.\n\n"
	     "usage: wakegap COMMAND [OPTION...]\n");
	for (i = 0; i < COMMAND_COUNT; i++)
		printf("  %-8s %s\n", commands[i].name, commands[i].does);
	puts("\n`wakegap COMMAND --help` says more. First look:\n"
	     "  wakegap run read --file FILE --wait tick,eventfd --record DIR\n"
	     "  wakegap view DIR/tick DIR/eventfd\n\n"
	     "exit status: 0 done, 1 failed, 2 usage, 77 skipped for want of something named");
}

/*
 * A caller may have closed a standard file, and the next one opened would get its number: a socket
 * of LTTng's, or the answer of a workload. Opened for reading, output is refused as before.
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
	size_t i;

	if (!isatty(STDOUT_FILENO))
		(void)setvbuf(stdout, room, _IOFBF, sizeof(room));

	fill_standard_files();

	if (argc < 2) {
		print_help();
		return WG_EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
		strcmp(argv[1], "help") == 0) {
		print_help();
		return wg_say_flushed(WG_EXIT_OK);
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("wakegap " WG_VERSION);
		return wg_say_flushed(WG_EXIT_OK);
	}
	for (i = 0; i < COMMAND_COUNT; i++) {
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].main(argc - 1, argv + 1);
	}
	return wg_say_usage("wakegap", "no command '%s'", argv[1]);
}
