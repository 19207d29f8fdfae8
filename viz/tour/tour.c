/*
 * tour.c: runs the steps, one after the other, and shows what was recorded (see tour.h).
 */
#include "viz/tour/tour.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "traces/base/say.h"
#include "traces/base/signals.h"
#include "traces/base/text_out.h"
#include "traces/base/units.h"
#include "traces/measure/part.h"
#include "traces/measure/summary.h"

enum { WIDTH = 78 };

/* The signal that ends the tour, or 0. Written by the handler alone, so relaxed is enough. */
static atomic_int ended_by;

static void note_signal(int signo)
{
	atomic_store_explicit(&ended_by, signo, memory_order_relaxed);
}

void wg_tour_catch(void)
{
	const struct sigaction note = { .sa_handler = note_signal };

	(void)sigaction(SIGINT, &note, NULL);
	(void)sigaction(SIGTERM, &note, NULL);
	(void)sigaction(SIGHUP, &note, NULL);
}

int wg_tour_ended(void)
{
	int signo = atomic_load_explicit(&ended_by, memory_order_relaxed);

	return signo ? 128 + signo : 0;
}

/* Words in lines of at most WIDTH. */
static void print_paragraph(const char *text)
{
	size_t at = 0;

	while (*text) {
		size_t word = strcspn(text, " ");

		if (at && at + 1 + word > WIDTH) {
			(void)putchar('\n');
			at = 0;
		}
		at += (size_t)printf("%s%.*s", at ? " " : "", (int)word, text);
		text += word;
		text += strspn(text, " ");
	}
	(void)printf("\n");
}

enum choice { GO_ON, SHOW, QUIT };

/* What the person wants. A pipe is not asked: it goes on. */
static enum choice ask(const struct tour *tour, bool has_trace)
{
	struct pollfd keys = { .fd = STDIN_FILENO, .events = POLLIN };
	char line[80];
	ssize_t n;

	if (!tour->is_asked)
		return GO_ON;
	(void)printf("\n[Enter goes on%s; q ends the tour] ",
		has_trace ? "; v opens the viewer on this trace" : "");
	(void)fflush(stdout);
	do
		n = wg__poll_until_signal(wg_tour_ended, &keys, 1, -1);
	while (n == -EINTR && !wg_tour_ended());
	if (n < 0)
		return QUIT;
	n = read(STDIN_FILENO, line, sizeof(line));
	if (n <= 0)
		return QUIT;
	if (line[0] == 'v' && has_trace)
		return SHOW;
	return line[0] == 'q' ? QUIT : GO_ON;
}

static void print_facts(const struct wg_loop_stats *s, int64_t life_ns)
{
	char life[24], wasted[24], gap[24];
	uint64_t wakes = 0;
	size_t i;

	if (s->stuck)
		return;
	for (i = 0; i < WG_REASON_COUNT; i++)
		wakes += s->wakes[i];
	(void)printf("%" PRIu64 " operations in %s; asleep with a result ready: %s\n"
		     "%" PRIu64 " wakes, %" PRIu64 " of them late; a typical gap: %s\n",
		s->delivered, wg_format_time(life, sizeof(life), life_ns),
		wg_format_time(wasted, sizeof(wasted), s->wasted_ns), wakes, s->late_wakes,
		wg_format_time(gap, sizeof(gap), s->gap.p50));
}

/* The picture and the figures of the trace. 0, an exit status, or -errno with a line. */
static int show_trace(const struct tour *tour, const struct tour_step *step, const char *trace,
	struct wg_error *err)
{
	char frame[32];
	const char *const view[] = { "view", trace, "--frame", frame, NULL };
	struct wg_part part = { 0 };
	struct wg_summary *summary;
	const struct wg_loop_stats *loop;
	bool hangs;
	int rc;

	(void)snprintf(frame, sizeof(frame), "%sx12", tour->columns);
	rc = wg_tour_call(tour, view, -1, err);
	if (rc)
		return rc;
	rc = wg_summary_load(trace, &part, false, &summary, err);
	if (rc < 0)
		return rc;
	loop = wg_measure_loop(summary->measure, 0);
	hangs = loop && loop->stuck;
	if (loop)
		print_facts(loop, wg_measure_life_ns(summary->measure, 0));
	(void)printf("\n");
	print_paragraph(hangs ? step->hangs : step->works);
	wg_summary_free(summary);
	return 0;
}

