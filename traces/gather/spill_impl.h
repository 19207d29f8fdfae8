/*
 * spill_impl.h: what spill.c and spill_out.c share.
 */
#ifndef TRACES_GATHER_SPILL_IMPL_H
#define TRACES_GATHER_SPILL_IMPL_H

#include "traces/gather/spill.h"

/* A chunk, or the first page of a file, to its copy: for arena_tail.h. */
int wg__spill_move(void *user, int fd, const char *name, uint64_t at, uint32_t bytes);

#endif
