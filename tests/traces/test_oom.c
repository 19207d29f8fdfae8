/*
 * test_oom.c: the commands that read a trace, without memory: the first, second, third ...
 * allocation fails, and each time there is a line and exit status 1, or all that was asked for; no
 * half file, no descriptor left open. Leaked memory is AddressSanitizer's to find.
 *
 * Threads cannot be created either, so that what they allocate is counted here too. libbabeltrace2
 * and GLib allocate for themselves; without memory GLib ends the process.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/harness/fake_threads.h"
#include "tests/harness/faults.h"
#include "tests/harness/harness.h"
#include "tests/harness/support.h"
#include "tests/harness/trace_files.h"
#include "viz/cmd/commands.h"

#define ARGS_MAX 12
/* Each up to here, then some. There is one thread, so ThreadSanitizer has little to look for. */
#define EVERY_UP_TO (WG_IS_UNDER_TSAN ? 10 : 150)
#define SHARE	    (WG_IS_UNDER_TSAN ? 2 : 20)
#define NTH_MAX	    100000

typedef int (*cmd_fn)(int argc, char **argv);

struct outcome {
	int status;
	char *out, *err;
};

static char *text_of(int fd)
{
	struct stat st;
	char *text;

	if (fstat(fd, &st) < 0)
		abort();
	text = calloc(1, (size_t)st.st_size + 1);
	if (!text || pread(fd, text, (size_t)st.st_size, 0) != st.st_size)
		abort();
	(void)close(fd);
	return text;
}

/* Run a command in this process with its nth allocation failing; was there one? */
static bool run(cmd_fn cmd, const char *const *arguments, int nth, struct outcome *ret)
{
	int saved[2] = { dup(1), dup(2) }, fd[2], argc, i;
	char *argv[ARGS_MAX + 1] = { NULL };
	bool was_met;

	for (argc = 0; arguments[argc]; argc++)
		argv[argc] = (char *)(uintptr_t)arguments[argc];
	(void)fflush(NULL);
	for (i = 0; i < 2; i++) {
		fd[i] = memfd_create("output", MFD_CLOEXEC);
		(void)dup2(fd[i], i + 1);
	}
	wg_fault_threads(1);
	wg_fault_alloc(nth);
	ret->status = cmd(argc, argv);
	was_met = nth && !wg_fault_is_armed();
	wg_fault_alloc(WG_FAULT_NEVER);
	wg_fault_threads(WG_FAULT_NEVER);
	(void)fflush(NULL);
	for (i = 0; i < 2; i++) {
		(void)dup2(saved[i], i + 1);
		(void)close(saved[i]);
	}
	ret->out = text_of(fd[0]);
	ret->err = text_of(fd[1]);
	return was_met;
}

static void forget(struct outcome *o)
{
	free(o->out);
	free(o->err);
}

/* A report names a trace that could not be read; so it may be there, but never half of it. */
static bool is_whole_report(const char *file)
{
	char text[1 << 14] = "";
	FILE *f = fopen(file, "re");
	size_t n;

	if (!f)
		return true;
	n = fread(text, 1, sizeof(text) - 1, f);
	(void)fclose(f);
	return n > 15 && strcmp(text + n - 15, "\n</testsuites>\n") == 0;
}

/* All that a run with enough memory says, or the failure is told. */
static void judge(const struct outcome *is, const struct outcome *good, const char *file, int nth,
	const char *what)
{
	bool told = is->status == 1 && strncmp(is->err, "wakegap: ", 9) == 0 &&
		    (wg_has(is->err, "out of memory") || wg_has(is->err, "Cannot allocate"));
	bool whole = is->status == good->status && strcmp(is->out, good->out) == 0;

	CU_ASSERT(told || whole);
	if (!told && !whole)
		(void)fprintf(stderr, "# %s, allocation %d: exit %d, %s\n", what, nth, is->status,
			is->err[0] ? is->err : "no line");
	if (file && strcmp(what, "check") == 0) {
		CU_ASSERT(is_whole_report(file));
	} else if (file) {
		CU_ASSERT_EQUAL(access(file, F_OK) == 0, is->status == good->status && !told);
	}
}

