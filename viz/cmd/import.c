/*
 * import.c: `wakegap import`, the log of another tool: as a trace, or its findings.
 *
 * A log is what strangers wrote. Whatever is in it, one line says how much was not understood, and
 * nothing of it reaches a terminal as it is.
 */
#include <inttypes.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/base/names.h"
#include "traces/base/near.h"
#include "traces/base/units.h"
#include "traces/import/import.h"
#include "traces/record/files.h"
#include "traces/write/ctf.h"
#include "viz/cmd/commands.h"
#include "viz/cmd/man.h"
#include "viz/stats/threads.h"

/* Of a table of strace -c: a call that waits. */
struct row {
	const char *name;
	uint64_t calls, errors;
	double seconds;
};

struct import {
	const char *path;
	enum wg_import_format from;
	uint64_t rows;
	const char *dir; /* -o, or NULL: show the findings */
	struct wg_threads *threads;
	struct wg_ctf *ctf;
	struct row *row; /* one a call, of all tables of the log */
	size_t row_count, row_cap;
};

static int on_event(void *user, const struct wg_event *event)
{
	struct import *im = user;

	return im->ctf ? wg_ctf_add(im->ctf, event) : wg_threads_feed(im->threads, event);
}

static int on_row(void *user, const char *name, uint64_t calls, uint64_t errors, double seconds)
{
	struct import *im = user;
	size_t i;

	for (i = 0; i < im->row_count && strcmp(im->row[i].name, name) != 0; i++)
		;
	if (i == im->row_count) {
		if (wg__grow(&im->row, &im->row_cap, i, sizeof(*im->row)) < 0)
			return -ENOMEM;
		im->row[im->row_count++] = (struct row){ .name = name };
	}
	im->row[i].calls += calls;
	im->row[i].errors += errors;
	im->row[i].seconds += seconds;
	return 0;
}

/*
 * A table of strace -c tells numbers of calls, and no length of time. But a thread is in one call
 * after the other: it cannot make more of them a second than fit in by their mean. CPU time is less
 * than the time in a call, so it gives no smaller bound than there is.
 */
static void print_rows(const struct import *im, bool is_cpu_table)
{
	size_t i;

	printf("%9s %9s %12s %11s  waits in\n", "calls", "errors", "us a call", "wakes/s");
	for (i = 0; i < im->row_count; i++) {
		const struct row *row = &im->row[i];
		double calls = (double)row->calls;
		char at_most[32] = "-";

		if (!is_cpu_table && calls > 0)
			(void)snprintf(at_most, sizeof(at_most), "<= %.1f", calls / row->seconds);
		printf("%9" PRIu64 " %9" PRIu64 " %12.1f %11s  %s\n", row->calls, row->errors,
			calls > 0 ? row->seconds * 1e6 / calls : 0, at_most, row->name);
	}
	if (is_cpu_table)
		printf("rates are not observable: a table of strace -c has CPU time and no length "
		       "of time; strace -w -c shows how long calls took, which bounds them, and "
		       "strace -f -tt -T -o FILE shows rates\n");
	else
		printf("a thread wakes at most once in the mean time of a call. Without strace -w "
		       "the table has CPU time, and it wakes far less often; strace -f -tt -T -o "
		       "FILE shows rates\n");
}

static const char *format_name(enum wg_import_format format)
{
	switch (format) {
	case WG_IMPORT_STRACE: return "strace";
	case WG_IMPORT_STRACE_TABLE: return "strace -c";
	case WG_IMPORT_PERF: return "perf";
	default: return "?";
	}
}

static const char *is_or_are(uint64_t n)
{
	return n == 1 ? "is" : "are";
}

static void say_strace(const struct wg_import_stats *stats)
{
	if (stats->unborn)
		wg_say("the log does not show which process %" PRIu64 " thread%s: %s",
			stats->unborn, stats->unborn == 1 ? " is of" : "s are of",
			stats->are_apart ? "strace attached to several, so each stands for itself"
			: stats->unborn == 1
				? "it is taken for one of the first thread's (one strace -p a log)"
				: "they are taken for threads of one (one strace -p a log)");
	if (!stats->has_times)
		wg_say("no times in the log: rates and periods are not observable (strace -f -tt "
		       "-T -o FILE shows them)");
	else if (stats->is_coarse)
		wg_say("times in the log are whole seconds: periods%s are not observable, nor are "
		       "rates of what lasts less than 10 s (strace -f -tt -T -o FILE shows them)",
			stats->has_spent ? "" : " and times asleep");
	else if (!stats->has_spent)
		wg_say("no strace -T: a wait may have ended before the thread's next call, so "
		       "times asleep are at most");
}

