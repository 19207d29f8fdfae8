/*
 * test_harness.c: the runner tests itself: a helper that cannot fail would prove nothing.
 *
 * The suites that it runs here, probe_*, are in probes.c. Each test gives them a folder, WG_PROBE,
 * and looks for what they left in another, TMPDIR.
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/harness/keeper.h"
#include "tests/harness/patience.h"
#include "tests/harness/pty.h"

static struct {
	char probe[160], tmp[160]; /* settings for env(1) */
	const char *argv[32];
	int status;
	char *out, *err;
} t;

/* ---- helpers ---- */

static const char *folder(const char *setting)
{
	return strchr(setting, '=') + 1;
}

/* A command line of the runner, with folders of this test's. Words end with NULL. */
static void prepare(const char *const words[])
{
	size_t n = 0;

	(void)snprintf(t.probe, sizeof(t.probe), "WG_PROBE=%s", wg_tmpdir());
	(void)snprintf(t.tmp, sizeof(t.tmp), "TMPDIR=%s", wg_tmpdir());
	t.argv[n++] = "env";
	t.argv[n++] = t.probe;
	t.argv[n++] = t.tmp;
	t.argv[n++] = wg_build_path("wakegap-tests");
	while (*words)
		t.argv[n++] = *words++;
	t.argv[n] = NULL;
}

static void run(const char *const words[])
{
	prepare(words);
	t.status = wg_run(&t.out, &t.err, t.argv);
}

#define RUN(...) run((const char *const[]){ __VA_ARGS__, NULL })
#define S(name)	 "--suite", "probe_" name

static void done(void)
{
	free(t.out);
	free(t.err);
	t.out = t.err = NULL;
}

static bool is_last_line(const char *line)
{
	size_t len = strlen(t.out), n = strlen(line);

	return len > n + 1 && strncmp(t.out + len - n - 1, line, n) == 0 &&
	       t.out[len - n - 2] == '\n';
}

/* The daemon that a probe started; 0 if it has not yet. */
static pid_t daemon_pid(void)
{
	char path[200];
	long pid = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/daemon", folder(t.probe));
	f = fopen(path, "re");
	if (f && fscanf(f, "%ld\n", &pid) != 1)
		pid = 0;
	if (f)
		(void)fclose(f);
	return (pid_t)pid;
}

static bool has_folders(void)
{
	DIR *dir = opendir(folder(t.tmp));
	struct dirent *e;
	bool found = false;

	while (dir && (e = readdir(dir)))
		found = found || e->d_name[0] != '.';
	if (dir)
		(void)closedir(dir);
	return found;
}

static bool is_daemon_left(void)
{
	CU_ASSERT_FATAL(daemon_pid() > 0);
	return kill(daemon_pid(), 0) == 0;
}

/* ---- wg_run() and wg_tmpdir() ---- */

static void run_passes_output_and_status(void)
{
	const char *const argv[] = { "sh", "-c", "echo out; echo err >&2; exit 7", NULL };
	char *out, *err;

	CU_ASSERT_EQUAL(wg_run(&out, &err, argv), 7);
	CU_ASSERT_STRING_EQUAL(out, "out\n");
	CU_ASSERT_STRING_EQUAL(err, "err\n");
	free(out);
	free(err);
}

static void run_tells_a_signal_and_a_missing_program(void)
{
	const char *const killed[] = { "sh", "-c", "kill -9 $$", NULL };
	const char *const missing[] = { "/nonexistent/program", NULL };

	CU_ASSERT_EQUAL(wg_run(NULL, NULL, killed), 128 + 9);
	CU_ASSERT_EQUAL(wg_run(NULL, NULL, missing), 127);
}

static void tmpdirs_differ(void)
{
	CU_ASSERT(strcmp(wg_tmpdir(), wg_tmpdir()) != 0);
}

/* ---- results ---- */

