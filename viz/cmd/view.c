/*
 * view.c: `wakegap view A [B]`: the traces on a terminal, or one screen of them as text.
 *
 * Everything that can fail does so before the terminal is taken over: arguments, traces, script.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "traces/model/cache.h"
#include "viz/base/merge.h"
#include "viz/base/progress.h"
#include "viz/base/reader_args.h"
#include "viz/app/app.h"
#include "viz/app/script.h"
#include "viz/base/recordings.h"
#include "viz/cmd/commands.h"
#include "viz/cmd/man.h"
#include "viz/cmd/screen_args.h"
#include "viz/live/reading.h"
#include "viz/screen/text.h"
#include "viz/term/term.h"

struct call {
	const char *paths[WG_PANES_MAX];
	size_t path_count;
	const char **merged; /* all of them, with --merge */
	size_t merged_count;
	struct wg_merge merge;
	struct wg_screen_args screen;
	const struct wg_cache_limits *cache; /* NULL: without */
};

enum { KEY_NO_CACHE = 0x400 };

static const struct argp_option options[] = {
	{ "no-cache", KEY_NO_CACHE, NULL, 0,
		"read the trace, and keep nothing: without TRACE/" WG_CACHE_FILE, 9 },
	{ 0 },
};

static error_t take(int key, char *arg, struct argp_state *state)
{
	struct call *call = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &call->screen;
		state->child_inputs[1] = &call->merge;
		return 0;
	case KEY_NO_CACHE: call->cache = NULL; return 0;
	case ARGP_KEY_ARG:
		call->merged[call->merged_count++] = arg;
		if (call->path_count < WG_PANES_MAX)
			call->paths[call->path_count++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (call->merged_count > WG_PANES_MAX && !call->merge.is_set)
			return wg_option_fail(
				state, "takes one trace or two, not more; or --merge");
		return 0;
	case ARGP_KEY_NO_ARGS: return wg_option_fail(state, "which trace? " WG_MAKES_A_TRACE);
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp *table(void)
{
	static const struct argp_child children[] = {
		{ &wg_screen_argp, 0, NULL, 0 },
		{ &wg_merge_argp, 0, "Several hosts:", 7 },
		{ &wg_reader_argp, 0, "Reading:", 9 },
		{ 0 },
	};
	static const struct argp table = { options, take, "TRACE [TRACE]\n--merge TRACE...",
		"Shows one trace, or two side by side on one time scale, each starting at its "
		"first submit; a folder that holds two recordings is shown so. In the viewer ? "
		"lists the keys.\v"
		"NO_COLOR=1 turns colours off. If standard output is not a terminal, one screen "
		"is "
		"printed as with --frame, COLUMNS by LINES or else 100x30.\n\n"
		"Exit status: 0 done, 1 a trace or the terminal cannot be used, 2 usage",
		children, NULL, NULL };

	return &table;
}

/* The screen in words; on a terminal it asks for more keys. */
static int converse(struct wg_app *app)
{
	bool asks = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	char line[512], bad[64];

	wg_text_print(app, stdout);
	while (asks && fputs("keys (q leaves): ", stdout) >= 0 && fflush(stdout) == 0 &&
		fgets(line, sizeof(line), stdin)) {
		unsigned fx = 0;

		if (wg_script_feed(app, line, &fx, bad, sizeof(bad)) < 0) {
			(void)printf("no key is called '%s'\n", bad);
			continue;
		}
		if (fx & WG_FX_QUIT)
			break;
		if (fx & WG_FX_SAVE)
			wg_app_save(app);
		wg_text_print(app, stdout);
	}
	return wg_say_flushed(WG_EXIT_OK);
}

static int show(const struct call *call, struct wg_trace *const *traces)
{
	const struct wg_trace *borrowed[WG_PANES_MAX] = { traces[0], traces[1] };
	const struct wg_screen_args *screen = &call->screen;
	struct wg_app app;
	int status;

	if (wg_app_init(&app, borrowed, call->path_count, screen->cols, screen->rows,
		    screen->ascii) < 0)
		return wg_say("cannot show the traces: out of memory");
	wg_screen_args_apply(screen, &app);
	wg_app_load(&app);
	status = wg_screen_args_press(screen, &app, wg_cmd_view.name);
	if (status)
		return status;
	if (screen->on_terminal)
		return wg_term_run(&app);
	wg_say_plainly();
	if (screen->text)
		return converse(&app);
	if (!screen->has_frame)
		wg_say("standard output is no terminal: one screen of %dx%d as text", screen->cols,
			screen->rows);
	return wg_frame_print(&app);
}

/* ---- on a terminal: the first picture comes before the last event ---- */

/* All traces that the call names, opened; what is below a folder and cannot be read is said, and
 * left out. 0 or an exit status. */
static int open_all(struct call *call, const struct wg_recordings *found, struct wg_reading *r)
{
	char *merged = call->merge.is_set ? wg_merge_paths(call->merged, call->merged_count) : NULL;
	const char *const *paths = found->count ? (const char *const *)found->path : call->paths;
	size_t i, wanted = merged ? 1 : found->count ? found->count : call->path_count;
	struct wg_error err = { 0 };
	int rc = call->merge.is_set && !merged ? wg_say("out of memory") : 0;

	for (i = 0; i < wanted && (rc == 0 || found->count); i++) {
		if (wg_reading_add(r, merged ? merged : paths[i], call->cache, &err) < 0)
			rc = wg_say("%s", err.text);
	}
	if (merged && rc == 0)
		(void)wg_merge_title(wg_load_trace(r->load[0])->path);
	free(merged);
	return r->count && (rc == 0 || found->count) ? 0 : rc;
}

static int run_reading(const struct wg_screen_args *screen, struct wg_reading *r, int *ret_signal)
{
	int status = WG_EXIT_OK;

	if (wg_reading_init(r, WG_READING_FIRST_NS, screen->cols, screen->rows, screen->ascii) ==
		0) {
		wg_screen_args_apply(screen, &r->app);
		wg_app_load(&r->app);
		status = wg_term_run_fed(&r->app, &r->feed, ret_signal);
	}
	return r->end.code ? wg_say("%s", r->end.text) : status;
}

static int watch(struct call *call, const struct wg_recordings *found)
{
	struct wg_reading *r = calloc(1, sizeof(*r));
	int signo = 0, status;
	size_t i;

	if (!r)
		return wg_say("out of memory");
	status = open_all(call, found, r);
	if (status == 0)
		status = run_reading(&call->screen, r, &signo);
	/* The screen is back, and nobody waits for it. */
	for (i = 0; i < r->count && signo == 0; i++) {
		if (wg_load_is_over(r->load[i]))
			(void)wg_cache_write(wg_load_trace(r->load[i]));
	}
	wg_reading_fini(r);
	free(r);
	if (signo)
		(void)raise(signo);
	return status;
}

/* ---- all that is read whole ---- */

/* All as one trace. 0 or an exit status. */
static int load_merged(struct call *call, struct wg_trace **traces)
{
	struct wg_error err = { 0 };
	char *path = wg_merge_paths(call->merged, call->merged_count);
	int rc;

	if (!path)
		return wg_say("out of memory");
	rc = wg_trace_load(path, &traces[0], &err);
	free(path);
	if (rc < 0)
		return wg_say("%s", err.text);
	(void)wg_merge_title(traces[0]->path);
	call->path_count = 1;
	return 0;
}

/* Load what the call names; a folder with two recordings stands for both. 0 or an exit status. */
static int load(struct call *call, const struct wg_recordings *found, struct wg_trace **traces)
{
	struct wg_error err = { 0 };
	size_t i, wanted = found->count ? found->count : call->path_count;
	int rc = 0;

	call->path_count = 0;
	for (i = 0; i < wanted; i++) {
		const char *path = found->count ? found->path[i] : call->paths[i];

		if (wg_trace_load_cached(path, call->cache, &traces[call->path_count], &err) == 0)
			call->path_count++;
		else
			rc = wg_say("%s", err.text);
		if (rc && !found->count)
			return rc;
	}
	return call->path_count ? 0 : rc;
}

static int load_and_show(struct call *call, const struct wg_recordings *found)
{
	struct wg_trace *traces[WG_PANES_MAX] = { NULL };
	int status;
	size_t i;

	wg_progress_start();
	status = call->merge.is_set ? load_merged(call, traces) : load(call, found, traces);
	if (status == 0)
		status = show(call, traces);
	for (i = 0; i < WG_PANES_MAX; i++) {
		if (traces[i])
			(void)wg_cache_write(traces[i]);
		wg_trace_free(traces[i]);
	}
	return status;
}

static int run(int argc, char **argv)
{
	struct wg_recordings found = { 0 };
	struct call call = { .merged = calloc((size_t)argc + 1, sizeof(*call.merged)),
		.cache = &wg_cache_usual };
	int status = call.merged ? wg_options_parse(&wg_cmd_view, argc, argv, 0, &call)
				 : wg_say("out of memory");

	if (status >= 0) {
		free(call.merged);
		return status;
	}
	if (call.path_count == 1 && !call.merge.is_set)
		wg_recordings_in(call.paths[0], WG_PANES_MAX, &found);
	/* Keys that a call names are pressed on the whole trace. */
	status = call.screen.on_terminal && !call.screen.keys ? watch(&call, &found)
							      : load_and_show(&call, &found);
	wg_recordings_fini(&found);
	free(call.merged);
	return status;
}

const struct wg_cmd wg_cmd_view = {
	.name = "wakegap view",
	.does = "look at one trace, or at two side by side",
	.main = run,
	.table = table,
	.manual = wg_view_manual,
	.chapters = { wg__manual_view },
	.words = wg_reader_words,
};
