/*
 * many.c: a target with as many inputs as there is time for: `make fuzz-many TARGET=NAME`.
 *
 * libFuzzer looks at each branch that an input takes, and AddressSanitizer at each access; that is
 * most of the time of an input. Here a target's own mutator makes up inputs, some edits each, and
 * nobody looks at branches: what libFuzzer finds in depth, this tries in breadth.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/fuzz/apart.h"
#include "tests/fuzz/targets.h"
#include "traces/base/tree.h"

#define INPUT_MAX 4096
#define EDITS_MAX 6

/* The input at hand, and where it is left if it fails. */
static uint8_t input[INPUT_MAX];
static size_t input_len;
static char found[4200];

static void leave_input(int number)
{
	int fd = open(found, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd >= 0 && write(fd, input, input_len) == (ssize_t)input_len)
		(void)close(fd);
	(void)signal(number, SIG_DFL);
	(void)raise(number);
}

static double seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void make_up(const struct fuzz_target *target, unsigned *seed)
{
	size_t edits = 1 + (size_t)rand_r(seed) % EDITS_MAX;

	for (input_len = 0; edits; edits--)
		input_len = target->mutate(input, input_len, sizeof(input), (unsigned)rand_r(seed));
}

static unsigned long run(
	const struct fuzz_target *target, double until, unsigned seed, const char *dir)
{
	unsigned long count = 0;

	while (seconds() < until) {
		make_up(target, &seed);
		target->run(input, input_len, dir);
		count++;
	}
	return count;
}

int main(int argc, char **argv)
{
	const char *tmp = getenv("TMPDIR");
	const struct fuzz_target *target = NULL;
	char dir[256];
	unsigned long count;
	size_t i;

	for (i = 0; argc == 5 && fuzz_targets[i]; i++) {
		if (fuzz_targets[i]->mutate && strcmp(fuzz_targets[i]->name, argv[1]) == 0)
			target = fuzz_targets[i];
	}
	if (!target) {
		fputs("usage: wakegap-fuzz-many TARGET SECONDS SEED FOUND, of a target that has "
		      "a mutator\n",
			stderr);
		return 2;
	}
	(void)snprintf(found, sizeof(found), "%s", argv[4]);
	(void)snprintf(dir, sizeof(dir), "%.200s/wakegap-fuzz-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(dir)) {
		perror(dir);
		return 1;
	}
	(void)signal(SIGABRT, leave_input);
	(void)signal(SIGSEGV, leave_input);
	(void)signal(SIGBUS, leave_input);
	(void)signal(SIGFPE, leave_input);
	fuzz_ask = fuzz_apart_ask;
	count = run(target, seconds() + strtod(argv[2], NULL), (unsigned)strtoul(argv[3], NULL, 10),
		dir);
	(void)printf("%s: %lu inputs\n", target->name, count);
	(void)fflush(stdout);
	fuzz_apart_end();
	(void)wg_remove_tree(dir);
	return 0;
}
