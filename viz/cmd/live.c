/*
 * live.c: `wakegap live`: the viewer on a program while it runs, or on a live session of LTTng.
 *
 * All that can fail does so before the terminal is taken over.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "viz/cmd/commands.h"
#include "viz/app/feed.h"
#include "viz/cmd/live_source.h"
#include "viz/cmd/man.h"
#include "viz/cmd/observer_args.h"
#include "viz/cmd/screen_args.h"
#include "viz/live/live_view.h"
#include "viz/term/term.h"
#include "viz/term/usable.h"
#include "viz/screen/text.h"
#include "viz/base/tty.h"
#include "traces/base/signals.h"
#include "traces/base/units.h"

#define WINDOW_NS     INT64_C(60000000000)
#define WINDOW_EVENTS 1000000
#define EVENTS_MIN    1000
#define EVENTS_MAX    100000000
#define ATTACH_MS     10000
#define END_NS	      INT64_C(5000000000)

struct options {
	struct wg_window_limits limits;
	const char *log; /* or NULL */
	int64_t for_ns;	 /* -1: to the end */
	bool only;
	struct wg_screen_args screen;
	struct wg_observer_args observer;
	const char *url; /* or NULL: */
	char **argv;	 /* or NULL: -p */
	char name[64];	 /* of what is watched */
};

/* "500K" in thousands, not in 1024: it counts events. */
static int parse_events(const char *text, size_t *ret_events)
{
	size_t len = strlen(text);
	int last = len ? text[len - 1] : '\0';
	char digits[16];
	uint64_t unit = last == 'K' || last == 'k' ? 1000 : last == 'M' ? 1000000 : 1, n;
	int rc;

	if (len >= sizeof(digits))
		return -ERANGE;
	(void)snprintf(digits, sizeof(digits), "%.*s", (int)len - (unit > 1), text);
	rc = wg_parse_number(digits, (EVENTS_MIN + unit - 1) / unit, EVENTS_MAX / unit, &n);
	if (rc == 0)
		*ret_events = (size_t)(n * unit);
	return rc;
}

enum { KEY_WINDOW = 0x1000, KEY_EVENTS, KEY_LOG, KEY_ONLY, KEY_FOR };

static error_t check(const struct options *o, struct argp_state *state)
{
	const struct wg_observer_args *observer = &o->observer;

	if (!o->argv && !observer->pids)
		return wg_option_fail(state, "which command, or which session? such as "
					     "`wakegap live -- COMMAND`");
	if (o->url && (observer->pids || observer->with > WG_WITH_LTTNG))
		return wg_option_fail(state, "a session is LTTng's: no -p, no other --with");
	return wg_observer_check(
		observer, o->argv && !o->url, o->only ? "--only does" : NULL, state);
}

