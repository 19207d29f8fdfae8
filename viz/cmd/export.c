/*
 * export.c: `wakegap export`: traces for other programs. The formats are those of
 * traces/formats.h; this file reads the call and speaks.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "traces/formats.h"
#include "viz/base/progress.h"
#include "viz/base/reader_args.h"
#include "viz/cmd/commands.h"
#include "viz/cmd/man.h"
#include "traces/base/near.h"
#include "traces/base/regular.h"
#include "traces/base/units.h"

struct options {
	const struct wg_export_format *format;
	const char *file; /* NULL: standard output */
	struct wg_export ex;
};

#define FORMATS_MAX 16
#define WHATS	    "events intervals operations threads"

/* "csv, jsonl, ..."; static. */
static const char *format_names(void)
{
	static char names[128];
	const struct wg_export_format *format;
	size_t i, used = 0;

	for (i = 0; (format = wg_export_format_at(i)) && used < sizeof(names); i++)
		used += (size_t)snprintf(
			names + used, sizeof(names) - used, "%s%s", i ? ", " : "", format->name);
	return names;
}

/* "FROM..TO", either end may be absent: 0 or -EINVAL. */
static int parse_range(const char *text, struct wg_export *ex)
{
	const char *dots = strstr(text, "..");
	char from[32];

	if (!dots || (size_t)(dots - text) >= sizeof(from))
		return -EINVAL;
	memcpy(from, text, (size_t)(dots - text));
	from[dots - text] = '\0';
	if (from[0] && wg_parse_time(from, &ex->from_ns) < 0)
		return -EINVAL;
	if (dots[2] && wg_parse_time(dots + 2, &ex->to_ns) < 0)
		return -EINVAL;
	return ex->from_ns < ex->to_ns ? 0 : -EINVAL;
}

enum { KEY_FORMAT = 0x1000, KEY_WHAT, KEY_RANGE };

/* What was asked for, put together. */
static error_t check_options(struct options *options, struct argp_state *state)
{
	const char *dot = options->file ? strrchr(options->file, '.') : NULL;
	const struct wg_export_format *format;
	size_t i;

	for (i = 0; !options->format && dot && (format = wg_export_format_at(i)); i++) {
		if (strcmp(format->extension, dot + 1) == 0 || strcmp(format->name, dot + 1) == 0)
			options->format = format;
	}
	if (options->ex.path_count == 0)
		return wg_option_fail(state, "which trace? " WG_MAKES_A_TRACE);
	if (!options->format)
		return wg_option_fail(state, "which --format? %s", format_names());
	if (!(options->format->sheets & 1u << options->ex.what))
		return wg_option_fail(state, "--format %s has no --what %s", options->format->name,
			wg_export_what_name(options->ex.what));
	return 0;
}

static error_t take(int key, char *arg, struct argp_state *state)
{
	struct options *options = state->input;
	char hint[120];

	switch (key) {
	case KEY_FORMAT:
		options->format = wg_export_format_of(arg);
		return options->format
			       ? 0
			       : wg_option_fail(state, "no format '%s'%s", arg,
					 wg_near_hint(hint, sizeof(hint), arg, format_names()));
	case 'o': options->file = arg; return 0;
	case KEY_WHAT:
		options->ex.what = wg_export_what_of(arg);
		return options->ex.what != WG_EXPORT_WHAT_COUNT
			       ? 0
			       : wg_option_fail(state, "--what: no '%s'%s", arg,
					 wg_near_hint(hint, sizeof(hint), arg, WHATS));
	case KEY_RANGE:
		return parse_range(arg, &options->ex) == 0
			       ? 0
			       : wg_option_fail(state,
					 "--range takes FROM..TO as 10ms..1.5s, not '%s'", arg);
	case ARGP_KEY_ARGS:
		options->ex.paths = (const char *const *)state->argv + state->next;
		options->ex.path_count = (size_t)(state->argc - state->next);
		return 0;
	case ARGP_KEY_END: return check_options(options, state);
	default: return ARGP_ERR_UNKNOWN;
	}
}

/* A row of the table for each format, to be read only. */
static const struct argp *formats_table(void)
{
	static struct argp_option rows[FORMATS_MAX + 1];
	static const struct argp table = { .options = rows };
	const struct wg_export_format *format;
	size_t i;

	for (i = 0; i < FORMATS_MAX && (format = wg_export_format_at(i)); i++)
		rows[i] = (struct argp_option){ format->name, 0, NULL, OPTION_DOC | OPTION_NO_USAGE,
			format->does, 0 };
	return &table;
}