/* Run and record it, into DIR/N. 0; 1: it hung, as some do; else an exit status or -errno. */
static int run_step(const struct tour *tour, const struct tour_step *step, const char *dir,
	struct wg_error *err)
{
	const char *const args[] = { "run", "read", "--file", tour->file, "--wait", step->wait,
		"--window", step->window, "--patience", step->patience, "--record", dir, NULL };
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC), rc;

	(void)printf("$ wakegap run read --file FILE --wait %s", step->wait);
	if (strcmp(step->window, "0s") != 0)
		(void)printf(" --window %s", step->window);
	(void)printf(" --record DIR; wakegap view DIR/%s\n", step->wait);
	rc = wg_tour_call(tour, args, null, err);
	if (null >= 0)
		(void)close(null);
	return rc;
}

/* One step to the end, the person's wishes included. 0, an exit status, or -errno with a line. */
static int take_step(const struct tour *tour, size_t i, bool *ret_quit, struct wg_error *err)
{
	const struct tour_step *step = wg_tour_step(i);
	char dir[4096 + 8], trace[4096 + 64];
	const char *const view[] = { "view", trace, NULL };
	enum choice choice = GO_ON;
	int rc;

	(void)snprintf(dir, sizeof(dir), "%s/%zu", tour->dir, i + 1);
	(void)snprintf(trace, sizeof(trace), "%s/%s", dir, step->wait);
	(void)printf("\n== %zu of 6. %s ==\n", i + 1, step->title);
	print_paragraph(step->does);
	(void)printf("\n");
	/* Nobody reads it: the command says why when it ends, and the steps would say it, too. */
	*ret_quit = fflush(stdout) != 0;
	if (*ret_quit)
		return 0;
	rc = run_step(tour, step, dir, err);
	if (wg_tour_ended())
		return wg_tour_ended();
	if (rc < 0 || rc > 1)
		return rc;
	if (access(trace, F_OK) != 0)
		return wg_error_set(err, -ENODATA,
			"the tour shows what was recorded, and nothing was: `wakegap doctor` says "
			"what is missing");
	rc = show_trace(tour, step, trace, err);
	while (rc == 0 && (choice = ask(tour, true)) == SHOW)
		rc = wg_tour_call(tour, view, -1, err);
	*ret_quit = rc == 0 && choice == QUIT;
	return rc;
}

static int show_machine(const struct tour *tour, struct wg_error *err)
{
	static const char *const args[] = { "scan", "--for", "2s", "--top", "5", NULL };

	(void)printf("\n== And this machine? ==\n");
	print_paragraph(
		"Other programs wake for nothing, too. These threads wake most here; you see how "
		"often, in which call, and with which timeout:");
	(void)printf("\n$ wakegap scan --for 2s --top 5\n");
	return wg_tour_call(tour, args, -1, err);
}

static void say_next(void)
{
	(void)printf("\nNext:\n"
		     "  wakegap lab start 1             fix such bugs; each fix is proved\n"
		     "  wakegap record -- COMMAND       see your own program\n"
		     "  wakegap check --help            bounds for a CI\n");
}

int wg_tour_run(struct tour *tour)
{
	struct wg_error err = { 0 };
	bool is_over = false;
	size_t i;
	int rc = 0;

	(void)printf("How a loop that polled became one that blocks, in six steps. Each runs now, "
		     "on this\nmachine, and is recorded.\n");
	for (i = 0; wg_tour_step(i) && rc == 0 && !is_over; i++)
		rc = take_step(tour, i, &is_over, &err);
	if (rc == 0 && !is_over)
		rc = show_machine(tour, &err);
	if (rc == 0 && !wg_tour_ended())
		say_next();
	if (rc < 0)
		rc = wg_say("%s", err.text) && rc == -ENODATA ? WG_EXIT_SKIPPED : WG_EXIT_FAILED;
	return rc;
}
