/*
 * apart.h: the child that checks one folder after the other for the fuzzer. See apart.c.
 */
#ifndef TESTS_FUZZ_APART_H
#define TESTS_FUZZ_APART_H

#include "tests/fuzz/targets.h"

/* A fuzz_ask of targets.h. */
enum fuzz_answer fuzz_apart_ask(fuzz_check_fn check, const char *dir, char *why, size_t len);

/* End the child, and say to stderr how many were checked, refused and deadly, if any. */
void fuzz_apart_end(void);

#endif
