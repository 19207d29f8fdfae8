/*
 * record.c: `wakegap record`, any command in a trace: its own wakegap events, or its threads.
 *
 * Standard output is the command's alone; what this says goes to standard error, after the run.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "traces/base/units.h"
#include "traces/gather/follow.h"
#include "traces/preload/arena.h"
#include "traces/record/record.h"
#include "viz/cmd/commands.h"
#include "viz/cmd/observer_args.h"
#include "viz/cmd/record_kernel.h"
#include "viz/cmd/record_length.h"
#include "viz/cmd/record_to.h"
#include "viz/cmd/record_trace.h"
#include "viz/run/workload_program.h"

static void default_dir(char *dir, size_t len)
{
	struct tm tm;
	time_t now = time(NULL);

	if (!localtime_r(&now, &tm) || strftime(dir, len, "wakegap-trace-%Y%m%d-%H%M%S", &tm) == 0)
		(void)snprintf(dir, len, "wakegap-trace");
}

/* A process goes on unrecorded when it has waited that long; LTTng's own value is 3000. */
static void say_timeout(bool has_events, char *ret_why, size_t len)
{
	const char *text = getenv("LTTNG_UST_REGISTER_TIMEOUT");
	uint64_t ms;
	bool is_short = text && wg_parse_number(text, 0, 2999, &ms) == 0;

	if (is_short && has_events)
		wg_say("LTTNG_UST_REGISTER_TIMEOUT is %s: a process does not wait until it is "
		       "recorded, so short ones and the first events of others may be missing",
			text);
	else if (is_short)
		(void)snprintf(ret_why, len,
			", maybe because LTTNG_UST_REGISTER_TIMEOUT is %s (unset it)", text);
}

struct asked {
	struct wg_record_options options;
	struct wg_observer_args observer;
	struct wg_length length;
	struct wg_to to;
	bool everything;    /* other programs too */
	const char *finish; /* a folder, or NULL */
};

/* What every recorder has to say. False: COMMAND did not run. */
static bool say_end(const char *command, const struct wg_record_result *result)
{
	if (result->interrupted_by)
		wg_record_say_interrupted(result->interrupted_by, result->has_run);
	if (result->has_run)
		wg_record_say_left(command, result->still_runs, result->left, result->left_name,
			result->left_pid);
	return result->has_run;
}

/* Returns the exit status. */
static int say_result(const struct asked *asked, const struct wg_record_result *result)
{
	const char *command = asked->options.argv[0];
	char status[48] = "", why[96] = "", dir[WG_SHELL_MAX];

	if (!say_end(command, result))
		return result->exit_code;
	say_timeout(result->has_events, why, sizeof(why));
	if (result->discarded)
		wg_say("%" PRIu64 " events were discarded, the buffers were full: record a shorter "
		       "run, or run less beside it",
			result->discarded);
	/* Only an overwriting channel loses packets, and a flight recorder is to. */
	if (result->lost_packets && !asked->length.is_flight)
		wg_say("%" PRIu64 " packets were lost", result->lost_packets);
	if (result->were_stopped)
		wg_say("LTTng's daemons were stopped (SIGSTOP) while recording; wakegap continued "
		       "them");
	if (result->has_moved)
		wg_say("the folder was moved while recording");
	if (result->has_events) {
		if (asked->to.url)
			wg_to_say(&asked->to, result);
		else
			wg_record_say_trace(command, result);
		return result->exit_code;
	}
	if (result->has_registered) {
		wg_say("%s emitted no wakegap events%s: nothing to show (trace in %s)", command,
			why, wg_shell_word(dir, "%s", result->dir));
		return result->exit_code;
	}
	if (result->exit_code)
		(void)snprintf(
			status, sizeof(status), " ended with status %d and", result->exit_code);
	wg_say("%s%s emitted no wakegap events%s: no process of it came to LTTng (did it run? is "
	       "it built with lttng-ust? has it another HOME, LTTNG_HOME or user?): trace in "
	       "%s" WG_SEE_DOCTOR,
		command, status, why, wg_shell_word(dir, "%s", result->dir));
	return result->exit_code ? result->exit_code : WG_EXIT_FAILED;
}

