/*
 * real.h: a lab on threads of the system, recorded with LTTng and measured as any program is.
 *
 * What it says, as JSON:
 *
 *     { "verdict": pass | fail | inconclusive, "reason", "rounds", "late_wakes", "empty_wakes",
 *       "stuck", "gaps", "quick", "discarded", "seed", "interrupted" }
 *
 * Counts and reasons fail: a round that hangs, a check that breaks. Durations can only make a pass
 * inconclusive: a check of a clock, or the gap rule. A loop that polls finds a quarter of its
 * results within a quarter of its interval, one that is woken all of them; between the two there is
 * nothing that a slow machine could be taken for.
 *
 * Not in the box: LTTng's daemon must be reached. For one's own files.
 */
#ifndef LABS_GRADE_JUDGE_REAL_H
#define LABS_GRADE_JUDGE_REAL_H

#include "labs/grade/judge/work.h"

/* 0 and *ret_work, built for real threads (wg_work_destroy()), or a negative errno. Blocks. */
int wg_real_build(
	const struct wg_check_options *options, struct wg_work *ret_work, struct wg_error *err);

/*
 * Run it for about so long, recorded to `trace` (absent or empty). The verdict, the caller's to
 * free; what kept it from being tried makes it inconclusive. NULL: no memory. Main thread.
 */
json_t *wg_real_run(
	const struct wg_lab *lab, const struct wg_work *work, const char *trace, int budget_ms);

/* The word of a verdict. */
bool wg_real_is(const json_t *real, const char *verdict);

#endif
