/*
 * live.c: `wakegap live`: the viewer on a program while it runs, or on somebody's session.
 *
 * All that can fail does so before the terminal is taken over.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "viz/cmd/commands.h"
#include "viz/live/feed.h"
#include "viz/cmd/frame.h"
#include "viz/live/live_view.h"
#include "viz/canvas/palette.h"
#include "traces/base/say.h"
#include "viz/app/script.h"
#include "viz/term/term.h"
#include "viz/screen/text.h"
#include "viz/base/tty.h"
#include "traces/base/units.h"

#define WINDOW_NS     INT64_C(60000000000)
#define WINDOW_EVENTS 1000000
#define ATTACH_MS     10000
#define END_NS	      INT64_C(5000000000)

struct options {
	struct wg_window_limits limits;
	const char *frame, *keys, *log; /* or NULL */
	int64_t for_ns;			/* -1: to the end */
	bool only, ascii, text, no_mouse;
	const char *background; /* or NULL */
	int cols, rows;
	const char *url; /* or NULL: */
	char **argv;
};

static void print_help(void)
{
	puts("usage: wakegap live [OPTION...] [--] COMMAND [ARGUMENT...]\n"
	     "       wakegap live [OPTION...] net://HOST:PORT/host/NAME/SESSION\n\n"
	     "Runs COMMAND and shows its wakegap events as they happen, or attaches to a live\n"
	     "session of LTTng. Space pauses and follows again, q leaves, ? lists the keys.\n\n"
	     "  --window T         keep events of the last T (default 60s)\n"
	     "  --events N         and not more than N of them, as in 500K (default 1000000);\n"
	     "                     twice as many while paused\n"
	     "  --log FILE         COMMAND's output goes there (default: nowhere; the screen is\n"
	     "                     taken). A standard error that is no terminal is passed on\n"
	     "  --only             that one process: not its children, nor other programs of\n"
	     "                     yours that emit wakegap events at the same time\n"
	     "  --frame COLSxROWS  no terminal: print one screen as text at COMMAND's end, or\n"
	     "  --for T            after T; COMMAND goes on\n"
	     "  --text             the same in lines of words, for screen readers and pipes\n"
	     "  --keys KEYS        press these keys first, as `wakegap view --keys`\n"
	     "  --ascii            draw with ASCII characters only\n"
	     "  --background light|dark\n"
	     "                     of the terminal; else COLORFGBG says, else it is dark\n"
	     "  --no-mouse         leave the mouse to the terminal\n"
	     "  -h, --help         this text\n\n"
	     "Leaving, also by Ctrl-C, leaves COMMAND running; it has no terminal. All else that\n"
	     "was started (a relay daemon on loopback, a session) is taken down.\n\n"
	     "exit status: COMMAND's if it ended before you left, else 0; 1 failed; 2 usage");
}

static int parse_events(const char *text, size_t *ret_events)
{
	char *end;
	unsigned long long n = strtoull(text, &end, 10);

	if (text[0] < '0' || text[0] > '9')
		return -EINVAL;
	if (*end == 'K' || *end == 'k')
		n *= 1000;
	else if (*end == 'M')
		n *= 1000000;
	else if (*end)
		return -EINVAL;
	if ((*end && end[1]) || n < 1000 || n > 100000000)
		return -EINVAL;
	*ret_events = (size_t)n;
	return 0;
}

