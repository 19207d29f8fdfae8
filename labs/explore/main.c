/*
 * main.c: wakegap-explore: every schedule of the small programs in a lab.
 *
 *     wakegap-explore LAB.so [--scenario NAME] [--full | --first] [--fd N]
 *     wakegap-explore LAB.so --list
 *     wakegap-explore LAB.so --shard I/N --fd 3 3>I.json; wakegap-explore --merge I.json...
 *     wakegap-explore LAB.so --scenario NAME --replay ID [--trace DIR] [--fd N]
 *
 * Exit 0: nothing is broken; 1: something is, or cannot be printed; 2: usage, or the lab cannot be
 * loaded.
 */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include "labs/explore/engine/engine.h"
#include "labs/explore/lab/child.h"
#include "labs/explore/parts.h"
#include "labs/explore/report/ctf.h"
#include "labs/explore/report/merge.h"
#include "labs/explore/report/report.h"
#include "traces/base/manual.h"
#include "traces/base/options.h"
#include "traces/base/say.h"
#include "traces/base/tool.h"
#include "traces/base/units.h"

struct options {
	struct lx_job job;
	const char *scenario, *trace;
	int fd;
	bool is_list, is_merge;
	char **files; /* to be merged */
	size_t file_count;
};

enum {
	LIST = 256,
	SCENARIO,
	FULL,
	FEW,
	FIRST,
	RACES,
	REPLAY,
	TRACE,
	FD,
	SCHEDULES,
	STEPS,
	SECONDS,
	SHARD,
	MERGE
};

/* clang-format off */
static const struct argp_option table[] = {
	{ "list", LIST, NULL, 0, "print the names and titles of the scenarios, and run none", 0 },
	{ "scenario", SCENARIO, "NAME", 0, "run only this scenario; * and ? stand for others", 0 },
	{ "full", FULL, NULL, 0, "count schedules without a visible difference too", 0 },
	{ "few", FEW, NULL, 0, "those with few preemptions at once, where all take too long", 0 },
	{ "first", FIRST, NULL, 0, "stop at the first schedule that fails", 0 },
	{ "races", RACES, NULL, 0, "a data race breaks check `race` in every scenario", 0 },
	{ "replay", REPLAY, "ID", 0, "run this one schedule again; needs --scenario", 0 },
	{ "trace", TRACE, "DIR", 0, "write the replayed schedule as a trace; needs --replay", 0 },
	{ "fd", FD, "N", 0, "write the report as JSON to descriptor N, not as text", 0 },
	{ "max-schedules", SCHEDULES, "N", 0, "schedules of a scenario (200000)", 0 },
	{ "max-steps", STEPS, "N", 0, "steps of a schedule (2000)", 0 },
	{ "seconds", SECONDS, "N", 0, "processor time of a scenario (20)", 0 },
	{ "shard", SHARD, "I/N", 0,
		"only the I-th of N parts of all schedules: disjoint, together all", 0 },
	{ "merge", MERGE, NULL, 0, "FILE... are the reports (--fd) of all shards: print the whole",
		0 },
	{ NULL, 0, NULL, 0, NULL, 0 },
};
/* clang-format on */

static void set_number(struct argp_state *state, const char *text, int *ret)
{
	uint64_t n;

	if (wg_parse_number(text, 0, 999999999, &n) < 0)
		argp_error(state, "'%s' is not a number from 0 to 999999999", text);
	*ret = (int)n;
}

static void set_shard(struct argp_state *state, const char *text, struct lx_job *job)
{
	char number[16] = "", *slash;
	uint64_t i = 0, n = 0;

	(void)snprintf(number, sizeof(number), "%s", text);
	slash = strchr(number, '/');
	if (slash)
		*slash = '\0';
	if (!slash || wg_parse_number(slash + 1, 1, 4096, &n) < 0 ||
		wg_parse_number(number, 1, n, &i) < 0)
		argp_error(state, "--shard: '%s' is not I/N, such as 1/2, with I up to N", text);
	job->shard = (int)i;
	job->shards = (int)n;
}

