/*
 * test_export_file.c: what happens to FILE when something fails, and what the message says.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/traces/export_run.h"
#include "tests/harness/harness.h"
#include "tests/harness/trace_files.h"
#include "traces/base/out.h"
#include "traces/base/say.h"

/* Names in a folder, dot files included. */
static size_t entries(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	size_t count = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	while ((entry = readdir(d)))
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	(void)closedir(d);
	return count;
}

/* Mount a tmpfs of some KiB on dir; false without the right to. */
static bool mount_small(const char *dir, unsigned long flags, const char *size)
{
	return mount("wakegap-test", dir, "tmpfs", flags, size) == 0;
}

static void a_full_disk_leaves_nothing(void)
{
	char *err = NULL, file[256];
	/* Ten bounds and two loops make a report of more than 4 KiB. */
	const char *const check[] = { wg_build_path("wakegap"), "check", wg_sample("tick"),
		wg_sample("eventfd"), "--max-late-wakes", "0", "--max-wasted", "1us",
		"--max-gap-p50", "1us", "--max-gap-p90", "1us", "--max-gap-p99", "1us",
		"--max-gap-max", "1us", "--max-queued-max", "1us", "--max-service-max", "1us",
		"--max-asleep-max", "1us", "--max-op-p99", "1us", "--max-op-max", "1us", "--junit",
		file, NULL };
	const char *dir = wg_tmpdir();

	if (!mount_small(dir, 0, "size=4k")) {
		wg_skip("the right to mount");
		return;
	}
	(void)snprintf(file, sizeof(file), "%s/x.csv", dir);
	CU_ASSERT_EQUAL(
		wg_export(NULL, &err, wg_sample("tick"), "--format", "csv", "-o", file, NULL), 1);
	CU_ASSERT(wg_has(err, "wakegap: cannot write '"));
	CU_ASSERT(wg_has(err, "x.csv': No space left on device\n"));
	CU_ASSERT_EQUAL(entries(dir), 0);
	free(err);
	CU_ASSERT_EQUAL(wg_run(NULL, &err, check), 1);
	CU_ASSERT(wg_has(err, "x.csv': No space left on device\n"));
	CU_ASSERT_EQUAL(entries(dir), 0);
	CU_ASSERT_EQUAL(umount(dir), 0);
	free(err);
}

static void a_read_only_folder_is_reported(void)
{
	char *err = NULL, file[256];
	const char *dir = wg_tmpdir();
	bool mounted = mount_small(dir, MS_RDONLY, "size=4k");

	if (!mounted)
		(void)chmod(dir, 0555);
	(void)snprintf(file, sizeof(file), "%s/x.csv", dir);
	CU_ASSERT_EQUAL(
		wg_export(NULL, &err, wg_sample("tick"), "--format", "csv", "-o", file, NULL), 1);
	CU_ASSERT(wg_has(err, mounted ? "Read-only file system" : "Permission denied"));
	CU_ASSERT_EQUAL(entries(dir), 0);
	if (mounted)
		CU_ASSERT_EQUAL(umount(dir), 0);
	(void)chmod(dir, 0755);
	free(err);
}

/* Run it with a standard output that is `out`; its exit status, and what it says of that: NULL:
 * nothing. */
