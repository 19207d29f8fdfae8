/*
 * test_lab_files.c: what `wakegap lab` writes, and where: results in files, on a full disk, in
 * folders that cannot be written. Half of anything is never left.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/labs/lab_run.h"

static int entries(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	int count = 0;

	while (d && (e = readdir(d)))
		count += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	if (d)
		(void)closedir(d);
	return d ? count : -1;
}

/* A small disk; NULL, and the test skipped, without the right to mount. */
static const char *small_disk(const char *size)
{
	const char *dir = wg_tmpdir();

	if (mount("wakegap-test", dir, "tmpfs", 0, size) == 0)
		return dir;
	wg_skip("the right to mount");
	return NULL;
}

/* One line, and nothing else, that says this. */
static bool is_one_line(const char *err, const char *what)
{
	const char *end = strchr(err, '\n');

	return strncmp(err, "wakegap", 7) == 0 && end && !end[1] && wg_has(err, what);
}

static void shell(const char *command)
{
	const char *argv[] = { "sh", "-c", command, NULL };

	CU_ASSERT_EQUAL(wg_run(NULL, NULL, argv), 0);
}

/* What is in a small file. Static until the next call. */
static const char *content(const char *path)
{
	static char text[65536];
	FILE *f = fopen(path, "re");
	size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;

	text[n] = '\0';
	if (f)
		(void)fclose(f);
	return text;
}

static const char *tar_of_mine(void)
{
	static char tar[260];
	char command[700];

	(void)snprintf(tar, sizeof(tar), "%s/in.tar", learner.home);
	(void)snprintf(command, sizeof(command), "cd %s && tar -cf %s .", learner.dir, tar);
	shell(command);
	return tar;
}

/* ---- options ---- */

static void a_name_is_noted_in_every_form(void)
{
	const char *tar;
	json_t *root;

	wg_learner_init();
	tar = tar_of_mine();
	CU_ASSERT_EQUAL(LAB("grade", "--student", "ann", learner.dir), 0);
	CU_ASSERT(wg_learner_says("\"student\": \"ann\""));
	CU_ASSERT_EQUAL(LAB("verify", tar, "--student", "bob"), 1);
	CU_ASSERT(wg_learner_says("\"student\": \"bob\""));
	CU_ASSERT_EQUAL(LAB("verify", "--student", "bob", "--format", "csv", tar), 1);
	CU_ASSERT(wg_learner_says("\n\"bob\",\"01-first\",\"delivered\""));
	CU_ASSERT_EQUAL(LAB("verify", "--student=bob", "--format=gradescope", tar), 1);
	root = json_loads(learner.out, 0, NULL);
	CU_ASSERT_STRING_EQUAL(
		json_string_value(json_object_get(json_object_get(root, "extra_data"), "student")),
		"bob");
	json_decref(root);
	/* Not UTF-8: no reason to fail. */
	CU_ASSERT_EQUAL(LAB("grade", "--student", "\xff", learner.dir), 0);
	CU_ASSERT(wg_learner_says("\"student\": \"\\\\xff\""));
	CU_ASSERT_EQUAL(LAB("grade", learner.dir, "--student"), 2);
	CU_ASSERT(is_one_line(learner.err, "--student needs a value"));
	wg_learner_fini();
}

static void a_check_has_the_seconds_it_is_given(void)
{
	const char *tar;

	wg_learner_init();
	CU_ASSERT_EQUAL(LAB("grade", "--seconds", "0", learner.dir), 2);
	CU_ASSERT(is_one_line(learner.err, "from 1 to 3600"));
	CU_ASSERT_EQUAL(LAB("grade", "--seconds", "soon", learner.dir), 2);
	CU_ASSERT_EQUAL(LAB("verify", "--seconds", "9999", learner.dir), 2);
	wg_learner_writes(WG_COURSE "/solution.c", "tests/data/hostile/endless.c");
	CU_ASSERT_EQUAL(LAB("grade", "--seconds", "1", learner.dir), 0);
	CU_ASSERT(wg_learner_says("it did not end in"));
	tar = tar_of_mine();
	CU_ASSERT_EQUAL(LAB("verify", "--seconds", "1", tar), 1);
	CU_ASSERT(wg_learner_says("it did not end in"));
	wg_learner_fini();
}

