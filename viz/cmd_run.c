/*
 * cmd_run.c: `wakegap run`: a workload once per wait strategy, recorded, measured, side by side.
 *
 * It is `record` and `stats` in one: start a child, record it, read its trace. The strategies run
 * one after another, so that they do not disturb each other; before them the floor, a plain pread
 * loop.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/read.h"
#include "traces/record.h"
#include "viz/cmd.h"
#include "viz/run.h"
#include "viz/say.h"
#include "viz/units.h"

#define PASSES_MAX    1000
#define CHUNK_MAX     (UINT64_C(1) << 30)
#define TICK_CLAMP_NS INT64_C(50000000)

struct run_cmd {
	struct wg_run run;
	char program[4096]; /* wakegap-workload */
	struct wg_wait_names names;
	char *wait_list; /* the argument of --wait, cut into names; owned */
	int64_t tick_ns;
	bool json;
	struct wg_record_hold *hold; /* NULL: no LTTng here, and no --record asked for */
};

static void print_help(void)
{
	puts("usage: wakegap run read --file F [OPTION...]\n\n"
	     "Reads F from start to end through an event loop, once per wait strategy, each run\n"
	     "recorded and measured, and compares them with each other and with a plain pread "
	     "loop.\n\n"
	     "  --file F        the file to read\n"
	     "  --wait A,B,...  the strategies (tick,condvar,eventfd); `--wait help` lists them\n"
	     "  --chunk SIZE    bytes a read (64K)\n"
	     "  --tick TIME     how long a polling strategy sleeps (10ms; tick clamps at 50ms)\n"
	     "  --passes N      how often each reads the file (1)\n"
	     "  --record DIR    keep the traces: DIR/A, DIR/B, ...\n"
	     "  --json          the figures as JSON\n\n"
	     "sizes: 4096, 64K, 10M; times: 10ms, 1.5s");
}

static void list_waits(const struct wg_wait_names *names)
{
	size_t i;

	for (i = 0; i < names->count; i++)
		printf("  %-9s %-6s  %s\n", names->v[i].name,
			names->v[i].polls ? "polls" : "blocks", names->v[i].does);
}

/* ---- arguments ---- */

static int no_such_wait(const struct run_cmd *c, const char *name)
{
	char all[512] = "";
	size_t i, len = 0;

	for (i = 0; i < c->names.count && len < sizeof(all); i++)
		len += (size_t)snprintf(
			all + len, sizeof(all) - len, "%s%s", i ? ", " : "", c->names.v[i].name);
	return wg_say_usage("run", "no wait strategy '%s'; there are %s", name, all);
}

/* Cut --wait into rows. 0 or an exit status. */
static int parse_waits(struct run_cmd *c)
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
				return wg_say_usage("run", "--wait names '%s' twice", name);
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

enum { OPT_FILE = 256, OPT_WAIT, OPT_CHUNK, OPT_TICK, OPT_PASSES, OPT_RECORD, OPT_JSON, OPT_HELP };

