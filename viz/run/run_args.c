/*
 * run_args.c: see run_args.h. The options of a workload are made from the catalogue.
 */
#include "viz/run/run_args.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/base/near.h"
#include "traces/base/options.h"
#include "traces/base/units.h"
#include "viz/run/node.h"

#define PASSES_MAX	1000
#define TICK_CLAMP_NS	INT64_C(50000000)
#define WINDOW_MAX_NS	INT64_C(1000000000)
#define PATIENCE_MAX_NS INT64_C(3600000000000)

static void list_waits(const struct wg_catalogue *c)
{
	size_t i;

	for (i = 0; i < c->wait_count; i++)
		printf("  %-10s %-6s  %s\n", c->waits[i].name,
			c->waits[i].polls ? "polls" : "blocks", c->waits[i].does);
}

/* ---- the table ---- */

enum {
	KEY_WAIT = 0x1000,
	KEY_TICK,
	KEY_PASSES,
	KEY_PATIENCE,
	KEY_WINDOW,
	KEY_RECORD,
	KEY_JSON,
	KEY_PARAM
};

static const struct argp_option common_options[] = {
	{ "wait", KEY_WAIT, "WAIT,...", 0,
		"the strategies (tick,condvar,eventfd); `--wait help` lists them", 0 },
	{ "tick", KEY_TICK, "TIME", 0,
		"how long a polling strategy sleeps (10ms; tick clamps at 50ms)", 0 },
	{ "passes", KEY_PASSES, "N", 0, "how often each does it (1)", 0 },
	{ "patience", KEY_PATIENCE, "TIME", 0,
		"end a run that hangs: nothing is delivered so long while results are ready (5s; "
		"0s: wait for ever)",
		0 },
	{ "window", KEY_WINDOW, "TIME", 0,
		"make the moment between the last look and the sleep last so long: a strategy that "
		"loses wake-ups loses them then (0s; at most 1s)",
		0 },
	{ "record", KEY_RECORD, "DIR", 0, "keep the traces: DIR/A, DIR/B, ...", 0 },
	{ "json", KEY_JSON, NULL, 0, "the figures as JSON", 0 },
	{ 0 },
};

/* 0, or what a parser returns after it said what is wrong. */
static error_t take_time(const char *option, const char *arg, int64_t max_ns, int64_t *ret_ns,
	const struct argp_state *state)
{
	int64_t ns;

	if (wg_parse_time(arg, &ns) < 0 || ns > max_ns)
		return wg_option_fail(state, "--%s takes a time such as 1ms, at most %s, not '%s'",
			option, max_ns == WINDOW_MAX_NS ? "1s" : "1h", arg);
	*ret_ns = ns;
	return 0;
}

static error_t take_tick(struct wg_run_cmd *c, const char *arg, const struct argp_state *state)
{
	if (wg_parse_time(arg, &c->tick_ns) < 0 || c->tick_ns < 1)
		return wg_option_fail(state, "--tick takes a time such as 10ms, not '%s'", arg);
	if (c->tick_ns > TICK_CLAMP_NS)
		wg_say("--tick %s is clamped to 50ms, as in the runtime that tick models", arg);
	return 0;
}

static error_t take(int key, char *arg, struct argp_state *state)
{
	struct wg_run_cmd *c = state->input;
	uint64_t n;
	size_t i;

	switch (key) {
	case ARGP_KEY_INIT:
		for (i = 0; state->child_inputs && i < c->catalogue->count + 2; i++)
			state->child_inputs[i] = c;
		return 0;
	case KEY_WAIT:
		free(c->wait_list);
		c->wait_list = strdup(arg);
		return c->wait_list ? 0 : ENOMEM;
	case KEY_TICK: return take_tick(c, arg, state);
	case KEY_PASSES:
		if (wg_parse_number(arg, 1, PASSES_MAX, &n) < 0)
			return wg_option_fail(state,
				"--passes takes a number from 1 to %d, not '%s'", PASSES_MAX, arg);
		c->run.passes = (unsigned)n;
		return 0;
	case KEY_PATIENCE:
		return take_time("patience", arg, PATIENCE_MAX_NS, &c->patience_ns, state);
	case KEY_WINDOW: return take_time("window", arg, WINDOW_MAX_NS, &c->window_ns, state);
	case KEY_RECORD:
		c->run.record_dir = wg_option_folder(arg);
		return *arg ? 0 : wg_option_fail(state, "the name of the folder is empty");
	case KEY_JSON: c->json = true; return 0;
	case ARGP_KEY_ARG:
		if (c->workload_name && access(arg, F_OK) == 0)
			return wg_option_fail(state,
				"'%s' is one argument too many: a file has --file before it", arg);
		if (c->workload_name)
			return ARGP_ERR_UNKNOWN;
		c->workload_name = arg;
		return 0;
	default:
		i = (size_t)(key - KEY_PARAM); /* huge below it */
		if (i >= c->catalogue->count * WG_PARAMS_MAX || c->given_count == WG_RUN_GIVEN_MAX)
			return ARGP_ERR_UNKNOWN;
		c->given[c->given_count].name =
			c->catalogue->v[i / WG_PARAMS_MAX].params[i % WG_PARAMS_MAX].name;
		c->given[c->given_count++].value = arg;
		return 0;
	}
}

