/*
 * tp.c: the one file in which LTTng turns tp.h into probes and tracepoint definitions.
 */
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#define LTTNG_UST_TRACEPOINT_DEFINE
#include "core/tp.h"
