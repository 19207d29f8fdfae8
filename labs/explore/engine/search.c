/*
 * search.c: see search.h.
 */
#include "labs/explore/engine/search.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "labs/explore/engine/engine.h"
#include "labs/explore/engine/id.h"
#include "labs/explore/engine/path.h"
#include "labs/explore/engine/record.h"
#include "labs/explore/engine/script.h"

#define MAX_SCHEDULES	200000
#define MAX_SECONDS	20
#define RESTARTS	64
#define WARM_UP		500 /* schedules */
#define PARTS		64  /* subtrees for each shard, at least */
#define BELOW_STEP	4
#define BELOW_MAX	64
#define PREEMPTIONS_MAX 8
#define SHORTER_TRIES	400 /* schedules to find a shorter one, for each check */

static struct {
	bool is_void;
	const char *stopped_by; /* NULL: go on */
	int restarts;
	uint64_t max_runs, runs;
	double until; /* processor time of this process */
	struct lx_segment script[LX_SEGMENTS], trial[LX_SEGMENTS];
} search;

void lx_search_void(void)
{
	search.is_void = true;
}

void lx_search_stop(const char *bound)
{
	search.stopped_by = bound;
}

__attribute__((format(printf, 1, 2))) static void say_bound(const char *what, ...)
{
	va_list args;

	va_start(args, what);
	(void)vsnprintf(lx.shared->bound, sizeof(lx.shared->bound), what, args);
	va_end(args);
}

