/*
 * view.c: `wakegap view A [B]`: the traces on a terminal, or one screen of them as text.
 *
 * Everything that can fail does so before the terminal is taken over: arguments, traces, script.
 */
#include <errno.h>
#include <getopt.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "traces/model/model.h"
#include "viz/app/app.h"
#include "viz/canvas/canvas.h"
#include "viz/cmd/commands.h"
#include "viz/cmd/frame.h"
#include "viz/cmd/man.h"
#include "viz/canvas/palette.h"
#include "traces/base/say.h"
#include "viz/screen/screen.h"
#include "viz/app/script.h"
#include "viz/term/term.h"
#include "viz/screen/text.h"

struct options {
	const char *paths[WG_PANES_MAX];
	size_t path_count;
	const char *frame; /* "120x40", or NULL */
	const char *keys;  /* or NULL */
	const char *background;
	int cols, rows;
	bool ascii, text, no_mouse;
};

static void print_help(void)
{
	puts("usage: wakegap view [OPTION...] TRACE [TRACE]\n\n"
	     "Shows one trace, or two side by side on one time scale, each starting at its first\n"
	     "submit. In the viewer ? lists the keys.\n\n"
	     "  --frame COLSxROWS  print one screen as text and exit; needs no terminal\n"
	     "  --keys KEYS        press these keys first: names as in the help screen, blanks\n"
	     "                     between, as in \"w z Right\"; Play:500ms plays for so long\n"
	     "                     and Type:TEXT types\n"
	     "  --text             the same in lines of words, for screen readers and pipes; on a\n"
	     "                     terminal it asks for keys, a line at a time\n"
	     "  --ascii            draw with ASCII characters only\n"
	     "  --background light|dark\n"
	     "                     of the terminal; else COLORFGBG says, else it is dark\n"
	     "  --no-mouse         leave the mouse to the terminal\n"
	     "  --man              the manual page, as troff source\n"
	     "  --help             this text\n\n"
	     "NO_COLOR=1 turns colours off. Where standard output is no terminal, one screen is\n"
	     "printed as with --frame, COLUMNS by LINES or else 100x30.\n"
	     "exit status: 0 done, 1 a trace or the terminal cannot be used, 2 usage");
}

int wg_frame_parse(const char *text, int *ret_cols, int *ret_rows)
{
	char *end;
	long cols, rows;

	if (text[0] < '0' || text[0] > '9')
		return -EINVAL;
	cols = strtol(text, &end, 10);
	if (*end != 'x' || end[1] < '0' || end[1] > '9')
		return -EINVAL;
	rows = strtol(end + 1, &end, 10);
	if (*end || cols < 1 || rows < 1 || cols > WG_COLS_MAX || rows > WG_ROWS_MAX)
		return -EINVAL;
	*ret_cols = (int)cols;
	*ret_rows = (int)rows;
	return 0;
}

static int check_frame(struct options *options)
{
	if (wg_frame_parse(options->frame, &options->cols, &options->rows) < 0)
		return wg_say_usage("wakegap view", "--frame takes COLSxROWS up to %dx%d, not '%s'",
			WG_COLS_MAX, WG_ROWS_MAX, options->frame);
	if (options->cols < WG_COLS_MIN || options->rows < WG_ROWS_MIN)
		return wg_say_usage("wakegap view", "%dx%d is too small: at least %dx%d",
			options->cols, options->rows, WG_COLS_MIN, WG_ROWS_MIN);
	return WG_EXIT_OK;
}