static void expect_lost_output(
	const char *const arguments[], int out, int exit_code, const char *reason)
{
	const char *argv[12] = { wg_build_path("wakegap") };
	char text[256] = "", wanted[128] = "";
	int err[2], status;
	size_t i;
	pid_t pid;

	for (i = 0; i < 10 && arguments[i]; i++)
		argv[i + 1] = arguments[i];
	CU_ASSERT_EQUAL_FATAL(pipe2(err, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		(void)dup2(out, STDOUT_FILENO);
		(void)dup2(err[1], STDERR_FILENO);
		(void)execv(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	(void)close(err[1]);
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == exit_code);
	(void)close(err[1]);
	CU_ASSERT(read(err[0], text, sizeof(text) - 1) >= 0);
	if (reason)
		(void)snprintf(wanted, sizeof(wanted),
			"wakegap: cannot write to standard output: %s\n", reason);
	CU_ASSERT_STRING_EQUAL(text, wanted);
	(void)close(err[0]);
}

/* Short and long output: what does not fit the buffer fails before the end. */
static void output_that_goes_nowhere_is_reported(void)
{
	char tick[256], eventfd[256]; /* the harness's last for a few calls only */
	const char *const calls[][10] = {
		{ "export", tick, "--format", "csv" },
		{ "export", tick, "--format", "html" },
		{ "stats", tick },
		{ "stats", tick, eventfd, "--json" },
		{ "check", tick, "--max-late-wakes", "100" },
	};
	int out[2], full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	size_t i;

	(void)snprintf(tick, sizeof(tick), "%s", wg_sample("tick"));
	(void)snprintf(eventfd, sizeof(eventfd), "%s", wg_sample("eventfd"));
	CU_ASSERT_FATAL(full >= 0);
	CU_ASSERT_EQUAL_FATAL(pipe2(out, O_CLOEXEC), 0);
	(void)close(out[0]);
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		expect_lost_output(calls[i], out[1], WG_EXIT_PIPE, NULL);
		expect_lost_output(calls[i], full, WG_EXIT_FAILED, "No space left on device");
	}
	(void)close(out[1]);
	(void)close(full);
}

static void a_failed_export_keeps_the_old_file(void)
{
	const char *dir = wg_tmpdir();
	char *err = NULL, file[256];
	struct stat st;
	FILE *f;

	(void)snprintf(file, sizeof(file), "%s/x.csv", dir);
	f = fopen(file, "we");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	(void)fputs("old", f);
	(void)fclose(f);
	(void)chmod(file, 0640);
	CU_ASSERT_EQUAL(wg_export(NULL, &err, wg_sample("foreign"), "-o", file, NULL), 1);
	CU_ASSERT(wg_has(err, "has no wakegap events"));
	CU_ASSERT_EQUAL(wg_file_bytes(dir, "x.csv"), 3);
	free(err);
	CU_ASSERT_EQUAL(wg_export(NULL, NULL, wg_sample("tick"), "-o", file, NULL), 0);
	CU_ASSERT_EQUAL(stat(file, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 0777, 0640);
	CU_ASSERT(st.st_size > 4000);
	CU_ASSERT_EQUAL(entries(dir), 1);
	CU_ASSERT_EQUAL(
		wg_export(NULL, &err, wg_sample("tick"), "--format", "csv", "-o", dir, NULL), 1);
	CU_ASSERT(wg_has(err, "Is a directory"));
	free(err);
}

static void a_trace_is_not_replaced(void)
{
	static const char *const files[] = { "metadata", "wakegap_0" };
	const char *trace = wg_copy_sample("tick");
	char *err = NULL, file[256];
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		size_t bytes = wg_file_bytes(trace, files[i]);

		(void)snprintf(file, sizeof(file), "%s/%s", trace, files[i]);
		CU_ASSERT_EQUAL(
			wg_export(NULL, &err, trace, "--format", "csv", "-o", file, NULL), 1);
		CU_ASSERT(wg_has(err, "' is a file of a trace: write to another one\n"));
		CU_ASSERT_EQUAL(wg_file_bytes(trace, files[i]), bytes);
		free(err);
	}
	/* Another file in its folder may be, again and again. */
	(void)snprintf(file, sizeof(file), "%s/x.csv", trace);
	CU_ASSERT_EQUAL(wg_export(NULL, NULL, trace, "-o", file, NULL), 0);
	CU_ASSERT_EQUAL(wg_export(NULL, NULL, trace, "-o", file, NULL), 0);
}

/* A run that was killed leaves its temporary file, and process ids come again. */
static void a_temporary_name_that_is_taken_is_no_obstacle(void)
{
	static const char *const names[] = { "%s/.wakegap-%ld.part", "%s/.wakegap-%ld-0.part",
		"%s/.wakegap-%ld-1.part" };
	const char *dir = wg_tmpdir();
	struct wg_error err = { 0, "" };
	char file[256], taken[256];
	struct wg_out out;
	size_t i;

	(void)snprintf(file, sizeof(file), "%s/x.csv", dir);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(taken, sizeof(taken), names[i], dir, (long)getpid());
		CU_ASSERT_EQUAL_FATAL(mkdir(taken, 0700), 0);
	}
	CU_ASSERT_EQUAL_FATAL(wg_out_open(&out, file, &err), 0);
	wg_out_text(&out, "new");
	CU_ASSERT_EQUAL(wg_out_close(&out, true, &err), 0);
	CU_ASSERT_EQUAL(wg_file_bytes(dir, "x.csv"), 3);
	CU_ASSERT_EQUAL(entries(dir), 4);
}