/* ---- where a result goes ---- */

static void a_result_goes_into_a_file(void)
{
	char file[300], link[300], command[1000];
	struct stat st;

	wg_learner_init();
	(void)snprintf(file, sizeof(file), "%s/result.json", learner.home);
	(void)snprintf(link, sizeof(link), "%s/link.json", learner.home);
	CU_ASSERT_EQUAL(LAB("grade", "-o", file, learner.dir), 0);
	CU_ASSERT_STRING_EQUAL(learner.out, "");
	CU_ASSERT(wg_has(content(file), "\"verdict\": \"fail\"\n") ||
		  wg_has(content(file), "\"verdict\": \"fail\","));
	/* Through a link, which stays one; the mode stays, too. */
	(void)snprintf(command, sizeof(command), "chmod 600 %s && ln -s %s %s", file, file, link);
	shell(command);
	wg_learner_writes(WG_COURSE "/solution.c", NULL);
	CU_ASSERT_EQUAL(LAB("verify", tar_of_mine(), "-o", link), 0);
	CU_ASSERT(wg_has(content(file), "\"verdict\": \"pass\""));
	CU_ASSERT(lstat(link, &st) == 0 && S_ISLNK(st.st_mode));
	CU_ASSERT(stat(file, &st) == 0 && (st.st_mode & 0777) == 0600);
	/* A device is written, and not replaced. */
	CU_ASSERT_EQUAL(LAB("grade", "-o", "/dev/stdout", "--format", "autolab", learner.dir), 0);
	CU_ASSERT(wg_learner_says("{\"scores\":"));
	CU_ASSERT_EQUAL(LAB("grade", "-o", "-", "--format", "autolab", learner.dir), 0);
	CU_ASSERT(wg_learner_says("{\"scores\":"));
	CU_ASSERT_EQUAL(LAB("grade", "-o", "/dev/full", learner.dir), 1);
	CU_ASSERT(is_one_line(learner.err, "'/dev/full': No space left on device"));
	CU_ASSERT(stat("/dev/full", &st) == 0 && S_ISCHR(st.st_mode));
	CU_ASSERT_EQUAL(LAB("grade", "-o", learner.home, learner.dir), 1);
	CU_ASSERT(is_one_line(learner.err, "Is a directory"));
	CU_ASSERT_EQUAL(LAB("grade", "-o", "/nowhere/result.json", learner.dir), 1);
	CU_ASSERT(is_one_line(learner.err, "No such file or directory"));
	wg_learner_fini();
}

static void a_full_standard_output_is_told(void)
{
	char command[600];
	const char *argv[] = { "sh", "-c", command, NULL };

	wg_learner_init();
	(void)snprintf(command, sizeof(command), "%s lab grade %s >/dev/full",
		wg_build_path("wakegap"), learner.dir);
	wg_learner_fini();
	CU_ASSERT_EQUAL(wg_run(&learner.out, &learner.err, argv), 1);
	CU_ASSERT(is_one_line(
		learner.err, "cannot write to standard output: No space left on device"));
	wg_learner_fini();
}

/* ---- what is left behind ---- */

/* Nothing, also where a learner's file made what rm -r cannot remove. */
static void litter_is_removed(void)
{
	char tmp[300];

	wg_learner_init();
	wg_learner_writes(WG_COURSE "/solution.c", "tests/data/hostile/litters.c");
	(void)snprintf(tmp, sizeof(tmp), "%s", wg_tmpdir());
	CU_ASSERT_EQUAL(chmod(tmp, 0755), 0);
	CU_ASSERT_EQUAL(setenv("TMPDIR", tmp, 1), 0);
	(void)LAB("check", learner.dir);
	CU_ASSERT(wg_learner_says("\n next: "));
	CU_ASSERT_EQUAL(unsetenv("TMPDIR"), 0);
	CU_ASSERT_EQUAL(entries(tmp), 0);
	wg_learner_fini();
}

/* ---- a full disk ---- */

