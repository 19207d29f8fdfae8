/*
 * progress.h: a line for who waits while a long trace is read: "reading 37 %, 3.7M events".
 */
#ifndef VIZ_BASE_PROGRESS_H
#define VIZ_BASE_PROGRESS_H

#include <stdint.h>

#define WG_PROGRESS_AFTER_NS INT64_C(500000000) /* shorter waits are none */

/*
 * From now on, when one trace has been read for so long, a line on standard error says how far it
 * is, and is wiped when the trace is closed, so before figures are printed. Nothing where standard
 * error is no terminal, or several traces are read. For commands that print only then.
 */
void wg_progress_start(int64_t after_ns);

#endif
