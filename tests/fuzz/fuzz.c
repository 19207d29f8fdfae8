/*
 * fuzz.c: the targets under libFuzzer: `make fuzz TARGET=NAME`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/targets.h"
#include "traces/base/tree.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t len, size_t max);

static const struct fuzz_target *target;
static char dir[256];

static void clean_up(void)
{
	(void)wg_remove_tree(dir);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *name = getenv("WG_FUZZ"), *tmp = getenv("TMPDIR");
	size_t i;

	(void)argc;
	(void)argv;
	for (i = 0; name && fuzz_targets[i]; i++) {
		if (strcmp(fuzz_targets[i]->name, name) == 0)
			target = fuzz_targets[i];
	}
	if (!target) {
		fputs("fuzz: set WG_FUZZ to trace, conf, tar, keys, filter or strace\n", stderr);
		exit(2);
	}
	(void)snprintf(dir, sizeof(dir), "%.200s/wakegap-fuzz-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(dir)) {
		perror("fuzz");
		exit(1);
	}
	(void)atexit(clean_up);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	target->run(data, len, dir);
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max, unsigned seed)
{
	if (target->mutate && seed % 4)
		return target->mutate(data, len, max, seed);
	return LLVMFuzzerMutate(data, len, max);
}