static bool can_write(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case LIST: o->is_list = true; break;
	case SCENARIO: o->scenario = arg; break;
	case FULL: o->job.is_full = true; break;
	case FEW: o->job.is_few = true; break;
	case FIRST: o->job.is_first = true; break;
	case RACES: o->job.races_fail = true; break;
	case REPLAY: o->job.replay = arg; break;
	case TRACE: o->trace = arg; break;
	case FD:
		set_number(state, arg, &o->fd);
		if (!can_write(o->fd)) /* said before all schedules are run for nothing */
			argp_error(state, "--fd: descriptor %d is not open for writing", o->fd);
		break;
	case SCHEDULES: set_number(state, arg, &o->job.max_schedules); break;
	case STEPS: set_number(state, arg, &o->job.max_steps); break;
	case SECONDS: set_number(state, arg, &o->job.max_seconds); break;
	case SHARD: set_shard(state, arg, &o->job); break;
	case MERGE: o->is_merge = true; break;
	case ARGP_KEY_ARG:
		if (o->is_merge) {
			o->files = state->argv + state->next - 1;
			o->file_count = (size_t)state->argc - (size_t)state->next + 1;
			state->next = state->argc;
		} else if (o->job.lab)
			argp_usage(state);
		o->job.lab = arg;
		break;
	case ARGP_KEY_END:
		if (!o->job.lab || (o->job.replay && !o->scenario) ||
			(o->trace && !o->job.replay) ||
			(o->job.is_few && (o->job.is_full || o->job.shards)) ||
			(o->job.shards && (o->job.replay || o->is_list || o->is_merge)))
			argp_usage(state);
		break;
	default: return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* One scenario: search, then run the shortest failing schedule again to record it. */
static int explore(const struct options *o, const struct lx_about *about, int number_of,
	struct lx_shared *shared, struct lx_report *report, bool *ret_is_endless)
{
	struct lx_job job = o->job;
	const struct lx_check *worst;
	char id[LX_ID];
	int rc;

	job.scenario = number_of;
	job.is_recording = job.replay != NULL;
	lx_child_run(&job, shared);
	rc = lx_report_findings(report, about, shared);
	worst = lx_report_shortest(shared);
	*ret_is_endless = shared->is_endless;
	if (!job.replay && worst && !job.is_first) {
		(void)snprintf(id, sizeof(id), "%s", worst->schedule);
		job.replay = id;
		job.is_recording = true;
		if (*ret_is_endless && strcmp(worst->id, "spin") == 0)
			job.endless_at = worst->steps + 1;
		lx_child_run(&job, shared);
	}
	if (job.replay)
		lx_report_steps(report, job.replay, shared);
	if (o->trace && rc >= 0) {
		rc = lx_ctf_write(o->trace, shared, lx_report_where(report));
		if (rc < 0)
			(void)fprintf(stderr, "wakegap-explore: cannot write a trace to '%s': %s\n",
				o->trace, strerror(-rc));
	}
	return rc;
}

/* One loop without a step decides the verdict, and each further one costs seconds. */
static int leave_out(const struct lx_about *about, const char *endless, struct lx_shared *shared,
	struct lx_report *report)
{
	memset(shared, 0, sizeof(*shared));
	(void)snprintf(shared->bound, sizeof(shared->bound),
		"not tried: '%.64s' has a loop without a step", endless);
	return lx_report_findings(report, about, shared);
}

static void report_no_scenario(
	const char *name, const struct lx_about *about, uint32_t count, struct lx_report *report)
{
	char text[400];
	size_t len = (size_t)snprintf(text, sizeof(text), "no scenario '%.60s'; there are:", name);
	uint32_t i;

	for (i = 0; i < count && len < sizeof(text); i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, " %s", about[i].name);
	lx_report_trouble(report, text);
}

static int explore_all(const struct options *o, struct lx_shared *shared, struct lx_report *report)
{
	struct lx_about about[LX_SCENARIOS];
	struct lx_job job = o->job;
	const char *endless = NULL; /* the scenario that has such a loop */
	uint32_t count, i;
	bool is_found = false, is_endless = false;
	int rc;

	job.scenario = -1;
	lx_child_run(&job, shared);
	if (shared->trouble[0]) {
		lx_report_trouble(report, shared->trouble);
		return 2;
	}
	memcpy(about, shared->scenario, sizeof(about));
	count = shared->scenario_count;
	for (i = 0; i < count; i++) {
		if (o->scenario && fnmatch(o->scenario, about[i].name, 0) != 0)
			continue;
		is_found = true;
		if (o->is_list) {
			printf("%s\t%s\n", about[i].name, about[i].title);
			continue;
		}
		rc = endless ? leave_out(&about[i], endless, shared, report)
			     : explore(o, &about[i], (int)i, shared, report, &is_endless);
		if (rc < 0)
			return 2;
		if (is_endless && !endless)
			endless = about[i].name;
		if (o->job.is_first && lx_report_is_broken(report))
			break;
	}
	if (!is_found) {
		report_no_scenario(o->scenario, about, count, report);
		return 2;
	}
	return lx_report_is_broken(report);
}

static int merge(const struct options *o, struct lx_report *report)
{
	char why[600];

	if (lx_merge(report, o->files, o->file_count, why, sizeof(why)) == 0)
		return lx_report_is_broken(report);
	lx_report_trouble(report, why);
	return 2;
}

/* 0, or an exit status after one line. An incomplete report is not written: it would pass for a
 * complete one. */
static int print_report(const struct lx_report *report, const struct lx_shared *shared, int fd)
{
	bool is_whole = lx_report_is_whole(report) && !shared->is_short;

	if (is_whole && lx_report_print(report, fd) == 0)
		return 0;
	if (!is_whole || !lx_report_is_whole(report)) {
		(void)fprintf(stderr, "wakegap-explore: out of memory\n");
		return 2;
	}
	if (fd >= 0) /* else it is said at exit */
		(void)fprintf(stderr,
			"wakegap-explore: cannot write the report to descriptor %d: %s\n", fd,
			strerror(errno));
	return 1;
}

static const struct argp_child children[] = { { .argp = &wg_tool_argp }, { 0 } };
static const struct argp argp = { .options = table,
	.parser = parse,
	.children = children,
	.args_doc = "LAB.so\n--merge FILE...",
	.doc = "Run every schedule of the scenarios in a lab.\v"
	       "Exit status: 0 nothing is broken, 1 something is, or cannot be printed; "
	       "2 usage, or the lab cannot be loaded." };

static const struct argp *its_table(void)
{
	return &argp;
}

static const struct wg_cmd page = { .name = "wakegap-explore",
	.does = "run every schedule of a small concurrent program",
	.table = its_table };

int main(int argc, char **argv)
{
	struct options o = { .fd = -1 };
	struct lx_shared *shared;
	struct lx_report *report;
	int rc, failed = 0;

	/* The lab runs in a child of the same user, which must not reach our memory or descriptors
	 * through /proc. The child inherits this. */
	(void)prctl(PR_SET_DUMPABLE, 0);
	lx.parts = &lx_parts;
	wg_tool_begin("wakegap-explore", 1);
	if (argc == 2 && strcmp(argv[1], "--man") == 0) { /* asked by an installation */
		wg_manual_print(stdout, &page);
		return 0;
	}
	rc = argp_parse(&argp, argc, argv, ARGP_NO_HELP, NULL, &o);
	if (o.fd < 0)
		wg_say_plainly(); /* what a lab calls its threads is not for the terminal to obey */
	shared = lx_shared_create();
	report = rc ? NULL : lx_report_create(o.job.lab);
	if (!shared || !report) {
		(void)fprintf(stderr, "wakegap-explore: out of memory\n");
		return 2;
	}
	rc = o.is_merge ? merge(&o, report) : explore_all(&o, shared, report);
	if (!o.is_list || rc)
		failed = print_report(report, shared, o.fd);
	lx_report_destroy(report);
	return failed ? failed : rc;
}
