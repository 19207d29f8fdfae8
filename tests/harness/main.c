/*
 * main.c: the test runner: each suite in a process of its own, under a time limit.
 *
 * A suite that crashes or hangs is one failure with a name, not the end of the run. The children
 * report over a pipe; the closing line is `N passed, N failed, N skipped`.
 *
 *     wakegap-tests [--list] [--suite NAME [--test NAME]]
 */
#include <CUnit/CUnit.h>
#include <CUnit/TestRun.h>
#include <errno.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/harness/harness.h"

static const struct suite {
	const char *name;
	void (*build)(void);
	int seconds;
} suites[] = {
#define SUITE(name, seconds) { #name, suite_##name, seconds },
#include "tests/suites.def"
#undef SUITE
};

#define SUITE_COUNT (sizeof(suites) / sizeof(suites[0]))

struct counts {
	int passed, failed, skipped;
};

static struct {
	CU_pSuite building;
	const char *only;	 /* NULL, or the one test to run */
	const char *skip_reason; /* of the running test */
	const char *absent;	 /* what this suite's skipped tests would need */
	char tmpdirs[64][128];
	int tmpdir_count;
	FILE *failures; /* of a full run: what its last lines repeat; one for all suites */
} run;

void wg_test_add(const char *name, void (*fn)(void))
{
	if (!run.only || strcmp(run.only, name) == 0)
		(void)CU_add_test(run.building, name, fn);
}

static void skip_for_absence(void)
{
	wg_skip(run.absent);
}

void wg_test_add_if(bool have, const char *why, const char *name, void (*fn)(void))
{
	if (!have)
		run.absent = why;
	wg_test_add(name, have ? fn : skip_for_absence);
}

void wg_skip(const char *why)
{
	run.skip_reason = why;
}

bool wg_has(const char *text, const char *part)
{
	return text && strstr(text, part) != NULL;
}