static const struct option options[] = {
	{ "file", required_argument, NULL, OPT_FILE },
	{ "wait", required_argument, NULL, OPT_WAIT },
	{ "chunk", required_argument, NULL, OPT_CHUNK },
	{ "tick", required_argument, NULL, OPT_TICK },
	{ "passes", required_argument, NULL, OPT_PASSES },
	{ "record", required_argument, NULL, OPT_RECORD },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

static int set_passes(struct run_cmd *c, const char *arg)
{
	char *end;
	long n = strtol(arg, &end, 10);

	if (end == arg || *end || n < 1 || n > PASSES_MAX)
		return wg_say_usage(
			"run", "--passes takes a number from 1 to %d, not '%s'", PASSES_MAX, arg);
	c->run.passes = (unsigned)n;
	return 0;
}

/* 0, or an exit status after one line. */
static int set_option(struct run_cmd *c, int opt, char *arg)
{
	switch (opt) {
	case OPT_FILE: c->run.file = arg; return 0;
	case OPT_WAIT:
		free(c->wait_list);
		c->wait_list = strdup(arg);
		return c->wait_list ? 0 : WG_EXIT_FAILED;
	case OPT_CHUNK:
		if (wg_parse_size(arg, &c->run.chunk) < 0 || c->run.chunk == 0 ||
			c->run.chunk > CHUNK_MAX)
			return wg_say_usage("run",
				"--chunk takes a size from 1 to 1G, such as 64K, not '%s'", arg);
		return 0;
	case OPT_TICK:
		if (wg_parse_time(arg, &c->tick_ns) < 0 || c->tick_ns < 1)
			return wg_say_usage(
				"run", "--tick takes a time such as 10ms, not '%s'", arg);
		if (c->tick_ns > TICK_CLAMP_NS)
			wg_say("--tick %s is clamped to 50ms, as in the runtime that tick models",
				arg);
		return 0;
	case OPT_PASSES: return set_passes(c, arg);
	case OPT_RECORD:
		c->run.record_dir = arg;
		return *arg ? 0 : wg_say_usage("run", "the name of the folder is empty");
	case OPT_JSON: c->json = true; return 0;
	default: return wg_say_usage("run", "that option is not known");
	}
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
static int check_record_dirs(const struct run_cmd *c)
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

/* -1: go on; else the exit status. */
static int parse_arguments(struct run_cmd *c, int argc, char **argv)
{
	int opt, rc;

	optind = 0;
	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
		if (opt == OPT_HELP || opt == 'h') {
			print_help();
			return wg_say_flushed(WG_EXIT_OK);
		}
		if (opt == '?' || opt == ':')
			return wg_say_bad_option("run", opt, argv);
		rc = set_option(c, opt, optarg);
		if (rc)
			return rc;
	}
	if (c->wait_list && strcmp(c->wait_list, "help") == 0) {
		list_waits(&c->names);
		return wg_say_flushed(WG_EXIT_OK);
	}
	if (optind == argc)
		return wg_say_usage("run", "which workload? there is: read");
	if (strcmp(argv[optind], "read") != 0)
		return wg_say_usage("run", "no workload '%s'; there is: read", argv[optind]);
	if (optind + 1 < argc)
		return wg_say_usage("run", "'%s' is one argument too many", argv[optind + 1]);
	c->run.workload = "read";
	if (!c->run.file)
		return wg_say_usage("run", "read needs --file");
	rc = parse_waits(c);
	if (rc == 0)
		rc = check_file(c->run.file);
	if (rc == 0 && c->run.record_dir)
		rc = check_record_dirs(c);
	return rc ? rc : -1;
}

/* ---- running ---- */

/* The figures of the trace in dir, or NULL after one line. */
static struct wg_measure *measure_trace(const char *dir)
{
	struct wg_measure *m = NULL;
	struct wg_reader *r = NULL;
	struct wg_error err = { 0 };
	struct wg_event ev;
	int rc = wg_reader_open(dir, &r, &err);

	if (rc == 0)
		rc = wg_measure_create(NULL, &m);
	while (rc == 0 && (rc = wg_reader_next(r, &ev, &err)) > 0)
		rc = wg_measure_feed(m, &ev);
	if (rc == 0) {
		wg_measure_finish(m);
	} else {
		wg_say("%s", *err.text ? err.text : strerror(-rc));
		wg_measure_destroy(m);
		m = NULL;
	}
	wg_reader_close(r);
	return m;
}

/* The exit status of a workload. One that fails has said why, unless it was killed. */
static int check_end(int status)
{
	if (status > 128)
		wg_say("the workload was ended by signal %d: %s", status - 128,
			strsignal(status - 128));
	return status;
}

/* Run it under the recorder. 0, or an exit status. */
static int run_recorded(struct run_cmd *c, struct wg_run_row *row, char *const *argv, int out_fd)
{
	struct wg_record_result result = { 0 };
	struct wg_error err = { 0 };
	char dir[4096];
	int rc;

	(void)snprintf(dir, sizeof(dir), "%s/%s",
		c->run.record_dir ? c->run.record_dir : wg_record_hold_folder(c->hold), row->wait);
	rc = wg_record(&(struct wg_record_options){ .dir = dir,
			       .argv = argv,
			       .only_command = true,
			       .dies_with_us = true,
			       .stdout_fd = out_fd },
		&result, &err);
	if (rc < 0) {
		wg_say("%s", err.text);
		return WG_EXIT_FAILED;
	}
	if (result.interrupted_by)
		return 128 + result.interrupted_by;
	if (result.exit_code)
		return check_end(result.exit_code);
	row->measure = measure_trace(dir);
	return row->measure ? 0 : WG_EXIT_FAILED;
}

static int run_row(struct run_cmd *c, struct wg_run_row *row, bool is_floor)
{
	char chunk[32], tick[32], passes[32];
	char *argv[] = { c->program, (char *)(uintptr_t)c->run.workload,
		(char *)(uintptr_t) "--file", (char *)(uintptr_t)c->run.file,
		(char *)(uintptr_t) "--wait", (char *)(uintptr_t)row->wait,
		(char *)(uintptr_t) "--chunk", chunk, (char *)(uintptr_t) "--tick-ns", tick,
		(char *)(uintptr_t) "--passes", passes, NULL };
	int fd = memfd_create("answer", MFD_CLOEXEC);
	struct wg_error err = { 0 };
	int rc;

	if (fd < 0) {
		wg_say("cannot make a memory file: %s", strerror(errno));
		return WG_EXIT_FAILED;
	}
	(void)snprintf(chunk, sizeof(chunk), "%" PRIu64, c->run.chunk);
	(void)snprintf(tick, sizeof(tick), "%" PRId64, c->tick_ns);
	(void)snprintf(passes, sizeof(passes), "%u", c->run.passes);
	if (!is_floor && c->hold)
		rc = run_recorded(c, row, argv, fd);
	else
		rc = check_end(wg_workload_run(argv, fd, &err));
	if (rc == 0)
		rc = wg_workload_answer(fd, &row->answer, &err);
	if (rc < 0) {
		wg_say("%s", err.text);
		rc = WG_EXIT_FAILED;
	}
	(void)close(fd);
	return rc;
}

static void show_progress(const struct run_cmd *c, const char *wait)
{
	if (isatty(STDERR_FILENO))
		(void)fprintf(
			stderr, "\r\033[K%s%s", wait ? "wakegap: running " : "", wait ? wait : "");
	(void)c;
}

static int run_all(struct run_cmd *c)
{
	size_t i;
	int rc;

	c->run.floor.wait = "pread";
	/* Twice: the first brings the file into the page cache, for all alike. */
	rc = run_row(c, &c->run.floor, true);
	if (rc == 0)
		rc = run_row(c, &c->run.floor, true);
	for (i = 0; i < c->run.row_count && rc == 0; i++) {
		show_progress(c, c->run.rows[i].wait);
		rc = run_row(c, &c->run.rows[i], false);
		show_progress(c, NULL);
	}
	return rc;
}

static int report(struct run_cmd *c)
{
	if (c->json) {
		if (wg_run_print_json(&c->run) < 0) {
			wg_say("out of memory");
			return WG_EXIT_FAILED;
		}
	} else {
		wg_run_print_table(&c->run);
	}
	if (!wg_run_agrees(&c->run)) {
		wg_say("the strategies did not deliver the same bytes");
		return wg_say_flushed(WG_EXIT_FAILED);
	}
	return wg_say_flushed(WG_EXIT_OK);
}

/* ---- the tracer ---- */

/* One session daemon for all runs; without one, times are better than nothing. */
static int hold_daemon(struct run_cmd *c)
{
	struct wg_error err = { 0 };

	if (wg_record_hold(!c->run.record_dir, &c->hold, &err) == 0)
		return 0;
	if (c->run.record_dir) {
		wg_say("%s", err.text);
		return WG_EXIT_FAILED;
	}
	wg_say("not traced, so there are times only: %s", err.text);
	return 0;
}

static void clean_up(struct run_cmd *c)
{
	size_t i;

	wg_record_release(c->hold);
	for (i = 0; i < c->run.row_count; i++)
		wg_measure_destroy(c->run.rows[i].measure);
	free(c->run.rows);
	free(c->names.v);
	free(c->wait_list);
}

int cmd_run(int argc, char **argv)
{
	struct run_cmd c = { .run = { .chunk = 65536, .passes = 1 }, .tick_ns = 10000000 };
	struct wg_error err = { 0 };
	int rc = wg_workload_find(c.program, sizeof(c.program), &err);

	if (rc == 0)
		rc = wg_workload_waits(c.program, &c.names, &err);
	c.wait_list = strdup("tick,condvar,eventfd");
	if (rc < 0 || !c.wait_list) {
		wg_say("%s", *err.text ? err.text : "out of memory");
		rc = WG_EXIT_FAILED;
		goto out;
	}
	rc = parse_arguments(&c, argc, argv);
	if (rc >= 0)
		goto out;
	rc = hold_daemon(&c);
	if (rc == 0)
		rc = run_all(&c);
	if (rc == 0)
		rc = report(&c);
out:
	clean_up(&c);
	return rc;
}