static void a_full_disk_takes_no_half_result(void)
{
	const char *disk = small_disk("size=4k");
	char file[300];

	if (!disk)
		return;
	wg_learner_init();
	(void)snprintf(file, sizeof(file), "%s/result.json", disk);
	/* So many steps make it longer than a page. */
	wg_learner_writes(WG_COURSE "/wrong/long.c", NULL);
	CU_ASSERT_EQUAL(LAB("grade", "--format", "json", "-o", file, learner.dir), 1);
	CU_ASSERT(is_one_line(learner.err, "result.json': No space left on device"));
	CU_ASSERT_EQUAL(entries(disk), 0);
	CU_ASSERT_EQUAL(LAB("verify", "-o", file, tar_of_mine()), 1);
	CU_ASSERT(is_one_line(learner.err, "result.json': No space left on device"));
	CU_ASSERT_EQUAL(entries(disk), 0);
	CU_ASSERT_EQUAL(umount(disk), 0);
	wg_learner_fini();
}

static void a_full_disk_takes_no_half_lab(void)
{
	const char *disk = small_disk("size=16k");
	char dir[300];

	if (!disk)
		return;
	wg_learner_init();
	(void)snprintf(dir, sizeof(dir), "%s/mine", disk);
	CU_ASSERT_EQUAL(LAB("start", "1", dir), 1);
	CU_ASSERT(is_one_line(learner.err, "No space left on device"));
	CU_ASSERT_EQUAL(entries(disk), 0);
	/* A folder that was there stays, and is empty. */
	CU_ASSERT_EQUAL(mkdir(dir, 0755), 0);
	CU_ASSERT_EQUAL(LAB("start", "1", dir), 1);
	CU_ASSERT_EQUAL(entries(dir), 0);
	/* And list knows nothing of either: the lab is where it was. */
	CU_ASSERT_EQUAL(LAB("list"), 0);
	CU_ASSERT(wg_learner_says(learner.dir) && !wg_learner_says(dir));
	CU_ASSERT_EQUAL(umount(disk), 0);
	wg_learner_fini();
}

/* ---- folders that cannot be written ---- */

/* The verdict counts; that it could not be noted is said. */
static void a_lab_that_cannot_be_written_is_judged(void)
{
	char parent[300], dir[300], command[900];
	const char *disk = small_disk("size=1m");

	if (!disk)
		return;
	wg_learner_init();
	(void)snprintf(command, sizeof(command), "cp -r %s %s/mine", learner.dir, disk);
	shell(command);
	CU_ASSERT_EQUAL(mount(NULL, disk, NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
	(void)snprintf(parent, sizeof(parent), "%s/other", disk);
	(void)snprintf(dir, sizeof(dir), "%s/mine", disk);
	CU_ASSERT_EQUAL(LAB("start", "1", parent), 1);
	CU_ASSERT(is_one_line(learner.err, "Read-only file system"));
	CU_ASSERT_EQUAL(LAB("check", dir), 1);
	CU_ASSERT(wg_learner_says("[FAIL] no wake-up lost"));
	CU_ASSERT(is_one_line(learner.err, "Read-only file system; this attempt is not counted"));
	CU_ASSERT_EQUAL(LAB("grade", dir), 0);
	CU_ASSERT(wg_learner_says("\"verdict\": \"fail\""));
	CU_ASSERT_EQUAL(LAB("grade", "-o", parent, dir), 1);
	CU_ASSERT(wg_has(learner.err, "other': Read-only file system\n"));
	CU_ASSERT_EQUAL(LAB("reset", dir, "--yes"), 1);
	CU_ASSERT(is_one_line(learner.err, "Read-only file system"));
	CU_ASSERT_EQUAL(LAB("solution", dir, "--give-up"), 1);
	CU_ASSERT(is_one_line(learner.err, "Read-only file system"));
	CU_ASSERT_EQUAL(umount(disk), 0);
	wg_learner_fini();
}

void suite_lab_files(void)
{
	WG_TEST(a_name_is_noted_in_every_form);
	WG_TEST(a_check_has_the_seconds_it_is_given);
	WG_TEST(a_result_goes_into_a_file);
	WG_TEST(a_full_standard_output_is_told);
	WG_TEST(litter_is_removed);
	WG_TEST(a_full_disk_takes_no_half_result);
	WG_TEST(a_full_disk_takes_no_half_lab);
	WG_TEST(a_lab_that_cannot_be_written_is_judged);
}
