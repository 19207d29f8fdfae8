/*
 * marker.h: a file in the folder of a trace as long as it is being recorded. A copy that was made
 * meanwhile has it, too: its streams end at any moment, and nothing in them says so.
 */
#ifndef TRACES_BASE_MARKER_H
#define TRACES_BASE_MARKER_H

#include <stdbool.h>

#define WG__MARKER "RECORDING"

/* Put it into the folder `fd`; without it a recording goes on. */
void wg__marker_make(int fd);
void wg__marker_remove(int fd);

/* Is it in dir, or in the folder of the recording that dir is a trace of? */
bool wg__marker_is_in(const char *dir);

#endif
