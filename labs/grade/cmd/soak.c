/*
 * soak.c: do the solutions pass on real threads, on a quiet machine and on a busy one?
 *
 * A grader that fails a right answer because the machine was busy is worse than none. So the
 * solution of each lab is run on real threads, first alone, then beside programs that keep every
 * processor busy; it may be inconclusive there, and never fail. Each verdict is the run's own: no
 * other run is asked whether the machine is to blame, as a learner's check asks.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "labs/grade/cmd/cmd.h"
#include "labs/grade/base/files.h"
#include "labs/grade/base/json.h"
#include "labs/grade/cmd/open.h"
#include "labs/grade/judge/real.h"
#include "labs/grade/base/say.h"
#include "traces/record/record.h"
#include "traces/base/tree.h"

#define BUDGET_MS 250
#define MAX_LOADS 256

enum { PASSES, FAILS, UNDECIDED, VERDICTS };

/* Of one lab, alone or beside load. */
struct tally {
	int count[VERDICTS];
	json_int_t rounds;
};

/* ---- a machine with other things to do ---- */

struct load {
	pid_t pids[MAX_LOADS];
	long count;
};

static void begin_load(struct load *l)
{
	pid_t we = getpid();

	for (l->count = 0; l->count < sysconf(_SC_NPROCESSORS_ONLN) && l->count < MAX_LOADS;
		l->count++) {
		l->pids[l->count] = fork();
		if (l->pids[l->count] < 0)
			break;
		if (l->pids[l->count] == 0) {
			/* Not to outlive us, also if we ended before this was said. */
			(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
			while (getppid() == we)
				continue;
			_exit(0);
		}
	}
}

static void end_load(struct load *l)
{
	while (l->count > 0) {
		pid_t pid = l->pids[--l->count];

		(void)kill(pid, SIGKILL);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			continue;
	}
}

/* ---- runs ---- */

static void note(struct tally *t, const struct wg_lab *lab, const char *where, const json_t *real)
{
	int which = wg_real_is(real, "pass")   ? PASSES
		    : wg_real_is(real, "fail") ? FAILS
					       : UNDECIDED;

	t->count[which]++;
	t->rounds += json_integer_value(json_object_get(real, "rounds"));
	if (which != PASSES)
		wg_lab_say("lab %02d, %s: %s: %s", lab->number, where, text_of(real, "verdict"),
			text_of(real, "reason"));
}

/* False: interrupted, or hopeless; that was said. */
static bool run_many(const struct wg_lab *lab, const struct wg_work *work, const char *where,
	int runs, struct tally *ret)
{
	bool goes_on = true;
	char trace[320];
	int i;

	memset(ret, 0, sizeof(*ret));
	(void)snprintf(trace, sizeof(trace), "%s/real", work->dir);
	for (i = 0; i < runs && goes_on; i++) {
		json_t *real = wg_real_run(lab, work, trace, BUDGET_MS);

		goes_on = !json_is_true(json_object_get(real, "interrupted"));
		if (goes_on)
			note(ret, lab, where, real);
		json_decref(real);
		(void)wg_remove_tree(trace);
	}
	return goes_on;
}

static void say(const struct tally *t, int runs)
{
	printf(" %d | %d | %d | %lld |", t->count[PASSES], t->count[UNDECIDED], t->count[FAILS],
		(long long)t->rounds / runs);
}

/* False: interrupted, or hopeless; that was said. */
static bool soak(const struct wg_open *o, const struct wg_lab *lab, int runs, int *fails)
{
	struct wg_check_options options = {
		.course = &o->course, .lab = lab, .dir = lab->dir, .in_place = "solution.c"
	};
	struct wg_error err = { 0 };
	struct tally alone, loaded;
	struct wg_work work;
	struct load load;
	bool goes_on;

	if (wg_real_build(&options, &work, &err) < 0) {
		wg_lab_say("%s", err.text);
		return false;
	}
	goes_on = run_many(lab, &work, "alone", runs, &alone);
	if (goes_on) {
		begin_load(&load);
		goes_on = run_many(lab, &work, "loaded", runs, &loaded);
		end_load(&load);
	}
	wg_work_destroy(&work);
	if (!goes_on)
		return false;
	printf("| %02d |", lab->number);
	say(&alone, runs);
	say(&loaded, runs);
	putchar('\n');
	*fails += alone.count[FAILS] + loaded.count[FAILS];
	return fflush(stdout) == 0;
}

static void say_head(int runs)
{
	printf("%d runs alone and %d beside as many busy programs as there are processors:\n\n",
		runs, runs);
	puts("| lab | alone: pass | inconclusive | fail | rounds | loaded: pass | inconclusive | "
	     "fail | rounds |\n|---|---|---|---|---|---|---|---|---|");
	(void)fflush(stdout);
}

static int soak_all(const struct wg_open *o, int runs)
{
	struct wg_record_hold *hold = NULL;
	struct wg_error err = { 0 };
	bool goes_on = true;
	int fails = 0;
	size_t i;

	if (wg_record_hold(&hold, &err) < 0) {
		wg_lab_say("%s", err.text);
		return WG_EXIT_SKIPPED;
	}
	say_head(runs);
	for (i = 0; i < o->course.count && goes_on; i++) {
		if (!o->lab || o->lab == &o->course.v[i])
			goes_on = soak(o, &o->course.v[i], runs, &fails);
	}
	wg_record_release(hold);
	return fails || !goes_on ? WG_EXIT_FAILED : WG_EXIT_OK;
}

int wg_lab_soak(const struct wg_lab_call *call)
{
	struct wg_open o;
	int rc = wg_open_course_at(&o, call->words[0]);

	if (rc == 0)
		rc = soak_all(&o, (int)call->runs);
	wg_close(&o);
	return rc;
}
