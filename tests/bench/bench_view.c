/*
 * bench_view.c: what a frame of the viewer costs on a long trace: time, bytes to the terminal, and
 * the time from a key to the screen. Prints figures; judges nothing.
 *
 *     make bench-view        EVENTS=1000000 by default; EVENTS=growth: of 10^4 to 10^7 events;
 *                            EVENTS="open DIR ...": how long until these traces are seen;
 *                            EVENTS="growth DIR ...": of these traces instead. 10^8 events do not
 *                            fit in memory as structs, so they come from a file:
 *                            EVENTS=100000000 build/bench_read DIR
 */
#include <malloc.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/harness/fake_trace.h"
#include "viz/app/app.h"
#include "viz/canvas/canvas.h"
#include "viz/base/tty.h"
#include "viz/live/live_view.h"
#include "viz/live/reading.h"
#include "viz/screen/screen.h"
#include "viz/app/script.h"
#include "viz/term/term.h"

#define COLS   200
#define ROWS   50
#define FRAMES 200

static double clock_ms(clockid_t clock)
{
	struct timespec t;

	(void)clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double now_ms(void)
{
	return clock_ms(CLOCK_MONOTONIC);
}

/* What this thread computed: others on the machine make no difference to it. */
static double cpu_ms(void)
{
	return clock_ms(CLOCK_THREAD_CPUTIME_ID);
}

static size_t bytes_in_use(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void print(const char *what, double *v, size_t n, const char *unit)
{
	qsort(v, n, sizeof(*v), by_size);
	printf("%-44s p50 %8.2f  p99 %8.2f  max %8.2f %s\n", what, v[n / 2], v[n * 99 / 100],
		v[n - 1], unit);
}

/* ---- drawing alone ---- */

static void bench_frames(struct wg_trace *const *traces, size_t count, const char *what,
	const char *keys, uint32_t key)
{
	const struct wg_trace *borrowed[2] = { traces[0], traces[1] };
	struct wg_app *app = malloc(sizeof(*app));
	struct wg_canvas canvas;
	double ms[FRAMES];
	char bad[64];
	int i;

	if (!app || wg_app_init(app, borrowed, count, COLS, ROWS, false) < 0 ||
		wg_canvas_init(&canvas, COLS, ROWS, false) < 0 ||
		wg_script_run(app, keys, bad, sizeof(bad)) < 0)
		abort();
	for (i = 0; i < FRAMES; i++) {
		double begin = cpu_ms();

		(void)wg_app_key(app, i < FRAMES / 2 ? key : key == 'L' ? 'H' : key, 0);
		(void)wg_screen_draw(app, &canvas);
		ms[i] = cpu_ms() - begin;
	}
	print(what, ms, FRAMES, "ms");
	wg_canvas_fini(&canvas);
	free(app);
}

/* ---- on a terminal ---- */

struct seen {
	double first_ms, last_ms; /* -1 if nothing came */
};

/* Count what comes until nothing came for ms, and when it came. */
static size_t listen_for(int fd, int ms, struct seen *seen)
{
	static char bytes[1 << 16];
	struct pollfd poller = { .fd = fd, .events = POLLIN };
	double begin = now_ms();
	size_t all = 0;
	ssize_t n;

	*seen = (struct seen){ -1, -1 };
	while (poll(&poller, 1, ms) > 0 && (n = read(fd, bytes, sizeof(bytes))) > 0) {
		seen->last_ms = now_ms() - begin;
		if (seen->first_ms < 0)
			seen->first_ms = seen->last_ms;
		all += (size_t)n;
	}
	return all;
}

/* keys first, then n times there and back by the other two. */
static void bench_terminal(struct wg_trace *const *traces, size_t count, const char *what,
	const char *keys, const char *there, const char *back)
{
	struct winsize size = { .ws_col = COLS, .ws_row = ROWS };
	const struct wg_trace *borrowed[2] = { traces[0], traces[1] };
	double bytes[60], first_ms[60], last_ms[60];
	struct seen seen;
	pid_t pid;
	int fd, i, n = 60;

	pid = forkpty(&fd, NULL, NULL, &size);
	if (pid == 0) {
		struct wg_app *app = malloc(sizeof(*app));

		(void)setenv("TERM", "xterm-256color", 1);
		if (!app || wg_app_init(app, borrowed, count, COLS, ROWS, false) < 0)
			_exit(1);
		_exit(wg_term_run(app));
	}
	(void)listen_for(fd, 3000, &seen);
	(void)!write(fd, keys, strlen(keys));
	(void)listen_for(fd, 1000, &seen);
	for (i = 0; i < n; i++) {
		(void)!write(fd, i < n / 2 ? there : back, 1);
		bytes[i] = (double)listen_for(fd, 200, &seen) / 1024;
		first_ms[i] = seen.first_ms;
		last_ms[i] = seen.last_ms;
	}
	printf("terminal, %s: idle %zu bytes in 1 s\n", what, listen_for(fd, 1000, &seen));
	print("  bytes for a step", bytes, (size_t)n, "KiB");
	print("  key to the first byte of its frame", first_ms, (size_t)n, "ms");
	print("  key to the last byte: it is on the screen", last_ms, (size_t)n, "ms");
	(void)!write(fd, "q", 1);
	(void)listen_for(fd, 500, &seen);
	(void)close(fd);
	(void)waitpid(pid, NULL, 0);
}

/* ---- live ---- */

/* Events [from, from + n) of a trace to the view. */
static void feed_view(
	struct wg_live_view *view, const struct wg_trace *trace, size_t from, size_t n)
{
	struct wg_event *events = calloc(n + 1, sizeof(*events));
	size_t i;

	if (!events)
		abort();
	for (i = 0; i < n; i++)
		(void)wg_trace_event(trace, from + i, &events[i]);
	(void)wg_live_view_feed(view, events, n, 0);
	free(events);
}

/* What a picture costs if a program emits 100000 events a second and the live window is full. */
static void bench_live(const struct wg_trace *trace)
{
	struct wg_window_limits limits = { INT64_MAX / 16, 500000 };
	struct wg_live_view *view = calloc(1, sizeof(*view));
	size_t step = 3300, at = 0, n;
	struct wg_canvas canvas;
	double ms[FRAMES];
	int i = 0;

	if (!view || wg_live_view_init(view, "bench", limits, COLS, ROWS, false) < 0 ||
		wg_canvas_init(&canvas, COLS, ROWS, false) < 0)
		abort();
	(void)wg_live_view_key(view, 'a', 0);
	/* The first half at once, then picture by picture. */
	at = trace->event_count / 2;
	feed_view(view, trace, 0, at);
	for (; i < FRAMES && at < trace->event_count; i++, at += n) {
		double begin = now_ms();

		n = trace->event_count - at < step ? trace->event_count - at : step;
		feed_view(view, trace, at, n);
		(void)wg_screen_draw(&view->app, &canvas);
		ms[i] = now_ms() - begin;
	}
	print("live, 100k events/s, all kept: take and draw", ms, (size_t)i, "ms");
	wg_canvas_fini(&canvas);
	wg_live_view_fini(view);
	free(view);
}

/* Frees the trace. */
static void bench_one(struct wg_trace *trace, size_t bytes)
{
	struct wg_trace *traces[2] = { trace };

	printf("%zu events, %dx%d; %.1f bytes an event\n", trace->event_count, COLS, ROWS,
		(double)(bytes_in_use() - bytes) / (double)trace->event_count);
	bench_frames(traces, 1, "  all in sight: cursor step", "", 'l');
	bench_frames(traces, 1, "  half in sight: pan", "+", 'L');
	bench_frames(traces, 1, "  one wait: pan", "w z", 'L');
	bench_frames(traces, 1, "  all in sight: next waste", "", 'w');
	bench_frames(traces, 1, "  all in sight: the next longest waste", "", 'W');
	(void)fflush(stdout);
	wg_trace_free(trace);
}

static int bench_traces(char **dirs)
{
	struct wg_error err = { 0 };

	for (; *dirs; dirs++) {
		struct wg_trace *trace = NULL;
		size_t bytes = bytes_in_use();

		if (wg_trace_load(*dirs, &trace, &err) < 0) {
			(void)fprintf(stderr, "%s\n", err.text);
			return 1;
		}
		bench_one(trace, bytes);
	}
	return 0;
}

/* ---- a file is opened ---- */

#define OPENINGS 5

struct opening {
	double first_ms, seen_ms; /* a picture of what is read so far; of all, which is as good */
	double load_ms;		  /* all of it, where nobody looks meanwhile */
	double bytes;		  /* an event, of the model alone */
};

/* In a process of its own: memory that was used before makes no difference. */
static struct opening open_once(const char *dir)
{
	struct wg_reading *r = calloc(1, sizeof(*r));
	struct wg_trace *trace = NULL;
	struct opening took = { 0 };
	struct wg_canvas canvas;
	struct wg_error err = { 0 };
	size_t before;
	double begin = now_ms();

	if (!r || wg_reading_add(r, dir, NULL, &err) < 0 ||
		wg_reading_init(r, WG_READING_FIRST_NS, COLS, ROWS, false) < 0 ||
		wg_canvas_init(&canvas, COLS, ROWS, false) < 0) {
		(void)fprintf(stderr, "%s\n", err.text);
		_exit(1);
	}
	(void)wg_screen_draw(&r->app, &canvas);
	took.first_ms = now_ms() - begin;
	while (!wg_reading_is_over(r)) {
		if (!(r->feed.take(r->feed.user, wg_tty_now_ns()) & WG_FX_DRAW))
			continue;
		(void)wg_screen_draw(&r->app, &canvas);
		r->feed.drawn(r->feed.user, wg_tty_now_ns());
	}
	took.seen_ms = now_ms() - begin;
	wg_canvas_fini(&canvas);
	wg_reading_fini(r);
	free(r);
	before = bytes_in_use();
	begin = now_ms();
	if (wg_trace_load(dir, &trace, &err) < 0)
		_exit(1);
	took.load_ms = now_ms() - begin;
	took.bytes = (double)(bytes_in_use() - before) / (double)trace->event_count;
	wg_trace_free(trace);
	return took;
}

static bool open_apart(const char *dir, struct opening *ret)
{
	int fds[2], status = 1;
	ssize_t n;
	pid_t pid;

	if (pipe(fds) != 0)
		return false;
	pid = fork();
	if (pid == 0) {
		struct opening took = open_once(dir);

		_exit(write(fds[1], &took, sizeof(took)) == sizeof(took) ? 0 : 1);
	}
	(void)close(fds[1]);
	n = read(fds[0], ret, sizeof(*ret));
	(void)close(fds[0]);
	return n == sizeof(*ret) && waitpid(pid, &status, 0) == pid && status == 0;
}

static int bench_opening(char **dirs)
{
	double v[4][OPENINGS];
	int i;

	for (; *dirs; dirs++) {
		for (i = 0; i < OPENINGS; i++) {
			struct opening took;

			if (!open_apart(*dirs, &took))
				return 1;
			v[0][i] = took.first_ms;
			v[1][i] = took.seen_ms;
			v[2][i] = took.load_ms;
			v[3][i] = took.bytes;
		}
		print("opened: first picture, while it is read", v[0], OPENINGS, "ms");
		print("opened: all of it is on the screen", v[1], OPENINGS, "ms");
		print("the whole model, read without a screen", v[2], OPENINGS, "ms");
		print("memory of the model", v[3], OPENINGS, "bytes an event");
	}
	return 0;
}

/* Does a frame take longer because the trace does? */
static void bench_growth(void)
{
	static const long sizes[] = { 10000, 100000, 1000000, 10000000 };
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t bytes = bytes_in_use();

		bench_one(fake_reads("/bench/eventfd", (int)(sizes[i] / 9), 4, 0), bytes);
	}
}

int main(int argc, char **argv)
{
	long events = argc > 1 ? strtol(argv[1], NULL, 10) : 1000000;
	struct wg_trace *traces[2];
	double begin = now_ms();
	size_t bytes = bytes_in_use();

	if (argc > 2 && strcmp(argv[1], "open") == 0)
		return bench_opening(argv + 2);
	if (argc > 2 && strcmp(argv[1], "growth") == 0)
		return bench_traces(argv + 2);
	if (argc > 1 && strcmp(argv[1], "growth") == 0) {
		bench_growth();
		return 0;
	}
	/* Nine events an operation with a notify, eight without. */
	traces[0] = fake_reads("/bench/tick", (int)(events / 8), 4, 10000000);
	traces[1] = fake_reads("/bench/eventfd", (int)(events / 9), 4, 0);
	printf("%zu and %zu events, %dx%d; built in %.0f ms; %.1f bytes an event\n",
		traces[0]->event_count, traces[1]->event_count, COLS, ROWS, now_ms() - begin,
		(double)(bytes_in_use() - bytes) /
			(double)(traces[0]->event_count + traces[1]->event_count));
	bench_frames(traces, 1, "one trace, all in sight: cursor step", "", 'l');
	bench_frames(traces, 2, "two traces, all in sight: cursor step", "", 'l');
	bench_frames(traces, 2, "two traces, half in sight: pan", "+", 'L');
	bench_frames(traces, 2, "two traces, 1/64 in sight: pan", "+ + + + + +", 'L');
	bench_frames(traces, 2, "two traces, one wait: pan", "w z", 'L');
	bench_frames(traces, 2, "two traces, all in sight: next waste", "", 'w');
	bench_frames(traces, 2, "two traces, all in sight, filter gap>10ms",
		"& Type:gap>10ms Enter", 'l');
	bench_frames(traces, 2, "two traces, all in sight, filter kind=write",
		"& Type:kind=write Enter", 'l');
	bench_frames(traces, 2, "two traces, all in sight, filter wasted op<9",
		"& Type:wasted,op<9 Enter", 'l');
	bench_live(traces[1]);
	bench_terminal(traces, 2, "all in sight: cursor step", "", "l", "h");
	bench_terminal(traces, 2, "1/256 in sight: pan", "t50%\r++++++++", "L", "H");
	bench_terminal(traces, 2, "some operations: pan", "\tt0.1%\r+++++++++++++++++++", "L", "H");
	bench_terminal(traces, 2, "redraw the screen", "", "\f", "\f");
	fake_trace_free(traces[0]);
	fake_trace_free(traces[1]);
	return 0;
}
