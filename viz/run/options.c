/*
 * options.c: see options.h. Options and help of a workload are made from the catalogue.
 */
#include "viz/run/options.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/base/say.h"
#include "traces/base/say.h"
#include "traces/base/units.h"

#define PASSES_MAX	1000
#define TICK_CLAMP_NS	INT64_C(50000000)
#define WINDOW_MAX_NS	INT64_C(1000000000)
#define PATIENCE_MAX_NS INT64_C(3600000000000)

enum {
	OPT_WAIT = 256,
	OPT_TICK,
	OPT_PASSES,
	OPT_PATIENCE,
	OPT_WINDOW,
	OPT_RECORD,
	OPT_JSON,
	OPT_HELP,
	OPT_WORKLOAD
};

static const struct option common[] = {
	{ "wait", required_argument, NULL, OPT_WAIT },
	{ "tick", required_argument, NULL, OPT_TICK },
	{ "passes", required_argument, NULL, OPT_PASSES },
	{ "patience", required_argument, NULL, OPT_PATIENCE },
	{ "window", required_argument, NULL, OPT_WINDOW },
	{ "record", required_argument, NULL, OPT_RECORD },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "help", no_argument, NULL, OPT_HELP },
};

#define COMMON_COUNT (sizeof(common) / sizeof(common[0]))

/* ---- help ---- */

static void print_common_help(void)
{
	puts("  --wait A,B,...   the strategies (tick,condvar,eventfd); `--wait help` lists them\n"
	     "  --tick TIME      how long a polling strategy sleeps (10ms; tick clamps at 50ms)\n"
	     "  --passes N       how often each does it (1)\n"
	     "  --patience TIME  end a run in which nothing is delivered so long while results "
	     "are\n"
	     "                   ready: its loop hangs (5s; 0s: wait for ever)\n"
	     "  --window TIME    make the moment between the last look and the sleep last so "
	     "long:\n"
	     "                   what loses wake-ups loses them then (0s; at most 1s)\n"
	     "  --record DIR     keep the traces: DIR/A, DIR/B, ...\n"
	     "  --json           the figures as JSON\n\n"
	     "sizes: 4096, 64K, 10M; times: 10ms, 1.5s");
}

static void print_workload_help(const struct wg_workload_desc *w)
{
	static const char *const units[] = { "N", "SIZE", "TIME", "F" };
	size_t i;

	printf("usage: wakegap run %s%s [OPTION...]\n\n%s: %s. Once per wait strategy, each run\n"
	       "recorded and measured, and all compared with each other%s.\n\n",
		w->name, w->params[0].unit == WG_UNIT_FILE ? " --file F" : "", w->name, w->does,
		w->params[0].unit == WG_UNIT_FILE ? " and with a plain pread loop" : "");
	for (i = 0; i < w->param_count; i++) {
		const struct wg_param *p = &w->params[i];
		char option[40], preset[32];

		(void)snprintf(option, sizeof(option), "--%s %s", p->name, units[p->unit]);
		printf("  %-16s %s", option, p->does);
		if (p->unit != WG_UNIT_FILE)
			printf(" (%s)", wg_param_text(preset, sizeof(preset), p->unit, p->preset));
		printf("\n");
	}
	print_common_help();
}

static void print_help(const struct wg_catalogue *catalogue)
{
	size_t i;

	puts("usage: wakegap run WORKLOAD [OPTION...]\n\n"
	     "Runs a workload on an event loop, once per wait strategy, each run recorded and\n"
	     "measured, and compares them.\n");
	for (i = 0; i < catalogue->count; i++)
		printf("  %-16s %s\n", catalogue->v[i].name, catalogue->v[i].does);
	puts("\n`wakegap run WORKLOAD --help` tells the options of each. All take:\n");
	print_common_help();
}

static void list_waits(const struct wg_wait_names *names)
{
	size_t i;

	for (i = 0; i < names->count; i++)
		printf("  %-10s %-6s  %s\n", names->v[i].name,
			names->v[i].polls ? "polls" : "blocks", names->v[i].does);
}

/* ---- single options ---- */

static int no_such_wait(const struct wg_run_cmd *c, const char *name)
{
	char all[512] = "";
	size_t i, len = 0;

	for (i = 0; i < c->names.count && len < sizeof(all); i++)
		len += (size_t)snprintf(
			all + len, sizeof(all) - len, "%s%s", i ? ", " : "", c->names.v[i].name);
	return wg_say_usage("wakegap run", "no wait strategy '%s'; there are %s", name, all);
}

