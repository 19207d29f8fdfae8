/*
 * test_record_failure.c: recording while something fails, one row of a table for each failure.
 *
 * Whatever fails: the trace can be read as far as it goes, or one line says why not; nothing is
 * left behind, be it a process, a session, a temporary folder or a lock; the target does not
 * notice, its output and its exit status are what they would be.
 *
 * failure_bench.h has the driver. The table of tests/README.md says what each group of rows shows.
 */
#include <CUnit/CUnit.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <lttng/lttng.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/traces/failure_bench.h"
#include "traces/base/tree.h"
#include "traces/record/daemon.h"

/* What the target does. $W works and is recorded; */
#define WORK  "$W >/dev/null || exit 9; "
#define TWICE WORK "echo one; " MEET WORK "echo two; exit 5"
#define ONCE  WORK "echo one; " MEET "echo two; exit 5"
#define BOTH  "one\ntwo\n"

/* ---- what is injected ---- */

/* What describes the events is with the session daemon at first. */
static void sessiond_killed(struct wg_bench *b)
{
	UNTIL(wg_bench_is_on_disk(b));
	wg_bench_signal(&b->sessiond, SIGKILL);
}

static void consumerd_killed(struct wg_bench *b)
{
	UNTIL(wg_bench_is_on_disk(b));
	wg_bench_signal(&b->consumerd, SIGKILL);
}

static void both_killed(struct wg_bench *b)
{
	UNTIL(wg_bench_is_on_disk(b));
	wg_bench_signal(&b->sessiond, SIGKILL);
	if (wg__process_runs(&b->consumerd))
		wg_bench_signal(&b->consumerd, SIGKILL);
}

static void sessiond_stopped(struct wg_bench *b)
{
	wg_bench_signal(&b->sessiond, SIGSTOP);
}

static void consumerd_stopped(struct wg_bench *b)
{
	wg_bench_signal(&b->consumerd, SIGSTOP);
}

static void orphan_stopped(struct wg_bench *b)
{
	UNTIL(wg_bench_is_on_disk(b));
	wg_bench_signal(&b->consumerd, SIGSTOP);
	wg_bench_signal(&b->sessiond, SIGKILL);
}

static void guardian_killed(struct wg_bench *b)
{
	struct wg__process p = { 0 };
	pid_t other = 0;

	/* Two children: the target, and the guardian. */
	CU_ASSERT_EQUAL(wg__count_children(b->recorder, 0, &p), 2);
	if (strcmp(p.name, "wakegap-guard") != 0) {
		other = p.pid;
		CU_ASSERT_EQUAL(wg__count_children(b->recorder, other, &p), 1);
	}
	CU_ASSERT_STRING_EQUAL(p.name, "wakegap-guard");
	wg_bench_signal(&p, SIGKILL);
}

static void recorder_killed(struct wg_bench *b)
{
	CU_ASSERT_EQUAL(kill(b->recorder, SIGKILL), 0);
}

static void recorder_ended(struct wg_bench *b)
{
	struct wg__process p;

	UNTIL(!wg__process_look(b->recorder, &p)); /* a zombie is none */
}

static void session_destroyed(struct wg_bench *b)
{
	struct lttng_session *sessions = NULL;

	(void)b;
	CU_ASSERT_EQUAL_FATAL(lttng_list_sessions(&sessions), 1);
	CU_ASSERT_EQUAL(lttng_destroy_session(sessions[0].name), 0);
	free(sessions);
}

static void session_stopped(struct wg_bench *b)
{
	struct lttng_session *sessions = NULL;

	(void)b;
	CU_ASSERT_EQUAL_FATAL(lttng_list_sessions(&sessions), 1);
	CU_ASSERT(lttng_stop_tracing(sessions[0].name) >= 0);
	free(sessions);
}

static void folder_removed(struct wg_bench *b)
{
	CU_ASSERT_EQUAL(wg_remove_tree(b->trace), 0);
}

static void folder_moved(struct wg_bench *b)
{
	char to[400];

	(void)snprintf(to, sizeof(to), "%s-moved", b->trace);
	CU_ASSERT_EQUAL(rename(b->trace, to), 0);
	(void)snprintf(b->trace, sizeof(b->trace), "%s/trace-moved", b->dir);
}

static void disk_filled(struct wg_bench *b)
{
	char path[400];
	int fd;

	UNTIL(wg_bench_is_on_disk(b));
	(void)snprintf(path, sizeof(path), "%s/filler", b->dir);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	CU_ASSERT_FATAL(fd >= 0);
	while (write(fd, path, sizeof(path)) > 0)
		;
	CU_ASSERT_EQUAL(errno, ENOSPC);
	(void)close(fd);
}