static int parse_value(int option, struct options *o)
{
	switch (option) {
	case 'w':
		if (wg_parse_time(optarg, &o->limits.span_ns) < 0 || o->limits.span_ns < 1000000 ||
			o->limits.span_ns > INT64_MAX / 16)
			return wg_say_usage(
				"wakegap live", "--window takes a time from 1ms, not '%s'", optarg);
		return -1;
	case 'n':
		if (parse_events(optarg, &o->limits.events) < 0)
			return wg_say_usage(
				"wakegap live", "--events takes 1000 to 100M, not '%s'", optarg);
		return -1;
	case 'b':
		o->background = optarg;
		if (strcmp(optarg, "light") != 0 && strcmp(optarg, "dark") != 0)
			return wg_say_usage("wakegap live",
				"--background takes light or dark, not '%s'", optarg);
		return -1;
	case 't':
		if (wg_parse_time(optarg, &o->for_ns) < 0 || o->for_ns < 0)
			return wg_say_usage("wakegap live", "--for takes a time, not '%s'", optarg);
		return -1;
	default:
		o->frame = optarg;
		if (wg_frame_parse(optarg, &o->cols, &o->rows) < 0 || o->cols < WG_COLS_MIN ||
			o->rows < WG_ROWS_MIN)
			return wg_say_usage("wakegap live",
				"--frame takes COLSxROWS from %dx%d to %dx%d, not '%s'",
				WG_COLS_MIN, WG_ROWS_MIN, WG_COLS_MAX, WG_ROWS_MAX, optarg);
		return -1;
	}
}

