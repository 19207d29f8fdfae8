/*
 * threads.h: what threads woke for, printed: a table, and findings.
 */
#ifndef VIZ_STATS_THREADS_H
#define VIZ_STATS_THREADS_H

#include <stddef.h>

#include "traces/measure/threads.h"

#define WG_TOP_ROWS 20

/* To standard output: at most `rows` threads, those that wake most, and as many findings. 0, or
 * -ENOMEM. */
int wg_threads_print(const struct wg_threads *threads, size_t rows);

/* A column each recording, with ratios to the first; NULL is one without threads. At most `rows`
 * names of threads. titles: what each is called. 0, or -ENOMEM. */
int wg_threads_print_beside(const struct wg_threads *const *threads, const char *const *titles,
	size_t count, size_t rows);

#endif
