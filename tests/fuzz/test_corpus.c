/*
 * test_corpus.c: every input of tests/fuzz/corpus once, without the fuzzer: what failed before, and
 * seeds of each kind.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fuzz/targets.h"
#include "tests/harness/harness.h"

/* A target aborts if a promise is broken, and the runner names the test. */
static void replay(const struct fuzz_target *target)
{
	char dir[256], path[1024];
	const char *scratch = wg_tmpdir();
	struct dirent *e;
	size_t count = 0;
	DIR *d;

	(void)snprintf(dir, sizeof(dir), "tests/fuzz/corpus/%s", target->name);
	d = opendir(dir);
	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	while ((e = readdir(d))) {
		size_t len;
		char *bytes;

		if (e->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		bytes = fuzz_read(path, &len);
		printf("# %s\n", path);
		(void)fflush(stdout);
		target->run((const uint8_t *)bytes, len, scratch);
		free(bytes);
		count++;
	}
	(void)closedir(d);
	CU_ASSERT(count > 0);
}

#define FUZZ(name)                                                                                 \
	static void inputs_of_##name(void)                                                         \
	{                                                                                          \
		replay(&fuzz_##name);                                                              \
	}
#include "tests/fuzz/targets.def"
#undef FUZZ

/* In a child: where libbabeltrace2 gives up, a component that it unloads leaves memory behind, and
 * nothing names it then. */
static void run_apart(const uint8_t *data, size_t len, const char *scratch)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		fuzz_trace.run(data, len, scratch);
		_exit(0);
	}
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT_EQUAL(status, 0);
}

/* What the mutator makes is run too, a little: it must know its own format. */
static void edits_that_the_mutator_makes(void)
{
	const char *scratch = wg_tmpdir();
	uint8_t data[512];
	size_t len = 0;
	unsigned seed;

	for (seed = 1; seed <= 24; seed++) {
		len = fuzz_trace.mutate(data, len, sizeof(data), seed);
		CU_ASSERT_FATAL(len > 0 && len <= sizeof(data));
		run_apart(data, len, scratch);
	}
}

void suite_corpus(void)
{
#define FUZZ(name) WG_TEST(inputs_of_##name);
#include "tests/fuzz/targets.def"
#undef FUZZ
	WG_TEST(edits_that_the_mutator_makes);
}