static const char *path_in(const char *folder, const char *name)
{
	static char paths[4][512];
	static unsigned next;
	char *path = paths[next++ % 4];

	(void)snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

const char *wg_build_path(const char *name)
{
	const char *dir = getenv("WG_BUILD");

	return path_in(dir ? dir : "build", name);
}

const char *wg_sample(const char *name)
{
	return path_in("traces/samples", name);
}

const char *wg_golden(const char *name)
{
	return path_in("tests/data/golden", name);
}

char *wg_tmpdir(void)
{
	const char *base = getenv("TMPDIR");
	char *dir;

	if (run.tmpdir_count == 64)
		return NULL;
	dir = run.tmpdirs[run.tmpdir_count];
	(void)snprintf(dir, sizeof(run.tmpdirs[0]), "%s/wakegap-test-XXXXXX", base ? base : "/tmp");
	if (!mkdtemp(dir))
		return NULL;
	run.tmpdir_count++;
	return dir;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static void remove_tmpdirs(void)
{
	while (run.tmpdir_count > 0)
		(void)nftw(run.tmpdirs[--run.tmpdir_count], remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- in the suite's process ---- */

static struct counts counts;

static void print_failures(FILE *to, CU_pFailureRecord f)
{
	for (; f; f = f->pNext)
		(void)fprintf(to, "#   %s:%u: %s\n", f->strFileName ? f->strFileName : "?",
			f->uiLineNumber, f->strCondition ? f->strCondition : "?");
	wg_run_tell(to);
}

/* Also for the end of a full run: whoever reads only that must find it. */
static void note_failure(const char *suite, const char *test, CU_pFailureRecord f)
{
	if (!run.failures)
		return;
	(void)fprintf(run.failures, "FAILED: %s: %s\n", suite, test);
	print_failures(run.failures, f);
	(void)fflush(run.failures);
}

static void after_test(const CU_pTest test, const CU_pSuite suite, const CU_pFailureRecord failure)
{
	const char *why = run.skip_reason;

	run.skip_reason = NULL;
	if (failure) {
		counts.failed++;
		printf("not ok - %s: %s\n", suite->pName, test->pName);
		print_failures(stdout, failure);
		note_failure(suite->pName, test->pName, failure);
	} else if (why) {
		counts.skipped++;
		printf("ok - %s: %s # SKIP %s\n", suite->pName, test->pName, why);
	} else {
		counts.passed++;
		printf("ok - %s: %s\n", suite->pName, test->pName);
	}
	wg_run_forget();
	(void)fflush(stdout);
}

/* Run one suite here and write the counts to fd. Returns the exit status. */
static int run_here(const struct suite *s, int fd)
{
	if (CU_initialize_registry() != CUE_SUCCESS)
		return 1;
	run.building = CU_add_suite(s->name, NULL, NULL);
	s->build();
	CU_set_test_complete_handler(after_test);
	(void)CU_run_suite(run.building);
	CU_cleanup_registry();
	remove_tmpdirs();
	if (fd >= 0 && write(fd, &counts, sizeof(counts)) != sizeof(counts))
		return 1;
	return counts.failed ? 1 : 0;
}

/* ---- in the runner ---- */

static const char *how_it_ended(int status, bool late)
{
	static char text[80];

	if (late)
		return "took longer than its time limit and was killed";
	if (WIFSIGNALED(status))
		(void)snprintf(text, sizeof(text), "was killed by signal %d (%s)", WTERMSIG(status),
			strsignal(WTERMSIG(status)));
	else
		(void)snprintf(text, sizeof(text), "exited with %d before it was done",
			WEXITSTATUS(status));
	return text;
}

static void run_apart(const struct suite *s, struct counts *total)
{
	struct counts got = { 0 };
	struct pollfd p = { .events = POLLIN };
	int pipefd[2], status = 0;
	ssize_t n = 0;
	bool late;
	pid_t pid;

	if (pipe(pipefd) < 0)
		abort();
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		(void)close(pipefd[0]);
		(void)setpgid(0, 0); /* so that a late suite's programs go with it */
		exit(run_here(s, pipefd[1]));
	}
	(void)close(pipefd[1]);
	p.fd = pipefd[0];
	late = poll(&p, 1, s->seconds * 1000) == 0;
	if (late)
		(void)kill(-pid, SIGKILL);
	else
		n = read(pipefd[0], &got, sizeof(got));
	(void)close(pipefd[0]);
	(void)waitpid(pid, &status, 0);
	if (n != sizeof(got)) {
		memset(&got, 0, sizeof(got));
		got.failed = 1;
		printf("not ok - %s: the suite %s\n", s->name, how_it_ended(status, late));
		note_failure(s->name, how_it_ended(status, late), NULL);
	}
	total->passed += got.passed;
	total->failed += got.failed;
	total->skipped += got.skipped;
}

static void repeat_failures(void)
{
	int c;

	if (!run.failures)
		return;
	rewind(run.failures);
	while ((c = getc(run.failures)) != EOF)
		putchar(c);
	(void)fclose(run.failures);
}

static int list(void)
{
	size_t i;

	for (i = 0; i < SUITE_COUNT; i++)
		puts(suites[i].name);
	return 0;
}

int main(int argc, char **argv)
{
	struct counts total = { 0 };
	size_t i;

	if (argc == 2 && strcmp(argv[1], "--list") == 0)
		return list();
	if (argc > 1 && (argc < 3 || strcmp(argv[1], "--suite") != 0)) {
		(void)fprintf(
			stderr, "wakegap-tests: usage: [--list] [--suite NAME [--test NAME]]\n");
		return 2;
	}
	if (argc > 4 && strcmp(argv[3], "--test") == 0)
		run.only = argv[4];
	if (argc == 1)
		run.failures = fdopen(memfd_create("failures", MFD_CLOEXEC), "w+");
	for (i = 0; i < SUITE_COUNT; i++) {
		if (argc > 1) {
			if (strcmp(argv[2], suites[i].name) == 0)
				return run_here(&suites[i], -1);
			continue;
		}
		run_apart(&suites[i], &total);
	}
	if (argc > 1) {
		(void)fprintf(stderr, "wakegap-tests: no such suite; --list names them\n");
		return 2;
	}
	repeat_failures();
	printf("%d passed, %d failed", total.passed, total.failed);
	if (total.skipped)
		printf(", %d skipped", total.skipped);
	putchar('\n');
	return total.failed ? 1 : 0;
}