/* Returns an exit status; -1 to go on. */
static int parse_options(int argc, char **argv, struct options *options)
{
	static const struct option longs[] = {
		{ "frame", required_argument, NULL, 'f' },
		{ "keys", required_argument, NULL, 'k' },
		{ "ascii", no_argument, NULL, 'a' },
		{ "text", no_argument, NULL, 't' },
		{ "background", required_argument, NULL, 'b' },
		{ "no-mouse", no_argument, NULL, 'n' },
		{ "man", no_argument, NULL, 'm' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	optind = 0;
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":h", longs, NULL)) != -1) {
		switch (option) {
		case 'f': options->frame = optarg; break;
		case 'k': options->keys = optarg; break;
		case 'a': options->ascii = true; break;
		case 't': options->text = true; break;
		case 'b': options->background = optarg; break;
		case 'n': options->no_mouse = true; break;
		case 'm': wg_man_print(stdout); return wg_say_flushed(WG_EXIT_OK);
		case 'h': print_help(); return wg_say_flushed(WG_EXIT_OK);
		default: return wg_say_bad_option("wakegap view", option, argv);
		}
	}
	for (; optind < argc; optind++) {
		if (options->path_count == WG_PANES_MAX)
			return wg_say_usage("wakegap view", "takes one trace or two, not more");
		options->paths[options->path_count++] = argv[optind];
	}
	if (options->path_count == 0)
		return wg_say_usage("wakegap view", "which trace?");
	if (options->background && strcmp(options->background, "light") != 0 &&
		strcmp(options->background, "dark") != 0)
		return wg_say_usage("wakegap view", "--background takes light or dark, not '%s'",
			options->background);
	if (options->frame) {
		option = check_frame(options);
		return option == WG_EXIT_OK ? -1 : option;
	}
	return -1;
}

/* The size that a pipe's screen has: the environment's, if it makes sense. */
static void size_from_environment(struct options *options)
{
	const char *cols = getenv("COLUMNS"), *rows = getenv("LINES");
	char text[64];

	(void)snprintf(text, sizeof(text), "%sx%s", cols && *cols ? cols : "100",
		rows && *rows ? rows : "30");
	if (wg_frame_parse(text, &options->cols, &options->rows) < 0 ||
		options->cols < WG_COLS_MIN || options->rows < WG_ROWS_MIN) {
		options->cols = 100;
		options->rows = 30;
	}
}

int wg_frame_print(const struct wg_app *app)
{
	struct wg_canvas canvas;
	int rc;

	if (wg_canvas_init(&canvas, app->cols, app->rows, app->ascii) < 0) {
		wg_say("cannot draw: out of memory");
		return WG_EXIT_FAILED;
	}
	rc = wg_screen_draw(app, &canvas);
	if (rc < 0)
		wg_say("cannot draw: %s", strerror(-rc));
	else
		wg_canvas_print(&canvas, stdout);
	wg_canvas_fini(&canvas);
	return wg_say_flushed(rc < 0 ? WG_EXIT_FAILED : WG_EXIT_OK);
}

/* The twin of the screen in words; who sits at a terminal is asked for more keys. */
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

static int show(struct options *options, struct wg_trace *const *traces)
{
	const struct wg_trace *borrowed[WG_PANES_MAX] = { traces[0], traces[1] };
	bool on_terminal = !options->frame && !options->text && isatty(STDOUT_FILENO);
	struct wg_app app;
	char bad[64];

	if (!options->frame)
		size_from_environment(options);
	if (wg_app_init(&app, borrowed, options->path_count, options->cols, options->rows,
		    options->ascii) < 0) {
		wg_say("cannot show the traces: out of memory");
		return WG_EXIT_FAILED;
	}
	app.no_mouse = options->no_mouse;
	app.light = options->background ? options->background[0] == 'l'
					: wg_background_is_light(getenv("COLORFGBG"));
	wg_app_load(&app);
	if (options->keys && wg_script_run(&app, options->keys, bad, sizeof(bad)) < 0)
		return wg_say_usage("wakegap view", "--keys: no key is called '%s'", bad);
	if (on_terminal)
		return wg_term_run(&app);
	if (options->text)
		return converse(&app);
	if (!options->frame)
		wg_say("standard output is no terminal: one screen of %dx%d as text", options->cols,
			options->rows);
	return wg_frame_print(&app);
}

int cmd_view(int argc, char **argv)
{
	struct wg_trace *traces[WG_PANES_MAX] = { NULL };
	struct options options = { 0 };
	struct wg_error err = { 0 };
	int status = parse_options(argc, argv, &options);
	size_t i;

	if (status >= 0)
		return status;
	/* Only how characters are coded: numbers keep their dot. */
	(void)setlocale(LC_CTYPE, "");
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		options.ascii = true;
	for (i = 0; i < options.path_count; i++) {
		if (wg_trace_load(options.paths[i], &traces[i], &err) < 0) {
			wg_say("%s", err.text);
			break;
		}
	}
	status = i == options.path_count ? show(&options, traces) : WG_EXIT_FAILED;
	for (i = 0; i < WG_PANES_MAX; i++)
		wg_trace_free(traces[i]);
	return status;
}