static void a_range_behind_the_end_is_reported(void)
{
	static const char *const formats[] = { "csv", "jsonl", "chrome", "perfetto" };
	char *err = NULL;
	size_t i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		CU_ASSERT_EQUAL(wg_export(NULL, &err, wg_sample("tick"), wg_sample("eventfd"),
					"--format", formats[i], "--range", "50ms..", NULL),
			0);
		CU_ASSERT_STRING_EQUAL(
			err, "wakegap: eventfd: the range is past its end: it lasts 529 us\n");
		free(err);
	}
}

static void wrong_calls_are_reported(void)
{
	static const char *const calls[][4] = {
		{ "--format", "xml",
			"no format 'xml'; there are csv, jsonl, chrome, perfetto, svg, html and "
			"sqlite",
			NULL },
		{ "--what", "everything",
			"--what: no 'everything'; there are events, intervals, operations and "
			"threads",
			NULL },
		{ "--range", "10..20", "--range takes FROM..TO", NULL },
		{ "--range", "20ms..10ms", "--range takes FROM..TO", NULL },
		{ "-o", "x.unknown", "which --format? csv, jsonl, ", NULL },
		{ "-o", "x.csv", "which trace?", NULL },
	};
	char *err = NULL;
	size_t i;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		const char *trace = strstr(calls[i][2], "trace") ? NULL : wg_sample("tick");

		CU_ASSERT_EQUAL(wg_export(NULL, &err, calls[i][0], calls[i][1], trace, NULL), 2);
		CU_ASSERT(wg_has(err, calls[i][2]));
		free(err);
	}
	CU_ASSERT_EQUAL(wg_export(NULL, &err, wg_sample("tick"), "--format", "chrome", "--what",
				"intervals", NULL),
		2);
	CU_ASSERT(wg_has(err, "--format chrome has no --what intervals"));
	free(err);
}

/* The library keeps an error for each thread, and aborts if it is called while there is one. */
static void a_cut_trace_spoils_no_other(void)
{
	const char *dir = wg_tmpdir(), *cut = wg_copy_sample("eventfd");
	char inside[512], *err = NULL;

	wg_cut(cut, "wakegap_0", 654);
	CU_ASSERT_EQUAL(wg_export(NULL, &err, cut, wg_sample("tick"), "--format", "csv", NULL), 0);
	CU_ASSERT(wg_has(err, "was cut at byte 0"));
	free(err);
	/* Two traces below one folder. */
	(void)snprintf(inside, sizeof(inside), "%s/a", dir);
	CU_ASSERT_EQUAL_FATAL(rename(cut, inside), 0);
	(void)snprintf(inside, sizeof(inside), "%s/b", dir);
	CU_ASSERT_EQUAL_FATAL(rename(wg_copy_sample("tick"), inside), 0);
	CU_ASSERT_EQUAL(wg_export(NULL, &err, dir, "--format", "csv", NULL), 0);
	CU_ASSERT(wg_has(err, "stream a/wakegap_0 was cut at byte 0"));
	free(err);
}

void suite_export_file(void)
{
	WG_TEST(a_full_disk_leaves_nothing);
	WG_TEST(a_read_only_folder_is_reported);
	WG_TEST(output_that_goes_nowhere_is_reported);
	WG_TEST(a_failed_export_keeps_the_old_file);
	WG_TEST(a_trace_is_not_replaced);
	WG_TEST(a_temporary_name_that_is_taken_is_no_obstacle);
	WG_TEST(a_range_behind_the_end_is_reported);
	WG_TEST(wrong_calls_are_reported);
	WG_TEST(a_cut_trace_spoils_no_other);
}
