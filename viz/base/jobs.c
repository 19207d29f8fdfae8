/*
 * jobs.c: see jobs.h.
 */
#include "viz/base/jobs.h"

#include "traces/base/options.h"
#include "traces/base/processors.h"
#include "traces/base/units.h"

enum { KEY_JOBS = 0x380, JOBS_MAX = 1024 };

static const struct argp_option options[] = {
	{ "jobs", KEY_JOBS, "N", 0,
		"read so many traces at once; the default is a trace for each processor. The "
		"output is the same for any N",
		0 },
	{ 0 },
};

static error_t take(int key, char *arg, struct argp_state *state)
{
	unsigned *jobs = state->input;
	uint64_t n;

	switch (key) {
	case ARGP_KEY_INIT: *jobs = wg_processors(); return 0;
	case KEY_JOBS:
		if (wg_parse_number(arg, 1, JOBS_MAX, &n) < 0)
			return wg_option_fail(state, "--jobs takes a number from 1 to %d, not '%s'",
				JOBS_MAX, arg);
		*jobs = (unsigned)n;
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

const struct argp wg_jobs_argp = { .options = options, .parser = take };
