/*
 * runner.c: see runner.h.
 *
 * The longest suites start first, so that no long one is left over when the others are through. A
 * quiet suite comes last and alone. Where suites that record share one session daemon, only one of
 * them runs at a time.
 */
#include "tests/harness/runner.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/harness/keeper.h"
#include "tests/harness/progress.h"

struct state {
	struct wg_job *jobs;
	size_t count;
	int at_once, running;
	int signo; /* that is to end the run, or 0 */
	enum wg_privacy privacy;
	sigset_t signals, mask;
	struct wg_progress progress;
};

int wg_runner_processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
}

/* ---- which is next ---- */

/* Then the longest first, then as suites.def has them. */
static int quiet_last(const void *a, const void *b)
{
	const struct wg_job *x = a, *y = b;
	int x_quiet = (x->suite->flags & WG_SUITE_QUIET) != 0;
	int y_quiet = (y->suite->flags & WG_SUITE_QUIET) != 0;

	if (x_quiet != y_quiet)
		return x_quiet - y_quiet;
	if (x->suite->needs_s != y->suite->needs_s)
		return y->suite->needs_s - x->suite->needs_s;
	return (x->suite > y->suite) - (x->suite < y->suite);
}

static int count_running(const struct state *s, unsigned flag)
{
	int n = 0;
	size_t i;

	for (i = 0; i < s->count; i++)
		n += s->jobs[i].stage == WG_RUNS && (s->jobs[i].suite->flags & flag);
	return n;
}

/* Side by side, as many that sleep run beside the others as there may be of each at a time. */
static bool has_slot(const struct state *s, const struct wg_job *job)
{
	int sleeping = count_running(s, WG_SUITE_SLEEPS);
	bool sleeps = job->suite->flags & WG_SUITE_SLEEPS;

	if (s->at_once == 1)
		return s->running == 0;
	return (sleeps ? sleeping : s->running - sleeping) < s->at_once;
}

static bool may_start(const struct state *s, const struct wg_job *job)
{
	if (!has_slot(s, job) || count_running(s, WG_SUITE_QUIET) > 0)
		return false;
	if ((job->suite->flags & WG_SUITE_QUIET) && s->running > 0)
		return false;
	return !(job->suite->flags & WG_SUITE_LTTNG) || s->privacy != WG_SHARED ||
	       count_running(s, WG_SUITE_LTTNG) == 0;
}

/* ---- start and end ---- */

static void end_job(struct state *s, struct wg_job *job)
{
	job->stage = WG_ENDED;
	job->ns = wg_now_ns() - job->start_ns;
	if (s->signo)
		(void)close(job->out_fd);
	else
		wg_progress_end(&s->progress, job);
}

static void start_job(struct state *s, struct wg_job *job)
{
	struct wg_keeping k = {
		.suite = job->suite, .privacy = s->privacy, .mask = s->mask, .report = job->report
	};

	k.out_fd = job->out_fd = memfd_create(job->suite->name, MFD_CLOEXEC);
	job->start_ns = wg_now_ns();
	job->keeper = wg_keeper_start(&k);
	job->stage = WG_RUNS;
	if (job->keeper < 0)
		end_job(s, job);
	else
		s->running++;
}

static void start_some(struct state *s)
{
	size_t i;

	for (i = 0; i < s->count && !s->signo; i++) {
		if (s->jobs[i].stage == WG_WAITS && may_start(s, &s->jobs[i]))
			start_job(s, &s->jobs[i]);
	}
}

static int64_t in_ns(struct timeval t)
{
	return (int64_t)t.tv_sec * 1000000000 + (int64_t)t.tv_usec * 1000;
}

static void reap(struct state *s)
{
	struct rusage used;
	int status;
	pid_t pid;
	size_t i;

	while ((pid = wait4(-1, &status, WNOHANG, &used)) > 0) {
		for (i = 0; i < s->count; i++) {
			if (s->jobs[i].stage != WG_RUNS || s->jobs[i].keeper != pid)
				continue;
			s->running--;
			s->jobs[i].cpu_ns = in_ns(used.ru_utime) + in_ns(used.ru_stime);
			end_job(s, &s->jobs[i]);
		}
	}
}

/* ---- the run ---- */

static void end_all(const struct state *s)
{
	size_t i;

	for (i = 0; i < s->count; i++) {
		if (s->jobs[i].stage == WG_RUNS)
			(void)kill(s->jobs[i].keeper, SIGTERM);
	}
}

static void run_all(struct state *s)
{
	const struct timespec second = { .tv_sec = 1 };
	int signo;

	for (;;) {
		start_some(s);
		if (s->running == 0)
			return;
		wg_progress_draw(&s->progress);
		signo = sigtimedwait(&s->signals, NULL, s->progress.is_terminal ? &second : NULL);
		if (signo > 0 && signo != SIGCHLD) {
			s->signo = signo;
			end_all(s);
		}
		reap(s);
	}
}

static void block_signals(struct state *s)
{
	static const int signals[] = { SIGCHLD, SIGINT, SIGTERM, SIGHUP };
	struct sigaction old;
	size_t i;

	(void)sigemptyset(&s->signals);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		/* As nohup left it. */
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler == SIG_IGN &&
			signals[i] != SIGCHLD)
			continue;
		(void)sigaddset(&s->signals, signals[i]);
	}
	(void)sigprocmask(SIG_BLOCK, &s->signals, &s->mask);
}

static void die_of(int signo)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	sigset_t set;

	(void)sigaction(signo, &dfl, NULL);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, signo);
	(void)raise(signo);
	(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void prepare(struct state *s, const struct wg_run *r)
{
	struct wg_report *reports = mmap(NULL, r->count * sizeof(*reports), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int why;
	size_t i;

	s->jobs = calloc(r->count, sizeof(*s->jobs));
	s->progress.failures = tmpfile();
	if (!s->jobs || !s->progress.failures || reports == MAP_FAILED)
		abort();
	s->count = s->progress.count = r->count;
	s->progress.jobs = s->jobs;
	s->progress.is_terminal = isatty(STDOUT_FILENO);
	s->progress.start_ns = wg_now_ns();
	s->at_once = r->jobs;
	for (i = 0; i < r->count; i++) {
		s->jobs[i].suite = r->suites[i];
		s->jobs[i].report = &reports[i];
	}
	qsort(s->jobs, s->count, sizeof(*s->jobs), quiet_last);
	s->privacy = wg_keeper_privacy(r->may_use_namespaces, &why);
	if (s->privacy == WG_SHARED && s->at_once > 1)
		printf("# suites that use LTTng run one after another: no mount namespaces (%s)\n",
			why ? strerror(why) : "--no-namespaces");
}

int wg_runner_run(const struct wg_run *r)
{
	struct state s = { 0 };

	prepare(&s, r);
	block_signals(&s);
	run_all(&s);
	if (s.signo) {
		wg_progress_clear(&s.progress);
		printf("wakegap-tests: interrupted, all suites are ended\n");
		(void)fflush(stdout);
		die_of(s.signo);
	}
	wg_progress_sum_up(&s.progress);
	free(s.jobs);
	(void)fclose(s.progress.failures);
	return s.progress.failed ? 1 : 0;
}