static void interrupted(struct wg_bench *b)
{
	CU_ASSERT_EQUAL(kill(b->recorder, SIGINT), 0);
}

/* The recorder hands the signal on; a command that went on meanwhile might end first. */
static void interrupted_with_command(struct wg_bench *b)
{
	b->stays = true;
	interrupted(b);
}

/* The daemon is somebody else's, and stays stopped: nobody but the test may continue it. */
static void interrupted_while_stopped(struct wg_bench *b)
{
	wg_bench_signal(&b->consumerd, SIGSTOP);
	interrupted_with_command(b);
}

/* ---- what is there before ---- */

static void small_disk(struct wg_bench *b)
{
	CU_ASSERT_EQUAL_FATAL(mount("none", b->dir, "tmpfs", 0, "size=256k"), 0);
}

static void no_disk(struct wg_bench *b)
{
	CU_ASSERT_EQUAL(umount2(b->dir, MNT_DETACH), 0);
}

static void folder_read_only(struct wg_bench *b)
{
	CU_ASSERT_EQUAL_FATAL(mkdir(b->trace, 0777), 0);
	CU_ASSERT_EQUAL_FATAL(mount("none", b->trace, "tmpfs", MS_RDONLY, ""), 0);
}

static void folder_gone(struct wg_bench *b)
{
	CU_ASSERT_EQUAL(umount2(b->trace, MNT_DETACH), 0);
}

static void all_is_theirs(struct wg_bench *b)
{
	char *out = NULL;

	CU_ASSERT_EQUAL(
		wg_run(&out, NULL,
			(const char *const[]){ "find", b->trace, "!", "-uid", "65534", NULL }),
		0);
	CU_ASSERT_STRING_EQUAL(out, "");
	free(out);
}

static void run_sessiond(void)
{
	(void)execlp(
		"lttng-sessiond", "lttng-sessiond", "--daemonize", "--no-kernel", (char *)NULL);
	_exit(127);
}

static void others_sessiond(struct wg_bench *b)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		run_sessiond();
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT_EQUAL_FATAL(status, 0);
	wg_bench_find_daemons(b);
}

static void others_sessiond_stopped(struct wg_bench *b)
{
	others_sessiond(b);
	wg_bench_signal(&b->sessiond, SIGSTOP);
}

/* It must still be there, with what could not be destroyed and was said; then it goes. */
static void end_others_sessiond(struct wg_bench *b)
{
	struct lttng_session *sessions = NULL;
	char *err = wg_bench_read(b->err);
	int n, i;

	CU_ASSERT_FATAL(b->sessiond.pid > 1 && wg__process_runs(&b->sessiond));
	(void)kill(b->sessiond.pid, SIGCONT);
	if (b->consumerd.pid > 1)
		(void)kill(b->consumerd.pid, SIGCONT);
	n = lttng_list_sessions(&sessions);
	for (i = 0; i < n; i++) {
		CU_ASSERT(wg_has(err, sessions[i].name));
		CU_ASSERT_EQUAL(lttng_destroy_session(sessions[i].name), 0);
	}
	CU_ASSERT(wg__process_end(&b->sessiond, DEADLINE_S * 1000));
	free(sessions);
	free(err);
}

/* ---- the table ---- */

#define NO_EVENTS "emitted no wakegap events"
#define STOPPED	  "is stopped: `kill -CONT"
#define CONTINUED "were stopped (SIGSTOP) while recording"
#define CUT	  "the end may be missing in the trace"

/* A shell that says "up" when its parent, the command, is gone and reaped, and works then. */
#define LATER                                                                                      \
	"P=$$; (while kill -0 $P 2>/dev/null; do :; done; " MEET WORK "echo two) & " WORK          \
	"echo one; exit 5"

#define WITH(variable) "export " variable "; exec \"$@\""
#define SHM(size)                                                                                  \
	"exec unshare -m sh -c 'mount -t tmpfs -o size=" size                                      \
	" none /dev/shm; exec \"$@\"' sh \"$@\""
/* A session daemon that says "up" before it starts, if it does. */
#define DAEMON(then)                                                                               \
	"printf '#!/bin/sh\\necho up >$UP; " then "\\n' >$UP.sh; chmod +x $UP.sh; "                \
	"export LTTNG_SESSIOND_PATH=$UP.sh; exec \"$@\""

