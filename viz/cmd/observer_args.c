/*
 * observer_args.c: see observer_args.h.
 */
#include "viz/cmd/observer_args.h"

#include <stdio.h>
#include <string.h>

#include "traces/base/near.h"
#include "traces/base/options.h"
#include "traces/base/units.h"
#include "traces/kernel/kernel.h"

#define WITH "lttng|kernel|preload"

enum { KEY_WITH = 0x4000, KEY_SYSCALLS };

static error_t take_with(const char *arg, struct wg_observer_args *args, struct argp_state *state)
{
	char hint[80];

	if (strcmp(arg, "lttng") == 0)
		args->with = WG_WITH_LTTNG;
	else if (strcmp(arg, "preload") == 0)
		args->with = WG_WITH_PRELOAD;
	else if (strcmp(arg, "kernel") == 0)
		args->with = WG_WITH_KERNEL;
	else
		return wg_option_fail(state, "--with: no '%s'%s", arg,
			wg_near_hint(hint, sizeof(hint), arg, "lttng kernel preload"));
	return 0;
}

static error_t take_pid(const char *arg, struct wg_observer_args *args, struct argp_state *state)
{
	uint64_t pid;

	if (wg_parse_number(arg, 1, INT32_MAX, &pid) < 0)
		return wg_option_fail(state,
			"-p: '%s' is not the number of a process: "
			"`pgrep NAME` prints it",
			arg);
	if (args->pids == WG_PIDS_MAX)
		return wg_option_fail(state, "-p: at most %d processes", WG_PIDS_MAX);
	args->pid[args->pids++] = (pid_t)pid;
	return 0;
}

static error_t take(int key, char *arg, struct argp_state *state)
{
	struct wg_observer_args *args = state->input;

	switch (key) {
	case KEY_WITH: return take_with(arg, args, state);
	case KEY_SYSCALLS: args->has_calls = true; return 0;
	case 'p': return take_pid(arg, args, state);
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{ "with", KEY_WITH, WITH, 0,
		"lttng takes the wakegap events that COMMAND emits; kernel and preload see what "
		"the threads of any program wait in; the default is lttng if COMMAND or a word of "
		"it emits wakegap events, else preload, and kernel for what preload cannot see, "
		"if you are root",
		0 },
	{ "syscalls", KEY_SYSCALLS, NULL, 0,
		"with the kernel: see each system call too, so what a wait returned, polls "
		"that did not sleep, what a thread did after a wake, and notifies that "
		"woke nobody; every call of the machine takes a little longer meanwhile",
		0 },
	{ "pid", 'p', "PID", 0,
		"a process that runs already, and what it starts, seen by the kernel, until it "
		"ends, or Ctrl-C, or --for TIME; may be given several times",
		0 },
	{ 0 },
};

const struct argp wg_observer_argp = { options, take, NULL, NULL, NULL, NULL, NULL };

error_t wg_observer_check(const struct wg_observer_args *args, bool has_command, const char *more,
	struct argp_state *state)
{
	if (has_command && args->pids)
		return wg_option_fail(state, "a command or -p PID, not both");
	if (args->pids && args->with != WG_WITH_ANY && args->with != WG_WITH_KERNEL)
		return wg_option_fail(state, "-p records in the kernel: not with %s",
			args->with == WG_WITH_LTTNG ? "lttng" : "preload");
	if (args->has_calls && args->with != WG_WITH_KERNEL && !args->pids)
		return wg_option_fail(state, "--syscalls goes with --with kernel or -p PID");
	if (more && (args->with == WG_WITH_KERNEL || args->pids))
		return wg_option_fail(state, "%s not go with the kernel", more);
	return 0;
}

/* The library would see nothing, and the kernel may be asked. */
static bool needs_kernel(const struct wg_observer_args *args, const struct wg_choice *choice)
{
	struct wg_error err;

	return args->with == WG_WITH_ANY && choice->with == WG_WITH_PRELOAD && *choice->warn &&
	       wg_kernel_check(&err) == 0;
}

static void be_kernel(struct wg_choice *ret, const char *why)
{
	*ret = (struct wg_choice){ .with = WG_WITH_KERNEL };
	(void)snprintf(ret->why, sizeof(ret->why), "%s", why);
}

void wg_observer_choose(const struct wg_observer_args *args, char *const *argv, bool may_be_kernel,
	struct wg_choice *ret)
{
	if (args->pids) {
		be_kernel(ret, "a process that runs already");
		return;
	}
	if (args->with == WG_WITH_KERNEL) {
		be_kernel(ret, "--with kernel");
		return;
	}
	wg_choose(argv, args->with, ret);
	if (may_be_kernel && needs_kernel(args, ret))
		be_kernel(ret, "the preload library would not see it");
}

const char *wg_observer_words(const char *metavar)
{
	return strcmp(metavar, WITH) == 0 ? "lttng kernel preload" : NULL;
}