/* Returns an exit status; -1 to go on. */
static int parse_options(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = { { "window", required_argument, NULL, 'w' },
		{ "events", required_argument, NULL, 'n' }, { "for", required_argument, NULL, 't' },
		{ "frame", required_argument, NULL, 'f' }, { "keys", required_argument, NULL, 'k' },
		{ "log", required_argument, NULL, 'l' }, { "only", no_argument, NULL, 'O' },
		{ "ascii", no_argument, NULL, 'a' }, { "text", no_argument, NULL, 'T' },
		{ "background", required_argument, NULL, 'b' },
		{ "no-mouse", no_argument, NULL, 'M' }, { "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 } };
	int option, status;

	optind = 0;
	opterr = 0;
	while ((option = getopt_long(argc, argv, "+:h", longs, NULL)) != -1) {
		status = -1;
		switch (option) {
		case 'w':
		case 'n':
		case 't':
		case 'b':
		case 'f': status = parse_value(option, o); break;
		case 'k': o->keys = optarg; break;
		case 'l': o->log = optarg; break;
		case 'O': o->only = true; break;
		case 'a': o->ascii = true; break;
		case 'T': o->text = true; break;
		case 'M': o->no_mouse = true; break;
		case 'h': print_help(); return wg_say_flushed(WG_EXIT_OK);
		case ':': return wg_say_usage("wakegap live", "%s needs a value", argv[optind - 1]);
		default:
			return wg_say_usage(
				"wakegap live", "unknown option '%s'", argv[optind - 1]);
		}
		if (status >= 0)
			return status;
	}
	if (optind == argc)
		return wg_say_usage("wakegap live", "which command, or which session?");
	o->argv = argv + optind;
	if (!strstr(argv[optind], "://"))
		return -1;
	o->url = argv[optind];
	if (optind + 1 < argc)
		return wg_say_usage("wakegap live", "one session at a time");
	return -1;
}

/* ---- with a terminal, and without ---- */

static unsigned take(void *user, int64_t now)
{
	return wg_live_view_take(user, now);
}

static unsigned press(void *user, uint32_t key, int64_t now)
{
	return wg_live_view_key(user, key, now);
}

static void drawn(void *user, int64_t now)
{
	wg_live_view_drawn(user, now);
}

static unsigned point(void *user, enum wg_mouse what, int x, int y, int64_t now)
{
	return wg_live_view_mouse(user, what, x, y, now);
}

/* Until the end, the time, or a signal: 0 or its number. */
static int wait_without_terminal(
	struct wg_live_view *view, struct wg_feed *feed, int64_t for_ns, int signal_fd)
{
	int64_t end = for_ns < 0 ? -1 : wg_tty_now_ns() + for_ns;
	unsigned fx = 0;

	while (!(fx & WG_FX_QUIT) && !view->title.has_ended) {
		struct pollfd fds[2] = { { .fd = wg_feed_fd(feed), .events = POLLIN },
			{ .fd = signal_fd, .events = POLLIN } };
		int64_t now = wg_tty_now_ns(), next = wg_feed_next(feed, end);
		int timeout = next < 0	    ? -1
			      : next <= now ? 0
					    : (int)((next - now) / 1000000 < 86400000
							      ? (next - now + 999999) / 1000000
							      : 86400000);
		struct signalfd_siginfo info;

		if (end >= 0 && now >= end)
			break;
		/* The session is gone; should the reader not notice, this does. */
		if (view->status.state == WG_COMMAND_ENDED && end < 0)
			end = now + END_NS;
		if (poll(fds, 2, timeout) < 0 && errno != EINTR)
			break;
		if (fds[1].revents && read(signal_fd, &info, sizeof(info)) == sizeof(info))
			return (int)info.ssi_signo;
		fx = wg_feed_polled(feed, fds[0].revents != 0, wg_tty_now_ns());
		/* Taken is as far as it gets. */
		wg_live_view_drawn(view, wg_tty_now_ns());
	}
	return 0;
}

static int show_as_text(
	struct wg_live_view *view, struct wg_feed *feed, const struct options *o, int *ret_signal)
{
	sigset_t mask, saved;
	int signal_fd, status = WG_EXIT_OK;
	char bad[64];

	(void)sigemptyset(&mask);
	(void)sigaddset(&mask, SIGINT);
	(void)sigaddset(&mask, SIGTERM);
	(void)sigaddset(&mask, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &mask, &saved);
	signal_fd = signalfd(-1, &mask, SFD_CLOEXEC);
	*ret_signal = wait_without_terminal(view, feed, o->for_ns, signal_fd);
	if (signal_fd >= 0)
		(void)close(signal_fd);
	if (o->keys && wg_script_run(&view->app, o->keys, bad, sizeof(bad)) < 0)
		status = wg_say_usage("wakegap live", "--keys: no key is called '%s'", bad);
	else if (o->text)
		wg_text_print(&view->app, stdout);
	else
		status = wg_frame_print(&view->app);
	if (o->text)
		status = wg_say_flushed(status);
	(void)sigprocmask(SIG_SETMASK, &saved, NULL);
	return status;
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
	if (view->end.code)
		wg_say("%s", view->end.text);
	if (view->status.err.code)
		wg_say("%s", view->status.err.text);
	if (view->status.exit_code && !o->log)
		wg_say("%s ended with status %d (--log FILE keeps what it prints)", o->argv[0],
			view->status.exit_code);
	if (view->status.is_running)
		wg_say("%s goes on as process %ld", o->argv[0], (long)view->status.pid);
}

static int show(struct wg_live_view *view, const struct options *o, int *ret_signal)
{
	struct wg_feed feed = { .fd = view->fd,
		.user = view,
		.take = take,
		.key = press,
		.mouse = point,
		.drawn = drawn };
	bool on_terminal = !o->frame && !o->text && isatty(STDOUT_FILENO);
	char bad[64];
	int status;

	if (on_terminal && o->keys && wg_script_run(&view->app, o->keys, bad, sizeof(bad)) < 0)
		return wg_say_usage("wakegap live", "--keys: no key is called '%s'", bad);
	status = on_terminal ? wg_term_run_fed(&view->app, &feed, ret_signal)
			     : show_as_text(view, &feed, o, ret_signal);

	if (view->command)
		wg_command_update(view->command, &view->status);
	say_result(view, o);
	if (status == WG_EXIT_OK && view->end.code)
		status = WG_EXIT_FAILED;
	if (status == WG_EXIT_OK && view->command && !view->status.is_running)
		status = view->status.exit_code;
	return status;
}

/* ---- what is watched ---- */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

/* Attach, let the command run if it is ours, show. Returns an exit status. */
static int watch(
	const struct options *o, const char *url, struct wg_command *command, int *ret_signal)
{
	struct wg_live_view *view = calloc(1, sizeof(*view));
	struct wg_live *live = NULL;
	struct wg_error err = { 0, "" };
	int rc = view ? wg_live_view_init(
				view, base_name(o->argv[0]), o->limits, o->cols, o->rows, o->ascii)
		      : -ENOMEM;

	if (rc < 0) {
		free(view);
		wg_say("out of memory");
		return WG_EXIT_FAILED;
	}
	view->app.no_mouse = o->no_mouse;
	view->app.light = o->background ? o->background[0] == 'l'
					: wg_background_is_light(getenv("COLORFGBG"));
	rc = wg_live_open(url, &live, &err);
	if (rc == 0) {
		rc = wg_live_view_connect(view, live, command);
		if (rc < 0)
			(void)wg_error_set(&err, rc, "cannot wait for events: %s", strerror(-rc));
	}
	if (rc == 0 && command)
		rc = wg_live_wait(live, ATTACH_MS, &err);
	if (rc == 0 && command)
		rc = wg_command_release(command, &err);
	if (rc == 0)
		rc = show(view, o, ret_signal);
	else
		wg_say("%s", err.text);
	wg_live_view_fini(view);
	wg_live_close(live);
	free(view);
	return rc < 0 ? WG_EXIT_FAILED : rc;
}

/* A file for the command, or -1 for what we have. -2: it cannot be opened, which has been said. */
static int open_for_command(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0666);

	if (fd >= 0)
		return fd;
	wg_say("cannot open '%s': %s", path, strerror(errno));
	return -2;
}

static int watch_command(const struct options *o, int *ret_signal)
{
	struct wg_command_options options = { o->argv, { -1, -1, -1 }, o->only };
	struct wg_command *command = NULL;
	struct wg_error err = { 0, "" };
	int in = -1, out, status = WG_EXIT_FAILED;

	out = o->log ? open_for_command(o->log, O_WRONLY | O_CREAT | O_TRUNC)
		     : open_for_command("/dev/null", O_WRONLY);
	if (out >= 0 && isatty(STDIN_FILENO))
		in = open_for_command("/dev/null", O_RDONLY);
	options.stdio[0] = in;
	options.stdio[1] = out;
	options.stdio[2] = o->log || isatty(STDERR_FILENO) ? out : -1;
	if (out >= 0 && in != -2) {
		if (wg_command_start(&options, &command, ret_signal, &err) < 0) {
			wg_say("%s", err.text);
		} else {
			status = watch(o, wg_command_url(command), command, ret_signal);
			wg_command_leave(command);
		}
	}
	if (in >= 0)
		(void)close(in);
	if (out >= 0)
		(void)close(out);
	return status;
}

static int watch_session(const struct options *o, int *ret_signal)
{
	struct wg_error err = { 0, "" };
	int rc = wg_live_check(o->url, &err);

	if (rc < 0) {
		wg_say("%s", err.text);
		return rc == -EINVAL ? WG_EXIT_USAGE : WG_EXIT_FAILED;
	}
	return watch(o, o->url, NULL, ret_signal);
}

static void size_from_environment(struct options *o)
{
	const char *cols = getenv("COLUMNS"), *rows = getenv("LINES");
	char text[64];

	(void)snprintf(text, sizeof(text), "%sx%s", cols && *cols ? cols : "100",
		rows && *rows ? rows : "30");
	if (wg_frame_parse(text, &o->cols, &o->rows) < 0 || o->cols < WG_COLS_MIN ||
		o->rows < WG_ROWS_MIN) {
		o->cols = 100;
		o->rows = 30;
	}
}

int cmd_live(int argc, char **argv)
{
	struct options o = { .limits = { WINDOW_NS, WINDOW_EVENTS }, .for_ns = -1 };
	int signo = 0, status = parse_options(argc, argv, &o);

	if (status >= 0)
		return status;
	/* Only how characters are coded: numbers keep their dot. */
	(void)setlocale(LC_CTYPE, "");
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		o.ascii = true;
	if (!o.frame)
		size_from_environment(&o);
	status = o.url ? watch_session(&o, &signo) : watch_command(&o, &signo);
	/* All is taken down: now the signal may have its way. */
	if (signo)
		(void)raise(signo);
	return status;
}
