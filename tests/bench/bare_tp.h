/*
 * bare_tp.h: an LTTng provider with one event of the size of `poll` and nothing of ours around it.
 */
#undef LTTNG_UST_TRACEPOINT_PROVIDER
#define LTTNG_UST_TRACEPOINT_PROVIDER wgbench

#undef LTTNG_UST_TRACEPOINT_INCLUDE
#define LTTNG_UST_TRACEPOINT_INCLUDE "tests/bench/bare_tp.h"

#if !defined(WG_BARE_TP_H) || defined(LTTNG_UST_TRACEPOINT_HEADER_MULTI_READ)
#define WG_BARE_TP_H

#include <lttng/tracepoint.h>
#include <stdint.h>

LTTNG_UST_TRACEPOINT_EVENT(wgbench, bare,
	LTTNG_UST_TP_ARGS(uint32_t, loop, uint32_t, found),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint32_t, loop, loop)
		lttng_ust_field_integer(uint32_t, found, found)))

#endif /* WG_BARE_TP_H */

#include <lttng/tracepoint-event.h>
