/*
 * test_programs.c: a short sample of the suites programs_*, which take minutes.
 */
#include "tests/harness/harness.h"
#include "tests/programs/programs.h"

void suite_programs(void)
{
	programs_sample_pairs();
	programs_sample_idle();
	programs_sample_same();
	programs_sample_busy();
}