static error_t take(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->screen;
		state->child_inputs[1] = &o->observer;
		return 0;
	case KEY_WINDOW:
		if (wg_parse_time(arg, &o->limits.span_ns) == 0 && o->limits.span_ns >= 1000000 &&
			o->limits.span_ns <= INT64_MAX / 16)
			return 0;
		return wg_option_fail(state, "--window takes a time from 1ms, not '%s'", arg);
	case KEY_EVENTS:
		if (parse_events(arg, &o->limits.events) == 0)
			return 0;
		return wg_option_fail(state, "--events takes 1000 to 100M, not '%s'", arg);
	case KEY_LOG: o->log = arg; return 0;
	case KEY_ONLY: o->only = true; return 0;
	case KEY_FOR:
		if (wg_parse_time(arg, &o->for_ns) == 0)
			return 0;
		return wg_option_fail(state, "--for takes a time such as 10s, not '%s'", arg);
	case ARGP_KEY_ARG:
		o->argv = state->argv + state->next - 1;
		o->url = strstr(arg, "://") ? arg : NULL;
		if (o->url && state->next < state->argc)
			return wg_option_fail(state, "one session at a time");
		state->next = state->argc;
		return 0;
	case ARGP_KEY_END: return check(o, state);
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp *table(void)
{
	static const struct argp_option options[] = {
		{ "window", KEY_WINDOW, "TIME", 0, "keep the events of the last TIME (60s)", 0 },
		{ "events", KEY_EVENTS, "N", 0,
			"keep at most N events, as in 500K (1000000), and twice as many while "
			"paused",
			0 },
		{ "log", KEY_LOG, "FILE", 0,
			"write COMMAND's output to FILE; without it, the output is discarded, "
			"except "
			"a standard error that is not a terminal",
			0 },
		{ "only", KEY_ONLY, NULL, 0,
			"that one process: not its children, nor other programs of yours that emit "
			"wakegap events at the same time",
			0 },
		{ "for", KEY_FOR, "TIME", 0,
			"without a terminal: print the screen after TIME, not at COMMAND's end; "
			"COMMAND goes on",
			0 },
		{ 0 },
	};
	static const struct argp_child children[] = { { &wg_screen_argp, 0, NULL, 0 },
		{ &wg_observer_argp, 0, NULL, 0 }, { 0 } };
	static const struct argp table = { options, take,
		"[--] COMMAND [ARGUMENT...]\n-p PID\nnet://HOST[:PORT]/host/NAME/SESSION",
		"Runs COMMAND and shows what happens in it as it happens: its wakegap events, or, "
		"of any other program, what its threads wait in and who wakes them. With -p it "
		"watches a process that runs already, and attaches to a live session of LTTng "
		"with its address. Space pauses and follows again, q leaves, ? lists the keys.\v"
		"Who records is chosen as `wakegap record` does, and said at the end: LTTng, the "
		"preload library or the kernel.\n\n"
		"When you leave, also with Ctrl-C, COMMAND keeps running; it has no terminal. All "
		"else that was started (a relay daemon on loopback, a session) or loaded is taken "
		"down. A process given with -p does not notice.\n\n"
		"Exit status: COMMAND's if it ended before you left, else 0; 1 failed, or events "
		"may "
		"be missing; 2 usage",
		children, NULL, NULL };

	return &table;
}

/* ---- with a terminal, and without ---- */

/* For poll(2), which takes -1 for ever and no more than an int. */
static int ms_until(int64_t when_ns, int64_t now_ns)
{
	static const int64_t most = 86400000;
	int64_t ms = (when_ns - now_ns + 999999) / 1000000;

	if (when_ns < 0)
		return -1;
	return (int)(ms < 0 ? 0 : ms < most ? ms : most);
}

/* Until the end, the time, or a signal: 0 or its number. */
static int wait_without_terminal(struct wg_live_view *view, struct wg_feed *feed, int64_t for_ns,
	struct wg__signals *signals)
{
	int64_t end = for_ns < 0 ? -1 : wg_tty_now_ns() + for_ns;
	unsigned fx = 0;

	while (!(fx & WG_FX_QUIT) && !view->title.has_ended) {
		struct pollfd fds[2] = { { .fd = wg_feed_fd(feed), .events = POLLIN },
			{ .fd = signals->fd, .events = POLLIN } };
		int64_t now = wg_tty_now_ns();

		if (end >= 0 && now >= end)
			break;
		/* The session is gone. If the reader does not notice, this does. */
		if (view->status.state == WG_COMMAND_ENDED && end < 0)
			end = now + END_NS;
		if (poll(fds, 2, ms_until(wg_feed_next(feed, end), now)) < 0 && errno != EINTR)
			break;
		if (fds[1].revents)
			return wg__signals_interrupted(signals);
		fx = wg_feed_polled(feed, fds[0].revents != 0, wg_tty_now_ns());
		/* Nothing is drawn: taken counts as shown. */
		wg_live_view_drawn(view, wg_tty_now_ns());
	}
	return 0;
}

static int show_as_text(struct wg_live_view *view, struct wg_feed *feed, const struct options *o,
	struct wg__signals *signals, int *ret_signal)
{
	int status;

	*ret_signal = wait_without_terminal(view, feed, o->for_ns, signals);
	wg_live_view_fit(view);
	wg_say_plainly();
	status = wg_screen_args_press(&o->screen, &view->app, wg_cmd_live.name);
	if (status == 0 && o->screen.text) {
		wg_text_print(&view->app, stdout);
		status = wg_say_flushed(status);
	} else if (status == 0) {
		status = wg_frame_print(&view->app);
	}
	return status;
}

/* The last line that the command printed is most often the reason. */
static void say_exit(const struct options *o, int status)
{
	char line[512] = "", last[sizeof(line)] = "";
	FILE *log = o->log ? fopen(o->log, "re") : NULL;

	while (log && fgets(line, sizeof(line), log)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line)
			memcpy(last, line, sizeof(last));
	}
	if (log)
		(void)fclose(log);
	wg_say("%s ended with status %d%s%s", o->argv[0], status, *last ? ": " : "",
		o->log ? last : " (--log FILE keeps what it prints)");
}

