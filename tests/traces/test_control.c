/*
 * test_control.c: whom a flight recorder answers, and how long who asks waits for it. Snapshots
 * themselves are in test_length.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "traces/record/control.h"

static int taken(void *user, char ret[PATH_MAX], struct wg_error *err)
{
	(void)user;
	(void)err;
	(void)snprintf(ret, PATH_MAX, "/the/snapshot");
	return 0;
}

/* One that only answers, each time after so long: it has something to write. */
static pid_t start_answers(int after_ms)
{
	struct wg__control control;
	struct pollfd asked = { .events = POLLIN };
	sigset_t io;
	int told[2];
	char byte;
	pid_t pid;

	CU_ASSERT_FATAL(pipe2(told, O_CLOEXEC) == 0);
	pid = fork();
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)sigemptyset(&io);
		(void)sigaddset(&io, SIGIO);
		(void)sigprocmask(SIG_BLOCK, &io, NULL);
		if (wg__control_open(&control, NULL) < 0 || write(told[1], "", 1) != 1)
			_exit(1);
		asked.fd = control.fd;
		while (poll(&asked, 1, -1) == 1) {
			(void)poll(NULL, 0, after_ms);
			wg__control_answer(&control, "/the/recording", taken, NULL);
		}
		_exit(0);
	}
	(void)close(told[1]);
	CU_ASSERT_EQUAL(read(told[0], &byte, 1), 1);
	(void)close(told[0]);
	return pid;
}

static void end_answers(pid_t pid)
{
	(void)kill(pid, SIGKILL);
	CU_ASSERT_EQUAL(waitpid(pid, NULL, 0), pid);
}

/* A snapshot for somebody else takes seconds. */
static void one_that_is_busy_is_found(void)
{
	static struct wg_flight_found found[64];
	pid_t pid = start_answers(1500);
	int count = wg_flight_find(found, 64), i;

	for (i = 0; i < count && found[i].pid != pid; i++)
		;
	CU_ASSERT_FATAL(i < count);
	CU_ASSERT_STRING_EQUAL(found[i].dir, "/the/recording");
	end_answers(pid);
}

/* One that is stopped will not answer: no reason to wait as long as for one that is busy. */
static void one_that_is_stopped_is_named(void)
{
	static struct wg_flight_found found[64];
	pid_t pid = start_answers(0);
	struct wg_error err = { 0 };
	char path[PATH_MAX], wanted[80];
	int count, i, n;

	CU_ASSERT_EQUAL(kill(pid, SIGSTOP), 0);
	CU_ASSERT_EQUAL(waitpid(pid, NULL, WUNTRACED), pid);
	(void)snprintf(wanted, sizeof(wanted), "%ld is stopped: `kill -CONT %ld` continues it",
		(long)pid, (long)pid);
	for (n = 0; n < 3; n++) {
		CU_ASSERT_EQUAL(wg_flight_ask(pid, path, &err), -EBUSY);
		CU_ASSERT(wg_has(err.text, wanted));
	}
	count = wg_flight_find(found, 64);
	for (i = 0; i < count && found[i].pid != pid; i++)
		;
	CU_ASSERT(i < count && !*found[i].dir);
	/* It has not been asked for what nobody waits for. */
	CU_ASSERT_EQUAL(kill(pid, SIGCONT), 0);
	CU_ASSERT_EQUAL(wg_flight_ask(pid, path, &err), 0);
	end_answers(pid);
}

static void root_answers_nobody_else(void)
{
	char path[PATH_MAX];
	pid_t pid = start_answers(0), other = fork();
	int status = -1;

	if (other == 0) {
		if (setgid(65534) < 0 || setuid(65534) < 0)
			_exit(2);
		_exit(wg_flight_ask(pid, path, NULL) == -ESRCH ? 0 : 1);
	}
	CU_ASSERT(waitpid(other, &status, 0) == other && status == 0);
	CU_ASSERT_EQUAL(wg_flight_ask(pid, path, NULL), 0);
	CU_ASSERT_STRING_EQUAL(path, "/the/snapshot");
	end_answers(pid);
}

void suite_control(void)
{
	WG_TEST(one_that_is_busy_is_found);
	WG_TEST(one_that_is_stopped_is_named);
	WG_TEST_IF(geteuid() == 0, "only root can become another user", root_answers_nobody_else);
}