static void results_do_not_depend_on_the_number_of_jobs(void)
{
	static const char *const jobs[] = { "1", "2", "7" };
	size_t i;

	for (i = 0; i < 3; i++) {
		RUN("--jobs", jobs[i], S("passes"), S("crashes"), S("fails"), S("exits"),
			S("exits_late"));
		CU_ASSERT_EQUAL(t.status, 1);
		CU_ASSERT(is_last_line("4 passed, 4 failed, 1 skipped"));
		done();
	}
}

static void what_went_wrong_is_said_twice(void)
{
	static const char *const failures[] = {
		"probe_fails: fails\n#   tests/harness/probes.c:",
		"probe_crashes: the suite was killed by signal 9 (Killed), in crashes\n",
		"probe_exits: the suite exited with 0 in exits\n",
		"probe_exits_late: the suite exited with 23 after its last test\n",
	};
	size_t i;

	RUN(S("fails"), S("crashes"), S("exits"), S("exits_late"));
	for (i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
		char line[200];

		(void)snprintf(line, sizeof(line), "\nFAILED: %s", failures[i]);
		CU_ASSERT(wg_has(t.out, line));
		(void)snprintf(line, sizeof(line), "not ok - %s", failures[i]);
		CU_ASSERT(wg_has(t.out, line));
	}
	CU_ASSERT(wg_has(t.out, "\n4 suites took "));
	done();
}

static void one_suite_or_test_runs_here(void)
{
	RUN(S("passes"));
	CU_ASSERT_EQUAL(t.status, 0);
	CU_ASSERT_STRING_EQUAL(t.out, "ok - probe_passes: passes\n"
				      "ok - probe_passes: is_skipped # SKIP it is a probe\n");
	done();
	RUN(S("fails"), "--test", "passes");
	CU_ASSERT_EQUAL(t.status, 0);
	CU_ASSERT_STRING_EQUAL(t.out, "ok - probe_fails: passes\n");
	done();
	RUN(S("fails"));
	CU_ASSERT_EQUAL(t.status, 1);
	CU_ASSERT(!has_folders());
	done();
}

#define REFUSED(part, ...)                                                                         \
	do {                                                                                       \
		RUN(__VA_ARGS__);                                                                  \
		CU_ASSERT_EQUAL(t.status, 2);                                                      \
		CU_ASSERT(wg_has(t.err, part));                                                    \
		done();                                                                            \
	} while (0)

static void wrong_arguments_are_refused(void)
{
	REFUSED("no suite 'nosuch'; --list names them", "--suite", "nosuch");
	REFUSED("suite probe_fails has no test 'nosuch'", S("fails"), "--test", "nosuch");
	REFUSED("--test needs one --suite", "--test", "passes");
	REFUSED("--test needs one --suite", S("fails"), S("passes"), "--test", "passes");
	REFUSED("--jobs takes a number from 1 to 1000, not '0'", "--jobs", "0");
	REFUSED("--jobs takes a number from 1 to 1000, not '2x'", "--jobs", "2x");
	REFUSED("Too many arguments", "harness");
	REFUSED("unrecognized option", "--bogus");
}

static void probes_are_not_listed(void)
{
	RUN("--list");
	CU_ASSERT_EQUAL(t.status, 0);
	CU_ASSERT(wg_has(t.out, "harness\n"));
	CU_ASSERT(!wg_has(t.out, "probe"));
	done();
}

/* ---- side by side ---- */

/* They wait for each other twice, so that their lines come in turn. */
static void two_run_side_by_side_and_print_in_blocks(void)
{
	RUN("--jobs", "2", S("left"), S("right"));
	CU_ASSERT_EQUAL(t.status, 0);
	CU_ASSERT(
		wg_has(t.out, "ok - probe_left: left_comes\nok - probe_left: left_comes_again\n"));
	CU_ASSERT(wg_has(
		t.out, "ok - probe_right: right_comes\nok - probe_right: right_comes_again\n"));
	CU_ASSERT(is_last_line("4 passed, 0 failed"));
	done();
}

