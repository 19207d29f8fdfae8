/*
 * kernel_run.h: a recording in the kernel, and what is in its trace.
 */
#ifndef TESTS_TRACES_KERNEL_RUN_H
#define TESTS_TRACES_KERNEL_RUN_H

#include "traces/kernel/kernel.h"
#include "traces/measure/threads.h"

/* Its threads, measured; one trace at a time. */
struct wg_threads *kernel_measure(const char *dir);
void kernel_done(struct wg_threads *threads);

/* The first thread of that name, or NULL. */
const struct wg_thread_stats *kernel_thread(const struct wg_threads *threads, const char *name);

/* wg_kernel_record() of a command; says what went wrong. */
int kernel_record(const char *dir, const char *const argv[], int64_t for_ms, bool has_calls,
	struct wg_kernel_result *result);

#endif
