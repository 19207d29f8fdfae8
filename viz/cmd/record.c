/*
 * record.c: `wakegap record`, any command's own wakegap events in a trace.
 *
 * Standard output is the command's alone; what this says goes to standard error, after the run.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "traces/record/record.h"
#include "viz/cmd/commands.h"
#include "traces/base/say.h"

static void print_help(void)
{
	puts("usage: wakegap record [-o DIR] [--only] [--] COMMAND [ARGUMENT...]\n\n"
	     "Runs COMMAND and records the wakegap events it emits, with LTTng.\n\n"
	     "  -o, --output DIR  where the trace goes: absent or empty (default:\n"
	     "                    wakegap-trace-YYYYmmdd-HHMMSS)\n"
	     "      --only        that one process: not its children, nor other programs of\n"
	     "                    yours that emit wakegap events at the same time\n"
	     "  -h, --help        this text\n\n"
	     "Starts a session daemon if none runs, and stops it afterwards. A signal is passed\n"
	     "on to COMMAND, which is killed if it has not ended 2 s later; Ctrl-C reaches it by\n"
	     "itself and has no such limit.\n\n"
	     "exit status: COMMAND's (128 + N if signal N ended it); 1 if the recording failed;\n"
	     "2 usage");
}

static void default_dir(char *dir, size_t len)
{
	struct tm tm;
	time_t now = time(NULL);

	if (!localtime_r(&now, &tm) || strftime(dir, len, "wakegap-trace-%Y%m%d-%H%M%S", &tm) == 0)
		(void)snprintf(dir, len, "wakegap-trace");
}

static void say_result(const char *command, const char *dir, const struct wg_record_result *result)
{
	if (result->interrupted_by)
		wg_say("interrupted: %s", strsignal(result->interrupted_by));
	if (result->discarded)
		wg_say("%" PRIu64 " events were discarded, the buffers were full: record a shorter "
		       "run, or with less else running",
			result->discarded);
	/* Only an overwriting channel loses packets; ours does not, but silence would be worse. */
	if (result->lost_packets)
		wg_say("%" PRIu64 " packets were lost", result->lost_packets);
	if (!result->has_events)
		wg_say("%s emitted no wakegap events: nothing to show (trace in %s)", command, dir);
	else
		wg_say("trace in %s", dir);
}

int cmd_record(int argc, char **argv)
{
	static const struct option longs[] = { { "output", required_argument, NULL, 'o' },
		{ "only", no_argument, NULL, 'O' }, { "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 } };
	struct wg_record_options options = { .stdout_fd = -1 };
	struct wg_record_result result;
	struct wg_error err = { 0, "" };
	char dir[64];
	int opt;

	/* "+": what follows the command's name is the command's; 0: we may be called again. */
	optind = 0;
	opterr = 0;
	while ((opt = getopt_long(argc, argv, "+:o:h", longs, NULL)) != -1) {
		switch (opt) {
		case 'o': options.dir = optarg; break;
		case 'O': options.only_command = true; break;
		case 'h': print_help(); return wg_say_flushed(WG_EXIT_OK);
		default: return wg_say_bad_option("wakegap record", opt, argv);
		}
	}
	if (optind == argc)
		return wg_say_usage("wakegap record", "no command to record");
	if (options.dir && !*options.dir)
		return wg_say_usage("wakegap record", "the name of the folder is empty");
	if (!options.dir) {
		default_dir(dir, sizeof(dir));
		options.dir = dir;
	}
	options.argv = argv + optind;
	if (wg_record(&options, &result, &err) != 0) {
		wg_say("%s", err.text);
		return WG_EXIT_FAILED;
	}
	say_result(argv[optind], options.dir, &result);
	return result.exit_code;
}