/* The options of the i-th workload. */
static struct argp params_table(const struct wg_catalogue *catalogue, size_t i)
{
	static const char *const units[] = { "N", "SIZE", "TIME", "FILE" };
	static struct argp_option rows[WG_WORKLOADS_MAX][WG_PARAMS_MAX + 1];
	static char docs[WG_WORKLOADS_MAX][WG_PARAMS_MAX][128];
	const struct wg_workload_desc *w = &catalogue->v[i];
	size_t k;

	for (k = 0; k < w->param_count; k++) {
		const struct wg_run_param *p = &w->params[k];
		char preset[32];

		(void)snprintf(docs[i][k], sizeof(docs[i][k]),
			p->unit == WG_UNIT_FILE ? "%s" : "%s (%s)", p->does,
			wg_param_text(preset, sizeof(preset), p->unit, p->preset));
		rows[i][k] =
			(struct argp_option){ p->name, KEY_PARAM + (int)(i * WG_PARAMS_MAX + k),
				units[p->unit], 0, docs[i][k], 0 };
	}
	return (struct argp){ .options = rows[i], .parser = take };
}

/* What all take. */
static const struct argp common = { .options = common_options, .parser = take };

static const char doc[] =
	"Runs a workload on an event loop with each wait strategy, and compares them with each "
	"other, and with a plain pread loop if there is a --file. Each runs twice: one run is "
	"recorded and gives wakes and gaps; the other is not, and gives the times.\v"
	"With `read`, the strategy 'node' is a stream of Node.js instead: it shows what it hands "
	"in "
	"and delivers, and no waits.\n\n"
	"Sizes: 4096, 64K, 10M; times: 10ms, 1.5s. `wakegap run WORKLOAD --help` has the "
	"options of a workload.\n\n"
	"Exit status: 0 done; 1 a run failed or hung; 2 usage; 77 no strategy is available";

const struct argp *wg_run_table(
	const struct wg_catalogue *catalogue, bool is_brief, const struct wg_workload_desc *only)
{
	static struct argp_option rows[WG_WORKLOADS_MAX + 1];
	static struct argp tables[WG_WORKLOADS_MAX], top;
	static const struct argp listed = { .options = rows };
	static struct argp_child children[WG_WORKLOADS_MAX + 3];
	static char takes[64], title[192];
	size_t i, n = 0;

	memset(children, 0, sizeof(children));
	(void)snprintf(takes, sizeof(takes), "%s", only ? only->name : "WORKLOAD");
	(void)snprintf(title, sizeof(title), "%s: %s", takes, only ? only->does : "");
	for (i = 0; i < catalogue->count; i++) {
		const struct wg_workload_desc *w = &catalogue->v[i];

		rows[i] = (struct argp_option){ w->name, 0, NULL, OPTION_DOC | OPTION_NO_USAGE,
			w->does, 0 };
		tables[i] = params_table(catalogue, i);
		if (!only && !is_brief) {
			n++;
			children[n] = (struct argp_child){ &tables[i], 0, w->name, (int)n };
		}
	}
	children[0] = only ? (struct argp_child){ &tables[only - catalogue->v], 0, title, 1 }
			   : (struct argp_child){ &listed, 0, "Workloads:", 1 };
	children[n + 1] = (struct argp_child){ &common, 0, "All workloads:", (int)n + 2 };
	children[n + 2] = (struct argp_child){ 0 };
	top = (struct argp){ NULL, take, takes, doc, children, NULL, NULL };
	return &top;
}

/* ---- what was taken, put together ---- */

