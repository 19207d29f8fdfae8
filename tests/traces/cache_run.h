/*
 * cache_run.h: traces read with and without the file that keeps their model (traces/model/cache.h).
 */
#ifndef TESTS_TRACES_CACHE_RUN_H
#define TESTS_TRACES_CACHE_RUN_H

#include <stdbool.h>

#include "tests/harness/fake_trace.h"
#include "traces/model/cache.h"

/* However short a trace is, and however young. */
extern const struct wg_cache_limits cache_any;

/* What cache_load() was told about the file; "": nothing. */
extern char cache_told[1024];
bool cache_was_used(void);

/* Load it; limits as for wg_trace_load_cached(). */
struct wg_trace *cache_load(const char *dir, const struct wg_cache_limits *limits);

/* Load it and keep it; what wg_cache_write() says. */
int cache_keep(const char *dir, const struct wg_cache_limits *limits);

/* Write its file; returns the folder. */
const char *cache_kept_in(const char *dir);

/* A copy of a sample, with its file. */
const char *cache_kept(const char *sample);

/* A made-up trace in a folder; frees it. */
const char *cache_trace(struct wg_trace *reads);

/* A made-up recording of threads in a folder; with one of loops beside it. */
const char *cache_threads(bool has_loops);

/* A file of a folder; static until the next call but three. */
char *cache_path(const char *dir, const char *name);
char *cache_of(const char *dir);
bool has_cache(const char *dir);

/* The trace is read, for that reason, and is the same as without the file. */
void cache_is_not_used(const char *dir, const char *why);

#endif
