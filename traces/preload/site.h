/*
 * site.h: which file a call site belongs to, said once for each.
 */
#ifndef TRACES_PRELOAD_SITE_H
#define TRACES_PRELOAD_SITE_H

#include <stdint.h>

/* Say where that address is, if it was not said. Not between enter and leave. */
void wg__site_know(uint64_t site);

/* Is this program built with lttng-ust? */
uint32_t wg__sites_have_lttng(void);

#endif
