/*
 * test_tree.c: a folder is removed whatever is in it, and nothing outside it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "traces/base/tree.h"

#define NOBODY 65534
#define DEPTH  3000 /* with names of 3 bytes: three times PATH_MAX */

static char *path_of(const char *dir, const char *name)
{
	static char text[4][512];
	static int turn;

	turn = (turn + 1) % 4;
	(void)snprintf(text[turn], sizeof(text[0]), "%s/%s", dir, name);
	return text[turn];
}

static bool make_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	return fd >= 0 && close(fd) == 0;
}

static bool exists(const char *path)
{
	return faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static void whatever_the_modes(void)
{
	const char *base = wg_tmpdir(), *dir = path_of(base, "a");
	bool is_root = geteuid() == 0;

	/* Modes do not stop root, so root is somebody else for a while. */
	if (is_root)
		CU_ASSERT_FATAL(chown(base, NOBODY, NOBODY) == 0 && seteuid(NOBODY) == 0);
	CU_ASSERT_FATAL(mkdir(dir, 0700) == 0 && mkdir(path_of(base, "a/b"), 0700) == 0);
	CU_ASSERT_FATAL(mkdir(path_of(base, "a/b/c"), 0) == 0);
	CU_ASSERT_FATAL(make_file(path_of(base, "a/b/file")));
	CU_ASSERT_FATAL(chmod(path_of(base, "a/b"), 0) == 0);
	CU_ASSERT_FATAL(chmod(path_of(base, "a"), 0500) == 0);
	CU_ASSERT(wg_remove_tree(path_of(base, "a")) == 0);
	CU_ASSERT(!exists(path_of(base, "a")));
	if (is_root)
		CU_ASSERT_FATAL(seteuid(0) == 0);
}

static void deeper_than_a_path(void)
{
	const char *dir = wg_tmpdir();
	int at, next, i;

	at = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (i = 0; i < DEPTH; i++) {
		CU_ASSERT_FATAL(mkdirat(at, "abc", 0700) == 0);
		next = openat(at, "abc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		CU_ASSERT_FATAL(next >= 0);
		(void)close(at);
		at = next;
	}
	(void)close(at);
	CU_ASSERT(wg_remove_tree(dir) == 0);
	CU_ASSERT(!exists(dir));
}

static void links_are_not_followed(void)
{
	const char *dir = wg_tmpdir(), *other = wg_tmpdir();

	CU_ASSERT_FATAL(make_file(path_of(other, "file")));
	CU_ASSERT_FATAL(symlink(other, path_of(dir, "to_folder")) == 0);
	CU_ASSERT_FATAL(symlink("nowhere", path_of(dir, "dangling")) == 0);
	CU_ASSERT(wg_remove_tree(dir) == 0);
	CU_ASSERT(!exists(dir));
	CU_ASSERT_FATAL(symlink(other, dir) == 0);
	CU_ASSERT(wg_remove_tree(dir) == 0);
	CU_ASSERT(!exists(dir));
	CU_ASSERT(exists(path_of(other, "file")));
}

static void names_that_are_taken(void)
{
	const char *dir = wg_tmpdir();
	char name[32];
	int i;

	for (i = 0; i < 6; i++) {
		(void)snprintf(name, sizeof(name), ".removed-%d", i);
		CU_ASSERT_FATAL(mkdir(path_of(dir, name), 0700) == 0);
		(void)snprintf(name, sizeof(name), ".removed-%d/file", i);
		CU_ASSERT_FATAL(i % 2 || make_file(path_of(dir, name)));
	}
	CU_ASSERT(wg_remove_tree(dir) == 0);
	CU_ASSERT(!exists(dir));
}

static void a_file_and_nothing_at_all(void)
{
	const char *file = path_of(wg_tmpdir(), "file");

	CU_ASSERT_FATAL(make_file(file));
	CU_ASSERT(wg_remove_tree(file) == 0);
	CU_ASSERT(!exists(file));
	CU_ASSERT(wg_remove_tree(file) == 0);
	CU_ASSERT(wg_remove_tree("/proc/self/stat") < 0);
}

/* What stays is an error, and the rest is gone. */
static void the_first_error_is_returned(void)
{
	CU_ASSERT(wg_remove_tree("/proc/self/fdinfo") < 0);
	CU_ASSERT(exists("/proc/self/fdinfo"));
}

void suite_tree(void)
{
	WG_TEST(whatever_the_modes);
	WG_TEST(deeper_than_a_path);
	WG_TEST(links_are_not_followed);
	WG_TEST(names_that_are_taken);
	WG_TEST(a_file_and_nothing_at_all);
	WG_TEST(the_first_error_is_returned);
}
