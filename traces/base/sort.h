/*
 * sort.h: many times or durations in order. Private to traces/.
 */
#ifndef TRACES_BASE_SORT_H
#define TRACES_BASE_SORT_H

#include <stddef.h>
#include <stdint.h>

/* Ascending. Takes as much memory again, or, if there is none, more time. */
void wg__sort_ns(int64_t *v, size_t count);

#endif
