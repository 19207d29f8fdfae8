/*
 * export.c: `wakegap export`: traces for other programs. The formats are those of
 * traces/formats.h; this file reads the call and speaks.
 */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "traces/formats.h"
#include "viz/cmd/commands.h"
#include "traces/base/say.h"
#include "traces/base/units.h"

struct options {
	const struct wg_export_format *format;
	const char *file; /* NULL: standard output */
	struct wg_export ex;
};

struct voice {
	bool shows_progress;
	bool has_line; /* the terminal's line holds a number */
};

static void print_help(void)
{
	const struct wg_export_format *format;
	size_t i;

	puts("wakegap export: traces for other programs\n\n"
	     "usage: wakegap export TRACE... --format FORMAT [OPTION...]\n");
	for (i = 0; (format = wg_export_format_at(i)); i++)
		printf("  --format %-9s %s\n", format->name, format->does);
	puts("\n"
	     "  -o, --output FILE  write to FILE, which appears when it is whole; - is standard\n"
	     "                     output, the default. Its extension can stand for --format\n"
	     "  --what WHAT        csv and jsonl: a row for each of events (the default),\n"
	     "                     intervals (waits of a loop) or operations\n"
	     "  --range FROM..TO   that part only, times since the first event of each trace\n"
	     "                     (svg and html: since its first submit, as their axes have it):\n"
	     "                     10ms..1.5s, ..20ms, 3s..\n"
	     "  --help             this text\n\n"
	     "Every column and unit is in traces/README.md. Discarded events and damage are said\n"
	     "on standard error. exit status: 0 done, 1 failed (then FILE is as it was), 2 usage");
}

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

/* What was asked for, put together: an exit status, or -1 to go on. */
static int check_options(struct options *options)
{
	const char *dot = options->file ? strrchr(options->file, '.') : NULL;
	const struct wg_export_format *format;
	size_t i;

	for (i = 0; !options->format && dot && (format = wg_export_format_at(i)); i++) {
		if (strcmp(format->extension, dot + 1) == 0)
			options->format = format;
	}
	if (options->ex.path_count == 0)
		return wg_say_usage("wakegap export", "which trace?");
	if (!options->format)
		return wg_say_usage("wakegap export", "which --format? %s", format_names());
	if (!(options->format->sheets & 1u << options->ex.what))
		return wg_say_usage("wakegap export", "--format %s has no --what %s",
			options->format->name, wg_export_what_name(options->ex.what));
	return -1;
}

/* Returns an exit status; -1 to go on. */
static int parse_options(int argc, char **argv, struct options *options)
{
	static const struct option longs[] = {
		{ "format", required_argument, NULL, 'f' },
		{ "output", required_argument, NULL, 'o' },
		{ "what", required_argument, NULL, 'w' },
		{ "range", required_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	optind = 0;
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":ho:", longs, NULL)) != -1) {
		switch (option) {
		case 'f':
			options->format = wg_export_format_of(optarg);
			if (!options->format)
				return wg_say_usage("wakegap export", "no format '%s', but %s",
					optarg, format_names());
			break;
		case 'o': options->file = optarg; break;
		case 'w':
			options->ex.what = wg_export_what_of(optarg);
			if (options->ex.what == WG_EXPORT_WHAT_COUNT)
				return wg_say_usage(
					"wakegap export", "nothing is called '%s'", optarg);
			break;
		case 'r':
			if (parse_range(optarg, &options->ex) < 0)
				return wg_say_usage("wakegap export",
					"--range takes FROM..TO as 10ms..1.5s, not '%s'", optarg);
			break;
		case 'h': print_help(); return wg_say_flushed(WG_EXIT_OK);
		case ':':
			return wg_say_usage("wakegap export", "%s needs a value", argv[optind - 1]);
		default: return wg_say_usage("wakegap export", "no option '%s'", argv[optind - 1]);
		}
	}
	options->ex.paths = (const char *const *)argv + optind;
	options->ex.path_count = (size_t)(argc - optind);
	return check_options(options);
}

static void clear_line(struct voice *voice)
{
	if (voice->has_line)
		(void)fputs("\r\033[K", stderr);
	voice->has_line = false;
}

static void on_say(void *user, const char *line)
{
	clear_line(user);
	wg_say("%s", line);
}

static void on_progress(void *user, uint64_t events)
{
	struct voice *voice = user;

	if (!voice->shows_progress)
		return;
	(void)fprintf(stderr, "\r%.1f million events", (double)events / 1e6);
	voice->has_line = true;
}

static int run(struct options *options)
{
	struct voice voice = { .shows_progress = isatty(STDERR_FILENO) &&
						 (options->file || !isatty(STDOUT_FILENO)) };
	struct wg_error err = { 0 }, closing = { 0 };
	struct wg_out out;
	int rc;

	if (wg_out_open(&out, options->file, &err) < 0) {
		wg_say("%s", err.text);
		return WG_EXIT_FAILED;
	}
	options->ex.out = &out;
	options->ex.say = on_say;
	options->ex.progress = on_progress;
	options->ex.user = &voice;
	rc = options->format->run(&options->ex, &err);
	clear_line(&voice);
	if (wg_out_close(&out, rc == 0, &closing) < 0) {
		wg_say("%s", closing.text);
		return WG_EXIT_FAILED;
	}
	if (rc < 0) {
		wg_say("%s", err.text[0] ? err.text : strerror(-rc));
		return WG_EXIT_FAILED;
	}
	return WG_EXIT_OK;
}

int cmd_export(int argc, char **argv)
{
	struct options options = { .ex = { .to_ns = INT64_MAX } };
	int status = parse_options(argc, argv, &options);

	if (status >= 0)
		return status;
	wg_say_pipes();
	return run(&options);
}
