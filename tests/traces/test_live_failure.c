/*
 * test_live_failure.c: `wakegap live` while something fails, in rows as test_record_failure.c has
 * them: one line says what failed, the status is 1 where events may be missing, the command does
 * not notice, and nothing is left behind.
 *
 * The viewer may see the end of the session before the command goes on, or after it has ended. Both
 * must say the same.
 */
#include <lttng/lttng.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/traces/failure_bench.h"
#include "traces/base/scratch.h"
#include "traces/record/daemon.h"

#define WORK  "$W >/dev/null || exit 9; "
#define TWICE WORK "echo one; " MEET WORK "echo two; exit 5"
#define BOTH  "one\ntwo\n"
#define CUT   ": the end may be missing"

static void sessiond_killed(struct wg_bench *b)
{
	wg_bench_signal(&b->sessiond, SIGKILL);
}

static void consumerd_killed(struct wg_bench *b)
{
	wg_bench_signal(&b->consumerd, SIGKILL);
}

static struct wg__process child_of(pid_t parent, const char *name)
{
	struct wg__process p = { 0 };
	pid_t first;

	(void)wg__count_children(parent, 0, &p);
	first = p.pid;
	if (strcmp(p.name, name) != 0)
		(void)wg__count_children(parent, first, &p);
	CU_ASSERT_STRING_EQUAL_FATAL(p.name, name);
	return p;
}

static void relayd_killed(struct wg_bench *b)
{
	struct wg__process guardian = child_of(b->recorder, "wakegap-guard");
	struct wg__process relay = child_of(guardian.pid, "lttng-relayd");

	wg_bench_signal(&relay, SIGKILL);
}

static void guardian_killed(struct wg_bench *b)
{
	struct wg__process guardian = child_of(b->recorder, "wakegap-guard");

	wg_bench_signal(&guardian, SIGKILL);
}

/* It kept the relay daemon's folder. The next process that makes one removes it. */
static void its_folder_goes(struct wg_bench *b)
{
	struct wg__scratch next = { 0 };
	struct wg__process p;
	char *dir = NULL, old[400];

	UNTIL(((void)waitpid(-1, NULL, WNOHANG), wg__count_children(getpid(), 0, &p) == 0));
	/* One that is young may be about to be locked. */
	(void)snprintf(old, sizeof(old), "touch -d @1 %s/*", b->tmp);
	CU_ASSERT_EQUAL(wg_run(NULL, NULL, (const char *const[]){ "/bin/sh", "-c", old, NULL }), 0);
	(void)setenv("TMPDIR", b->tmp, 1);
	CU_ASSERT_EQUAL(wg__scratch_folder(&next, &dir), 0);
	(void)unsetenv("TMPDIR");
	free(dir);
	wg__scratch_fini(&next);
}

static void session_destroyed(struct wg_bench *b)
{
	struct lttng_session *sessions = NULL;

	(void)b;
	CU_ASSERT_EQUAL_FATAL(lttng_list_sessions(&sessions), 1);
	CU_ASSERT_EQUAL(lttng_destroy_session(sessions[0].name), 0);
	free(sessions);
}

/* The command goes on only when the viewer has ended: it noticed while the command ran. */
static void noticed(struct wg_bench *b)
{
	struct wg__process p;

	UNTIL(!wg__process_look(b->recorder, &p)); /* a zombie is none */
}

static void sessiond_killed_and_noticed(struct wg_bench *b)
{
	sessiond_killed(b);
	noticed(b);
}

static void relayd_killed_and_noticed(struct wg_bench *b)
{
	relayd_killed(b);
	noticed(b);
}

#define LIVE(name, inject, status, words)                                                          \
	{                                                                                          \
		name, TWICE, inject, status, words, 0, .out = BOTH, .is_live = true                \
	}

static const struct wg_failure rows[] = {
	LIVE("nothing fails", NULL, 5, "events, 0 discarded"),
	LIVE("the session daemon is killed", sessiond_killed, 1,
		"the session daemon has ended (was it killed?)" CUT),
	LIVE("the session daemon is killed, and the command runs on", sessiond_killed_and_noticed,
		1, "the session daemon has ended (was it killed?)" CUT),
	LIVE("the consumer daemon is killed", consumerd_killed, 1,
		"the consumer daemon of LTTng has ended or did not start (was it killed?)" CUT),
	LIVE("the relay daemon is killed", relayd_killed, 1,
		"the relay daemon has ended (was it killed?)" CUT),
	LIVE("the relay daemon is killed, and the command runs on", relayd_killed_and_noticed, 1,
		"the relay daemon has ended (was it killed?)" CUT),
	{ "the guardian is killed", TWICE, guardian_killed, 1,
		"the guardian process was killed" CUT, 0, .out = BOTH, .is_live = true,
		.settle = its_folder_goes },
	LIVE("the session is destroyed by somebody", session_destroyed, 1,
		"somebody else destroyed the session"),
};

static void each_failure_is_one_line(void)
{
	wg_bench_run(rows, sizeof(rows) / sizeof(rows[0]));
}

/* The rows kill daemons: those of this suite, not somebody else's. */
static bool is_alone(void)
{
	struct wg__process somebody;
	char rundir[PATH_MAX];

	return wg__rundir(rundir, sizeof(rundir), NULL) == 0 &&
	       !wg__find_sessiond(rundir, &somebody) &&
	       access("/usr/bin/lttng-sessiond", X_OK) == 0 &&
	       access("/usr/bin/lttng-relayd", X_OK) == 0;
}

void suite_live_failure(void)
{
	WG_TEST_IF(is_alone(), "LTTng's daemons are not installed, or somebody's is running",
		each_failure_is_one_line);
}
