/*
 * meanings.h: what each system call means to somebody who counts wakes: is it a wait, and does a
 * thread act by it? For the full form of the program in the kernel.
 */
#ifndef TRACES_KERNEL_MEANINGS_H
#define TRACES_KERNEL_MEANINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "traces/kernel/raw.h"

/* By number: enum wg_raw_meaning. What is not known only looks: 0. */
void wg__meanings(unsigned char ret[WG_RAW_CALLS]);

/* The i-th row; false behind the last. */
bool wg__meaning_at(size_t i, const char **ret_name, unsigned *ret_meaning);

#endif
