/*
 * clocks.h: virtual time. It passes only when nobody can go on, to the earliest deadline.
 */
#ifndef LABS_EXPLORE_CALLS_CLOCKS_H
#define LABS_EXPLORE_CALLS_CLOCKS_H

#include <stdint.h>
#include <time.h>

/* An absolute time of that clock, on the engine's own. */
int64_t lx_deadline(clockid_t clock, const struct timespec *until);

/* So long from now; LX_NEVER for negative spans. */
int64_t lx_after(int64_t ns);

#endif
