/*
 * jobs.h: the option --jobs, the same for every command that reads many traces at once.
 */
#ifndef VIZ_BASE_JOBS_H
#define VIZ_BASE_JOBS_H

#include <argp.h>

/* For an argp_child; its input is an unsigned, which is the number of processors without the
 * option. */
extern const struct argp wg_jobs_argp;

#endif