/* Why events may be missing; code 0: they are not. */
static const struct wg_error *failure_of(const struct wg_live_view *view)
{
	return view->end.code ? &view->end : &view->status.err;
}

static void say_result(const struct wg_live_view *view, const struct options *o)
{
	const struct wg_live_title *t = &view->title;
	struct wg_dist lag = view->lag; /* only its summary is made */
	char half[32], most[32];

	wg_dist_finish(&lag);
	if (lag.count > 0)
		wg_say("%" PRIu64 " events, %" PRIu64 " discarded; shown %s after they happened "
		       "(median), %s (99 %%)",
			t->events, t->discarded, wg_format_time(half, sizeof(half), lag.p50),
			wg_format_time(most, sizeof(most), lag.p99));
	else
		wg_say("%" PRIu64 " events came", t->events);
	if (view->nobody)
		wg_say("%" PRIu64 " notifies for which nobody slept were counted and not shown",
			view->nobody);
	if (failure_of(view)->code)
		wg_say("%s: the end may be missing", failure_of(view)->text);
	if (view->status.exit_code)
		say_exit(o, view->status.exit_code);
	if (view->status.is_running)
		wg_say("%s keeps running as process %ld", o->argv[0], (long)view->status.pid);
	if (!view->command && view->is_of_threads && !view->title.has_ended)
		wg_say("%s keeps running, unchanged", o->name);
}

static void say_who(const struct wg_choice *choice)
{
	static const char *const with[] = { [WG_WITH_LTTNG] = "with LTTng",
		[WG_WITH_KERNEL] = "in the kernel",
		[WG_WITH_PRELOAD] = "with the preload library" };

	if (*choice->why)
		wg_say("watched %s: %s", with[choice->with], choice->why);
}

static int show(struct wg_live_view *view, const struct options *o, struct wg__signals *signals,
	int *ret_signal)
{
	struct wg_feed feed = { .fd = view->fd,
		.user = view,
		.take = wg_live_view_take,
		.key = wg_live_view_key,
		.mouse = wg_live_view_mouse,
		.drawn = wg_live_view_drawn };
	int status = o->screen.on_terminal ? wg_term_run_fed(&view->app, &feed, ret_signal)
					   : show_as_text(view, &feed, o, signals, ret_signal);

	if (view->command)
		wg_command_update(view->command, &view->status);
	say_result(view, o);
	if (status == WG_EXIT_OK && failure_of(view)->code)
		status = WG_EXIT_FAILED;
	if (status == WG_EXIT_OK && view->command && !view->status.is_running)
		status = view->status.exit_code;
	return status;
}

/* ---- what is watched ---- */

/*
 * From before the command runs until it is said that it runs on, each signal that would end us
 * waits, or the screen answers it: there is no moment between the two.
 */
static int release_and_show(
	struct wg_live_view *view, const struct options *o, int *ret_signal, struct wg_error *err)
{
	struct wg__signals signals;
	int rc = 0, late;

	wg__signals_hold(&signals);
	if (view->command)
		rc = wg_command_release(view->command, err);
	if (rc == 0)
		rc = show(view, o, &signals, ret_signal);
	late = wg__signals_let_go(&signals);
	if (late && !*ret_signal)
		*ret_signal = late;
	return rc;
}

