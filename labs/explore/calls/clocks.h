/*
 * clocks.h: virtual time. It passes only when no thread can go on, to the earliest deadline.
 */
#ifndef LABS_EXPLORE_CALLS_CLOCKS_H
#define LABS_EXPLORE_CALLS_CLOCKS_H

#include <stdint.h>
#include <time.h>

/* An absolute time of that clock, as a time of the engine's clock. */
int64_t lx_deadline(clockid_t clock, const struct timespec *until);

/* ns from now; LX_NEVER if negative. */
int64_t lx_after(int64_t ns);

#endif
