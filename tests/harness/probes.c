/*
 * probes.c: suites that run only when they are named: what test_harness.c lets the runner run.
 *
 * They crash, hang, leave daemons behind and wait for each other. What they do is told by files in
 * the folder WG_PROBE.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/harness/harness.h"

static const char *in_folder(const char *name)
{
	static char path[512];
	const char *dir = getenv("WG_PROBE");

	CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void write_down(const char *name, const char *line)
{
	int fd = open(in_folder(name), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	CU_ASSERT(fd >= 0 && dprintf(fd, "%s\n", line) > 0);
	(void)close(fd);
}

static void await_file(const char *name)
{
	const struct timespec step = { .tv_nsec = 2000000 };

	while (access(in_folder(name), F_OK) != 0)
		(void)nanosleep(&step, NULL);
}

/* A process of a session of its own, which has lost its parent; its pid is written down. */
static void start_daemon(void)
{
	char pid[32];
	int ends[2];

	CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
	if (fork() == 0) {
		(void)setsid();
		if (fork() == 0) {
			(void)snprintf(pid, sizeof(pid), "%d", (int)getpid());
			write_down("daemon", pid);
			(void)close(ends[0]);
			(void)close(ends[1]);
			for (;;)
				(void)pause();
		}
		_exit(0);
	}
	(void)close(ends[1]);
	(void)read(ends[0], pid, 1); /* its end: the pid is written */
	(void)close(ends[0]);
}

/* ---- results ---- */

static void passes(void)
{
	CU_ASSERT(true);
}

static void is_skipped(void)
{
	wg_skip("it is a probe");
}

static void fails(void)
{
	CU_ASSERT(false);
}

/* Of a signal that no sanitizer takes for itself. */
static void crashes(void)
{
	(void)raise(SIGKILL);
}

static void exits(void)
{
	exit(0);
}

static void exits_badly_at_the_end(void)
{
	_exit(23);
}

static void is_bad_at_the_end(void)
{
	CU_ASSERT_EQUAL(atexit(exits_badly_at_the_end), 0);
}

void suite_probe_passes(void)
{
	WG_TEST(passes);
	WG_TEST(is_skipped);
}

void suite_probe_fails(void)
{
	WG_TEST(passes);
	WG_TEST(fails);
}

void suite_probe_crashes(void)
{
	WG_TEST(passes);
	WG_TEST(crashes);
}

void suite_probe_exits(void)
{
	WG_TEST(exits);
}

void suite_probe_exits_late(void)
{
	WG_TEST(is_bad_at_the_end);
}

/* ---- what is left behind ---- */

static void leaves_a_daemon(void)
{
	CU_ASSERT_PTR_NOT_NULL(wg_tmpdir());
	start_daemon();
}

static void hangs(void)
{
	for (;;)
		(void)pause();
}

void suite_probe_daemon(void)
{
	WG_TEST(leaves_a_daemon);
}

/* The first has a limit of a second, the second a long one: it is interrupted. */
void suite_probe_late(void)
{
	WG_TEST(leaves_a_daemon);
	WG_TEST(hangs);
}

void suite_probe_stays(void)
{
	WG_TEST(leaves_a_daemon);
	WG_TEST(hangs);
}

/* As a session daemon does it, in the suite's own folder for it. */
static void makes_a_socket(void)
{
	const char *home = getenv("LTTNG_HOME");
	char path[512] = "/var/run/lttng";

	if (geteuid() != 0) {
		(void)snprintf(path, sizeof(path), "%s/.lttng", home ? home : "");
		CU_ASSERT_EQUAL(mkdir(path, 0700), 0);
	}
	(void)snprintf(path + strlen(path), sizeof(path) - strlen(path), "/probe");
	CU_ASSERT_EQUAL(mkdir(path, 0700), 0);
	CU_ASSERT_EQUAL(rmdir(path), 0);
}

void suite_probe_records(void)
{
	WG_TEST(makes_a_socket);
}

/* ---- two that wait for each other, twice ---- */

static void meet(const char *mine, const char *other)
{
	write_down(mine, "came");
	await_file(other);
}

static void left_comes(void)
{
	meet("left 1", "right 1");
}

static void left_comes_again(void)
{
	meet("left 2", "right 2");
}

static void right_comes(void)
{
	meet("right 1", "left 1");
}

static void right_comes_again(void)
{
	meet("right 2", "left 2");
	write_down("both", "met");
}

void suite_probe_left(void)
{
	WG_TEST(left_comes);
	WG_TEST(left_comes_again);
}

void suite_probe_right(void)
{
	WG_TEST(right_comes);
	WG_TEST(right_comes_again);
}

/* Would start first, for its seconds. */
static void comes_last(void)
{
	CU_ASSERT(access(in_folder("both"), F_OK) == 0);
}

void suite_probe_quiet(void)
{
	WG_TEST(comes_last);
}

/* Two that start first, for their seconds; the two others run beside them. */
static void sleeps_until_both_met(void)
{
	meet("sleeps", "dozes");
	await_file("both");
}

static void dozes_until_both_met(void)
{
	meet("dozes", "sleeps");
	await_file("both");
}

void suite_probe_sleeps(void)
{
	WG_TEST(sleeps_until_both_met);
}

void suite_probe_dozes(void)
{
	WG_TEST(dozes_until_both_met);
}

/* ---- two that share a session daemon ---- */

/* Were they side by side, the second would begin within this time. */
static void first_gives_time(void)
{
	const struct timespec step = { .tv_nsec = 2000000 };
	int i;

	for (i = 0; i < 150 && access(in_folder("second"), F_OK) != 0; i++)
		(void)nanosleep(&step, NULL);
	write_down("first", "is through");
}

static void second_finds_first_through(void)
{
	write_down("second", "began");
	CU_ASSERT(access(in_folder("first"), F_OK) == 0);
}

void suite_probe_first(void)
{
	WG_TEST(first_gives_time);
}

void suite_probe_second(void)
{
	WG_TEST(second_finds_first_through);
}