static const struct wg_failure killed[] = {
	{ "nothing fails", TWICE, NULL, 5, ": 2 processes", 2, .out = BOTH },
	{ "the session daemon is killed", TWICE, sessiond_killed, 1,
		"the session daemon has ended (was it killed?): " CUT, 1, .out = BOTH },
	{ "it is killed while a process runs",
		"$LONG >/dev/null & LONG=$!; " MEET "kill -KILL $LONG; echo two; exit 5",
		sessiond_killed, 1, CUT, 1, .out = "two\n" },
	{ "another's session daemon is killed", TWICE, sessiond_killed, 1, CUT, 1, .out = BOTH,
		.prepare = others_sessiond },
	{ "the consumer daemon is killed", TWICE, consumerd_killed, 1,
		"the consumer daemon of LTTng has ended", 1, .out = BOTH },
	{ "both daemons are killed", TWICE, both_killed, 1, CUT, 1, .out = BOTH },
	{ "the guardian is killed", TWICE, guardian_killed, 5, ": 2 processes", 2, .out = BOTH },
	{ "the recorder is killed", ONCE, recorder_killed, 128 + SIGKILL, NULL, 1, .out = BOTH },
	{ "the target is killed", WORK "echo one; " MEET "kill -KILL $$", NULL, 128 + SIGKILL,
		"trace in", 1, .out = "one\n" },
	{ "a worker of the target is killed", WORK MEET "sh -c 'kill -KILL $$'; " WORK "exit 5",
		NULL, 5, ": 2 processes", 2, .out = "" },
	{ "the session is destroyed by somebody", TWICE, session_destroyed, 1,
		"somebody else destroyed the session", 1, .out = BOTH },
	{ "the session is stopped by somebody", ONCE, session_stopped, 5, "trace in", 1,
		.out = BOTH },
};

static const struct wg_failure stopped[] = {
	{ "the session daemon is stopped", TWICE, sessiond_stopped, 5, CONTINUED, 2, .out = BOTH },
	{ "the consumer daemon is stopped", TWICE, consumerd_stopped, 5, CONTINUED, 2,
		.out = BOTH },
	{ "another's session daemon is stopped", ONCE, sessiond_stopped, 1, STOPPED, 0, .out = BOTH,
		.prepare = others_sessiond, .settle = end_others_sessiond },
	{ "another's consumer daemon is stopped", ONCE, consumerd_stopped, 1, STOPPED, 0,
		.out = BOTH, .prepare = others_sessiond, .settle = end_others_sessiond },
	{ "it is stopped before", "echo one", NULL, 1, STOPPED, 0, .out = "",
		.prepare = others_sessiond_stopped, .settle = end_others_sessiond },
	{ "the consumer daemon is stopped, and alone", ONCE, orphan_stopped, 1, CUT, 1,
		.out = BOTH },
	{ "there is no consumer daemon", "echo one", NULL, 1, "has no consumer daemon", 0,
		.out = "", .before = WITH("LTTNG_CONSUMERD64_BIN=/nonexistent") },
	{ "there is no session daemon", "echo one", NULL, 1, "LTTNG_SESSIOND_PATH is '/none'", 0,
		.out = "", .before = WITH("LTTNG_SESSIOND_PATH=/none") },
	{ "another program is the session daemon", "echo one", NULL, 1, "is it lttng-sessiond?", 0,
		.out = "", .before = WITH("LTTNG_SESSIOND_PATH=/bin/true") },
};

static const struct wg_failure interrupts[] = {
	{ "Ctrl-C while the daemon starts", "echo one", interrupted, 128 + SIGINT,
		"interrupted: Interrupt: the command was not run", 0, .out = "",
		.before = DAEMON("read go <$GO; exec lttng-sessiond \"$@\"") },
	{ "Ctrl-C while the daemon hangs", "echo one", interrupted, 128 + SIGINT,
		"interrupted: Interrupt: the command was not run", 0, .out = "",
		.before = DAEMON("exec sleep 1000") },
	{ "Ctrl-C while the command runs", TWICE, interrupted_with_command, 128 + SIGINT,
		"interrupted: Interrupt", 1, .out = "one\n" },
	{ "Ctrl-C on a flight recorder", TWICE, interrupted_with_command, 128 + SIGINT,
		"trace/1-end", 1, .out = "one\n", .options = "--flight-recorder" },
	{ "Ctrl-C while what it left runs", LATER, interrupted, 5, "interrupted: Interrupt", 1,
		.out = BOTH, .options = "--until-idle" },
	{ "Ctrl-C while LTTng does not answer", ONCE, interrupted_while_stopped, 1, STOPPED, 0,
		.out = "one\n", .prepare = others_sessiond, .settle = end_others_sessiond },
};

