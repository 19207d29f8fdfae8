/*
 * stats.c: `wakegap stats`: the measures of traces/measure/measure.h, for people and for
 * programs.
 *
 * A trace that cannot be read does not keep the others from being shown; it costs the exit status.
 */
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "viz/cmd/commands.h"
#include "viz/base/part_args.h"
#include "traces/base/say.h"
#include "viz/stats/stats.h"

static void print_help(void)
{
	puts("wakegap stats: count wakes, gaps and wasted time per loop\n\n"
	     "usage: wakegap stats TRACE... [OPTION...]\n\n"
	     "  TRACE          a folder that holds a trace, or any folder above one\n"
	     "  --by WHAT      loop, process or kind (of operation); by default a loop each of\n"
	     "                 one trace, and all loops together of several\n"
	     "  --where        where the time of an operation went, also of several traces\n"
	     "  --histogram    gaps and service times as bars, as wide as COLUMNS or the terminal\n"
	     "  --ascii        bars of # (by default if the locale is not UTF-8)\n"
	     "  --json         the figures as JSON, times in nanoseconds\n\n"
	     "A part of the trace:");
	(void)fputs(wg_part_help, stdout);
	puts("\nTwo or more traces stand side by side, with ratios to the first; loops and\n"
	     "processes are matched by the program's name and their order.\n\n"
	     "  asleep        time from each wait to the loop's next wake\n"
	     "  wasted        the part of it in which a result was ready: the sum of the gaps\n"
	     "  gap           one for each wait in which a result was ready before the wake\n"
	     "  empty wakes   nothing was there: no result, no due timer, no descriptor\n"
	     "  late wakes    the timeout ended a wait with a result ready\n"
	     "  stuck         at the end of the trace the loop sleeps with a result ready\n"
	     "  queued        of an operation: submit to start; in service: start to done;\n"
	     "                ready, asleep: done to the loop's first wake after it (0 if it was\n"
	     "                awake); delivery: that wake to deliver; whole: submit to deliver\n"
	     "  CPU time      of the thread that waits, between its waits and wakes, if the trace\n"
	     "                has the context perf:thread:task-clock\n\n"
	     "Percentiles are nearest rank. Exit status: 0 done, 1 a trace could not be read, 2 "
	     "usage");
}

static void load_all(struct stats_trace *traces, size_t *count, const struct stats_options *options,
	bool by_kind)
{
	size_t i, loaded = 0;

	for (i = 0; i < *count; i++) {
		struct wg_error err = { 0 };

		if (wg_summary_load_part(
			    traces[i].path, &options->part, by_kind, &traces[i].summary, &err) < 0)
			wg_say("%s", err.text);
		else
			traces[loaded++] = traces[i];
	}
	*count = loaded;
}

static int show(struct stats_trace *traces, size_t wanted, struct stats_options *options, bool json)
{
	size_t count = wanted, i;
	int rc = 0;

	load_all(traces, &count, options, json || options->by == STATS_BY_KIND);
	if (options->by == STATS_BY_TRACE && count == 1)
		options->by = STATS_BY_LOOP;
	if (json)
		rc = wg_stats_print_json(traces, count, options);
	else if (count)
		rc = wg_stats_print(traces, count, options);
	if (rc < 0)
		wg_say("cannot show the figures: %s", strerror(-rc));
	for (i = 0; i < count; i++)
		wg_summary_free(traces[i].summary);
	return wg_say_flushed(rc < 0 || count < wanted ? WG_EXIT_FAILED : WG_EXIT_OK);
}

/* COLUMNS, the terminal, or 80. */
static int columns(void)
{
	const char *text = getenv("COLUMNS");
	struct winsize size;
	long cols = text ? strtol(text, NULL, 10) : 0;

	if (cols <= 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		cols = size.ws_col;
	return cols <= 0 ? 80 : cols > 400 ? 400 : (int)cols;
}

/* 1 taken, -1 a mistake that was told. */
static int take_by(const char *text, enum stats_by *ret_by)
{
	static const struct {
		const char *name;
		enum stats_by by;
	} table[] = { { "loop", STATS_BY_LOOP }, { "process", STATS_BY_PROCESS },
		{ "kind", STATS_BY_KIND } };
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (strcmp(text, table[i].name) == 0) {
			*ret_by = table[i].by;
			return 1;
		}
	}
	(void)wg_say_usage("wakegap stats", "--by: '%s' is none of loop, process and kind", text);
	return -1;
}

/* 1 taken, -1 a mistake that was told. */
static int take_option(int argc, char **argv, int *i, struct stats_options *options, bool *json)
{
	const char *value;
	int rc = wg_part_option("wakegap stats", argc, argv, i, &options->part);

	if (rc != 0)
		return rc;
	rc = wg_option_value(argc, argv, i, "by", &value);
	if (rc < 0)
		(void)wg_say_usage("wakegap stats", "--by needs a value");
	if (rc != 0)
		return rc < 0 ? rc : take_by(value, &options->by);
	if (strcmp(argv[*i], "--json") == 0)
		*json = true;
	else if (strcmp(argv[*i], "--where") == 0)
		options->where = true;
	else if (strcmp(argv[*i], "--histogram") == 0)
		options->histogram = true;
	else if (strcmp(argv[*i], "--ascii") == 0)
		options->ascii = true;
	else
		rc = -1;
	if (rc < 0)
		(void)wg_say_usage("wakegap stats", "no option '%s'", argv[*i]);
	return rc < 0 ? rc : 1;
}

/* -1: go on; else the exit status. */
static int parse(int argc, char **argv, struct stats_trace *traces, size_t *count,
	struct stats_options *options, bool *json)
{
	bool is_option = true;
	int i;

	for (i = 1; i < argc; i++) {
		if (!is_option || argv[i][0] != '-') {
			traces[(*count)++].path = argv[i];
		} else if (strcmp(argv[i], "--") == 0) {
			is_option = false;
		} else if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			print_help();
			return wg_say_flushed(WG_EXIT_OK);
		} else if (take_option(argc, argv, &i, options, json) < 0) {
			return WG_EXIT_USAGE;
		}
	}
	if (*count == 0)
		return wg_say_usage("wakegap stats", "which trace?");
	return wg_part_done("wakegap stats", &options->part) < 0 ? WG_EXIT_USAGE : -1;
}

int cmd_stats(int argc, char **argv)
{
	struct stats_trace *traces = calloc((size_t)argc + 1, sizeof(*traces));
	struct stats_options options = { .by = STATS_BY_TRACE };
	bool json = false;
	size_t count = 0;
	int rc;

	if (!traces) {
		wg_say("out of memory");
		return WG_EXIT_FAILED;
	}
	wg_say_pipes();
	(void)setlocale(LC_CTYPE, "");
	options.ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
	options.cols = columns();
	rc = parse(argc, argv, traces, &count, &options, &json);
	if (rc < 0)
		rc = show(traces, count, &options, json);
	free(traces);
	return rc;
}
