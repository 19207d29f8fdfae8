/*
 * tour.c: `wakegap tour`: the story in six live steps. `wakegap demo`: its first picture alone.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/base/tree.h"
#include "viz/base/tty.h"
#include "viz/cmd/commands.h"
#include "viz/tour/tour.h"

/* Enough for 16 reads: with the cap each of them takes 50 ms. */
#define TOUR_BYTES (1u << 20)
#define DEMO_BYTES (10u << 20)

enum { KEY_RECORD = 0x1000 };

static error_t take(int key, char *arg, struct argp_state *state)
{
	const char **keep = state->input;

	switch (key) {
	case KEY_RECORD: *keep = arg; return 0;
	case ARGP_KEY_ARG: return wg_option_fail(state, "'%s' is one too many", arg);
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{ "record", KEY_RECORD, "DIR", 0, "keep the traces, and the file that is read, in DIR", 0 },
	{ 0 },
};

static const struct argp *tour_table(void)
{
	static const struct argp table = { options, take, "",
		"The story of a loop that polled, in six steps: as found, the plan, how it hangs, "
		"a counter, a cap, and the correct way. Each step runs on this machine, is "
		"recorded and shown; then `wakegap scan` shows what wakes here. It takes less than "
		"a minute.\v"
		"On a terminal it waits for Enter after each step, and v opens the viewer; on a "
		"pipe it goes on by itself.\n\n"
		"Exit status: 0 done; 1 failed; 2 usage; 77 nothing can be recorded here",
		NULL, NULL, NULL };

	return &table;
}

static const struct argp *demo_table(void)
{
	static const struct argp table = { options, take, "",
		"Reads a file of 10 MiB twice through the same loop, once polling every 10 ms and "
		"once blocking until notified, and shows both traces side by side: in the viewer "
		"on a terminal, else as text.\v"
		"Exit status: 0 done; 1 failed; 2 usage; 77 nothing can be recorded here",
		NULL, NULL, NULL };

	return &table;
}

/* The folder: that of the user, or one of ours, which ret_owned names. */
static int make_folder(
	const char *keep, char **ret_owned, const char **ret_dir, struct wg_error *err)
{
	const char *tmp = getenv("TMPDIR");

	*ret_dir = keep;
	if (keep && mkdir(keep, 0777) < 0 && errno != EEXIST)
		return wg_error_set(
			err, -errno, "cannot make the folder '%s': %s", keep, strerror(errno));
	if (keep)
		return 0;
	if (asprintf(ret_owned, "%s/wakegap-tour-XXXXXX", tmp && *tmp ? tmp : "/tmp") < 0) {
		*ret_owned = NULL;
		return wg_error_set(err, -ENOMEM, "out of memory");
	}
	if (!mkdtemp(*ret_owned))
		return wg_error_set(err, -errno,
			"cannot make the folder '%s': %s: TMPDIR names another place", *ret_owned,
			strerror(errno));
	*ret_dir = *ret_owned;
	return 0;
}

static int demo(struct tour *tour)
{
	char dir[4200], a[4300], b[4300], frame[48];
	const char *const run[] = { "run", "read", "--file", tour->file, "--wait", "tick,eventfd",
		"--record", dir, NULL };
	const char *const view[] = { "view", a, b, tour->is_asked ? NULL : "--frame", frame, NULL };
	struct wg_error err = { 0 };
	int rc;

	(void)snprintf(dir, sizeof(dir), "%s/traces", tour->dir);
	(void)snprintf(a, sizeof(a), "%s/tick", dir);
	(void)snprintf(b, sizeof(b), "%s/eventfd", dir);
	(void)snprintf(frame, sizeof(frame), "%sx40", tour->columns);
	(void)wg_remove_tree(dir);
	rc = wg_tour_call(tour, run, -1, &err);
	if ((rc == 0 || rc == WG_EXIT_FAILED) && access(b, F_OK) != 0)
		return WG_EXIT_SKIPPED; /* `run` said why */
	if (rc == 0) {
		(void)printf("\n");
		rc = wg_tour_call(tour, view, -1, &err);
	}
	return rc < 0 ? wg_say("%s", err.text) : rc;
}

static int go(const struct wg_cmd *c, int argc, char **argv, size_t bytes, int fallback_cols,
	int (*show)(struct tour *))
{
	struct tour tour = { 0 };
	const char *keep = NULL;
	struct wg_error err = { 0 };
	char *owned = NULL;
	int rc, cols = fallback_cols, rows;

	wg_say_pipes();
	wg_say_plainly();
	rc = wg_options_parse(c, argc, argv, 0, &keep);
	if (rc >= 0)
		return rc;
	tour.is_asked = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	if (tour.is_asked && !wg_tty_size(&cols, &rows))
		cols = fallback_cols;
	(void)snprintf(tour.columns, sizeof(tour.columns), "%d", cols);
	wg_tour_catch();
	rc = make_folder(keep, &owned, &tour.dir, &err);
	if (rc == 0)
		rc = wg_tour_prepare(&tour, bytes, &err);
	if (rc < 0)
		rc = wg_say("%s", err.text);
	else if (!wg_tour_ended())
		rc = show(&tour);
	if (tour.dir && !keep)
		(void)wg_remove_tree(owned);
	free(owned);
	return wg_say_flushed(wg_tour_ended() ? wg_tour_ended() : rc);
}

static int run_tour(int argc, char **argv)
{
	return go(&wg_cmd_tour, argc, argv, TOUR_BYTES, 80, wg_tour_run);
}

static int run_demo(int argc, char **argv)
{
	return go(&wg_cmd_demo, argc, argv, DEMO_BYTES, 120, demo);
}

const struct wg_cmd wg_cmd_tour = {
	.name = "wakegap tour",
	.does = "the story of a loop that polled, in six live steps",
	.main = run_tour,
	.table = tour_table,
};

const struct wg_cmd wg_cmd_demo = {
	.name = "wakegap demo",
	.does = "polling and blocking side by side, recorded here and now",
	.main = run_demo,
	.table = demo_table,
};
