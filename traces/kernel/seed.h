/*
 * seed.h: in what the threads of a process sleep that runs already, when its recording begins.
 *
 * The kernel's program tells what happens from then on. A thread that hangs never does anything
 * again, and it is the one that matters.
 */
#ifndef TRACES_KERNEL_SEED_H
#define TRACES_KERNEL_SEED_H

#include <sys/types.h>

#include "traces/kernel/records.h"

/* A wait for each thread of it that is asleep in a system call. 0, or what the sink returned. */
int wg__seed_waits(pid_t pid, struct wg__records *records);

#endif