static double cpu_seconds(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static enum lx_outcome run(void)
{
	lx_path_begin();
	lx_script_begin();
	lx_checks_begin();
	return lx_run_once();
}

static void forget_findings(void)
{
	if (search.is_void)
		lx.shared->race_count = 0; /* their schedules have other steps now */
	search.is_void = false;
	lx.shared->schedules = lx.shared->failing = lx.shared->redundant = 0;
	lx_checks_forget();
}

/* ---- all of them, or all with few preemptions ---- */

enum end { COMPLETE, TOO_MANY, TOO_LONG, STOPPED };

/* Run a schedule and count it. One with fewer preemptions than the bound was counted before. */
static void run_and_count(int bound)
{
	enum lx_outcome outcome = run();

	if (outcome == LX_ELSEWHERE || !lx_path_is_mine())
		return;
	if (outcome == LX_REDUNDANT || (bound > 0 && lx_path_cost() < bound)) {
		lx.shared->redundant++;
	} else {
		lx.shared->schedules++;
		lx.shared->failing += lx_checks_end();
	}
	if (lx.is_first && lx.shared->failing > 0)
		lx_search_stop("up to the first that fails");
	search.runs++;
}

static enum end run_all(bool is_reduced, int bound)
{
	lx_path_forget(is_reduced, bound);
	do {
		run_and_count(bound);
		if (search.stopped_by)
			return STOPPED;
		if (search.is_void && search.restarts++ < RESTARTS) {
			forget_findings();
			return run_all(is_reduced, bound);
		}
		if (search.runs >= search.max_runs)
			return lx_path_next() ? TOO_MANY : COMPLETE;
		if (cpu_seconds() > search.until)
			return lx_path_next() ? TOO_LONG : COMPLETE;
	} while (lx_path_next());
	return COMPLETE;
}

static void run_with_few_preemptions(void)
{
	int bound;

	forget_findings();
	for (bound = 0; bound <= PREEMPTIONS_MAX; bound++) {
		enum end end = run_all(false, bound);

		if (end == STOPPED)
			return;
		if (end != COMPLETE) {
			say_bound("every schedule with fewer than %d preemptions, and some with %d",
				bound, bound);
			return;
		}
		say_bound("every schedule with at most %d preemptions", bound);
	}
}

/* ---- shorter ---- */

/* Run this script. Has the check a shorter schedule now? */
static bool is_shorter_by(const struct lx_check *check, uint32_t count)
{
	uint32_t switches = check->switches, steps = check->steps;

	lx_script_set(search.trial, count);
	if (run() == LX_RAN)
		lx_checks_keep_shorter();
	return check->switches != switches || check->steps != steps;
}

/* The script without its segments from `from` up to `to`. */
static uint32_t cut(uint32_t count, uint32_t from, uint32_t to)
{
	memcpy(search.trial, search.script, from * sizeof(search.trial[0]));
	memcpy(search.trial + from, search.script + to, (count - to) * sizeof(search.trial[0]));
	return from + count - to;
}

static bool shorten_once(const struct lx_check *check, int *tries)
{
	uint32_t count, i;

	if (!lx_id_parse(check->schedule, search.script, LX_SEGMENTS, &count))
		return false;
	for (i = 0; i<count && * tries> 0; i++, (*tries)--) {
		if (is_shorter_by(check, cut(count, i, count)))
			return true;
	}
	for (i = 0; i + 1 < count && *tries > 0; i++, (*tries)--) {
		if (is_shorter_by(check, cut(count, i, i + 1)))
			return true;
	}
	return false;
}

static void shorten(void)
{
	uint32_t i;

	for (i = 0; i < lx.shared->check_count; i++) {
		int tries = SHORTER_TRIES;

		while (lx.shared->check[i].failing > 0 &&
			shorten_once(&lx.shared->check[i], &tries))
			;
	}
	lx_script_clear();
}

/* ---- search and replay ---- */

/* Does a cut there make enough subtrees, so that shards are about equal? */
static bool has_parts(int below)
{
	uint32_t want = PARTS * (uint32_t)lx.shards;
	uint64_t tree;

	lx_path_shard(0, lx.shards, below);
	lx_path_forget(!lx.is_full, LX_UNBOUNDED);
	do {
		(void)run();
		(void)lx_path_is_mine();
	} while (lx_path_parts(&tree) < want && lx_path_next());
	return lx_path_parts(&tree) >= want;
}

/* All shards know the same words that threads share before they deal out anything. */
static void search_shard(enum end *ret_end)
{
	uint64_t max_runs = search.max_runs;
	int below = BELOW_STEP;

	lx.shared->shard = lx.shard;
	lx.shared->shards = lx.shards;
	search.max_runs = WARM_UP;
	*ret_end = run_all(!lx.is_full, LX_UNBOUNDED);
	search.max_runs = max_runs;
	search.runs = 0;
	if (search.stopped_by)
		return;
	while (below < BELOW_MAX && !has_parts(below))
		below += BELOW_STEP;
	forget_findings();
	lx_path_shard(lx.shard, lx.shards, below);
	*ret_end = run_all(!lx.is_full, LX_UNBOUNDED);
	lx.shared->parts = lx_path_parts(&lx.shared->tree);
	lx_path_shard(0, 0, 0);
}

void lx_search(void)
{
	const struct lab_scenario *s = lx.scenario;
	double seconds = s->max_seconds ? s->max_seconds : MAX_SECONDS;
	enum end end;

	search.max_runs = s->max_schedules ? (uint64_t)s->max_schedules : MAX_SCHEDULES;
	search.until = cpu_seconds() + seconds;
	forget_findings();
	if (lx.shards)
		search_shard(&end);
	else
		end = lx.is_few ? TOO_MANY : run_all(!lx.is_full, LX_UNBOUNDED);
	lx.shared->is_complete = end == COMPLETE;
	if (end == COMPLETE)
		say_bound("every schedule%s", lx.is_full ? "" : ", equivalent ones once");
	else if (end == TOO_MANY)
		say_bound("the first %llu schedules", (unsigned long long)search.runs);
	else if (end == TOO_LONG)
		say_bound("the schedules of %.0f s of processor time", seconds);
	if ((end == TOO_MANY || end == TOO_LONG) && lx.shared->failing == 0 && !lx.is_full &&
		!lx.shards) {
		search.runs = 0;
		search.until = cpu_seconds() + seconds;
		run_with_few_preemptions();
	}
	if (search.stopped_by)
		say_bound("%s", search.stopped_by);
	else
		shorten();
}

void lx_replay(const char *id)
{
	enum lx_outcome outcome;
	uint32_t count;

	if (!lx_id_parse(id, search.script, LX_SEGMENTS, &count)) {
		(void)snprintf(lx.shared->trouble, sizeof(lx.shared->trouble),
			"'%.40s%s' is not the id of a schedule", id, strlen(id) > 40 ? ".." : "");
		return;
	}
	lx_script_set(search.script, count);
	outcome = run();
	/* The first run finds the words that are shared without a lock; the second shows them. If
	 * the process ended in the first, its steps are recorded already. A loop without a step
	 * costs seconds, so it is not run again without need. */
	if (lx.is_recording && (search.is_void || !search.stopped_by)) {
		forget_findings();
		outcome = run();
	}
	if (outcome == LX_UNFIT || !lx_script_is_over())
		(void)snprintf(lx.shared->trouble, sizeof(lx.shared->trouble),
			"schedule '%.40s%s' does not fit this program: has the program changed?",
			id, strlen(id) > 40 ? ".." : "");
	lx.shared->schedules = 1;
	lx.shared->failing = lx_checks_end();
	lx.shared->is_complete = true;
	say_bound("one schedule");
}
