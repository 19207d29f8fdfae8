/*
 * test_export_large.c: a file so large that it asks for room on the disk ahead.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/harness/trace_files.h"
#include "traces/base/out.h"

#define MIB	  (1024 * 1024)
#define NUMBERS	  (9 * MIB / 4)
#define ROOM_LEFT (2 * MIB) /* less than what is asked for ahead */

/* Write the numbers from 0 on, in pieces that fit no buffer. */
static void write_numbers(struct wg_out *out, uint32_t count)
{
	uint32_t piece[1237], i, n = 0;

	while (n < count && !wg_out_failed(out)) {
		for (i = 0; i < 1237 && n < count; i++)
			piece[i] = n++;
		wg_out_write(out, piece, i * sizeof(piece[0]));
	}
}

static void expect_numbers(const char *file, uint32_t count)
{
	static uint32_t piece[64 * 1024];
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	uint32_t n = 0, wrong = 0;
	struct stat st;
	ssize_t bytes;

	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(fstat(fd, &st), 0);
	CU_ASSERT_EQUAL(st.st_size, (off_t)count * 4);
	while ((bytes = read(fd, piece, sizeof(piece))) > 0) {
		ssize_t i;

		for (i = 0; i < bytes / 4; i++)
			wrong += piece[i] != n++;
	}
	CU_ASSERT_EQUAL(n, count);
	CU_ASSERT_EQUAL(wrong, 0);
	/* The room that was not needed is free again. */
	CU_ASSERT((int64_t)st.st_blocks * 512 < (int64_t)st.st_size + ROOM_LEFT);
	(void)close(fd);
}

static void open_out(struct wg_out *out, char *file, size_t len, const char *dir)
{
	struct wg_error err = { 0, "" };

	(void)snprintf(file, len, "%s/x", dir);
	CU_ASSERT_EQUAL_FATAL(wg_out_open(out, file, &err), 0);
}

static void it_is_whole(void)
{
	struct wg_error err = { 0, "" };
	struct wg_out out;
	char file[256];

	open_out(&out, file, sizeof(file), wg_tmpdir());
	write_numbers(&out, NUMBERS);
	CU_ASSERT_EQUAL(out.bytes, (uint64_t)NUMBERS * 4);
	CU_ASSERT_EQUAL(wg_out_close(&out, true, &err), 0);
	expect_numbers(file, NUMBERS);
}

static void it_is_given_up(void)
{
	const char *dir = wg_tmpdir();
	struct wg_out out;
	char file[256];

	open_out(&out, file, sizeof(file), dir);
	write_numbers(&out, NUMBERS);
	CU_ASSERT_EQUAL(wg_out_close(&out, false, NULL), 0);
	CU_ASSERT_EQUAL(rmdir(dir), 0); /* empty */
	CU_ASSERT_EQUAL(mkdir(dir, 0700), 0);
}

/* Not at the first write, but when there was no room ahead. */
static void the_disk_is_full_later(void)
{
	const char *dir = wg_tmpdir();
	struct wg_error err = { 0, "" };
	struct wg_out out;
	char file[256];

	if (mount("wakegap-test", dir, "tmpfs", 0, "size=6m") != 0) {
		wg_skip("the right to mount");
		return;
	}
	open_out(&out, file, sizeof(file), dir);
	write_numbers(&out, NUMBERS);
	CU_ASSERT_EQUAL(wg_out_close(&out, true, &err), -ENOSPC);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "/x': No space left on device"));
	CU_ASSERT_NOT_EQUAL(access(file, F_OK), 0);
	CU_ASSERT_EQUAL(umount(dir), 0);
}

/* A file that is within the limit, though the room ahead of it would not be: tmpfs would end us. */
static void a_limit_of_sizes_is_kept(void)
{
	const struct rlimit limit = { 12 * MIB, 12 * MIB };
	const char *dir = wg_tmpdir();
	struct wg_error err = { 0, "" };
	struct wg_out out;
	char file[256];
	int status;
	pid_t pid;

	if (mount("wakegap-test", dir, "tmpfs", 0, "size=200m") != 0) {
		wg_skip("the right to mount");
		return;
	}
	open_out(&out, file, sizeof(file), dir);
	pid = fork();
	if (pid == 0) {
		(void)setrlimit(RLIMIT_FSIZE, &limit);
		write_numbers(&out, NUMBERS);
		_exit(wg_out_close(&out, true, &err) == 0 ? 0 : 1);
	}
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	expect_numbers(file, NUMBERS);
	CU_ASSERT_EQUAL(wg_out_close(&out, false, NULL), 0);
	CU_ASSERT_EQUAL(umount(dir), 0);
}

void suite_export_large(void)
{
	WG_TEST(it_is_whole);
	WG_TEST(it_is_given_up);
	WG_TEST(the_disk_is_full_later);
	WG_TEST(a_limit_of_sizes_is_kept);
}