/* What is in the trace of the preload library, and what is not. */
static void say_gathered(
	const struct wg_record_result *result, const struct wg_gather_stats *stats, bool has_size)
{
	char dir[WG_SHELL_MAX];

	if (stats->lost)
		wg_say("%" PRIu64
		       " records were lost, there was no more room %s: record a shorter run",
			stats->lost, has_size ? "within --max-size" : "in /dev/shm");
	if (stats->nobody)
		wg_say("%" PRIu64 " notifies for which nobody slept were counted and not recorded",
			stats->nobody);
	if (stats->have_uring)
		wg_say("a program of it uses liburing: what it waits for in io_uring is not seen; "
		       "--with kernel sees it");
	if (stats->have_fence)
		wg_say("a program of it confined itself (seccomp): from then on new threads and "
		       "descriptors, and waits in reads, are not seen; --with kernel sees them");
	if (stats->have_lttng)
		wg_say("a program of it is built with LTTng: if it emits wakegap events, record it "
		       "again with --with lttng");
	if (result->has_events)
		wg_say("trace in %s: %" PRIu64 " process%s", wg_shell_word(dir, "%s", result->dir),
			stats->processes, stats->processes == 1 ? "" : "es");
}

/* What the preload library recorded. Returns the exit status. */
static int say_followed(const struct wg_record_options *options,
	const struct wg_record_result *result, const struct wg_gather_stats *stats)
{
	const char *command = options->argv[0];

	if (!say_end(command, result))
		return result->exit_code;
	say_gathered(result, stats, options->max_bytes != 0);
	if (result->has_events)
		return result->exit_code;
	if (stats->programs) {
		wg_say("%s ended with status %d and did not wait in any call that can be seen: "
		       "nothing to show",
			command, result->exit_code);
		return result->exit_code;
	}
	wg_say("no process of %s could be seen: is it static, or does it run with other "
	       "rights? `wakegap scan` shows it from outside while it runs" WG_SEE_DOCTOR,
		command);
	return result->exit_code ? result->exit_code : WG_EXIT_FAILED;
}

enum { KEY_ONLY = 0x1000, KEY_EVERYTHING, KEY_UNTIL_IDLE, KEY_FOR, KEY_FINISH };

static error_t take_time(
	const char *arg, struct wg_record_options *options, struct argp_state *state)
{
	int64_t ns;

	if (wg_parse_time(arg, &ns) < 0 || ns < 1000000)
		return wg_option_fail(
			state, "--for wants a time of at least 1ms, such as 10s, not '%s'", arg);
	options->for_ms = ns / 1000000;
	return 0;
}

/* What does not go together. */
static error_t check(const struct asked *asked, struct argp_state *state)
{
	const struct wg_record_options *options = &asked->options;

	if (asked->finish && (options->argv || asked->observer.pids))
		return wg_option_fail(state, "--finish goes with no command and no -p");
	if (asked->finish)
		return 0;
	if (!options->argv && !asked->observer.pids)
		return wg_option_fail(state, "no command to record");
	if (asked->to.url && options->dir)
		return wg_option_fail(state, "--to and -o: the trace goes to one place");
	if (asked->to.is_live && (asked->length.rotate_bytes || asked->length.rotate_ns))
		return wg_option_fail(state, "--live and --rotate: LTTng cannot do both");
	if (asked->to.url && asked->length.rotate_bytes)
		return wg_option_fail(state, "--to and --rotate SIZE: name a time, such as 10m");
	if (asked->to.url && asked->length.max_bytes &&
		(asked->length.rotate_bytes || asked->length.rotate_ns))
		return wg_option_fail(state,
			"--to, --rotate and --max-size: remove old chunks where they are stored");
	if (asked->to.url && asked->length.is_flight)
		return wg_option_fail(state, "--to and --flight-recorder: a flight recorder keeps "
					     "in this host's memory");
	if (asked->observer.pids && options->until_idle)
		return wg_option_fail(state, "--until-idle goes with a command, not with -p");
	if (asked->everything && options->only_command)
		return wg_option_fail(state, "--everything or --only, not both");
	return wg_observer_check(&asked->observer, options->argv,
		options->only_command ? "--only does"
		: asked->everything   ? "--everything does"
				      : NULL,
		state);
}

