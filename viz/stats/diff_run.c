/*
 * diff_run.c: reads the recordings of both sides, one after the other, and compares their figures.
 *
 * Only the values are kept, so memory does not depend on how many recordings there are. One that is
 * not whole (damage, discarded events) would be an outlier that says nothing about the program: it
 * is left out, and said.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "viz/stats/diff.h"
#include "traces/base/say.h"
#include "traces/read/read.h"
#include "viz/stats/junit.h"
#include "viz/stats/stats.h"

static void keep(struct diff_side *side, int figure, double value)
{
	side->value[figure][side->seen[figure]++] = value;
}

static void keep_loops(struct diff_side *side, const struct wg_loop_stats *sum)
{
	struct wg_answer answers[WG_BOUND_COUNT];
	struct wg_bounds all = { 0 };
	size_t i, count;

	memset(all.is_set, true, sizeof(all.is_set));
	count = wg_check_loop(&all, sum, answers);
	for (i = 0; i < count; i++) {
		if (!answers[i].is_unseen)
			keep(side, (int)answers[i].bound, (double)answers[i].value);
	}
}

static void keep_threads(struct diff_side *side, const struct wg_threads *threads)
{
	struct wg_thread_answer answers[WG_THREAD_BOUND_COUNT];
	struct wg_thread_bounds all = { 0 };
	double sum[WG_THREAD_BOUND_COUNT] = { 0 };
	bool is_unseen[WG_THREAD_BOUND_COUNT] = { false };
	const struct wg_thread_stats *s;
	size_t i, k, count;

	for (i = 0; i < WG_THREAD_BOUND_COUNT; i++)
		all.is_set[i] = true;
	for (i = 0; (s = wg_thread_at(threads, i)); i++) {
		count = wg_check_thread(&all, s, answers);
		for (k = 0; k < count; k++) {
			sum[answers[k].bound] += answers[k].value;
			is_unseen[answers[k].bound] |= answers[k].is_unseen || answers[k].hidden;
		}
	}
	for (i = 0; i < WG_THREAD_BOUND_COUNT; i++) {
		if (!is_unseen[i])
			keep(side, WG_BOUND_COUNT + (int)i, sum[i]);
	}
}

/* Runs of one program wait in one way. `wakegap run --record` leaves a recording for each way in
 * one folder: those are no runs of the same. 0 or an exit status. */
static int same_wait(struct diff_side *side, const char *path, const char *wait)
{
	if (side->wait[0] == '\0')
		(void)snprintf(side->wait, sizeof(side->wait), "%s", wait);
	if (strncmp(side->wait, wait, sizeof(side->wait) - 1) == 0)
		return 0;
	return wg_say("'%s' holds recordings of several wait strategies (%s, %s): name one, such "
		      "as '%s'",
		side->path, side->wait, wait, path);
}

static int keep_run(struct diff_side *side, const char *path, struct wg_summary *summary)
{
	struct stats_trace trace = { path, summary };
	struct stats_groups groups;
	int rc = 0;

	if (wg_stats_groups_init(&groups, &trace, STATS_BY_TRACE) < 0)
		rc = wg_say("out of memory");
	if (rc == 0 && groups.count)
		rc = same_wait(side, path, groups.group[0].sum.wait);
	if (rc == 0 && groups.count)
		keep_loops(side, &groups.group[0].sum);
	if (rc == 0 && summary->threads)
		keep_threads(side, summary->threads);
	side->count += rc == 0;
	wg_stats_groups_fini(&groups);
	return rc;
}

/* Says why, if it is not kept. 0 or an exit status. */
static int read_run(struct diff *diff, struct diff_side *side, const char *path)
{
	struct wg_summary *summary;
	struct wg_error err = { 0 };
	uint64_t discarded;
	int rc = 0;

	if (wg_summary_load(path, &diff->part, false, &summary, &err) < 0)
		return wg_say("%s", err.text);
	discarded = wg_measure_discarded(summary->measure);
	if (discarded)
		wg_say("%s is left out: %" PRIu64 " event%s discarded", path, discarded,
			discarded == 1 ? " was" : "s were");
	else if (summary->fault_count)
		wg_say("%s is left out: %s", path, summary->notes[0]);
	else
		rc = keep_run(side, path, summary);
	wg_summary_free(summary);
	return rc;
}