/* Each event that is missing costs figures: they are absent, and this says so. */
static void say_perf(const struct wg_import_stats *stats)
{
	uint64_t lost = stats->lost ? stats->lost : stats->holes;

	if (stats->holes)
		wg_say("events were lost in %" PRIu64 " place%s (at least %" PRIu64
		       " event%s): waits across them are not counted, so rates are at least",
			stats->holes, wg_s(stats->holes), lost, wg_s(lost));
	if (!stats->has_calls)
		wg_say("no raw_syscalls events: what threads wait in, timeouts and what followed "
		       "are not observable");
	if (!stats->has_switches)
		wg_say("no sched_switch events: the CPU of a wake is not observable");
	if (!stats->has_wakings)
		wg_say("no sched_waking events: who woke whom is not observable");
	else if (!stats->has_contexts)
		wg_say("an interrupt during a call that wakes is taken for the call: perf record "
		       "-g tells them apart");
	if (!stats->has_processes)
		wg_say("processes are not in the log, they are known from clone only: perf script "
		       "-F +pid tells them");
}

/* What was read, and what is not known because of how it was logged. */
static void say_stats(const struct wg_import_stats *stats)
{
	if (stats->unread)
		wg_say("%" PRIu64 " of %" PRIu64 " line%s %s not understood, the first is line "
		       "%" PRIu64,
			stats->unread, stats->lines, wg_s(stats->lines), is_or_are(stats->unread),
			stats->first_unread);
	if (stats->too_long)
		wg_say("%" PRIu64 " of them %s longer than a MiB", stats->too_long,
			is_or_are(stats->too_long));
	if (stats->too_many)
		wg_say("not counted: %" PRIu64 " line%s of more threads than can be followed",
			stats->too_many, wg_s(stats->too_many));
	if (stats->halves)
		wg_say("only one half is in the log of %" PRIu64 " call%s", stats->halves,
			wg_s(stats->halves));
	if (stats->times_back)
		wg_say("%" PRIu64 " time%s %s before the one before: taken as that",
			stats->times_back, wg_s(stats->times_back), is_or_are(stats->times_back));
	if (stats->format == WG_IMPORT_STRACE)
		say_strace(stats);
	else if (stats->format == WG_IMPORT_PERF)
		say_perf(stats);
}

static int print(struct import *im, const struct wg_import_stats *stats)
{
	/* The table below a log (strace -C) counts the same calls. */
	uint64_t calls = stats->calls ? stats->calls : stats->table_calls;
	char time[32];
	int rc = 0;

	if (stats->is_coarse)
		wg_threads_coarse(im->threads, stats->has_spent);
	wg_threads_finish(im->threads, stats->has_times);
	printf("%s: %" PRIu64 " call%s in %" PRIu64 " line%s", format_name(stats->format), calls,
		wg_s(calls), stats->lines, wg_s(stats->lines));
	if (stats->has_times)
		printf(", %s%s", stats->is_coarse ? "about " : "",
			wg_format_time(time, sizeof(time), wg_threads_span_ns(im->threads)));
	printf("\n");
	if (stats->format != WG_IMPORT_STRACE_TABLE)
		rc = wg_threads_print(im->threads, im->rows);
	if (im->row_count && !stats->has_times)
		print_rows(im, stats->is_cpu_table);
	(void)fflush(stdout);
	return rc < 0 ? wg_say("out of memory") : WG_EXIT_OK;
}

static int show(struct import *im)
{
	struct wg_import_sink sink = { on_event, on_row, im };
	struct wg_import_stats stats;
	struct wg_error err;
	int rc;

	if (wg_threads_create(&im->threads) < 0)
		return wg_say("out of memory");
	if (wg_import(im->path, im->from, &sink, &stats, &err) < 0) {
		rc = wg_say("%s", err.text);
	} else {
		rc = print(im, &stats);
		say_stats(&stats);
	}
	wg_threads_destroy(im->threads);
	free(im->row);
	return wg_say_flushed(rc);
}

/* A trace is about moments: a log without them makes none. */
static int convert_into(struct import *im, const char *dir)
{
	struct wg_import_sink sink = { on_event, NULL, im };
	struct wg_ctf_about about = { .tracer = "wakegap-import" };
	struct wg_import_stats stats;
	struct wg_error err = { 0 };
	char word[WG_SHELL_MAX];
	bool has_times;
	int rc;

	if (wg_ctf_create(dir, &about, &im->ctf, &err) < 0)
		return wg_say("%s", err.text);
	rc = wg_import(im->path, im->from, &sink, &stats, &err);
	has_times = rc == 0 && stats.has_times && !stats.is_coarse;
	wg_ctf_set_epoch(im->ctf, has_times && stats.is_epoch);
	if (wg_ctf_finish(im->ctf, has_times, &err) < 0 || rc < 0)
		return wg_say("%s", err.text);
	say_stats(&stats);
	if (!has_times)
		return wg_say(
			"a trace needs times%s: without -o the findings of this log are shown",
			stats.is_coarse ? " finer than a second (strace -tt)" : "");
	wg_say("trace in %s", wg_shell_word(word, "%s", dir));
	return WG_EXIT_OK;
}