static const struct argp *table(void)
{
	static const struct argp_option options[] = {
		{ "format", KEY_FORMAT, "FORMAT", 0, "one of those below", 0 },
		{ "output", 'o', "FILE", 0,
			"write to FILE, which appears when it is whole; the default, -, is "
			"standard output. Its extension can replace --format",
			0 },
		{ "what", KEY_WHAT, "ROWS", 0,
			"csv and jsonl: a row for each of these: events (the default), intervals "
			"(waits of a loop), operations, or threads (waits of a thread that was "
			"seen from outside)",
			0 },
		{ "range", KEY_RANGE, "FROM..TO", 0,
			"that part only, times since the first event of each trace (svg and html: "
			"since its first submit, where their axes begin): 10ms..1.5s, ..20ms, 3s..",
			0 },
		{ 0 },
	};
	static struct argp_child children[] = {
		{ NULL, 0, "Formats:", 1 },
		{ &wg_reader_argp, 0, "Reading:", 9 },
		{ 0 },
	};
	static const struct argp table = { options, take, "TRACE...",
		"Writes traces for other programs.\v"
		"Discarded events and damage are reported on standard error.\n\n"
		"Exit status: 0 done, 1 failed (then FILE is unchanged), 2 usage",
		children, NULL, NULL };

	children[0].argp = formats_table();
	return &table;
}

static const char *words(const char *metavar)
{
	if (strcmp(metavar, "FORMAT") == 0)
		return format_names();
	return strcmp(metavar, "ROWS") == 0 ? WHATS : wg_reader_words(metavar);
}

/* ---- writing ---- */

static void on_say(void *user, const char *line)
{
	(void)user;
	wg_progress_wipe();
	wg_say("%s", line);
}

/* Is there a file that a trace consists of? Its first bytes tell, in either order of bytes. */
static bool is_of_a_trace(const char *path)
{
	static const char *const begins[] = { "\xC1\xFC\x1F\xC1", "\xC1\x1F\xFC\xC1",
		"\x57\x1D\xD1\x75", "\x75\xD1\x1D\x57", "/* C" };
	char begin[4] = "";
	struct stat st;
	int fd = wg__open_regular(AT_FDCWD, path, &st);
	bool is_whole = fd >= 0 && read(fd, begin, sizeof(begin)) == (ssize_t)sizeof(begin);
	size_t i;

	if (fd >= 0)
		(void)close(fd);
	for (i = 0; is_whole && i < sizeof(begins) / sizeof(begins[0]); i++) {
		if (memcmp(begin, begins[i], sizeof(begin)) == 0)
			return true;
	}
	return false;
}

static int write_out(struct options *options)
{
	struct wg_error err = { 0 }, closing = { 0 };
	struct wg_out out;
	bool is_stdout;
	int rc, lost;

	if (options->file && is_of_a_trace(options->file))
		return wg_say("'%s' is a file of a trace: write to another one", options->file);
	if (wg_out_open(&out, options->file, &err) < 0)
		return wg_say("%s", err.text);
	is_stdout = out.fd == STDOUT_FILENO;
	options->ex.out = &out;
	options->ex.say = on_say;
	if (!is_stdout || !isatty(STDOUT_FILENO))
		wg_progress_start();
	rc = options->format->run(&options->ex, &err);
	lost = wg_out_close(&out, rc == 0, &closing);
	if (lost == -EPIPE && is_stdout)
		return WG_EXIT_PIPE;
	if (lost < 0)
		return wg_say("%s", closing.text);
	if (rc < 0)
		return wg_say("%s", err.text[0] ? err.text : strerror(-rc));
	return WG_EXIT_OK;
}

static int run(int argc, char **argv)
{
	struct options options = { .ex = { .to_ns = INT64_MAX } };
	int status = wg_options_parse(&wg_cmd_export, argc, argv, 0, &options);

	if (status >= 0)
		return status;
	wg_say_pipes();
	return write_out(&options);
}

const struct wg_cmd wg_cmd_export = {
	.name = "wakegap export",
	.does = "write traces for spreadsheets, pandas, Perfetto, slides",
	.main = run,
	.table = table,
	.chapters = { wg__manual_export },
	.words = words,
};
