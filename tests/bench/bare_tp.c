/*
 * bare_tp.c: probes and definition of bare_tp.h.
 */
#ifdef WG_TRACE_LTTNG
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#define LTTNG_UST_TRACEPOINT_DEFINE
#include "tests/bench/bare_tp.h"
#endif
