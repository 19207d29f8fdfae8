/*
 * progress.h: a line for who waits while a long trace is read: "reading 37 %, 3.7M events".
 */
#ifndef VIZ_BASE_PROGRESS_H
#define VIZ_BASE_PROGRESS_H

#include <stdint.h>

/*
 * From now on, when one trace has been read for half a second, a line on standard error says how
 * far it is, and is wiped when the trace is closed, so before figures are printed, and when a
 * signal ends this process. Nothing where standard error is no terminal, or while several traces
 * are read at once. For commands that print nothing on that terminal while they read.
 */
void wg_progress_start(void);

/* Before something else is said: a line that stands goes, and may come again. */
void wg_progress_wipe(void);

/* For tests: not after half a second, but after that. */
void wg_progress_after(int64_t ns);

#endif
