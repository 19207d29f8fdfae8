/*
 * test_record.c: the promises R1 to R4 of record.h, made to the command `wakegap record`.
 *
 * Other recordings may run at the same time and share the daemon, so a session is looked for by the
 * pid in its name, and nothing is asserted about the daemon. Nothing here waits a fixed time: there
 * is always a condition, asked for until a deadline.
 */
#include <CUnit/CUnit.h>
#include <fcntl.h>
#include <lttng/lttng.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/harness/patience.h"
#include "tests/harness/trace_files.h"

#define DEADLINE_S 30

/* What the command under the recorder does once it is up; its end if a test should break. */
#define UP_AND_STAY "echo $$; exec sleep 60"

struct recorder {
	pid_t pid;   /* of wakegap record */
	pid_t child; /* of the command, as it says itself */
	int out;     /* the command's standard output */
	char dir[512];
};

/* ---- helpers ---- */

static bool exists(const char *dir, const char *name)
{
	char path[1024];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return stat(path, &st) == 0;
}

/* Session names carry the recorder's pid: wakegap-PID-X. No daemon means no session. */
static bool has_session(pid_t pid)
{
	struct lttng_session *sessions = NULL;
	char prefix[64];
	bool found = false;
	int n, i;

	(void)snprintf(prefix, sizeof(prefix), "wakegap-%ld-", (long)pid);
	n = lttng_list_sessions(&sessions);
	for (i = 0; i < n; i++)
		found = found || strncmp(sessions[i].name, prefix, strlen(prefix)) == 0;
	free(sessions);
	return found;
}

static bool lacks_lttng(void)
{
	if (access("/usr/bin/lttng-sessiond", X_OK) == 0)
		return false;
	wg_skip("lttng-sessiond is not installed");
	return true;
}

static void new_dir(char *dir, size_t len)
{
	(void)snprintf(dir, len, "%s/trace", wg_tmpdir());
}

/* The test may run in the background of a script, which ignores SIGINT; the recorder must not. */
static void exec_recorder(const struct recorder *r, int out, const char *script)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	const char *wakegap = wg_build_path("wakegap");
	struct sigaction dfl;
	sigset_t none;
	size_t i;

	memset(&dfl, 0, sizeof(dfl));
	dfl.sa_handler = SIG_DFL;
	for (i = 0; i < 3; i++)
		(void)sigaction(signals[i], &dfl, NULL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)dup2(out, STDOUT_FILENO);
	(void)dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
	(void)execl(wakegap, wakegap, "record", "--with", "lttng", "-o", r->dir, "--", "/bin/sh",
		"-c", script, (char *)NULL);
	_exit(127);
}

/* Read the pid that the command prints when it runs; 0 if it does not within the time. */
static pid_t read_pid(int fd)
{
	struct wg_patience patience = wg_patience(DEADLINE_S);
	char text[32];
	ssize_t n;

	if (!wg_patience_reads(&patience, fd))
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	return (pid_t)strtol(text, NULL, 10);
}

/* Start a recording of script and wait until its command runs. */
static bool start(struct recorder *r, const char *script)
{
	int fds[2];

	new_dir(r->dir, sizeof(r->dir));
	if (pipe2(fds, O_CLOEXEC) != 0)
		return false;
	r->pid = fork();
	if (r->pid == 0)
		exec_recorder(r, fds[1], script);
	(void)close(fds[1]);
	r->out = fds[0];
	r->child = read_pid(r->out);
	return r->child > 0;
}