/* Cut --wait into rows. 0 or an exit status. */
static int parse_waits(struct wg_run_cmd *c)
{
	char *rest = c->wait_list;
	char *name;

	while ((name = strsep(&rest, ","))) {
		struct wg_run_row *grown;
		size_t i;

		if (!wg_wait_names_find(&c->names, name)) {
			return no_such_wait(c, name);
		}
		for (i = 0; i < c->run.row_count; i++) {
			if (strcmp(c->run.rows[i].wait, name) == 0)
				return wg_say_usage("wakegap run", "--wait names '%s' twice", name);
		}
		grown = reallocarray(c->run.rows, c->run.row_count + 1, sizeof(*grown));
		if (!grown) {
			wg_say("out of memory");
			return WG_EXIT_FAILED;
		}
		c->run.rows = grown;
		memset(&grown[c->run.row_count], 0, sizeof(*grown));
		grown[c->run.row_count++].wait = name;
	}
	return 0;
}

static int set_passes(struct wg_run_cmd *c, const char *arg)
{
	static const struct wg_param passes = { .min = 1, .max = PASSES_MAX };
	uint64_t n;

	if (wg_param_parse(&passes, arg, &n) < 0)
		return wg_say_usage("wakegap run", "--passes takes a number from 1 to %d, not '%s'",
			PASSES_MAX, arg);
	c->run.passes = (unsigned)n;
	return 0;
}

static int set_tick(struct wg_run_cmd *c, const char *arg)
{
	if (wg_parse_time(arg, &c->tick_ns) < 0 || c->tick_ns < 1)
		return wg_say_usage(
			"wakegap run", "--tick takes a time such as 10ms, not '%s'", arg);
	if (c->tick_ns > TICK_CLAMP_NS)
		wg_say("--tick %s is clamped to 50ms, as in the runtime that tick models", arg);
	return 0;
}

static int set_time(const char *option, const char *arg, int64_t max_ns, int64_t *ret_ns)
{
	int64_t ns;

	if (wg_parse_time(arg, &ns) < 0 || ns < 0 || ns > max_ns)
		return wg_say_usage("wakegap run",
			"--%s takes a time such as 1ms, at most %s, not '%s'", option,
			max_ns == WINDOW_MAX_NS ? "1s" : "1h", arg);
	*ret_ns = ns;
	return 0;
}

/* 0, or an exit status after one line. */
static int set_common(struct wg_run_cmd *c, int opt, char *arg)
{
	switch (opt) {
	case OPT_WAIT:
		free(c->wait_list);
		c->wait_list = strdup(arg);
		return c->wait_list ? 0 : WG_EXIT_FAILED;
	case OPT_TICK: return set_tick(c, arg);
	case OPT_PASSES: return set_passes(c, arg);
	case OPT_PATIENCE: return set_time("patience", arg, PATIENCE_MAX_NS, &c->patience_ns);
	case OPT_WINDOW: return set_time("window", arg, WINDOW_MAX_NS, &c->window_ns);
	case OPT_RECORD:
		c->run.record_dir = arg;
		return *arg ? 0 : wg_say_usage("wakegap run", "the name of the folder is empty");
	case OPT_JSON: c->json = true; return 0;
	case OPT_HELP: c->wants_help = true; return 0;
	default: return WG_EXIT_FAILED; /* the table names no other */
	}
}

/* Set one of the workload's own. 0, or an exit status after one line. */
static int set_param(struct wg_run_cmd *c, const char *name, const char *value)
{
	static const char *const nouns[] = { "number", "size", "time", "file" };
	const struct wg_workload_desc *w = c->run.workload;
	char min[32], max[32];
	size_t i;

	for (i = 0; i < w->param_count; i++) {
		const struct wg_param *p = &w->params[i];

		if (strcmp(p->name, name) != 0)
			continue;
		if (p->unit == WG_UNIT_FILE)
			c->run.file = value;
		if (wg_param_parse(p, value, &c->run.values[i]) == 0)
			return 0;
		return wg_say_usage("wakegap run", "--%s takes a %s from %s to %s, not '%s'", name,
			nouns[p->unit], wg_param_text(min, sizeof(min), p->unit, p->min),
			wg_param_text(max, sizeof(max), p->unit, p->max), value);
	}
	return wg_say_usage("wakegap run", "%s has no option --%s", w->name, name);
}

/* ---- all of them ---- */

/* Every option of every workload, each name once; the caller's to free. NULL: out of memory. */
static struct option *make_options(const struct wg_catalogue *catalogue)
{
	size_t room = COMMON_COUNT + catalogue->count * WG_PARAMS_MAX + 1;
	struct option *options = calloc(room, sizeof(*options));
	size_t i, p, o, count = COMMON_COUNT;

	if (!options)
		return NULL;
	memcpy(options, common, sizeof(common));
	for (i = 0; i < catalogue->count; i++) {
		for (p = 0; p < catalogue->v[i].param_count; p++) {
			const char *name = catalogue->v[i].params[p].name;

			for (o = 0; o < count && strcmp(options[o].name, name) != 0; o++)
				;
			if (o == count)
				options[count++] = (struct option){ name, required_argument, NULL,
					OPT_WORKLOAD };
		}
	}
	return options;
}

