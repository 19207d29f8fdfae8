/*
 * site.h: which file a call site belongs to, said once for each.
 */
#ifndef TRACES_PRELOAD_SITE_H
#define TRACES_PRELOAD_SITE_H

#include <stdint.h>

/* Say where that address is, if it was not said. Not between enter and leave. */
void wg__site_know(uint64_t site);

/* Is a library in this process whose path has that in it? */
uint32_t wg__sites_have(const char *library);

/* The path of the program is asked for now; later it is known. */
void wg__site_prepare(void);

#endif