static void a_quiet_suite_comes_last_and_alone(void)
{
	RUN("--jobs", "3", S("quiet"), S("left"), S("right"));
	CU_ASSERT(is_last_line("5 passed, 0 failed"));
	done();
}

static void suites_that_sleep_take_no_slot(void)
{
	RUN("--jobs", "2", S("sleeps"), S("dozes"), S("left"), S("right"));
	CU_ASSERT(is_last_line("6 passed, 0 failed"));
	done();
}

static void without_namespaces_suites_of_lttng_run_in_turn(void)
{
	if (geteuid() != 0) {
		wg_skip("only root needs namespaces");
		return;
	}
	RUN("--jobs", "2", "--no-namespaces", S("first"), S("second"));
	CU_ASSERT(
		wg_has(t.out, "# suites that use LTTng run one after another: no mount namespaces "
			      "(--no-namespaces)\n"));
	CU_ASSERT(is_last_line("2 passed, 0 failed"));
	done();
}

static void a_suite_of_lttng_must_say_so(void)
{
	int why;

	if (wg_keeper_privacy(true, &why) == WG_SHARED) {
		wg_skip("root may not make a mount namespace here");
		return;
	}
	RUN(S("records"), S("passes"));
	CU_ASSERT(wg_has(t.out, "not ok - probe_records: the suite uses LTTng: suites.def must say "
				"LTTNG\n"));
	CU_ASSERT(is_last_line("2 passed, 1 failed, 1 skipped"));
	done();
}

/* ---- nothing is left ---- */

static void a_daemon_ends_with_its_suite(void)
{
	RUN(S("daemon"), S("passes"));
	CU_ASSERT_EQUAL(t.status, 0);
	CU_ASSERT(wg_has(t.out, "\n# left running: wakegap-tests: killed\n"));
	CU_ASSERT(!is_daemon_left());
	CU_ASSERT(!has_folders());
	done();
}

static void a_late_suite_is_killed_with_its_daemon(void)
{
	RUN(S("late"), S("passes"));
	CU_ASSERT_EQUAL(t.status, 1);
	CU_ASSERT(wg_has(t.out, "not ok - probe_late: the suite took longer than its 1 s and was "
				"killed, in hangs\n"));
	CU_ASSERT(is_last_line("2 passed, 1 failed, 1 skipped"));
	CU_ASSERT(!is_daemon_left());
	CU_ASSERT(!has_folders());
	done();
}

static pid_t start_runner(const char *const words[])
{
	pid_t pid;

	prepare(words);
	pid = fork();
	if (pid == 0) {
		const struct sigaction dfl = { .sa_handler = SIG_DFL };

		/* In the background of a script it would be ignored. */
		(void)sigaction(SIGINT, &dfl, NULL);
		(void)freopen("/dev/null", "w", stdout);
		(void)execvp(t.argv[0], (char *const *)(uintptr_t)t.argv);
		_exit(127);
	}
	return pid;
}

static void pause_a_little(void)
{
	const struct timespec step = { .tv_nsec = 2000000 };

	(void)nanosleep(&step, NULL);
}