static int read_side(struct diff *diff, struct diff_side *side)
{
	struct wg_recordings found = { 0 };
	char *alone[] = { (char *)side->path };
	size_t i;
	int rc = 0;

	/* What cannot be looked for is read as a trace, which says what is wrong with it. */
	if (wg_recordings_find(side->path, &found) < 0 || found.count == 0) {
		wg_recordings_fini(&found);
		found = (struct wg_recordings){ 0 };
	}
	side->found = found.count ? found.count : 1;
	for (i = 0; i < DIFF_FIGURES && rc == 0; i++) {
		side->value[i] = calloc(side->found, sizeof(*side->value[i]));
		if (!side->value[i])
			rc = wg_say("out of memory");
	}
	for (i = 0; i < side->found && rc == 0; i++)
		rc = read_run(diff, side, found.count ? found.path[i] : alone[0]);
	wg_recordings_fini(&found);
	return rc;
}

bool wg_diff_is_seen(const struct diff *diff, int figure)
{
	size_t i;

	for (i = 0; i < 2; i++) {
		if (diff->side[i].count == 0 || diff->side[i].seen[figure] < diff->side[i].count)
			return false;
	}
	return true;
}

static int compare(struct diff *diff)
{
	size_t seen = 0;
	int i;

	for (i = 0; i < DIFF_FIGURES; i++) {
		const struct diff_side *a = &diff->side[0], *b = &diff->side[1];

		if (!wg_diff_is_seen(diff, i))
			continue;
		seen++;
		if (wg_compare(a->value[i], a->seen[i], b->value[i], b->seen[i],
			    &diff->compared[i]) < 0)
			return wg_say("out of memory");
	}
	if (seen == 0 && diff->side[0].count && diff->side[1].count)
		return wg_say("no figure is observable in all recordings of both sides");
	return 0;
}

/* A fall of 5 % is a rise of -5 %. */
static struct wg_interval_95 turned(struct wg_interval_95 i, bool is_turned)
{
	return is_turned ? (struct wg_interval_95){ -i.high, -i.low } : i;
}

static void answer_limit(const struct diff *diff, struct diff_limit *limit)
{
	const struct wg_compared *c = &diff->compared[limit->figure];
	struct wg_interval_95 i =
		turned(limit->is_percent ? c->ratio : c->difference, limit->is_fall);

	limit->is_unanswered = !c->is_known;
	limit->answer = c->is_known ? wg_compare_limit(&i, limit->by) : WG_LIMIT_UNKNOWN;
}

static int write_report(const struct diff *diff)
{
	struct junit_suite suite = { .name = diff->side[1].path };
	struct junit junit = { .name = "wakegap diff", .suites = &suite, .suite_count = 1 };
	struct wg_error err = { 0 };
	size_t i;
	int rc;

	for (i = 0; i < diff->limit_count; i++) {
		static const enum junit_outcome outcomes[] = { [WG_LIMIT_HELD] = JUNIT_PASSED,
			[WG_LIMIT_BROKEN] = JUNIT_FAILED,
			[WG_LIMIT_UNKNOWN] = JUNIT_SKIPPED };
		char words[256];

		junit_add(&junit, &(struct junit_case){ .class_name = diff->side[0].path,
					  .name = diff->limit[i].text,
					  .message = wg_diff_limit_words(
						  words, sizeof(words), diff, &diff->limit[i]),
					  .outcome = outcomes[diff->limit[i].answer] });
	}
	rc = junit_write(&junit, diff->junit_path, &err);
	junit_fini(&junit);
	if (rc == -EPIPE && strcmp(diff->junit_path, "-") == 0)
		return WG_EXIT_PIPE;
	return rc < 0 ? wg_say("%s", err.text) : 0;
}

/* The status by the limits; then each is said by the table. */
static int judge(struct diff *diff)
{
	bool is_broken = false, is_unknown = false;
	size_t i;

	for (i = 0; i < diff->limit_count; i++) {
		answer_limit(diff, &diff->limit[i]);
		is_broken |= diff->limit[i].answer == WG_LIMIT_BROKEN;
		is_unknown |= diff->limit[i].answer == WG_LIMIT_UNKNOWN;
	}
	if (is_broken)
		return WG_EXIT_FAILED;
	return is_unknown ? WG_EXIT_SKIPPED : WG_EXIT_OK;
}

static int show(struct diff *diff)
{
	int rc = judge(diff), report = 0;

	if (diff->json && wg_diff_print_json(diff) < 0)
		return wg_say("out of memory");
	if (!diff->json)
		wg_diff_print(diff);
	if (diff->junit_path)
		report = write_report(diff);
	return report ? report : rc;
}

int wg_diff_run(struct diff *diff)
{
	size_t i, k;
	int rc = 0;

	for (i = 0; i < 2 && rc == 0; i++)
		rc = read_side(diff, &diff->side[i]);
	if (rc == 0)
		rc = compare(diff);
	if (rc == 0)
		rc = show(diff);
	for (i = 0; i < 2; i++) {
		for (k = 0; k < DIFF_FIGURES; k++)
			free(diff->side[i].value[k]);
	}
	return rc;
}
