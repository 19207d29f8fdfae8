/*
 * cmd_run.c: `wakegap run`: a workload once per wait strategy, recorded, measured, side by side.
 *
 * It is `record` and `stats` in one: start a child, record it, read its trace. The strategies run
 * one after another, so that they do not disturb each other; before them the floor, a plain pread
 * loop.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
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
#include "traces/units.h"

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
	bool untraced;	   /* no LTTng here, and no --record asked for */
	char temp_dir[64]; /* for traces that are not kept; "" if none */
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

static void list_waits(const struct wg_wait_names *names, FILE *to)
{
	size_t i;

	for (i = 0; i < names->count; i++)
		(void)fprintf(to, "  %-9s %-6s  %s\n", names->v[i].name,
			names->v[i].polls ? "polls" : "blocks", names->v[i].does);
}

/* ---- arguments ---- */

/* Cut --wait into rows. 0 or an exit status. */
static int parse_waits(struct run_cmd *c)
{
	char *rest = c->wait_list;
	char *name;

	while ((name = strsep(&rest, ","))) {
		struct wg_run_row *grown;
		size_t i;

		if (!wg_wait_names_find(&c->names, name)) {
			(void)wg_say_usage("run", "no wait strategy '%s'; there are:", name);
			list_waits(&c->names, stderr);
			return WG_EXIT_USAGE;
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
	case OPT_RECORD: c->run.record_dir = arg; return 0;
	case OPT_JSON: c->json = true; return 0;
	default: return wg_say_usage("run", "that option is not known or lacks its value");
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

	opterr = 0;
	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt == OPT_HELP) {
			print_help();
			return wg_say_flushed(WG_EXIT_OK);
		}
		if (opt == '?')
			return wg_say_usage("run", "option '%s' is not known or lacks its value",
				argv[optind - 1]);
		rc = set_option(c, opt, optarg);
		if (rc)
			return rc;
	}
	if (c->wait_list && strcmp(c->wait_list, "help") == 0) {
		list_waits(&c->names, stdout);
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

/* Run it under the recorder. 0, or an exit status; WG_EXIT_SKIPPED: no LTTng, run it without. */
static int run_recorded(struct run_cmd *c, struct wg_run_row *row, char *const *argv, int out_fd)
{
	struct wg_record_result result = { 0 };
	struct wg_error err = { 0 };
	char dir[4096];
	int rc;

	(void)snprintf(dir, sizeof(dir), "%s/%s",
		c->run.record_dir ? c->run.record_dir : c->temp_dir, row->wait);
	rc = wg_record(
		&(struct wg_record_options){
			.dir = dir, .argv = argv, .only_command = true, .stdout_fd = out_fd },
		&result, &err);
	if (rc == -ENOSYS && !c->run.record_dir) {
		wg_say("not traced, so there are times only: %s", err.text);
		return WG_EXIT_SKIPPED;
	}
	if (rc < 0) {
		wg_say("%s", err.text);
		return WG_EXIT_FAILED;
	}
	if (result.interrupted_by)
		return 128 + result.interrupted_by;
	if (result.exit_code)
		return result.exit_code; /* it has said why */
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
	int rc = WG_EXIT_SKIPPED;

	if (fd < 0) {
		wg_say("cannot make a memory file: %s", strerror(errno));
		return WG_EXIT_FAILED;
	}
	(void)snprintf(chunk, sizeof(chunk), "%" PRIu64, c->run.chunk);
	(void)snprintf(tick, sizeof(tick), "%" PRId64, c->tick_ns);
	(void)snprintf(passes, sizeof(passes), "%u", c->run.passes);
	if (!is_floor && !c->untraced) {
		rc = run_recorded(c, row, argv, fd);
		c->untraced = rc == WG_EXIT_SKIPPED;
	}
	if (rc == WG_EXIT_SKIPPED)
		rc = wg_workload_run(argv, fd, &err);
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

/* ---- traces that are not kept ---- */

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static int make_temp_dir(struct run_cmd *c)
{
	const char *base = getenv("TMPDIR");

	if (!base || strlen(base) > 40)
		base = "/tmp";
	(void)snprintf(c->temp_dir, sizeof(c->temp_dir), "%s/wakegap-XXXXXX", base);
	if (mkdtemp(c->temp_dir))
		return 0;
	wg_say("cannot make a folder in %s: %s", base, strerror(errno));
	c->temp_dir[0] = '\0';
	return WG_EXIT_FAILED;
}

static void clean_up(struct run_cmd *c)
{
	size_t i;

	if (c->temp_dir[0])
		(void)nftw(c->temp_dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
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
	rc = c.run.record_dir ? 0 : make_temp_dir(&c);
	if (rc == 0)
		rc = run_all(&c);
	if (rc == 0)
		rc = report(&c);
out:
	clean_up(&c);
	return rc;
}
