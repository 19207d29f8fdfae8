/*
 * record_kernel.c: see record_kernel.h. What is said stands on standard error.
 */
#include "viz/cmd/record_kernel.h"

#include <inttypes.h>
#include <string.h>

#include "traces/base/say.h"
#include "traces/base/tool.h"
#include "viz/cmd/record_length.h"

void wg_record_say_interrupted(int signo, bool has_run)
{
	wg_say("interrupted: %s%s", strsignal(signo), has_run ? "" : ": the command was not run");
}

void wg_record_say_left(
	const char *command, bool still_runs, size_t left, const char *name, pid_t pid)
{
	if (still_runs)
		wg_say("%s still runs, and is not recorded any more", command);
	if (left == 1)
		wg_say("a process of %s still runs, and is not recorded any more: %s (%ld): "
		       "--until-idle waits for it, --for TIME records for so long",
			command, name, (long)pid);
	else if (left)
		wg_say("%zu processes of %s still run, and are not recorded any more, among them "
		       "%s (%ld): --until-idle waits for them, --for TIME records for so long",
			left, command, name, (long)pid);
}

/* For a process that runs already, somebody sits there and waits. */
static void say_started(void *user)
{
	const struct wg_kernel_options *options = user;

	if (options->for_ms > 0)
		return;
	if (options->pids == 1)
		wg_say("recording process %ld: Ctrl-C ends it", (long)options->pid[0]);
	else if (options->pids)
		wg_say("recording %zu processes: Ctrl-C ends it", options->pids);
}

static void say_trace(const char *dir, const struct wg_kernel_result *result)
{
	char word[WG_SHELL_MAX];

	if (result->lost)
		wg_say("%" PRIu64 " records were lost, the buffer was full: record a shorter run, "
		       "or run less beside it",
			result->lost);
	wg_say("trace in %s: %" PRIu64 " waits and wakes", wg_shell_word(word, "%s", dir),
		result->records);
}

int wg_record_in_kernel(
	const struct wg_kernel_options *given, struct wg_length *length, const char *why)
{
	struct wg_kernel_options options = *given;
	struct wg_kernel_result result;
	struct wg_error err = { 0 };
	int rc;

	options.started = say_started;
	options.user = &options;
	rc = wg_kernel_record(&options, &result, &err);
	wg_length_say(length, &(const struct wg_record_result){ .has_run = result.has_run,
				      .not_kept = result.not_kept,
				      .dropped_packets = result.dropped_packets,
				      .begin_ns = result.begin_ns,
				      .since_ns = result.since_ns });
	if (rc < 0)
		wg_say("%s", err.text);
	if (rc < 0 && result.has_run && result.exit_code)
		wg_say("%s ended with status %d", options.argv[0], result.exit_code);
	/* Ctrl-C is how a recording of a running process ends. */
	if (result.interrupted_by && (options.argv || !result.has_run))
		wg_record_say_interrupted(result.interrupted_by, result.has_run);
	if (rc < 0)
		return WG_EXIT_FAILED;
	if (!result.has_run)
		return 128 + result.interrupted_by;
	if (options.argv)
		wg_record_say_left(options.argv[0], result.still_runs, result.left,
			result.left_name, result.left_pid);
	wg_say("recorded in the kernel: %s", why);
	say_trace(options.dir, &result);
	return result.exit_code;
}