/* Take argv apart; the workload's own options are kept for later. 0 or an exit status. */
static int scan(struct wg_run_cmd *c, int argc, char **argv)
{
	struct option *options = make_options(&c->catalogue);
	int opt, which = 0, rc = options ? 0 : WG_EXIT_FAILED;

	if (!options)
		wg_say("out of memory");
	optind = 0;
	opterr = 0;
	while (rc == 0 && (opt = getopt_long(argc, argv, ":h", options, &which)) != -1) {
		if (opt == '?' || opt == ':') {
			rc = wg_say_bad_option("wakegap run", opt, argv);
		} else if (opt == 'h') {
			c->wants_help = true;
		} else if (opt != OPT_WORKLOAD) {
			rc = set_common(c, opt, optarg);
		} else if (c->given_count == WG_RUN_GIVEN_MAX) {
			rc = wg_say_usage("wakegap run", "more options than there are");
		} else {
			c->given[c->given_count].name = options[which].name;
			c->given[c->given_count++].value = optarg;
		}
	}
	free(options);
	return rc;
}

/* "which workload? there are: read, sleep, ..." */
static int say_workloads(const struct wg_run_cmd *c, const char *wrong)
{
	char names[256] = "";
	size_t i, len = 0;

	for (i = 0; i < c->catalogue.count && len < sizeof(names); i++)
		len += (size_t)snprintf(names + len, sizeof(names) - len, "%s%s", i ? ", " : "",
			c->catalogue.v[i].name);
	if (wrong)
		return wg_say_usage("wakegap run", "no workload '%s'; there are: %s", wrong, names);
	return wg_say_usage("wakegap run", "which workload? there are: %s", names);
}

/* Refuse early what every run would stumble over, before anything is recorded. */
static int check_file(const char *file)
{
	struct stat st;
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int failed = fd < 0 || fstat(fd, &st) < 0 ? errno : 0;

	if (fd >= 0)
		(void)close(fd);
	if (failed)
		wg_say("cannot read '%s': %s", file, strerror(failed));
	else if (S_ISDIR(st.st_mode))
		wg_say("'%s' is a folder: --file takes a file", file);
	else if (!S_ISREG(st.st_mode))
		wg_say("'%s' is not a regular file", file);
	else if (st.st_size == 0)
		wg_say("'%s' is empty: nothing to read", file);
	else
		return 0;
	return WG_EXIT_FAILED;
}

/* Traces go to empty folders; find out before the first run, not after it. */
static int check_record_dirs(const struct wg_run_cmd *c)
{
	char dir[4096];
	size_t i;

	for (i = 0; i < c->run.row_count; i++) {
		(void)snprintf(dir, sizeof(dir), "%s/%s", c->run.record_dir, c->run.rows[i].wait);
		if (rmdir(dir) < 0 && errno != ENOENT) {
			wg_say("'%s' is not an empty folder: choose another, or remove it", dir);
			return WG_EXIT_FAILED;
		}
	}
	return 0;
}

/* The workload is known: its own options, presets first. 0 or an exit status. */
static int set_params(struct wg_run_cmd *c)
{
	const struct wg_workload_desc *w = c->run.workload;
	bool has_file = false;
	size_t i;
	int rc = 0;

	for (i = 0; i < w->param_count; i++) {
		c->run.values[i] = w->params[i].preset;
		has_file = has_file || w->params[i].unit == WG_UNIT_FILE;
	}
	for (i = 0; i < c->given_count && rc == 0; i++)
		rc = set_param(c, c->given[i].name, c->given[i].value);
	if (rc == 0 && has_file && !c->run.file)
		rc = wg_say_usage("wakegap run", "%s needs --file", w->name);
	/* A file can be read without a loop; of the others the loop is the whole. */
	c->run.has_floor = has_file;
	return rc;
}

int wg_run_parse(struct wg_run_cmd *c, int argc, char **argv)
{
	int rc = scan(c, argc, argv);

	if (rc)
		return rc;
	if (c->wait_list && strcmp(c->wait_list, "help") == 0) {
		list_waits(&c->names);
		return wg_say_flushed(WG_EXIT_OK);
	}
	if (optind < argc) {
		c->run.workload = wg_catalogue_find(&c->catalogue, argv[optind]);
		if (!c->run.workload)
			return say_workloads(c, argv[optind]);
	}
	if (c->wants_help) {
		if (c->run.workload)
			print_workload_help(c->run.workload);
		else
			print_help(&c->catalogue);
		return wg_say_flushed(WG_EXIT_OK);
	}
	if (!c->run.workload)
		return say_workloads(c, NULL);
	if (optind + 1 < argc)
		return wg_say_usage(
			"wakegap run", "'%s' is one argument too many", argv[optind + 1]);
	rc = set_params(c);
	if (rc == 0)
		rc = parse_waits(c);
	if (rc == 0 && c->run.file)
		rc = check_file(c->run.file);
	if (rc == 0 && c->run.record_dir)
		rc = check_record_dirs(c);
	return rc ? rc : -1;
}
