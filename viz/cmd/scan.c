/*
 * scan.c: `wakegap scan`: who wakes how often, in what, asked for how long, from where.
 *
 * Nothing is traced and nothing is changed: all of it stands in /proc.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "traces/base/signals.h"
#include "traces/base/units.h"
#include "viz/base/tty.h"
#include "viz/cmd/commands.h"
#include "viz/cmd/man.h"
#include "viz/scan/scan.h"
#include "viz/scan/watch.h"
#include "viz/term/term.h"

#define FOR_NS	 INT64_C(5000000000)
#define WATCH_NS INT64_C(2000000000)
#define FOR_MIN	 INT64_C(10000000)
#define FOR_MAX	 INT64_C(86400000000000)

struct call {
	const char **names;
	size_t count;
	int64_t for_ns; /* 0: not given */
	uint64_t top;	/* likewise */
	bool all, hang, watch, json;
};

enum { KEY_FOR = 0x1000, KEY_ALL, KEY_TOP, KEY_HANG, KEY_WATCH, KEY_JSON };

static error_t take(int key, char *arg, struct argp_state *state)
{
	struct call *call = state->input;

	switch (key) {
	case KEY_FOR:
		if (wg_parse_time(arg, &call->for_ns) == 0 && call->for_ns >= FOR_MIN &&
			call->for_ns <= FOR_MAX)
			return 0;
		return wg_option_fail(
			state, "--for takes a time from 10ms to a day, not '%s'", arg);
	case KEY_ALL: call->all = true; return 0;
	case KEY_TOP:
		if (wg_parse_number(arg, 1, 1000000, &call->top) < 0)
			return wg_option_fail(state, "--top: '%s' is not a number of rows", arg);
		return 0;
	case KEY_HANG: call->hang = true; return 0;
	case KEY_WATCH: call->watch = true; return 0;
	case KEY_JSON: call->json = true; return 0;
	case 'p':
	case ARGP_KEY_ARG: call->names[call->count++] = arg; return 0;
	case ARGP_KEY_END:
		if (call->watch && (call->hang || call->json))
			return wg_option_fail(state, "--watch goes with neither --hang nor --json");
		if (call->hang && (call->for_ns || call->all || call->top))
			return wg_option_fail(state,
				"--hang shows every thread at one moment: without --for, --all and "
				"--top");
		if (call->all && call->top)
			return wg_option_fail(state, "--all or --top, not both");
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp *table(void)
{
	static const struct argp_option options[] = {
		{ NULL, 'p', "PID", 0, "a process, as in record and live; PID alone is the same",
			0 },
		{ "for", KEY_FOR, "TIME", 0,
			"count wakes for so long (5s; with --watch, 2s for each table)", 0 },
		{ "all", KEY_ALL, NULL, 0, "show all threads, not only the 20 that wake most", 0 },
		{ "top", KEY_TOP, "N", 0, "show the N threads that wake most", 0 },
		{ "hang", KEY_HANG, NULL, 0,
			"where every thread is at this moment, with its call sites", 0 },
		{ "watch", KEY_WATCH, NULL, 0,
			"again and again, on the whole terminal; q or Ctrl-C ends it; without a "
			"terminal, one table after another",
			0 },
		{ "json", KEY_JSON, NULL, 0, "all threads as JSON, times in nanoseconds", 0 },
		{ 0 },
	};
	static const struct argp table = { options, take, "[PID|NAME...]",
		"Shows which threads of running programs wake most: how often, in which call, with "
		"which timeout, from where. NAME is a program's name. Without one, all of your "
		"processes are scanned; as root, all there are. Nothing is traced, stopped or "
		"changed.\v"
		"  wakegap scan redis-server\n"
		"  wakegap scan --for 30s --json >scan.json\n"
		"  wakegap scan --hang 4711\n\n"
		"A wake is counted for each time the thread went to sleep. ASKED FOR is the "
		"timeout of that call. \">= 48 ms\": the thread named a moment, and so much was "
		"left of it. CALLED FROM is the first caller outside the C library; one with a ? "
		"is likely, not certain. Whether a wake was of use, /proc cannot tell.\n\n"
		"Exit status: 0 done, 1 no such process, 2 usage",
		NULL, NULL, NULL };

	return &table;
}

/* ---- a window ---- */

static void say_notes(const struct wg_scan *scan)
{
	size_t i;
	char text[512];

	for (i = 0; wg_scan_note(scan, i); i++)
		wg_say("%s", wg_scan_clean(wg_scan_note(scan, i), text, sizeof(text)));
}

/* Look now and then until the window is over. A signal that comes ends it early: its number. */
static int look_for(
	struct wg_scan *scan, struct wg__signals *signals, int64_t window_ns, int *ret_signal)
{
	int64_t end = wg_scan_begin_ns(scan) + window_ns, now;
	struct scan_pace pace;
	siginfo_t info;
	int rc = 0;

	*ret_signal = 0;
	wg_scan_pace_start(&pace, window_ns);
	while (rc == 0 && *ret_signal == 0 && (now = wg_tty_now_ns()) < end) {
		int64_t ns = wg_scan_pace_next(&pace);
		bool is_last = ns >= end - now;

		*ret_signal = wg__signals_next(
			signals, ((is_last ? end - now : ns) + 999999) / 1000000, &info);
		if (*ret_signal == SIGCHLD)
			*ret_signal = 0;
		if (!is_last && *ret_signal == 0)
			rc = wg_scan_look(scan);
	}
	return rc;
}

static int print(struct wg_scan *scan, const struct call *call, const struct scan_options *options)
{
	if (call->json)
		return wg_scan_print_json(scan, call->hang);
	if (call->hang)
		return wg_scan_print_hang(stdout, scan, options);
	return wg_scan_print(stdout, scan, options);
}

static int show(struct wg_scan *scan, const struct call *call, const struct scan_options *options)
{
	int64_t window_ns = call->for_ns ? call->for_ns : call->watch ? WATCH_NS : FOR_NS;
	struct wg__signals signals;
	int rc, signo = 0, status = WG_EXIT_OK;

	wg__signals_start(&signals);
	do {
		rc = call->hang ? wg_scan_look(scan) : look_for(scan, &signals, window_ns, &signo);
		if (rc == 0)
			rc = wg_scan_end(scan);
		if (rc == 0)
			rc = print(scan, call, options);
		if (rc == 0 && call->watch)
			(void)puts("");
		status = wg_say_flushed(WG_EXIT_OK);
		if (!call->json)
			say_notes(scan);
		wg_scan_restart(scan);
	} while (call->watch && rc == 0 && signo == 0 && status == WG_EXIT_OK);
	wg__signals_stop(&signals);
	if (rc < 0)
		return wg_say("cannot scan: %s", strerror(-rc));
	return signo ? 128 + signo : status;
}

/* ---- the terminal ---- */

static bool has_screen(void)
{
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && term && *term && strcmp(term, "dumb") != 0;
}

static int watch_on_terminal(
	struct wg_scan *scan, const struct call *call, const struct scan_options *options)
{
	struct scan_watch watch = { .scan = scan,
		.options = *options,
		.window_ns = call->for_ns ? call->for_ns : WATCH_NS };
	struct wg_app *app = calloc(1, sizeof(*app));
	struct wg_feed feed;
	int rc, signo = 0, status = WG_EXIT_FAILED;

	rc = app ? wg_app_init(app, NULL, 0, 80, 24, !wg_tty_is_utf8()) : -ENOMEM;
	if (rc == 0) {
		app->no_mouse = true;
		rc = wg_scan_watch_start(&watch, &feed);
	}
	if (rc == 0) {
		status = wg_term_run_fed(app, &feed, &signo);
		rc = watch.rc;
		wg_scan_watch_stop(&watch);
	}
	free(app);
	if (rc < 0)
		return wg_say("cannot scan: %s", strerror(-rc));
	if (signo)
		(void)raise(signo);
	return status;
}

static int scan(const struct call *call)
{
	struct scan_options options = { .max = call->all   ? 0
					       : call->top ? call->top
							   : WG_SCAN_TOP };
	struct wg_error err = { 0 };
	struct wg_scan *scan = NULL;
	int rows, rc;

	if (wg_scan_open(call->names, call->count, call->hang ? WG_SCAN_DEEP : 0, &scan, &err) < 0)
		return wg_say("%s", err.text);
	(void)wg_tty_size(&options.cols, &rows);
	rc = call->watch && has_screen() ? watch_on_terminal(scan, call, &options)
					 : show(scan, call, &options);
	wg_scan_close(scan);
	return rc;
}

static int run(int argc, char **argv)
{
	struct call call = { .names = calloc((size_t)argc + 1, sizeof(*call.names)) };
	int rc;

	if (!call.names)
		return wg_say("out of memory");
	wg_say_pipes();
	rc = wg_options_parse(&wg_cmd_scan, argc, argv, 0, &call);
	/* The screen writes to the terminal itself, and escapes names as it draws. */
	if (rc < 0 && !call.json && !(call.watch && has_screen()))
		wg_say_plainly();
	if (rc < 0)
		rc = scan(&call);
	free(call.names);
	return rc;
}

const struct wg_cmd wg_cmd_scan = {
	.name = "wakegap scan",
	.does = "show which threads of running programs wake most, and what for",
	.main = run,
	.table = table,
	.chapters = { wg__manual_scan },
};
