/*
 * mman.h: the system's, but for pages of one's own: the explorer has them as ordinary memory, which
 * it watches. It comes first on the include path.
 */
#ifndef TESTS_PROVE_FAKE_SYS_MMAN_H
#define TESTS_PROVE_FAKE_SYS_MMAN_H

#pragma GCC system_header
#include_next <sys/mman.h>
#include <stdlib.h>

#define mmap(at, bytes, ...) calloc(1, bytes)

#endif
