/*
 * main.c: the scenarios of cases.def, as the explorer wants them.
 */
#include "tests/prove/prove.h"

#define CASE(wait, scenario, name, title, ...)                                                     \
	static void wait##_##name(void)                                                            \
	{                                                                                          \
		prove_##scenario(#wait);                                                           \
	}
#include "tests/prove/cases.def"
#undef ALONE
#undef KERNEL
#undef LOOP
#undef CASE

#define CASE(w, scenario, n, t, ...)                                                               \
	{ .name = #w "_" #n, .title = #w ": " t, .run = w##_##n, .leaks = true, __VA_ARGS__ },

const struct lab_scenario lab_scenarios[] = {
#include "tests/prove/cases.def"
	{ 0 },
};
