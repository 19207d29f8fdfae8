/*
 * snapshot.c: `wakegap snapshot`: a flight recorder that runs writes what it has.
 */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/base/units.h"
#include "traces/record/control.h"
#include "viz/cmd/commands.h"

#define FOUND_MAX 64

static error_t take(int key, char *arg, struct argp_state *state)
{
	const char **which = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (*which)
			return wg_option_fail(state, "'%s' is one too many", arg);
		*which = arg;
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp *table(void)
{
	static const struct argp table = { NULL, take, "[DIR|PID]",
		"Tells a recording with --flight-recorder to write the last seconds, and prints "
		"the folder that they are in. DIR is the folder of the recording, PID the process "
		"of `wakegap record`; without either, there must be one such recording.\v"
		"Only the user who records, and root, may ask.\n\n"
		"Exit status: 0 done, 1 there is no such recording or it failed, 2 usage",
		NULL, NULL, NULL };

	return &table;
}

static bool is_it(const struct wg_flight_found *found, const char *which)
{
	char path[PATH_MAX];
	uint64_t pid;

	if (!which)
		return true;
	if (wg_parse_number(which, 1, INT_MAX, &pid) == 0 && (pid_t)pid == found->pid)
		return true;
	return realpath(which, path) && strcmp(path, found->dir) == 0;
}

/* The one that is meant, or NULL with a line. */
static const struct wg_flight_found *choose(
	const struct wg_flight_found *found, int count, const char *which)
{
	const struct wg_flight_found *one = NULL;
	char word[WG_SHELL_MAX];
	int i, n = 0;

	for (i = 0; i < count; i++) {
		if (!is_it(&found[i], which))
			continue;
		one = &found[i];
		n++;
	}
	if (n == 1)
		return one;
	if (n == 0 && which)
		wg_say("no flight recorder of yours is at '%s'%s", which,
			count > 0 ? "" : ": none runs");
	else if (n == 0)
		wg_say("no flight recorder of yours runs: start one with `wakegap record "
		       "--flight-recorder COMMAND`");
	else
		wg_say("%d flight recorders run: name the folder or the process of one", n);
	for (i = 0; i < count; i++) {
		if (*found[i].dir)
			wg_say("%ld %s", (long)found[i].pid,
				wg_shell_word(word, "%s", found[i].dir));
		else
			wg_say("%ld is stopped, and does not say where it is: `kill -CONT %ld` "
			       "continues it",
				(long)found[i].pid, (long)found[i].pid);
	}
	return NULL;
}

static int run(int argc, char **argv)
{
	static struct wg_flight_found found[FOUND_MAX];
	const struct wg_flight_found *one;
	const char *which = NULL;
	struct wg_error err = { 0, "" };
	char dir[PATH_MAX];
	int rc = wg_options_parse(&wg_cmd_snapshot, argc, argv, 0, &which), count;

	if (rc >= 0)
		return rc;
	count = wg_flight_find(found, FOUND_MAX);
	if (count < 0)
		return wg_say("cannot look for recordings: %s", strerror(-count));
	one = choose(found, count, which);
	if (!one)
		return WG_EXIT_FAILED;
	if (wg_flight_ask(one->pid, dir, &err) < 0)
		return wg_say("%s", err.text);
	wg_say_plainly();
	(void)printf("%s\n", dir);
	return wg_say_flushed(WG_EXIT_OK);
}

const struct wg_cmd wg_cmd_snapshot = {
	.name = "wakegap snapshot",
	.does = "keep the last seconds of a flight recorder",
	.main = run,
	.table = table,
};