/* Its status as a shell has it, or -1: it did not end in time, and was killed for it. */
static int finish(struct recorder *r)
{
	struct wg_patience patience = wg_patience(DEADLINE_S);
	int status;

	(void)close(r->out);
	while (waitpid(r->pid, &status, WNOHANG) == 0) {
		if (!wg_patience_waits(&patience)) {
			(void)kill(r->pid, SIGKILL);
			(void)waitpid(r->pid, &status, 0);
			return -1;
		}
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static bool ends_within_deadline(pid_t child)
{
	struct wg_patience patience = wg_patience(DEADLINE_S);

	while (kill(child, 0) == 0 && wg_patience_waits(&patience))
		;
	return kill(child, 0) != 0;
}

static bool session_ends_within_deadline(pid_t pid)
{
	struct wg_patience patience = wg_patience(DEADLINE_S);

	while (has_session(pid) && wg_patience_waits(&patience))
		;
	return !has_session(pid);
}

/* --only: what other programs of this user emit meanwhile is not the script's. */
static int record_sh(char **out, char **err, const char *dir, const char *script)
{
	return wg_run(out, err,
		(const char *const[]){ wg_build_path("wakegap"), "record", "--with", "lttng",
			"--only", "-o", dir, "--", "/bin/sh", "-c", script, NULL });
}

/* ---- a run to its end ---- */

static void leaves_a_trace(void)
{
	char dir[512], *err = NULL;
	int status;

	if (lacks_lttng())
		return;
	new_dir(dir, sizeof(dir));
	status = wg_run(NULL, &err,
		(const char *const[]){ wg_build_path("wakegap"), "record", "--with", "lttng",
			"--only", "-o", dir, wg_build_path("wakegap-workload"), "read", "--file",
			wg_build_path("wakegap-workload"), "--wait", "eventfd", "--passes", "1",
			NULL });
	CU_ASSERT_EQUAL(status, 0);
	CU_ASSERT(exists(dir, "ust/uid"));
	CU_ASSERT(wg_has(err, "trace in "));
	CU_ASSERT(!wg_has(err, "emitted no"));
	free(err);
}

static void passes_output_and_status_on(void)
{
	char dir[512], *out = NULL, *err = NULL;

	if (lacks_lttng())
		return;
	new_dir(dir, sizeof(dir));
	CU_ASSERT_EQUAL(record_sh(&out, &err, dir, "echo hello; exit 7"), 7);
	CU_ASSERT_STRING_EQUAL(out, "hello\n");
	CU_ASSERT(wg_has(err, "emitted no wakegap events"));
	free(out);
	free(err);
	new_dir(dir, sizeof(dir));
	CU_ASSERT_EQUAL(record_sh(NULL, NULL, dir, "kill -USR1 $$"), 128 + SIGUSR1);
}

static void has_no_session_afterwards(void)
{
	struct recorder r;

	if (lacks_lttng())
		return;
	CU_ASSERT_FATAL(start(&r, "echo $$; read go"));
	CU_ASSERT_EQUAL(finish(&r), 1); /* sh: read met the end of file */
	CU_ASSERT(!has_session(r.pid));
}

/* ---- what cannot be recorded ---- */

static void names_a_missing_command(void)
{
	char dir[512], *err = NULL;
	int status;

	new_dir(dir, sizeof(dir));
	status = wg_run(NULL, &err,
		(const char *const[]){ wg_build_path("wakegap"), "record", "--with", "lttng", "-o",
			dir, "no-such-command-here", NULL });
	CU_ASSERT_EQUAL(status, 1);
	CU_ASSERT(wg_has(err, "cannot run 'no-such-command-here': no such command"));
	CU_ASSERT(!exists(dir, "."));
	free(err);
}

static void reports_what_exec_says(void)
{
	char dir[512], script[600], *err = NULL;
	FILE *f;
	int status;

	if (lacks_lttng())
		return;
	new_dir(dir, sizeof(dir));
	(void)snprintf(script, sizeof(script), "%s-script", dir);
	f = fopen(script, "w");
	CU_ASSERT_FATAL(f != NULL);
	(void)fputs("#!/no/such/interpreter\n", f);
	(void)fclose(f);
	(void)chmod(script, 0755);
	status = wg_run(NULL, &err,
		(const char *const[]){ wg_build_path("wakegap"), "record", "--with", "lttng", "-o",
			dir, script, NULL });
	CU_ASSERT_EQUAL(status, 1);
	CU_ASSERT(wg_has(err, "interpreter"));
	free(err);
}

static void refuses_a_folder_with_something_in_it(void)
{
	char *err = NULL;
	const char *dir = wg_tmpdir();
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/something", dir);
	CU_ASSERT_EQUAL_FATAL(mkdir(path, 0777), 0);
	CU_ASSERT_EQUAL(record_sh(NULL, &err, dir, "exit 0"), 1);
	CU_ASSERT(wg_has(err, "is not empty"));
	free(err);
}

/* It is of a trace that is gone: `rm -r *` leaves it behind. */
static void a_cache_alone_is_no_reason_to_refuse(void)
{
	char *err = NULL;
	const char *dir = wg_tmpdir();

	CU_ASSERT_EQUAL_FATAL(wg_sh_in(dir, "echo > .wakegap-cache"), 0);
	(void)record_sh(NULL, &err, dir, "exit 0");
	CU_ASSERT(!wg_has(err, "is not empty"));
	free(err);
}

static void says_when_the_disk_is_full(void)
{
	char dir[512], *err = NULL;
	const char *mnt = wg_tmpdir();
	int status;

	if (lacks_lttng())
		return;
	/* Not even room for the metadata and an empty packet for each of two CPUs. */
	if (geteuid() != 0 || mount("none", mnt, "tmpfs", 0, "size=16k") != 0) {
		wg_skip("only root can mount a small file system");
		return;
	}
	(void)snprintf(dir, sizeof(dir), "%s/trace", mnt);
	status = wg_run(NULL, &err,
		(const char *const[]){ wg_build_path("wakegap"), "record", "--with", "lttng", "-o",
			dir, wg_build_path("wakegap-workload"), "read", "--file",
			wg_build_path("wakegap-workload"), "--wait", "eventfd", "--passes", "1",
			NULL });
	(void)umount2(mnt, MNT_DETACH);
	CU_ASSERT_EQUAL(status, 1);
	CU_ASSERT(wg_has(err, "no space left"));
	free(err);
}

/* ---- signals ---- */

static void check_signal(int sig)
{
	struct recorder r;

	if (lacks_lttng())
		return;
	CU_ASSERT_FATAL(start(&r, UP_AND_STAY));
	CU_ASSERT(has_session(r.pid));
	CU_ASSERT(exists(r.dir, "RECORDING"));
	(void)kill(r.pid, sig);
	CU_ASSERT_EQUAL(finish(&r), 128 + sig);
	CU_ASSERT(kill(r.child, 0) != 0);
	CU_ASSERT(!has_session(r.pid));
	CU_ASSERT(exists(r.dir, "ust"));
	CU_ASSERT(!exists(r.dir, "RECORDING"));
}

static void sigint_ends_it(void)
{
	check_signal(SIGINT);
}

static void sigterm_ends_it(void)
{
	check_signal(SIGTERM);
}

static void sighup_ends_it(void)
{
	check_signal(SIGHUP);
}

static void kills_a_command_that_will_not_end(void)
{
	struct recorder r;

	if (lacks_lttng())
		return;
	/* An ignored signal stays ignored across exec. */
	CU_ASSERT_FATAL(start(&r, "trap '' TERM; " UP_AND_STAY));
	(void)kill(r.pid, SIGTERM);
	CU_ASSERT_EQUAL(finish(&r), 128 + SIGKILL);
	CU_ASSERT(kill(r.child, 0) != 0);
	CU_ASSERT(!has_session(r.pid));
}

static void a_killed_recorder_leaves_no_session(void)
{
	struct recorder r;

	if (lacks_lttng())
		return;
	CU_ASSERT_FATAL(start(&r, UP_AND_STAY));
	CU_ASSERT(has_session(r.pid));
	(void)kill(r.pid, SIGKILL);
	CU_ASSERT_EQUAL(finish(&r), 128 + SIGKILL);
	CU_ASSERT(session_ends_within_deadline(r.pid));
	/* The command runs on, unobserved; that is the documented choice, and the trace says so. */
	CU_ASSERT_EQUAL(kill(r.child, 0), 0);
	CU_ASSERT(exists(r.dir, "RECORDING"));
	(void)kill(r.child, SIGKILL);
	CU_ASSERT(ends_within_deadline(r.child));
}

/* A signal in the middle of set-up: whatever the moment, nothing is left. */
static void a_signal_during_set_up_cleans_up(void)
{
	static const int delays_ms[] = { 0, 5, 20, 60, 150 };
	size_t i;

	if (lacks_lttng())
		return;
	for (i = 0; i < sizeof(delays_ms) / sizeof(delays_ms[0]); i++) {
		struct recorder r = { .out = open("/dev/null", O_RDONLY | O_CLOEXEC) };
		int out = open("/dev/null", O_WRONLY | O_CLOEXEC);

		new_dir(r.dir, sizeof(r.dir));
		r.pid = fork();
		if (r.pid == 0)
			exec_recorder(&r, out, "exec sleep 60");
		(void)close(out);
		(void)poll(NULL, 0, delays_ms[i]);
		(void)kill(r.pid, SIGTERM);
		CU_ASSERT_EQUAL(finish(&r), 128 + SIGTERM);
		CU_ASSERT(!has_session(r.pid));
	}
}

static void two_at_once_both_work(void)
{
	struct recorder a, b;

	if (lacks_lttng())
		return;
	CU_ASSERT_FATAL(start(&a, UP_AND_STAY));
	CU_ASSERT_FATAL(start(&b, UP_AND_STAY));
	(void)kill(a.child, SIGTERM);
	CU_ASSERT_EQUAL(finish(&a), 128 + SIGTERM);
	CU_ASSERT(has_session(b.pid));
	(void)kill(b.child, SIGTERM);
	CU_ASSERT_EQUAL(finish(&b), 128 + SIGTERM);
	CU_ASSERT(!has_session(b.pid));
}

void suite_record(void)
{
	WG_TEST(leaves_a_trace);
	WG_TEST(passes_output_and_status_on);
	WG_TEST(has_no_session_afterwards);
	WG_TEST(names_a_missing_command);
	WG_TEST(reports_what_exec_says);
	WG_TEST(refuses_a_folder_with_something_in_it);
	WG_TEST(a_cache_alone_is_no_reason_to_refuse);
	WG_TEST(says_when_the_disk_is_full);
	WG_TEST(sigint_ends_it);
	WG_TEST(sigterm_ends_it);
	WG_TEST(sighup_ends_it);
	WG_TEST(kills_a_command_that_will_not_end);
	WG_TEST(a_killed_recorder_leaves_no_session);
	WG_TEST(a_signal_during_set_up_cleans_up);
	WG_TEST(two_at_once_both_work);
}
