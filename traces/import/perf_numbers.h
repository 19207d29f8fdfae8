/*
 * perf_numbers.h: system calls by number, as perf and ftrace show them. Private to traces/import.
 */
#ifndef TRACES_IMPORT_PERF_NUMBERS_H
#define TRACES_IMPORT_PERF_NUMBERS_H

#include "traces/import/syscalls.h"

#define WG__NUMBERS 512 /* of the calls that are known, all are below */

enum wg__machine { WG__MACHINE_X86_64, WG__MACHINE_ARM64 };

/* That of the log's header ("x86_64", "aarch64"); false: not known here. */
bool wg__machine_of(struct wg__span name, enum wg__machine *ret);

/* What this program runs on, which is the best guess for a log without a header. */
enum wg__machine wg__machine_here(void);

/* Each number's call; a call that is not known only looks. */
void wg__numbers_fill(enum wg__machine machine, const struct wg__syscall *ret[WG__NUMBERS]);

#endif