/* Arguments end with NULL; file is what it writes beside standard output, or NULL. */
static void walk(cmd_fn cmd, const char *const *arguments, const char *file)
{
	struct outcome good, is;
	int nth, failures = 0, fds;
	bool more = true;

	(void)run(cmd, arguments, 0, &good);
	fds = wg_fd_count();
	for (nth = 1; more && nth < NTH_MAX; nth += nth < EVERY_UP_TO ? 1 : nth / SHARE) {
		if (file)
			(void)unlink(file);
		more = run(cmd, arguments, nth, &is);
		if (more)
			judge(&is, &good, file, nth, arguments[0]);
		failures += is.status == 1;
		CU_ASSERT_EQUAL(wg_fd_count(), fds);
		forget(&is);
	}
	CU_ASSERT(!more);
	CU_ASSERT(failures > 5);
	forget(&good);
}

static const char *damaged(void)
{
	const char *dir = wg_copy_sample("packets");

	wg_cut(dir, "wakegap_0", 1000);
	return dir;
}

static void stats_without_memory(void)
{
	const char *bad = damaged();
	const char *const calls[][ARGS_MAX] = {
		{ "stats", wg_sample("tick") },
		{ "stats", wg_sample("tick"), wg_sample("eventfd"), "--histogram", "--where" },
		{ "stats", bad, "--by", "kind", "--since", "1us", "--loop", "1", "--kind", "read" },
		{ "stats", wg_sample("lossy"), bad, "--by", "process" },
	};
	size_t i;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		walk(wg_cmd_stats.main, calls[i], NULL);
}

static void json_without_memory(void)
{
	const char *const call[] = { "stats", wg_sample("tick"), wg_sample("lossy"), "--json",
		NULL };

	json_set_alloc_funcs(malloc, free);
	walk(wg_cmd_stats.main, call, NULL);
}

static void check_without_memory(void)
{
	char file[512];
	const char *const calls[][ARGS_MAX] = {
		{ "check", wg_sample("tick"), wg_sample("eventfd"), "--max-wasted", "1s",
			"--max-gap-p99", "1s", "--min-ops", "1", "--junit", file },
		{ "check", wg_sample("eventfd"), "--max-late-wakes", "0" },
	};

	(void)snprintf(file, sizeof(file), "%s/report.xml", wg_tmpdir());
	walk(wg_cmd_check.main, calls[0], file);
	walk(wg_cmd_check.main, calls[1], NULL);
}

static void walk_export(const char *trace, const char *format, const char *what)
{
	char file[512];
	const char *const call[] = { "export", trace, "--format", format, "--what", what, "-o",
		file, NULL };

	(void)snprintf(file, sizeof(file), "%s/file", wg_tmpdir());
	walk(wg_cmd_export.main, call, file);
}

static void sheets_without_memory(void)
{
	walk_export(wg_sample("tick"), "csv", "events");
	walk_export(damaged(), "csv", "intervals");
	walk_export(wg_sample("eventfd"), "csv", "operations");
	walk_export(damaged(), "jsonl", "events");
}

static void tracks_without_memory(void)
{
	walk_export(wg_sample("eventfd"), "chrome", "events");
	walk_export(wg_sample("lossy"), "chrome", "events");
	walk_export(wg_sample("eventfd"), "perfetto", "events");
}

static void pictures_without_memory(void)
{
	walk_export(wg_sample("eventfd"), "svg", "events");
	walk_export(wg_sample("tick"), "html", "events");
}

/* Threads of a program that was seen from outside. */
static void threads_without_memory(void)
{
	const char *dir = wg_tmpdir();

	fake_threads_write(dir);
	walk_export(dir, "csv", "threads");
	walk_export(dir, "chrome", "events");
	walk_export(dir, "svg", "events");
}

/* Alone, and beside each other. */
static void stats_of_threads_without_memory(void)
{
	const char *dir = wg_tmpdir();
	const char *const calls[][ARGS_MAX] = {
		{ "stats", dir },
		{ "stats", dir, dir },
		{ "stats", dir, wg_sample("tick"), "--top", "1" },
		{ "stats", dir, dir, "--json" },
	};
	size_t i;

	fake_threads_write(dir);
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		walk(wg_cmd_stats.main, calls[i], NULL);
}

void suite_oom(void)
{
	WG_TEST(stats_without_memory);
	WG_TEST(json_without_memory);
	WG_TEST(check_without_memory);
	WG_TEST(sheets_without_memory);
	WG_TEST(tracks_without_memory);
	WG_TEST(pictures_without_memory);
	WG_TEST(threads_without_memory);
	WG_TEST(stats_of_threads_without_memory);
}
