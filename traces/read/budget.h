/*
 * budget.h: the memory that all traces of strangers may take together. Private to traces/read.
 *
 * Metadata of a few bytes can ask for memory without end, and each trace is read beside all others
 * that are open in this process. So there is one budget for the process, not one for each trace.
 *
 * Thread: any.
 */
#ifndef TRACES_READ_BUDGET_H
#define TRACES_READ_BUDGET_H

#include <stdint.h>

#define WG__BUDGET_BYTES (UINT64_C(1) << 30)

/* What no open trace has taken. */
uint64_t wg__budget_left(void);

void wg__budget_take(uint64_t bytes);
void wg__budget_give_back(uint64_t bytes);

#endif