static int convert(struct import *im)
{
	struct wg__folder folder;
	struct wg_error err;
	int rc;

	if (wg__folder_make(im->dir, &folder, &err) < 0)
		return wg_say("%s", err.text);
	rc = convert_into(im, im->dir);
	wg__folder_end(&folder, false, rc == WG_EXIT_OK);
	return rc;
}

enum { KEY_FROM = 0x1000, KEY_TOP };

static error_t take(int key, char *arg, struct argp_state *state)
{
	struct import *im = state->input;
	char hint[80];

	switch (key) {
	case 'o':
		im->dir = arg;
		return *arg ? 0 : wg_option_fail(state, "the name of the folder is empty");
	case KEY_FROM:
		if (!wg_import_format_of(arg, &im->from))
			return wg_option_fail(state, "--from: no '%s'%s", arg,
				wg_near_hint(hint, sizeof(hint), arg, "strace perf"));
		return 0;
	case KEY_TOP:
		if (wg_parse_number(arg, 1, 1000000, &im->rows) < 0)
			return wg_option_fail(state, "--top: '%s' is not a number of rows", arg);
		return 0;
	case ARGP_KEY_ARG:
		if (im->path)
			return wg_option_fail(state, "'%s' is one too many", arg);
		im->path = arg;
		return 0;
	case ARGP_KEY_NO_ARGS: return wg_option_fail(state, "which log? - is standard input");
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp *table(void)
{
	static const struct argp_option options[] = {
		{ "output", 'o', "DIR", 0,
			"write a trace into this folder, which must be new or empty; `wakegap "
			"stats` "
			"and others read it",
			0 },
		{ "from", KEY_FROM, "strace|perf", 0,
			"what wrote the log; without it, the first line that looks like one tells",
			0 },
		{ "top", KEY_TOP, "N", 0, "so many threads and findings; the default is 20", 0 },
		{ 0 },
	};
	static const struct argp table = { options, take, "FILE|-",
		"Reads the log of another tool and says what each thread woke for: FILE is the "
		"text that strace prints, with any of its options -f, -t, -tt, -ttt, -r, -T, -y, "
		"-yy, -Y, -N, -i and -k, or its table (-c); or what perf script, trace-cmd report "
		"or "
		"ftrace's file trace shows of system calls and the scheduler.\v"
		"  strace -f -tt -T -o log COMMAND; wakegap import log\n"
		"  strace -f -tt -T -p PID 2>&1 | wakegap import -\n"
		"  perf record -a -g " WG_IMPORT_PERF_SCHED " \\\n"
		"      " WG_IMPORT_PERF_CALLS " sleep 10\n"
		"  perf script -F +pid | wakegap import -\n\n"
		"Each wake of a thread has one class:\n"
		"  notified  another thread ended the wait, which had a timeout\n"
		"  worker    the same without a timeout: an idle worker, never waste\n"
		"  input     bytes, a connection, a child\n"
		"  acted     a timeout; then it wrote, woke somebody, read bytes, or made or\n"
		"            ended a thread\n"
		"  empty     a timeout, then none of these\n"
		"  timer     a timeout; what followed is not in the log\n"
		"  late      a timeout although it was notified\n"
		"  zero      it asked for no time and found nothing\n"
		"  spin      ten or more in a row that found something and took nothing\n"
		"  lock      a wait for a lock\n"
		"  signal    a signal ended the wait\n"
		"  unknown   what ended it is not in the log\n\n"
		"What a log does not tell is not guessed. strace shows the order of calls and not "
		"who woke whom, so its pairs of notify and wake are likely, never exact; it shows "
		"no "
		"CPU time either. perf and ftrace show both: a waker is exact if it was on its own "
		"stack, or without -g in a call that can end that wait, and likely if it was "
		"sending to a socket. They do not show what is in memory: timeouts of ppoll, "
		"select, futex and sleeps, sets of descriptors, paths. No log shows when an "
		"operation was submitted, or how long it was queued; call sites are shown with "
		"strace -k only.\n\n"
		"Exit status: 0 done, 1 the log could not be read or has no such line, 2 usage",
		NULL, NULL, NULL };

	return &table;
}

static const char *words(const char *metavar)
{
	return strcmp(metavar, "strace|perf") == 0 ? "strace perf" : NULL;
}

static int run(int argc, char **argv)
{
	struct import im = { .rows = WG_TOP_ROWS };
	int rc;

	wg_say_pipes();
	wg_say_plainly();
	rc = wg_options_parse(&wg_cmd_import, argc, argv, 0, &im);
	if (rc >= 0)
		return rc;
	return im.dir ? convert(&im) : show(&im);
}

const struct wg_cmd wg_cmd_import = {
	.name = "wakegap import",
	.does = "say what threads woke for, from a strace or perf log",
	.main = run,
	.table = table,
	.words = words,
};
