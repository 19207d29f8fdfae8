/*
 * main.c: wakegap-explore: every schedule of the small programs in a lab.
 *
 *     wakegap-explore LAB.so [--scenario NAME] [--full | --first] [--fd N]
 *     wakegap-explore LAB.so --scenario NAME --replay ID [--trace DIR] [--fd N]
 *
 * Exit 0: nothing is broken; 1: something is; 2: usage, or the lab cannot be loaded.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "labs/explore/engine/engine.h"
#include "labs/explore/lab/child.h"
#include "labs/explore/parts.h"
#include "labs/explore/report/ctf.h"
#include "labs/explore/report/report.h"

static const char usage[] =
	"usage: wakegap-explore LAB.so [--scenario NAME] [--full | --first] [--fd N]\n"
	"                       [--max-schedules N] [--max-steps N] [--seconds N]\n"
	"       wakegap-explore LAB.so --scenario NAME --replay ID [--trace DIR] [--fd N]\n";

struct options {
	struct lx_job job;
	const char *scenario, *trace;
	int fd;
};

static int number(const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);

	return *text && !*end && n >= 0 && n < 1000000000 ? (int)n : -1;
}

static bool parse(int argc, char **argv, struct options *o)
{
	enum { SCENARIO = 256, REPLAY, TRACE, FD, FULL, FIRST, SCHEDULES, STEPS, SECONDS };
	static const struct option longs[] = {
		{ "scenario", required_argument, NULL, SCENARIO },
		{ "replay", required_argument, NULL, REPLAY },
		{ "trace", required_argument, NULL, TRACE },
		{ "fd", required_argument, NULL, FD },
		{ "full", no_argument, NULL, FULL },
		{ "first", no_argument, NULL, FIRST },
		{ "max-schedules", required_argument, NULL, SCHEDULES },
		{ "max-steps", required_argument, NULL, STEPS },
		{ "seconds", required_argument, NULL, SECONDS },
		{ NULL, 0, NULL, 0 },
	};
	int c, n;

	*o = (struct options){ .fd = -1 };
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		n = optarg ? number(optarg) : 0;
		switch (c) {
		case SCENARIO: o->scenario = optarg; break;
		case REPLAY: o->job.replay = optarg; break;
		case TRACE: o->trace = optarg; break;
		case FD: o->fd = n; break;
		case FULL: o->job.is_full = true; break;
		case FIRST: o->job.is_first = true; break;
		case SCHEDULES: o->job.max_schedules = n; break;
		case STEPS: o->job.max_steps = n; break;
		case SECONDS: o->job.max_seconds = n; break;
		default: return false;
		}
		if (c >= FD && n < 0)
			return false;
	}
	o->job.lab = argv[optind];
	return optind + 1 == argc && (!o->job.replay || o->scenario) &&
	       (!o->trace || o->job.replay);
}

/* One scenario: search, then run the shortest failing schedule once more to write it down. */
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
		rc = lx_ctf_write(o->trace, shared->event, shared->event_count);
		if (rc < 0)
			(void)fprintf(stderr, "wakegap-explore: cannot write a trace to '%s': %s\n",
				o->trace, strerror(-rc));
	}
	return rc;
}

/* For a verdict one loop without a step is enough, and each further one costs seconds. */
static int leave_out(const struct lx_about *about, const char *endless, struct lx_shared *shared,
	struct lx_report *report)
{
	memset(shared, 0, sizeof(*shared));
	(void)snprintf(shared->bound, sizeof(shared->bound),
		"not tried: '%.64s' has a loop without a step", endless);
	return lx_report_findings(report, about, shared);
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
		if (o->scenario && strcmp(o->scenario, about[i].name) != 0)
			continue;
		is_found = true;
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
		lx_report_trouble(report, "it has no such scenario");
		return 2;
	}
	return lx_report_is_broken(report);
}

/* 0, or -1 after one line. What is not whole is not written: it would be read as if it were. */
static int print_report(const struct lx_report *report, const struct lx_shared *shared, int fd)
{
	bool is_whole = lx_report_is_whole(report) && !shared->is_short;

	if (is_whole && lx_report_print(report, fd) == 0)
		return 0;
	if (is_whole && lx_report_is_whole(report))
		(void)fprintf(
			stderr, "wakegap-explore: cannot write the report: %s\n", strerror(errno));
	else
		(void)fprintf(stderr, "wakegap-explore: out of memory\n");
	return -1;
}

int main(int argc, char **argv)
{
	struct lx_shared *shared;
	struct lx_report *report;
	struct options o;
	int rc;

	/* What the lab runs in is a child of the same user: it shall not open our memory or our
	 * descriptors by way of /proc. It inherits this. */
	(void)prctl(PR_SET_DUMPABLE, 0);
	lx.parts = &lx_parts;
	if (!parse(argc, argv, &o)) {
		(void)fputs(usage, stderr);
		return 2;
	}
	shared = lx_shared_create();
	report = lx_report_create(o.job.lab);
	if (!shared || !report) {
		(void)fprintf(stderr, "wakegap-explore: out of memory\n");
		return 2;
	}
	rc = explore_all(&o, shared, report);
	rc = print_report(report, shared, o.fd) < 0 ? 2 : rc;
	lx_report_destroy(report);
	return rc;
}
