/*
 * workload.c: main of wakegap-workload: the registry of workloads, and options made from their
 * tables. See workload.h.
 */
#include "core/workload/workload.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/pool.h"
#include "core/workload/recorder.h"
#include "core/wait/wait.h"

#define USAGE	   2
#define PASSES_MAX 1000000

/* In the order in which to read them. */
static const struct wg_workload_ops *const workloads[] = {
	&wg_workload_read,
	&wg_workload_sleep,
	&wg_workload_echo,
	&wg_workload_mixed,
	&wg_workload_storm,
};

#define WORKLOAD_COUNT (sizeof(workloads) / sizeof(workloads[0]))

/* What every workload takes. */
static const struct wg_param common[] = {
	{ "tick", WG_PARAM_TIME, offsetof(struct wg_workload, tick_ns), 0, 0, INT64_MAX, "" },
	{ "passes", WG_PARAM_COUNT, offsetof(struct wg_workload, passes), 1, 1, PASSES_MAX, "" },
	{ "patience", WG_PARAM_TIME, offsetof(struct wg_workload, patience_ns),
		5 * (uint64_t)WG_NS_PER_SEC, 0, INT64_MAX, "" },
	{ "window", WG_PARAM_TIME, offsetof(struct wg_workload, window_ns), 0, 0,
		(uint64_t)WG_NS_PER_SEC, "" },
	{ "check", WG_PARAM_COUNT, offsetof(struct wg_workload, check), WG_CHECK_ALL, WG_CHECK_NONE,
		WG_CHECK_ALL, "" },
	{ "workers", WG_PARAM_COUNT, offsetof(struct wg_workload, workers), 0, 0, WG_WORKERS_MAX,
		"" },
	{ "turns", WG_PARAM_COUNT, offsetof(struct wg_workload, turns), 0, 0, INT_MAX, "" },
};

#define COMMON_COUNT (sizeof(common) / sizeof(common[0]))

/* ---- lists and help ---- */

static void print_help(void)
{
	puts("wakegap-workload: the programs that `wakegap run` records\n\n"
	     "usage: wakegap-workload NAME --wait STRATEGY [--tick-ns N] [--passes N]\n"
	     "                        [--workers N] [--patience-ns N] [--window-ns N]\n"
	     "                        [--check N] [--record DIR] [--turns FD]\n"
	     "                        [--OPTION N...]\n"
	     "       wakegap-workload --waits\n"
	     "       wakegap-workload --workloads\n\n"
	     "--waits lists the strategies: name, polls or blocks, what it does.\n"
	     "--workloads lists the workloads: name and what it does, then a line for each\n"
	     "option: name, unit, default, minimum, maximum, what it does. The option for a\n"
	     "time is its name with -ns. --check says which passes hash what they deliver: 0\n"
	     "none, 1 one more that is not timed, 2 all (the default). --record writes a\n"
	     "trace to DIR, which is there and empty. --turns: FD is a socket, and passes\n"
	     "begin when a byte comes from it; every few passes one is sent. read also takes\n"
	     "--wait pread: no loop at all. The answer is one line of JSON. Exit status 77:\n"
	     "the strategy is not available on this machine; 3: it hung for --patience-ns.\n"
	     "`wakegap run` runs this program, and takes sizes and times with units.");
}

static int flushed(void)
{
	if (fflush(stdout) == 0)
		return 0;
	(void)wg_workload_fail("cannot write to standard output: %s", strerror(errno));
	return 1;
}

static int list_waits(void)
{
	const struct wg_wait_ops *ops;
	size_t i;

	for (i = 0; (ops = wg_workload_wait_at(i)); i++)
		printf("%s\t%s\t%s\n", ops->name, ops->caps & WG_CAP_POLLS ? "polls" : "blocks",
			ops->does);
	return flushed();
}

static int list_workloads(void)
{
	static const char *const units[] = { "count", "size", "time", "file" };
	size_t i, p;

	for (i = 0; i < WORKLOAD_COUNT; i++) {
		const struct wg_param *params = workloads[i]->params;

		printf("%s\t%s\n", workloads[i]->name, workloads[i]->does);
		for (p = 0; p < WG_PARAMS_MAX && params[p].name; p++)
			printf("\t%s\t%s\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%s\n",
				params[p].name, units[params[p].unit], params[p].preset,
				params[p].min, params[p].max, params[p].does);
	}
	return flushed();
}

static const struct wg_workload_ops *find_workload(const char *name)
{
	size_t i;

	for (i = 0; i < WORKLOAD_COUNT; i++) {
		if (strcmp(workloads[i]->name, name) == 0)
			return workloads[i];
	}
	return NULL;
}

/* ---- arguments ---- */

static uint64_t *number_at(struct wg_workload *w, const struct wg_param *p)
{
	return (uint64_t *)(void *)((char *)w + p->offset);
}

/* The whole text is decimal digits, and the number is at most UINT64_MAX. (Units and their parser
 * belong to the command, which core does not include.) */
static bool parse_number(const char *text, uint64_t *ret)
{
	uint64_t value = 0;
	const char *p;

	for (p = text; *p >= '0' && *p <= '9'; p++) {
		if (__builtin_mul_overflow(value, 10, &value) ||
			__builtin_add_overflow(value, (uint64_t)(*p - '0'), &value))
			return false;
	}
	*ret = value;
	return p > text && !*p;
}

