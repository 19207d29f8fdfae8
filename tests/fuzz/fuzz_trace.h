/*
 * fuzz_trace.h: a trace folder made of bytes, for the targets that read one. See fuzz_trace.c.
 */
#ifndef TESTS_FUZZ_FUZZ_TRACE_H
#define TESTS_FUZZ_FUZZ_TRACE_H

#include <stddef.h>
#include <stdint.h>

#define FUZZ_EDIT_HEAD 7

/* Write the sample that data chooses, edited as it says, into dir, over what is there. */
void fuzz_lay_out(const uint8_t *data, size_t len, const char *dir);

/* One more edit, or one that is there changed in its aim: a mutator (targets.h). */
size_t fuzz_edit(uint8_t *data, size_t len, size_t max, unsigned seed);

#endif