static const struct wg_failure left[] = {
	{ "a process runs on", LATER, recorder_ended, 5, "a process of /bin/sh still runs", 1,
		.out = BOTH },
	{ "--until-idle, and what runs on is not recorded", LATER, NULL, 5,
		"ran on, and has no events: a process forked without exec", 2, .out = BOTH,
		.options = "--until-idle" },
	{ "--until-idle", LATER, NULL, 5, ": 2 processes", 2, .out = BOTH,
		.options = "--until-idle" },
	{ "--for", MEET "echo two; exit 5", recorder_ended, 1, "/bin/sh still runs", 0,
		.out = "two\n", .options = "--for=1ms" },
	{ "patience is in the environment", "echo $LTTNG_UST_REGISTER_TIMEOUT; exit 5", NULL, 5,
		NO_EVENTS, 0, .out = "60000\n" },
	{ "the user's patience is kept", WORK "exit 5", NULL, 5,
		NO_EVENTS ", maybe because LTTNG_UST_REGISTER_TIMEOUT is 0 (unset it)", 0,
		.out = "", .before = WITH("LTTNG_UST_REGISTER_TIMEOUT=0") },
	{ "the command never ran", "exec /nonexistent", NULL, 127,
		"/bin/sh ended with status 127 and " NO_EVENTS, 0, .out = "" },
	{ "nothing is recorded", "exit 0", NULL, 1, NO_EVENTS ": no process of it came", 0,
		.out = "" },
};

static const struct wg_failure room[] = {
	{ "the disk is full", TWICE, disk_filled, 1, "no space left on the disk", 1, .out = BOTH,
		.prepare = small_disk, .settle = no_disk },
	{ "the folder is removed", TWICE, folder_removed, 1, "was removed while recording", 0,
		.out = BOTH },
	{ "the folder is moved", TWICE, folder_moved, 5, "the folder was moved", 2, .out = BOTH },
	{ "the folder cannot be written to", "echo one", NULL, 1, "cannot write to the folder", 0,
		.out = "", .prepare = folder_read_only, .settle = folder_gone },
	{ "/dev/shm is small", "echo one", NULL, 1, "/dev/shm has", 0, .out = "",
		.before = SHM("256k") },
	{ "/dev/shm has no inodes", "echo one", NULL, 1, "/dev/shm has room for", 0, .out = "",
		.before = SHM("64m,nr_inodes=4") },
	{ "/dev/shm is full before the first process",
		"cat /dev/zero >/dev/shm/all 2>/dev/null; truncate -s -64K /dev/shm/all; " WORK
		"echo one; exit 5",
		NULL, 1, "/dev/shm has", 0, .out = "one\n", .before = SHM("64m") },
	{ "/dev/shm is full later",
		WORK "cat /dev/zero >/dev/shm/all 2>/dev/null; " WORK "echo one; exit 5", NULL, 5,
		": 2 processes", 2, .out = "one\n", .before = SHM("64m") },
	{ "files may not be larger than 4 KiB", TWICE, NULL, 5, ": 2 processes", 2, .out = BOTH,
		.before = "ulimit -S -f 8; exec \"$@\"" },
	{ "few descriptors", "echo one", NULL, 1, "raise `ulimit -n`", 0, .out = "",
		.before = "ulimit -n 12; exec \"$@\"" },
	{ "the clock is stepped",
		WORK "unshare -T --monotonic 100000 --fork $W >/dev/null || exit 9; " WORK "exit 5",
		NULL, 5, "trace in", 1, .out = "" },
	{ "the user of sudo", WORK "exit 5", NULL, 5, "trace in", 1, .out = "",
		.before = WITH("SUDO_UID=65534 SUDO_GID=65534"), .settle = all_is_theirs },
};

#define ALL(rows) wg_bench_run(rows, sizeof(rows) / sizeof((rows)[0]))

static void somebody_is_killed(void)
{
	ALL(killed);
}

static void a_daemon_does_not_answer(void)
{
	ALL(stopped);
}

static void interrupted_at_each_stage(void)
{
	ALL(interrupts);
}

static void what_the_command_leaves(void)
{
	ALL(left);
}

static void room_and_limits(void)
{
	ALL(room);
}

/* The one folder that `record` does not need. */
static void a_bad_tmpdir_is_named(void)
{
	char *err = NULL;

	CU_ASSERT_EQUAL(
		wg_run(NULL, &err,
			(const char *const[]){ "env", "TMPDIR=/none", wg_build_path("wakegap"),
				"run", "echo", "--wait", "eventfd", NULL }),
		0);
	CU_ASSERT(wg_has(err, "no temporary folder: TMPDIR is '/none': No such file"));
	free(err);
}

void suite_record_failure(void)
{
	static const char why[] = "lttng-sessiond is not installed, or somebody's is running";
	bool alone = wg_bench_is_alone();

	WG_TEST_IF(alone, why, somebody_is_killed);
	WG_TEST_IF(alone, why, a_daemon_does_not_answer);
	WG_TEST_IF(alone, why, interrupted_at_each_stage);
	WG_TEST_IF(alone, why, what_the_command_leaves);
	WG_TEST(a_bad_tmpdir_is_named);
	WG_TEST_IF(alone && geteuid() == 0, "only root can mount", room_and_limits);
}
