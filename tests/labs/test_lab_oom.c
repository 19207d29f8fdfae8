/*
 * test_lab_oom.c: `wakegap lab` and wakegap-explore without memory: the first, second, third ...
 * allocation fails, and each time there is all that was asked for, or one line, no verdict that is
 * better than the true one, and an exit status that is not 0.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "labs/grade/box/box.h"
#include "labs/grade/cmd/cmd.h"
#include "tests/harness/faults.h"
#include "tests/harness/harness.h"
#include "tests/labs/lab_run.h"
#include "tests/harness/support.h"

/* Each up to here, then some: a check takes a compiler's time. In the box nobody tells TSan not to
 * sleep a second at the end. */
#ifdef WG_UNDER_TSAN
#define EVERY_UP_TO 6
#define SHARE	    2
#else
#define EVERY_UP_TO 24
#define SHARE	    8
#endif
#define NTH_MAX 200000

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
static bool run(const char *const *words, int nth, struct outcome *ret)
{
	int saved[2] = { dup(1), dup(2) }, fd[2], argc = 1, i;
	char *argv[12] = { (char *)(uintptr_t) "wakegap-lab" };
	bool was_met;

	while (*words)
		argv[argc++] = (char *)(uintptr_t)*words++;
	(void)fflush(NULL);
	for (i = 0; i < 2; i++) {
		fd[i] = memfd_create("output", MFD_CLOEXEC);
		(void)dup2(fd[i], i + 1);
	}
	wg_fault_alloc(nth);
	ret->status = wg_lab_command(argc, argv);
	was_met = nth && !wg_fault_is_armed();
	wg_fault_alloc(WG_FAULT_NEVER);
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

static int lines(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* All that there is with enough memory, or the failure is told and nothing passes. */
static void judge(const struct outcome *is, const struct outcome *good, int nth, const char *what)
{
	bool whole = is->status == good->status && !*is->err && strlen(is->out) > 0;
	bool told = is->status != 0 && is->status < 128 && lines(is->err) == 1 &&
		    (wg_has(is->err, "out of memory") || wg_has(is->err, "Cannot allocate"));
	bool passes = wg_has(is->out, "PASS") || wg_has(is->out, "\"verdict\": \"pass\"");

	CU_ASSERT(whole || told);
	CU_ASSERT(!told || !passes);
	if (!(whole || told) || (told && passes))
		(void)fprintf(stderr, "# %s, allocation %d: exit %d, %s\n%s\n", what, nth,
			is->status, is->err, is->out);
}

static void walk(const char *const *words, void (*before)(void))
{
	struct outcome good, is;
	int nth, failures = 0, fds;
	bool more = true;

	if (before)
		before();
	(void)run(words, 0, &good);
	fds = wg_fd_count();
	for (nth = 1; more && nth < NTH_MAX; nth += nth < EVERY_UP_TO ? 1 : nth / SHARE) {
		if (before)
			before();
		more = run(words, nth, &is);
		if (more)
			judge(&is, &good, nth, words[0]);
		failures += *is.err != '\0';
		CU_ASSERT_EQUAL(wg_fd_count(), fds);
		forget(&is);
	}
	CU_ASSERT(!more);
	CU_ASSERT(failures > 5);
	printf("# %s: of the allocations up to the %dth %d that were tried are missed\n", words[0],
		nth, failures);
	forget(&good);
}

/* A learner who has passed: what could go wrong is a verdict that is not made of everything. */
static void checks_without_memory(void)
{
	const char *const check[] = { "check", learner.dir, NULL };

	wg_learner_init();
	wg_learner_writes(WG_COURSE "/solution.c", NULL);
	walk(check, NULL);
	wg_learner_fini();
}

/* And one who must not pass. */
static void failures_without_memory(void)
{
	const char *const check[] = { "check", learner.dir, NULL };

	wg_learner_init();
	walk(check, NULL);
	CU_ASSERT(wg_lab_lists("started\n"));
	wg_learner_fini();
}

static void results_without_memory(void)
{
	const char *const grade[] = { "grade", "--format", "gradescope", "--student", "ann",
		learner.dir, NULL };

	wg_learner_init();
	walk(grade, NULL);
	wg_learner_fini();
}

static char tar_file[260];

static void what_was_handed_in_without_memory(void)
{
	const char *const verify[] = { "verify", "--format", "csv", tar_file, NULL };
	char command[700];
	const char *argv[] = { "sh", "-c", command, NULL };

	wg_learner_init();
	(void)snprintf(tar_file, sizeof(tar_file), "%s/in.tar", learner.home);
	(void)snprintf(command, sizeof(command), "cd %s && tar -cf %s .", learner.dir, tar_file);
	CU_ASSERT_EQUAL(wg_run(NULL, NULL, argv), 0);
	walk(verify, NULL);
	wg_learner_fini();
}

static char fresh[300];

static void remove_fresh(void)
{
	const char *argv[] = { "rm", "-rf", fresh, NULL };

	CU_ASSERT_EQUAL(wg_run(NULL, NULL, argv), 0);
}

static void small_commands_without_memory(void)
{
	const char *const start[] = { "start", "1", fresh, NULL };
	const char *const list[] = { "list", NULL };
	const char *const hint[] = { "hint", learner.dir, NULL };
	const char *const solution[] = { "solution", "--give-up", learner.dir, NULL };

	wg_learner_init();
	(void)snprintf(fresh, sizeof(fresh), "%s/fresh", learner.home);
	walk(list, NULL);
	walk(hint, NULL);
	walk(solution, NULL);
	walk(start, remove_fresh);
	wg_learner_fini();
}

/* ---- the explorer ---- */

/* The explorer on one case, its nth allocation failing; its exit status. */
static int explore(const char *preload, const char *scenario, long nth, struct outcome *ret)
{
	char lab[512], load[400], count[32];
	const char *argv[] = { "env", load, count, wg_build_path("wakegap-explore"), lab,
		"--scenario", scenario, "--fd", "1", NULL };

	(void)snprintf(lab, sizeof(lab), "%s/cases.so", wg_build_path("labs"));
	(void)snprintf(load, sizeof(load), "LD_PRELOAD=%s", preload);
	(void)snprintf(count, sizeof(count), "WG_NTH=%ld", nth);
	return ret->status = wg_run(&ret->out, &ret->err, argv);
}

/* Never 0 for what is broken, and never a report that says less. */
static void walk_explorer(const char *preload, const char *scenario)
{
	struct outcome good, is;
	bool is_short = true;
	long nth;

	/* Counting starts in the dynamic linker, and ends where nothing is missed any more. */
	CU_ASSERT_EQUAL(explore(preload, scenario, 0, &good), 1);
	for (nth = 1; is_short && nth < NTH_MAX; nth += nth < 60 ? 1 : nth / 10) {
		bool told, whole;

		(void)explore(preload, scenario, nth, &is);
		told = is.status == 2 && strcmp(is.err, "wakegap-explore: out of memory\n") == 0 &&
		       !*is.out;
		/* The loader has words of its own; where the lab is loaded it may end the process
		 * with a status and none. */
		told = told || (is.status == 127 && *is.err) ||
		       (is.status == 2 && wg_has(is.out, "\"trouble\": \""));
		whole = is.status == 1 && wg_has(is.out, "\"failing\"");
		CU_ASSERT(told || whole);
		if (!told && !whole)
			printf("# allocation %ld: exit %d, %s, %s\n", nth, is.status, is.err,
				is.out);
		is_short = nth < 60 || strcmp(is.out, good.out) != 0;
		forget(&is);
	}
	printf("# %s: enough after %ld\n", scenario, nth);
	forget(&good);
}

static void the_explorer_without_memory(void)
{
	char preload[300];
	const char *cc[] = { "cc", "-shared", "-fPIC", "-O1", "-o", preload,
		"tests/data/hostile/lacks.c", NULL };

	if (WG_BOX_IS_SANITIZED) {
		wg_skip("a sanitizer has an allocator of its own");
		return;
	}
	(void)snprintf(preload, sizeof(preload), "%s/lacks.so", wg_tmpdir());
	CU_ASSERT_EQUAL_FATAL(wg_run(NULL, NULL, cc), 0);
	walk_explorer(preload, "crossed_locks");
	walk_explorer(preload, "leak");
}

void suite_lab_oom(void)
{
	WG_TEST(checks_without_memory);
	WG_TEST(failures_without_memory);
	WG_TEST(results_without_memory);
	WG_TEST(what_was_handed_in_without_memory);
	WG_TEST(small_commands_without_memory);
	WG_TEST(the_explorer_without_memory);
}