static error_t take(int key, char *arg, struct argp_state *state)
{
	struct asked *asked = state->input;
	struct wg_record_options *options = &asked->options;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &asked->length;
		state->child_inputs[1] = &asked->to;
		state->child_inputs[2] = &asked->observer;
		return 0;
	case 'o':
		options->dir = arg;
		return *arg ? 0 : wg_option_fail(state, "the name of the folder is empty");
	case KEY_ONLY: options->only_command = true; return 0;
	case KEY_EVERYTHING: asked->everything = true; return 0;
	case KEY_UNTIL_IDLE: options->until_idle = true; return 0;
	case KEY_FOR: return take_time(arg, options, state);
	case KEY_FINISH: asked->finish = arg; return 0;
	case ARGP_KEY_ARG: /* what follows the command's name is the command's */
		options->argv = state->argv + state->next - 1;
		state->next = state->argc;
		return 0;
	case ARGP_KEY_END: return check(asked, state);
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
			"that one process: not its children, nor any other program", 0 },
		{ "everything", KEY_EVERYTHING, NULL, 0,
			"with LTTng: show the wakegap events of other programs of yours as well, "
			"not only those of COMMAND and what it starts; so it is with --to in any "
			"case",
			0 },
		{ "until-idle", KEY_UNTIL_IDLE, NULL, 0,
			"record until no process that COMMAND started runs any more: a daemon's "
			"COMMAND ends at once",
			0 },
		{ "for", KEY_FOR, "TIME", 0,
			"record for TIME, whether COMMAND ends earlier or later, or with "
			"--until-idle at most for TIME; what runs then goes on",
			0 },
		{ "finish", KEY_FINISH, "DIR", 0,
			"make the trace of a recording with the preload library that was killed "
			"or had no room on the disk",
			0 },
		{ 0 },
	};
	static const struct argp_child children[] = {
		{ &wg_length_argp, 0, "Long recordings:", 1 },
		{ &wg_to_argp, 0, "Other machines:", 2 },
		{ &wg_observer_argp, 0, NULL, 0 },
		{ 0 },
	};
	static const struct argp table = { options, take,
		"[--] COMMAND [ARGUMENT...]\n-p PID\n--finish DIR",
		"Runs COMMAND and records it: the wakegap events that it emits, with LTTng; of any "
		"other program what its threads wait in, for how long, and who wakes them.\v"
		"Any dynamically linked program of glibc is seen through a library in LD_PRELOAD, "
		"and what it starts too. It sees waits in epoll, poll, select, conditions, "
		"semaphores, locks, futexes, sleeps, reads, messages, signals and children. It "
		"does not see "
		"static programs, Go, musl or setuid ones: a line says so before COMMAND runs.\n\n"
		"The kernel sees every program, from outside: who waits in what, and exactly who "
		"woke it. It takes root, or CAP_BPF and CAP_PERFMON. Without "
		"--syscalls it does not see notifies that woke nobody, nor what a thread did after "
		"a wake.\n\n"
		"With LTTng, all programs of yours that emit wakegap events meanwhile are "
		"recorded (as root: those of all users). The file OTHER-PROGRAMS in DIR says which "
		"of them COMMAND did not start, and their events are left out by `stats`, `view` "
		"and "
		"the others; babeltrace2 shows them. A program that ran for less than a tenth of a "
		"second meanwhile may not be noticed, and is shown then. What COMMAND has done by "
		"a "
		"program "
		"that runs already, as a server or systemd, is that program's.\n\n"
		"With LTTng: starts a session daemon if none runs, and stops it afterwards. A "
		"signal is "
		"passed "
		"on to COMMAND, which is killed if it has not ended 2 s later. Ctrl-C reaches "
		"COMMAND directly and has no such limit.\n\n"
		"A process that is forked without exec needs LD_PRELOAD=liblttng-ust-fork.so, and "
		"one that closes all its descriptors, as daemons do, "
		"LD_PRELOAD=liblttng-ust-fd.so: otherwise it loses its connection to LTTng, and "
		"its events. Both: LD_PRELOAD=\"liblttng-ust-fork.so liblttng-ust-fd.so\".\n\n"
		"A process waits at its start until it is recorded, at most "
		"LTTNG_UST_REGISTER_TIMEOUT ms; if that is not set, 60000.\n\n"
		"Under sudo, the trace is given to the user who called it.\n\n"
		"Exit status: COMMAND's (128 + N if signal N ended it); 1 if the recording "
		"failed or nothing came to LTTng; 2 usage",
		children, NULL, NULL };

	return &table;
}