/* Let the runner run until the probe's daemon does, and send it a signal. */
static int signal_runner(int signo)
{
	static const char *const words[] = { S("stays"), S("passes"), NULL };
	pid_t pid = start_runner(words);
	int status;

	while (daemon_pid() == 0)
		pause_a_little();
	CU_ASSERT(is_daemon_left());
	CU_ASSERT_EQUAL(kill(pid, signo), 0);
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void an_interrupt_ends_everything(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	size_t i;

	for (i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(signal_runner(signals[i]), signals[i]);
		CU_ASSERT(!is_daemon_left());
		CU_ASSERT(!has_folders());
	}
}

/* Nobody waits for the keeper then. The limit of this suite ends the loop. */
static void a_killed_runner_leaves_nothing_either(void)
{
	CU_ASSERT_EQUAL(signal_runner(SIGKILL), SIGKILL);
	while (is_daemon_left() || has_folders())
		pause_a_little();
}

/* ---- patience ---- */

static void a_busy_machine_is_given_time(void)
{
	struct wg_patience p = wg_patience(0);

	CU_ASSERT_EQUAL(wg_patience_share(1000, 1, 2), 1000);
	CU_ASSERT_EQUAL(wg_patience_share(1000, 2, 2), 1000);
	CU_ASSERT_EQUAL(wg_patience_share(1000, 20, 2), 100);
	/* It was kept from running itself. */
	CU_ASSERT_EQUAL(wg_patience_share(60000000000, 2, 2), 1000000000);
	CU_ASSERT(!wg_patience_lasts(&p));
	CU_ASSERT(!wg_patience_waits(&p) && !wg_patience_reads(&p, -1));
	p = wg_patience(1);
	CU_ASSERT(wg_patience_lasts(&p));
	while (wg_patience_waits(&p))
		; /* that it ends is what is shown */
}

/* ---- a terminal ---- */

static void exec_runner(void *arg)
{
	(void)arg;
	(void)execvp(t.argv[0], (char *const *)(uintptr_t)t.argv);
}

static void a_terminal_shows_progress_and_failures_only(void)
{
	static const char *const words[] = { "--jobs", "1", S("passes"), S("fails"), NULL };
	struct pty *s;

	prepare(words);
	s = pty_start(60, 10, exec_runner, NULL);
	CU_ASSERT(pty_expect(s, "\r0 of 2 suites, 0 failed; running: probe_passes"));
	CU_ASSERT(pty_expect(s, "\r1 of 2 suites, 0 failed; running: probe_fails"));
	CU_ASSERT(pty_expect(s, "\r\033[Knot ok - probe_fails: fails\r\n"));
	CU_ASSERT(pty_expect(s, "2 passed, 1 failed, 1 skipped\r\n"));
	CU_ASSERT(WEXITSTATUS(pty_finish(s)) == 1);
	CU_ASSERT(!wg_has(s->seen, "\nok - "));
	free(s);
}

static void exec_talker(void *arg)
{
	(void)arg;
	(void)execlp("sh", "sh", "-c", "seq 200000; echo the end", (char *)NULL);
}

/* More than is kept of it. */
static void a_terminal_is_read_to_its_end(void)
{
	struct pty *s = pty_start(60, 10, exec_talker, NULL);
	int status = pty_finish(s);

	CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	CU_ASSERT(wg_has(s->seen, "200000\r\nthe end\r\n"));
	free(s);
}

void suite_harness(void)
{
	WG_TEST(run_passes_output_and_status);
	WG_TEST(run_tells_a_signal_and_a_missing_program);
	WG_TEST(tmpdirs_differ);
	WG_TEST(results_do_not_depend_on_the_number_of_jobs);
	WG_TEST(what_went_wrong_is_said_twice);
	WG_TEST(one_suite_or_test_runs_here);
	WG_TEST(wrong_arguments_are_refused);
	WG_TEST(probes_are_not_listed);
	WG_TEST(two_run_side_by_side_and_print_in_blocks);
	WG_TEST(a_quiet_suite_comes_last_and_alone);
	WG_TEST(suites_that_sleep_take_no_slot);
	WG_TEST(without_namespaces_suites_of_lttng_run_in_turn);
	WG_TEST(a_suite_of_lttng_must_say_so);
	WG_TEST(a_daemon_ends_with_its_suite);
	WG_TEST(a_late_suite_is_killed_with_its_daemon);
	WG_TEST(an_interrupt_ends_everything);
	WG_TEST(a_killed_runner_leaves_nothing_either);
	WG_TEST(a_busy_machine_is_given_time);
	WG_TEST(a_terminal_is_read_to_its_end);
	WG_TEST(a_terminal_shows_progress_and_failures_only);
}