/* 0, or a usage status after one line. */
static int set_param(struct wg_workload *w, const struct wg_param *p, const char *arg)
{
	uint64_t value;

	if (p->unit == WG_PARAM_FILE) {
		w->file = arg;
		return 0;
	}
	if (!parse_number(arg, &value) || value < p->min || value > p->max) {
		(void)wg_workload_fail("--%s takes a number from %" PRIu64 " to %" PRIu64
				       ", not '%s'",
			p->name, p->min, p->max, arg);
		return USAGE;
	}
	*number_at(w, p) = value;
	return 0;
}

enum { KEY_WAIT = 0x1000, KEY_RECORD };

/* The options of one workload, those of all included, as getopt_long(3) wants them. */
struct option_set {
	const struct wg_param *params[COMMON_COUNT + WG_PARAMS_MAX];
	struct option options[COMMON_COUNT + WG_PARAMS_MAX + 3]; /* two texts, and the end */
	char names[COMMON_COUNT + WG_PARAMS_MAX][32];
	size_t count;
};

static void add_option(struct option_set *set, const struct wg_param *p, struct wg_workload *w)
{
	size_t i = set->count++;

	(void)snprintf(set->names[i], sizeof(set->names[i]), "%s%s", p->name,
		p->unit == WG_PARAM_TIME ? "-ns" : "");
	set->params[i] = p;
	set->options[i] = (struct option){ set->names[i], required_argument, NULL, (int)i };
	if (p->unit != WG_PARAM_FILE)
		*number_at(w, p) = p->preset;
}

/* 0, or a usage status after one line. Sets w to the presets and what argv says. */
static int parse(const struct wg_workload_ops *ops, struct wg_workload *w, int argc, char **argv)
{
	struct option_set set = { .count = 0 };
	size_t i;
	int opt, rc = 0;

	for (i = 0; i < COMMON_COUNT; i++)
		add_option(&set, &common[i], w);
	for (i = 0; i < WG_PARAMS_MAX && ops->params[i].name; i++)
		add_option(&set, &ops->params[i], w);
	set.options[set.count] = (struct option){ "wait", required_argument, NULL, KEY_WAIT };
	set.options[set.count + 1] =
		(struct option){ "record", required_argument, NULL, KEY_RECORD };
	while (rc == 0 && (opt = getopt_long(argc, argv, "", set.options, NULL)) != -1) {
		if (opt == KEY_WAIT)
			w->wait = optarg;
		else if (opt == KEY_RECORD)
			w->record_dir = optarg;
		else if (opt == '?')
			rc = USAGE; /* getopt has printed why */
		else
			rc = set_param(w, set.params[opt], optarg);
	}
	if (rc == 0 && optind < argc) {
		(void)wg_workload_fail("'%s' is one argument too many", argv[optind]);
		rc = USAGE;
	}
	return rc;
}

/* What the tables cannot express. */
static int check(const struct wg_workload_ops *ops, const struct wg_workload *w)
{
	bool is_floor = strcmp(w->wait, "pread") == 0;

	if (ops == &wg_workload_read && !w->file)
		return wg_workload_fail("read needs --file");
	if (is_floor ? ops != &wg_workload_read : !wg_workload_wait_find(w->wait))
		return wg_workload_fail("no wait strategy '%s' for %s", w->wait, ops->name);
	return 0;
}

int wg_workload_write(const struct wg_workload *w)
{
	int rc = wg_recorder_write();

	return rc == 0 ? 0
		       : wg_workload_fail(
				 "cannot write a trace to '%s': %s", w->record_dir, strerror(-rc));
}

/* Recorded, if it was asked for. A run that hangs writes what it has in watch.c. */
static int run(const struct wg_workload_ops *ops, const struct wg_workload *w)
{
	int rc = w->record_dir ? wg_recorder_start(w->record_dir) : 0;

	if (rc < 0 && rc != -ENOTSUP)
		return wg_workload_fail("cannot record to '%s': %s", w->record_dir, strerror(-rc));
	rc = ops->run(w);
	return rc == 0 ? wg_workload_write(w) : rc;
}

int main(int argc, char **argv)
{
	/* If nobody reads the answer, that is an error to report, not a reason to die. */
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct wg_workload w = { .wait = "eventfd" };
	const struct wg_workload_ops *ops = argc > 1 ? find_workload(argv[1]) : NULL;
	int rc;

	(void)sigaction(SIGPIPE, &ignore, NULL);
	/* Likewise if a file may not be as long as its trace. */
	(void)sigaction(SIGXFSZ, &ignore, NULL);
	if (argc == 2 && strcmp(argv[1], "--waits") == 0)
		return list_waits();
	if (argc == 2 && strcmp(argv[1], "--workloads") == 0)
		return list_workloads();
	if (argc == 2 && (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)) {
		puts("wakegap-workload " WG_VERSION);
		return flushed();
	}
	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
		print_help();
		return flushed();
	}
	if (!ops) {
		(void)wg_workload_fail("wakegap-workload: %s%s%s (see --help)",
			argc > 1 ? "no workload '" : "which workload?", argc > 1 ? argv[1] : "",
			argc > 1 ? "'" : "");
		return USAGE;
	}
	rc = parse(ops, &w, argc - 1, argv + 1);
	if (rc == 0 && check(ops, &w))
		rc = USAGE;
	return rc ? rc : run(ops, &w);
}
