/*
 * stdio.h: the system's, but what is printed goes to the scenario (watched.c). It comes first on
 * the include path.
 */
#ifndef TESTS_PROVE_FAKE_STDIO_H
#define TESTS_PROVE_FAKE_STDIO_H

#pragma GCC system_header
#include_next <stdio.h>

int prove_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define printf(...) prove_print(__VA_ARGS__)

#endif
