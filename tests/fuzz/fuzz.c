/*
 * fuzz.c: the targets under libFuzzer: `make fuzz TARGET=NAME`.
 *
 * Some targets fork: an archive and a doubtful trace are read in a child. The fuzzer would not see
 * which branches the child takes, and so its counters lie in memory that both share.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/fuzz/apart.h"
#include "tests/fuzz/targets.h"
#include "traces/base/tree.h"

/* The linker's: the counters of branches, one byte each. */
extern uint8_t __start___sancov_cntrs[], __stop___sancov_cntrs[];

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t len, size_t max);

static const struct fuzz_target *target;
static char dir[256];

static void clean_up(void)
{
	fuzz_apart_end();
	(void)wg_remove_tree(dir);
}

/* Whole pages only: the others hold variables too, which a child must not change for us. */
static void share_counters(void)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t begin = ((uintptr_t)__start___sancov_cntrs + page - 1) / page * page;
	uintptr_t end = (uintptr_t)__stop___sancov_cntrs / page * page;

	if (begin < end && mmap((void *)begin, end - begin, PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED) {
		perror("fuzz");
		exit(1);
	}
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
		fputs("fuzz: set WG_FUZZ to one of:", stderr);
		for (i = 0; fuzz_targets[i]; i++)
			(void)fprintf(stderr, " %s", fuzz_targets[i]->name);
		fputs("\n", stderr);
		exit(2);
	}
	(void)snprintf(dir, sizeof(dir), "%.200s/wakegap-fuzz-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(dir)) {
		perror("fuzz");
		exit(1);
	}
	(void)atexit(clean_up);
	share_counters();
	fuzz_ask = fuzz_apart_ask;
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
