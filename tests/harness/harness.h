/*
 * harness.h: what a suite may use, beside CUnit's assertions.
 *
 * A suite is a file test_NAME.c with `void suite_NAME(void)`, which calls WG_TEST(fn) for each
 * test, and one line in suites.def. Every suite runs in a process of its own under a time limit.
 * CUnit asserts on the test's own thread only: other threads hand their findings over.
 */
#ifndef TESTS_HARNESS_HARNESS_H
#define TESTS_HARNESS_HARNESS_H

#include <CUnit/CUnit.h>
#include <stdbool.h>
#include <stdio.h>

/* Every suite, declared. */
#define SUITE(name, limit, needs, flags) void suite_##name(void);
#include "tests/suites.def"
#undef SUITE

/* Register a `static void fn(void)` with the suite being built. */
#define WG_TEST(fn) wg_test_add(#fn, fn)
void wg_test_add(const char *name, void (*fn)(void));

/* The same for a test that needs something: where `have` is false it is skipped, with why. */
#define WG_TEST_IF(have, why, fn) wg_test_add_if(have, why, #fn, fn)
void wg_test_add_if(bool have, const char *why, const char *name, void (*fn)(void));

/* Mark the running test as skipped for want of something; then return from it. */
void wg_skip(const char *why);

/* Path of a built program, a sample trace, a golden file. Static until the next call but three. */
const char *wg_build_path(const char *name);
const char *wg_sample(const char *name);
const char *wg_golden(const char *name);

/* A fresh folder, removed with all in it when the suite ends. The string is the harness's. */
char *wg_tmpdir(void);

/*
 * Run a program to its end, at most 300 s of patience.h (it is killed then, and -1 returned). Its
 * standard input is empty. *out and *err (each may be NULL) get malloced text. Returns its exit
 * status, or 128 + N if signal N ended it.
 */
int wg_run(char **out, char **err, const char *const argv[]);

/* For suite.c: the last runs of a test that fails, each line as a remark; and forget them. */
void wg_run_tell(FILE *to);
void wg_run_forget(void);

/* Does text hold this? For assertions with words. */
bool wg_has(const char *text, const char *part);

#endif
