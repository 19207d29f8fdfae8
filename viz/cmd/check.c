/*
 * check.c: `wakegap check`: bounds on the measures, for a user's own CI.
 *
 * A check must not pass by accident. A trace that is not whole is INCONCLUSIVE however good it
 * looks; a trace that cannot be read fails; and a bound that nobody set is a mistake in the call.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "viz/stats/check.h"
#include "viz/cmd/commands.h"
#include "viz/base/part_args.h"
#include "traces/base/say.h"
#include "traces/base/units.h"

static void print_help(void)
{
	const struct wg_bound_info *info;
	size_t i;

	puts("wakegap check: fail if a loop breaks a bound\n\n"
	     "usage: wakegap check TRACE... --BOUND VALUE... [--junit FILE]\n\n"
	     "  TRACE          a folder that holds a trace, or any folder above one\n"
	     "  --junit FILE   the findings as JUnit XML too, a test case for each bound and "
	     "loop;\n"
	     "                 - is standard output, and what is said goes to standard error\n\n"
	     "Bounds; each is asked of every loop, and holds if the figure is not above it:");
	for (i = 0; (info = wg_bound_info((enum wg_bound)i)); i++) {
		char option[48];

		(void)snprintf(
			option, sizeof(option), "--%s %s", info->option, info->is_time ? "T" : "N");
		printf("  %-22s %s\n", option, info->means);
	}
	puts("\nA part of the trace:");
	(void)fputs(wg_part_help, stdout);
	puts("\nTimes as 10ms; percentiles are nearest rank; of nothing, every time is 0, so\n"
	     "--min-ops guards against a trace in which nothing happened. `wakegap stats --help`\n"
	     "says what is counted.\n\n"
	     "Prints `ok`, or one line for each broken bound. A trace with discarded events or\n"
	     "damage is INCONCLUSIVE: a bound that it breaks is named, and none is said to "
	     "hold.\n\n"
	     "exit status: 0 all bounds hold; 1 one is broken, or a trace cannot be read; 2 "
	     "usage;\n"
	     "77 inconclusive, and no trace that is whole breaks a bound");
}

/* "17" or "10ms" for this bound. */
static int set_bound(struct wg_bounds *bounds, enum wg_bound bound, const char *text)
{
	const struct wg_bound_info *info = wg_bound_info(bound);
	uint64_t count = 0;
	size_t i;

	bounds->is_set[bound] = true;
	if (info->is_time) {
		if (wg_parse_time(text, &bounds->limit[bound]) == 0)
			return 1;
		(void)wg_say_usage("wakegap check", "--%s: '%s' is not a time such as 10ms",
			info->option, text);
		return -1;
	}
	for (i = 0; text[i] >= '0' && text[i] <= '9' && count < INT64_MAX / 16; i++)
		count = count * 10 + (uint64_t)(text[i] - '0');
	if (i == 0 || text[i] != '\0') {
		(void)wg_say_usage(
			"wakegap check", "--%s: '%s' is not a number", info->option, text);
		return -1;
	}
	bounds->limit[bound] = (int64_t)count;
	return 1;
}

/* 1 taken, 0 not a bound, -1 a mistake that was told. */
static int take_bound(int argc, char **argv, int *i, struct wg_bounds *bounds)
{
	const struct wg_bound_info *info;
	const char *value;
	size_t b;

	for (b = 0; (info = wg_bound_info((enum wg_bound)b)); b++) {
		int rc = wg_option_value(argc, argv, i, info->option, &value);

		if (rc < 0)
			(void)wg_say_usage("wakegap check", "%s needs a value", argv[*i]);
		if (rc != 0)
			return rc < 0 ? rc : set_bound(bounds, (enum wg_bound)b, value);
	}
	return 0;
}

/* 1 taken, -1 a mistake that was told. */
static int take_option(int argc, char **argv, int *i, struct check *check)
{
	int rc = take_bound(argc, argv, i, &check->bounds);

	if (rc == 0)
		rc = wg_part_option("wakegap check", argc, argv, i, &check->part);
	if (rc == 0) {
		rc = wg_option_value(argc, argv, i, "junit", &check->junit_path);
		if (rc < 0)
			(void)wg_say_usage("wakegap check", "--junit needs a value");
	}
	if (rc == 0) {
		(void)wg_say_usage("wakegap check", "no option '%s'", argv[*i]);
		rc = -1;
	}
	return rc;
}

/* -1 go on, else the exit status. */
static int parse(int argc, char **argv, struct check *check)
{
	bool options = true;
	int i;

	for (i = 1; i < argc; i++) {
		if (!options || argv[i][0] != '-') {
			check->traces[check->trace_count++].path = argv[i];
		} else if (strcmp(argv[i], "--") == 0) {
			options = false;
		} else if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			print_help();
			return wg_say_flushed(WG_EXIT_OK);
		} else if (take_option(argc, argv, &i, check) < 0) {
			return WG_EXIT_USAGE;
		}
	}
	if (check->trace_count == 0)
		return wg_say_usage("wakegap check", "which trace?");
	if (wg_bounds_count(&check->bounds) == 0)
		return wg_say_usage("wakegap check", "which bound? such as --max-late-wakes 0");
	return wg_part_done("wakegap check", &check->part) < 0 ? WG_EXIT_USAGE : -1;
}

int cmd_check(int argc, char **argv)
{
	struct check check = { .out = stdout };
	int rc;

	wg_say_pipes();
	check.traces = calloc((size_t)argc + 1, sizeof(*check.traces));
	if (!check.traces) {
		wg_say("out of memory");
		return WG_EXIT_FAILED;
	}
	rc = parse(argc, argv, &check);
	if (rc < 0)
		rc = wg_say_flushed(wg_check_run(&check));
	free(check.traces);
	return rc;
}
