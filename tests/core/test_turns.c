/*
 * test_turns.c: passes of a workload in turn with those of another process; and what that one does
 * between them.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/harness/support.h"

/* The workload, which takes turns with the caller, and says on err_fd (or -1) what it says to
 * people. check: as its option. Its passes are 12: three turns. */
static pid_t start_in_turns(const char *file, const char *check, int *ret_fd, int err_fd)
{
	char turns[16];
	const char *argv[] = { wg_build_path("wakegap-workload"), "read", "--file", file, "--check",
		check, "--passes", "12", "--turns", turns, NULL };
	int fds[2];
	pid_t pid;

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	(void)snprintf(turns, sizeof(turns), "%d", fds[1]);
	pid = fork();
	if (pid == 0) {
		(void)fcntl(fds[1], F_SETFD, 0);
		(void)dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
		if (err_fd >= 0)
			(void)dup2(err_fd, STDERR_FILENO);
		(void)execv(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	(void)close(fds[1]);
	*ret_fd = fds[0];
	return pid;
}

/* Then the partner, which is this test, has gone. */
static void passes_wait_for_their_turn(void)
{
	int fd, status, i;
	pid_t pid = start_in_turns(wg_make_file(wg_tmpdir(), "file", 1 << 16), "2", &fd, -1);
	char byte;

	for (i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(recv(fd, &byte, 1, MSG_DONTWAIT), -1);
		CU_ASSERT_EQUAL(write(fd, "", 1), 1);
		CU_ASSERT_EQUAL(read(fd, &byte, 1), 1);
	}
	CU_ASSERT_EQUAL(read(fd, &byte, 1), 0);
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT_EQUAL(status, 0);
	(void)close(fd);
}

/* Between two turns a byte of a file of 60001 is another. An error says this of the file. */
static void changed_at(off_t at, const char *check, const char *wanted)
{
	const char *file = wg_make_file(wg_tmpdir(), "file", 60001);
	int change = open(file, O_RDWR | O_CLOEXEC), err = memfd_create("err", MFD_CLOEXEC);
	char byte = 0, all[500], text[500] = "";
	int fd, status;
	pid_t pid;

	CU_ASSERT_FATAL(change >= 0 && err >= 0);
	pid = start_in_turns(file, check, &fd, err);
	CU_ASSERT_EQUAL(write(fd, "", 1), 1);
	CU_ASSERT_EQUAL(read(fd, &byte, 1), 1);
	CU_ASSERT(pread(change, &byte, 1, at) >= 0);
	byte++;
	CU_ASSERT_EQUAL(pwrite(change, &byte, 1, at), 1);
	CU_ASSERT_EQUAL(write(fd, "", 1), 1);
	CU_ASSERT_EQUAL(read(fd, &byte, 1), 0);
	(void)close(fd); /* if it goes on, it need not wait */
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	(void)snprintf(all, sizeof(all), wanted, file);
	CU_ASSERT(pread(err, text, sizeof(text) - 1, 0) > 0);
	CU_ASSERT_STRING_EQUAL(text, all);
	(void)close(err);
	(void)close(change);
}

static void a_file_that_changes_is_named(void)
{
	changed_at(60000, "2",
		"wakegap: '%s' changed while it was read, or a strategy delivered the wrong "
		"bytes\n");
}

/* Nothing is hashed, and it is as many operations: one byte more. %.0s: its name is not in it. */
static void a_file_that_grows_is_another(void)
{
	changed_at(60001, "0",
		"wakegap: pass 6 with 'eventfd' did not deliver what the first did\n%.0s");
}

static void alone_it_is_always_its_turn(void)
{
	const char *file = wg_make_file(wg_tmpdir(), "file", 1 << 16);
	char *out;

	CU_ASSERT_EQUAL(wg_run(&out, NULL,
				(const char *const[]){ wg_build_path("wakegap-workload"), "read",
					"--file", file, "--passes", "12", "--turns", "99", NULL }),
		0);
	CU_ASSERT(wg_has(out, "\"cpu_seconds\":{\"median\":"));
	free(out);
}

void suite_turns(void)
{
	WG_TEST(passes_wait_for_their_turn);
	WG_TEST(a_file_that_changes_is_named);
	WG_TEST(a_file_that_grows_is_another);
	WG_TEST(alone_it_is_always_its_turn);
}
