/*
 * test_scratch.c: a damaged trace is read through a temporary folder, which is removed.
 */
#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/harness/trace_files.h"
#include "traces/read/read.h"

/* Entries of a folder, without . and .. */
static int count_entries(const char *dir)
{
	DIR *d = opendir(dir);
	int n = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	while (readdir(d))
		n++;
	(void)closedir(d);
	return n - 2;
}

static void nothing_is_left_behind(void)
{
	const char *tmp = wg_tmpdir(), *dir = wg_copy_sample("packets");
	struct wg_reader *reader = NULL;
	struct wg_error err;

	wg_cut(dir, "wakegap_0", 5000);
	CU_ASSERT_EQUAL(setenv("TMPDIR", tmp, 1), 0);
	CU_ASSERT_EQUAL_FATAL(wg_reader_open(dir, &reader, &err), 0);
	CU_ASSERT_EQUAL(count_entries(tmp), 1);
	wg_reader_close(reader); /* in the middle of it */
	CU_ASSERT_EQUAL(count_entries(tmp), 0);
	CU_ASSERT_EQUAL(unsetenv("TMPDIR"), 0);
}

/* Opens a damaged trace below TMPDIR and waits to be killed. */
static pid_t reader_that_stays(const char *dir, int *ret_fd)
{
	int fds[2];
	pid_t pid;

	CU_ASSERT_FATAL(pipe(fds) == 0);
	pid = fork();
	if (pid == 0) {
		struct wg_reader *reader = NULL;
		struct wg_error err;

		(void)!write(fds[1], wg_reader_open(dir, &reader, &err) == 0 ? "y" : "n", 1);
		for (;;)
			(void)pause();
	}
	(void)close(fds[1]);
	*ret_fd = fds[0];
	return pid;
}

static void make_old(const char *dir)
{
	const struct timespec old[2] = { { 1000000000, 0 }, { 1000000000, 0 } };
	DIR *d = opendir(dir);
	struct dirent *entry;

	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	while ((entry = readdir(d)))
		(void)utimensat(dirfd(d), entry->d_name, old, 0);
	(void)closedir(d);
}

static void count_after_an_open(const char *tmp, const char *dir, int expected)
{
	struct wg_reader *reader = NULL;
	struct wg_error err;

	make_old(tmp);
	CU_ASSERT_EQUAL_FATAL(wg_reader_open(dir, &reader, &err), 0);
	wg_reader_close(reader);
	CU_ASSERT_EQUAL(count_entries(tmp), expected);
}

/* SIGKILL leaves a folder; the next reader removes it, but none that is in use. */
static void what_a_killed_reader_left_goes_with_the_next(void)
{
	const char *tmp = wg_tmpdir(), *dir = wg_copy_sample("packets");
	char byte = 0;
	pid_t pid;
	int fd;

	wg_cut(dir, "wakegap_0", 5000);
	CU_ASSERT_EQUAL(setenv("TMPDIR", tmp, 1), 0);
	pid = reader_that_stays(dir, &fd);
	CU_ASSERT(read(fd, &byte, 1) == 1 && byte == 'y');
	CU_ASSERT_EQUAL(count_entries(tmp), 1);
	count_after_an_open(tmp, dir, 1); /* it lives */
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	CU_ASSERT_EQUAL(count_entries(tmp), 1);
	count_after_an_open(tmp, dir, 0);
	(void)close(fd);
	CU_ASSERT_EQUAL(unsetenv("TMPDIR"), 0);
}

/* Whatever fails for want of descriptors, the folder goes: its removal needs some, too. */
static void nothing_is_left_behind_with_few_descriptors(void)
{
	const char *tmp = wg_tmpdir(), *dir = wg_copy_sample("packets");
	char script[64];
	int n;

	wg_cut(dir, "wakegap_0", 5000);
	CU_ASSERT_EQUAL(setenv("TMPDIR", tmp, 1), 0);
	for (n = 3; n <= 16; n++) {
		(void)snprintf(script, sizeof(script), "ulimit -n %d; exec \"$@\"", n);
		(void)wg_run(NULL, NULL,
			(const char *const[]){ "sh", "-c", script, "sh", wg_build_path("wakegap"),
				"stats", dir, NULL });
		CU_ASSERT_EQUAL(count_entries(tmp), 0);
	}
	CU_ASSERT_EQUAL(unsetenv("TMPDIR"), 0);
}

/* In $1 a folder that becomes a disk, in $2 a damaged trace. Blocks or names run out. */
static void a_full_disk_is_named(void)
{
	static const char *const full[] = {
		"size=16k none $1 && { head -c 99k /dev/zero >$1/all 2>&-; :; }",
		"nr_inodes=2 none $1 && { : >$1/all; :; }",
	};
	const char *tmp = wg_tmpdir(), *dir = wg_copy_sample("packets");
	char script[300], wanted[600], *err = NULL;
	size_t i;
	int rc;

	wg_cut(dir, "wakegap_0", 5000);
	(void)snprintf(wanted, sizeof(wanted),
		"No space left on device in '%s' (TMPDIR), where it is repaired", tmp);
	for (i = 0; i < sizeof(full) / sizeof(full[0]); i++) {
		(void)snprintf(script, sizeof(script),
			"mount -t tmpfs -o %s || exit 99; TMPDIR=$1 \"$0\" stats $2 >&2", full[i]);
		rc = wg_run(NULL, &err,
			(const char *const[]){ "unshare", "-m", "sh", "-c", script,
				wg_build_path("wakegap"), tmp, dir, NULL });
		if (rc == 99 || wg_has(err, "unshare"))
			wg_skip("no mount namespace of its own");
		else
			CU_ASSERT(wg_has(err, wanted));
		free(err);
	}
}

void suite_scratch(void)
{
	WG_TEST(a_full_disk_is_named);
	WG_TEST(nothing_is_left_behind);
	WG_TEST(nothing_is_left_behind_with_few_descriptors);
	WG_TEST(what_a_killed_reader_left_goes_with_the_next);
}
