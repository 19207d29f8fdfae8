/*
 * record.c: `wakegap record`, any command's own wakegap events in a trace.
 *
 * Standard output is the command's alone; what this says goes to standard error, after the run.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "traces/record/record.h"
#include "viz/cmd/commands.h"

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
		       "run, or run less beside it",
			result->discarded);
	/* Only an overwriting channel loses packets. Ours does not overwrite; if it happens, say
	 * so. */
	if (result->lost_packets)
		wg_say("%" PRIu64 " packets were lost", result->lost_packets);
	if (!result->has_events)
		wg_say("%s emitted no wakegap events: nothing to show (trace in %s)", command, dir);
	else
		wg_say("trace in %s", dir);
}

enum { KEY_ONLY = 0x1000 };

static error_t take(int key, char *arg, struct argp_state *state)
{
	struct wg_record_options *options = state->input;

	switch (key) {
	case 'o':
		options->dir = arg;
		return *arg ? 0 : wg_option_fail(state, "the name of the folder is empty");
	case KEY_ONLY: options->only_command = true; return 0;
	case ARGP_KEY_ARG: /* what follows the command's name is the command's */
		options->argv = state->argv + state->next - 1;
		state->next = state->argc;
		return 0;
	case ARGP_KEY_NO_ARGS: return wg_option_fail(state, "no command to record");
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp *table(void)
{
	static const struct argp_option options[] = {
		{ "output", 'o', "DIR", 0,
			"where the trace goes: absent or empty; the default is "
			"wakegap-trace-YYYYmmdd-HHMMSS",
			0 },
		{ "only", KEY_ONLY, NULL, 0,
			"that one process: not its children, nor other programs of yours that emit "
			"wakegap events at the same time",
			0 },
		{ 0 },
	};
	static const struct argp table = { options, take, "[--] COMMAND [ARGUMENT...]",
		"Runs COMMAND and records the wakegap events it emits, with LTTng.\v"
		"Starts a session daemon if none runs, and stops it afterwards. A signal is "
		"passed "
		"on to COMMAND, which is killed if it has not ended 2 s later. Ctrl-C reaches "
		"COMMAND directly and has no such limit.\n\n"
		"Exit status: COMMAND's (128 + N if signal N ended it); 1 if the recording "
		"failed; "
		"2 usage",
		NULL, NULL, NULL };

	return &table;
}

static int run(int argc, char **argv)
{
	struct wg_record_options options = { .stdout_fd = -1 };
	struct wg_record_result result;
	struct wg_error err = { 0, "" };
	char dir[64];
	int status = wg_options_parse(&wg_cmd_record, argc, argv, ARGP_IN_ORDER, &options);

	if (status >= 0)
		return status;
	if (!options.dir) {
		default_dir(dir, sizeof(dir));
		options.dir = dir;
	}
	if (wg_record(&options, &result, &err) != 0) {
		wg_say("%s", err.text);
		return WG_EXIT_FAILED;
	}
	say_result(options.argv[0], options.dir, &result);
	return result.exit_code;
}

const struct wg_cmd wg_cmd_record = {
	.name = "wakegap record",
	.does = "record the events of any command",
	.main = run,
	.table = table,
};