const char *wg_run_words(const struct wg_catalogue *catalogue, const char *metavar)
{
	static char text[1024];
	bool is_wait = strcmp(metavar, "WAIT") == 0;
	size_t i, used = 0, count = is_wait ? catalogue->wait_count : catalogue->count;

	if (!is_wait && strcmp(metavar, "WORKLOAD") != 0)
		return NULL;
	for (i = 0; i < count && used < sizeof(text); i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s", i ? ", " : "",
			is_wait ? catalogue->waits[i].name : catalogue->v[i].name);
	return text;
}

/* Cut --wait into rows. 0 or an exit status. */
static int parse_waits(struct wg_run_cmd *c)
{
	char *rest = c->wait_list;
	char *name, hint[300];

	while ((name = strsep(&rest, ","))) {
		struct wg_run_row *grown;
		size_t i;

		if (!wg_catalogue_has_wait(c->catalogue, name))
			return wg_say_usage("wakegap run", "no wait strategy '%s'%s", name,
				wg_near_hint(hint, sizeof(hint), name,
					wg_run_words(c->catalogue, "WAIT")));
		if (strcmp(name, WG_NODE) == 0 && !c->run.file)
			return wg_say_usage("wakegap run", "node can do one workload only: read");
		for (i = 0; i < c->run.row_count; i++) {
			if (strcmp(c->run.rows[i].wait, name) == 0)
				return wg_say_usage("wakegap run", "--wait names '%s' twice", name);
		}
		grown = reallocarray(c->run.rows, c->run.row_count + 1, sizeof(*grown));
		if (!grown)
			return wg_say("out of memory");
		c->run.rows = grown;
		memset(&grown[c->run.row_count], 0, sizeof(*grown));
		grown[c->run.row_count++].wait = name;
	}
	return 0;
}

/* Set one of the workload's own. 0, or an exit status after one line. */
static int set_param(struct wg_run_cmd *c, const char *name, const char *value)
{
	static const char *const nouns[] = { "number", "size", "time", "file" };
	const struct wg_workload_desc *w = c->run.workload;
	char min[32], max[32];
	size_t i;

	for (i = 0; i < w->param_count; i++) {
		const struct wg_run_param *p = &w->params[i];

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

/* Find what would make every run fail, before anything is recorded. */
static int check_file(const char *file)
{
	struct stat st = { .st_mode = 0 };
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int failed = fd < 0 || fstat(fd, &st) < 0 ? errno : 0;

	if (fd >= 0)
		(void)close(fd);
	if (failed)
		wg_say("cannot read '%s': %s%s", file, strerror(failed),
			failed == ENOENT ? ": `head -c 10M /dev/urandom >FILE` makes a file" : "");
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
		if (rmdir(dir) < 0 && errno != ENOENT)
			return wg_say(
				"'%s' is not an empty folder: choose another, or remove it", dir);
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
		rc = wg_say_usage("wakegap run",
			"%s needs --file FILE, any of some MB: `head -c 10M /dev/urandom >FILE` "
			"makes one",
			w->name);
	/* Only the workload of a file can be done without a loop. */
	c->run.has_floor = has_file;
	return rc;
}

int wg_run_parse(struct wg_run_cmd *c, const struct wg_cmd *self, int argc, char **argv)
{
	char hint[200];
	const char *workloads = wg_run_words(c->catalogue, "WORKLOAD");
	int rc = wg_options_parse(self, argc, argv, 0, c);

	if (rc >= 0)
		return rc;
	if (c->wait_list && strcmp(c->wait_list, "help") == 0) {
		list_waits(c->catalogue);
		return wg_say_flushed(WG_EXIT_OK);
	}
	if (c->workload_name) {
		c->run.workload = wg_catalogue_find(c->catalogue, c->workload_name);
		if (!c->run.workload)
			return wg_say_usage("wakegap run", "no workload '%s'%s", c->workload_name,
				wg_near_hint(hint, sizeof(hint), c->workload_name, workloads));
	}
	if (c->wants_help)
		return wg_options_help(self, wg_run_table(c->catalogue, true, c->run.workload));
	if (!c->run.workload)
		return wg_say_usage("wakegap run", "which workload? there are: %s", workloads);
	rc = set_params(c);
	if (rc == 0)
		rc = parse_waits(c);
	if (rc == 0 && c->run.file)
		rc = check_file(c->run.file);
	if (rc == 0 && c->run.record_dir)
		rc = check_record_dirs(c);
	return rc ? rc : -1;
}