/* Attach, let the command run if it is ours, show. Returns an exit status. */
static int watch(const struct options *o, struct wg_live_source *source, int *ret_signal)
{
	struct wg_live_view *view = calloc(1, sizeof(*view));
	struct wg_live *live = NULL;
	struct wg_error err = { 0, "" };
	int rc = view ? wg_live_view_init(view, o->name, o->limits, o->screen.cols, o->screen.rows,
				o->screen.ascii)
		      : -ENOMEM;

	if (rc < 0) {
		free(view);
		return wg_say("out of memory");
	}
	wg_screen_args_apply(&o->screen, &view->app);
	view->is_of_threads = source->choice.with != WG_WITH_LTTNG;
	if (o->screen.on_terminal)
		rc = wg_screen_args_press(&o->screen, &view->app, wg_cmd_live.name);
	if (rc == 0)
		rc = wg_live_source_open(source, &live, &err);
	if (rc == 0) {
		rc = wg_live_view_connect(view, live, source->command);
		if (rc < 0)
			(void)wg_error_set(&err, rc, "cannot wait for events: %s", strerror(-rc));
	}
	if (rc == 0 && source->command)
		rc = wg_live_wait(live, ATTACH_MS, &err);
	if (rc == 0)
		rc = release_and_show(view, o, ret_signal, &err);
	if (err.code)
		wg_say("%s", err.text);
	else if (live)
		say_who(&source->choice);
	wg_live_view_fini(view);
	wg_live_close(live);
	free(view);
	return rc < 0 ? WG_EXIT_FAILED : rc;
}

static int watch_source(const struct options *o, struct wg_live_source *source, int *ret_signal)
{
	struct wg_error err = { 0, "" };
	int status = WG_EXIT_FAILED;

	if (*source->choice.warn)
		wg_say("%s", source->choice.warn);
	if (wg_live_source_start(source, ret_signal, &err) < 0)
		wg_say("%s", err.text);
	else
		status = watch(o, source, ret_signal);
	wg_live_source_leave(source);
	return status;
}

static int watch_session(const struct options *o, struct wg_live_source *source, int *ret_signal)
{
	struct wg_error err = { 0, "" };
	int64_t wait_ms = o->for_ns < 0 ? ATTACH_MS : (o->for_ns + 999999) / 1000000;
	int rc = wg_live_check(
		o->url, wait_ms < ATTACH_MS ? (int)wait_ms : ATTACH_MS, NULL, NULL, &err);

	if (rc < 0) {
		wg_say("%s", err.text);
		return rc == -EINVAL ? WG_EXIT_USAGE : WG_EXIT_FAILED;
	}
	return watch(o, source, ret_signal);
}

/* "redis-server (812)", or what the caller has a name for. */
static void name_it(struct options *o)
{
	char path[64], name[17] = "";
	FILE *comm;

	if (o->argv) {
		(void)snprintf(o->name, sizeof(o->name), "%s", basename(o->argv[0]));
		return;
	}
	(void)snprintf(path, sizeof(path), "/proc/%ld/comm", (long)o->observer.pid[0]);
	comm = fopen(path, "re");
	if (comm && fgets(name, sizeof(name), comm))
		name[strcspn(name, "\n")] = '\0';
	if (comm)
		(void)fclose(comm);
	(void)snprintf(o->name, sizeof(o->name), "%s (%ld)%s", *name ? name : "process",
		(long)o->observer.pid[0], o->observer.pids > 1 ? " ..." : "");
}

static int run(int argc, char **argv)
{
	struct options o = { .limits = { WINDOW_NS, WINDOW_EVENTS }, .for_ns = -1 };
	struct wg_live_source source = { .url = NULL };
	int signo = 0, status = wg_options_parse(&wg_cmd_live, argc, argv, ARGP_IN_ORDER, &o);

	if (status >= 0)
		return status;
	if (o.screen.on_terminal && (status = wg_term_check()) != WG_EXIT_OK)
		return status; /* before COMMAND runs */
	name_it(&o);
	source.url = o.url;
	source.argv = o.argv;
	source.log = o.log;
	source.only = o.only;
	source.observer = &o.observer;
	if (o.url)
		source.choice.with = WG_WITH_LTTNG;
	else
		wg_observer_choose(&o.observer, o.argv, !o.only, &source.choice);
	status = o.url ? watch_session(&o, &source, &signo) : watch_source(&o, &source, &signo);
	/* Everything is taken down: now the signal takes effect. */
	if (signo)
		(void)raise(signo);
	return status;
}

const struct wg_cmd wg_cmd_live = {
	.name = "wakegap live",
	.does = "watch a program while it runs",
	.main = run,
	.table = table,
	.words = wg_observer_words,
	.chapters = { wg__manual_live },
};