/* It could not be recorded. */
static int say_failed(const struct wg_record_options *options,
	const struct wg_record_result *result, const struct wg_error *err)
{
	wg_say("%s", err->text);
	if (result->has_run && result->exit_code)
		wg_say("%s ended with status %d", options->argv[0], result->exit_code);
	wg_record_say_left(options->argv[0], result->still_runs, result->left, result->left_name,
		result->left_pid);
	return WG_EXIT_FAILED;
}

static int follow(const struct wg_record_options *options, struct wg_length *length,
	const struct wg_choice *choice)
{
	struct wg_record_result result = { 0 };
	struct wg_gather_stats stats;
	struct wg_error err = { 0, "" };
	char library[PATH_MAX];
	int rc;

	if (wg_program_beside(WG_PRELOAD_LIBRARY, library, sizeof(library), &err) < 0)
		return wg_say("%s", err.text);
	if (*choice->warn)
		wg_say("%s", choice->warn);
	rc = wg_follow(options, library, &result, &stats, &err);
	wg_length_say(length, &result);
	if (rc != 0)
		return say_failed(options, &result, &err);
	if (result.has_run)
		wg_say("recorded with the preload library: %s", choice->why);
	return say_followed(options, &result, &stats);
}

static int finish(const char *dir)
{
	struct wg_record_result result;
	struct wg_gather_stats stats;
	struct wg_error err = { 0, "" };

	if (wg_follow_finish(dir, &result, &stats, &err) < 0) {
		wg_say("%s", err.text);
		return WG_EXIT_FAILED;
	}
	say_gathered(&result, &stats, false);
	if (!result.has_events)
		wg_say("nothing was recorded until then: nothing to show");
	return result.has_events ? 0 : WG_EXIT_FAILED;
}

static int record_in_kernel(struct asked *asked, const char *why)
{
	const struct wg_kernel_options options = { .dir = asked->options.dir,
		.argv = asked->options.argv,
		.pid = asked->observer.pid,
		.pids = asked->observer.pids,
		.has_calls = asked->observer.has_calls,
		.for_ms = asked->options.for_ms,
		.until_idle = asked->options.until_idle,
		.max_bytes = asked->length.max_bytes,
		.flight = asked->options.flight };

	return wg_record_in_kernel(&options, &asked->length, why);
}

static int run(int argc, char **argv)
{
	struct asked asked = { .options = { .stdout_fd = -1, .adopts = true } };
	struct wg_record_result result;
	struct wg_choice choice;
	struct wg_error err = { 0, "" };
	const char *other;
	char dir[64];
	int status = wg_options_parse(&wg_cmd_record, argc, argv, ARGP_IN_ORDER, &asked);

	if (status >= 0)
		return status;
	if (asked.finish)
		return finish(asked.finish);
	if (!asked.options.dir) {
		default_dir(dir, sizeof(dir));
		asked.options.dir = dir;
	}
	wg_length_use(&asked.length, &asked.options);
	wg_to_use(&asked.to, &asked.options);
	asked.options.without_others = !asked.everything && !asked.options.only_command;
	wg_observer_choose(&asked.observer, asked.options.argv,
		!asked.options.only_command && !asked.options.until_idle, &choice);
	other = choice.with == WG_WITH_KERNEL ? "the kernel" : "the preload library";
	if (choice.with != WG_WITH_LTTNG &&
		(!wg_length_goes_with(&asked.length, other) || !wg_to_goes_with(&asked.to, other)))
		return WG_EXIT_FAILED;
	if (choice.with == WG_WITH_KERNEL)
		return record_in_kernel(&asked, choice.why);
	if (choice.with == WG_WITH_PRELOAD)
		return follow(&asked.options, &asked.length, &choice);
	status = wg_record(&asked.options, &result, &err);
	wg_length_say(&asked.length, &result);
	if (status != 0)
		return say_failed(&asked.options, &result, &err);
	if (result.has_run)
		wg_say("recorded with LTTng: %s", choice.why);
	return say_result(&asked, &result);
}

const struct wg_cmd wg_cmd_record = {
	.name = "wakegap record",
	.does = "record the events of any command",
	.main = run,
	.table = table,
	.words = wg_observer_words,
};
