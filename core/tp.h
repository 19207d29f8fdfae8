/*
 * tp.h: the LTTng-UST provider "wakegap": nine events, and nothing computed for their sake.
 *
 * LTTng includes this file several times with other macros each time; that is why the guard looks
 * as it does. The meaning of every event and field stands in core/README.md, the C side that calls
 * them in core/trace.h. Enumerations carry their labels into the trace, so a reader never needs
 * this file.
 */
#undef LTTNG_UST_TRACEPOINT_PROVIDER
#define LTTNG_UST_TRACEPOINT_PROVIDER wakegap

#undef LTTNG_UST_TRACEPOINT_INCLUDE
#define LTTNG_UST_TRACEPOINT_INCLUDE "core/tp.h"

#if !defined(WG_TP_H) || defined(LTTNG_UST_TRACEPOINT_HEADER_MULTI_READ)
#define WG_TP_H

#include <lttng/tracepoint.h>
#include <stdint.h>

LTTNG_UST_TRACEPOINT_ENUM(wakegap, op_kind,
	LTTNG_UST_TP_ENUM_VALUES(
		lttng_ust_field_enum_value("read", 0)
		lttng_ust_field_enum_value("write", 1)
		lttng_ust_field_enum_value("open", 2)
		lttng_ust_field_enum_value("close", 3)
		lttng_ust_field_enum_value("stat", 4)
		lttng_ust_field_enum_value("connect", 5)
		lttng_ust_field_enum_value("accept", 6)
		lttng_ust_field_enum_value("recv", 7)
		lttng_ust_field_enum_value("send", 8)
		lttng_ust_field_enum_value("timer", 9)
		lttng_ust_field_enum_value("work", 10)))

LTTNG_UST_TRACEPOINT_ENUM(wakegap, wake_reason,
	LTTNG_UST_TP_ENUM_VALUES(
		lttng_ust_field_enum_value("notified", 0)
		lttng_ust_field_enum_value("timeout", 1)
		lttng_ust_field_enum_value("ready", 2)
		lttng_ust_field_enum_value("spurious", 3)
		lttng_ust_field_enum_value("interrupted", 4)))

LTTNG_UST_TRACEPOINT_EVENT(wakegap, loop,
	LTTNG_UST_TP_ARGS(uint32_t, loop, const char *, wait, int64_t, tick_ns),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint32_t, loop, loop)
		lttng_ust_field_string(wait, wait)
		lttng_ust_field_integer(int64_t, tick_ns, tick_ns)))

LTTNG_UST_TRACEPOINT_EVENT(wakegap, submit,
	LTTNG_UST_TP_ARGS(uint32_t, loop, uint64_t, op, int, kind, int64_t, arg),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint32_t, loop, loop)
		lttng_ust_field_integer(uint64_t, op, op)
		lttng_ust_field_enum(wakegap, op_kind, int, kind, kind)
		lttng_ust_field_integer(int64_t, arg, arg)))

LTTNG_UST_TRACEPOINT_EVENT(wakegap, start,
	LTTNG_UST_TP_ARGS(uint32_t, loop, uint64_t, op, uint32_t, worker),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint32_t, loop, loop)
		lttng_ust_field_integer(uint64_t, op, op)
		lttng_ust_field_integer(uint32_t, worker, worker)))

LTTNG_UST_TRACEPOINT_EVENT(wakegap, done,
	LTTNG_UST_TP_ARGS(uint32_t, loop, uint64_t, op, int64_t, result),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint32_t, loop, loop)
		lttng_ust_field_integer(uint64_t, op, op)
		lttng_ust_field_integer(int64_t, result, result)))

LTTNG_UST_TRACEPOINT_EVENT(wakegap, notify,
	LTTNG_UST_TP_ARGS(uint32_t, loop, uint64_t, op, int, sent),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint32_t, loop, loop)
		lttng_ust_field_integer(uint64_t, op, op)
		lttng_ust_field_integer(uint8_t, sent, (uint8_t)sent)))

LTTNG_UST_TRACEPOINT_EVENT(wakegap, wait,
	LTTNG_UST_TP_ARGS(uint32_t, loop, int64_t, timeout_ns, uint32_t, ready),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint32_t, loop, loop)
		lttng_ust_field_integer(int64_t, timeout_ns, timeout_ns)
		lttng_ust_field_integer(uint32_t, ready, ready)))

LTTNG_UST_TRACEPOINT_EVENT(wakegap, wake,
	LTTNG_UST_TP_ARGS(uint32_t, loop, int, reason, uint32_t, ready),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint32_t, loop, loop)
		lttng_ust_field_enum(wakegap, wake_reason, int, reason, reason)
		lttng_ust_field_integer(uint32_t, ready, ready)))

LTTNG_UST_TRACEPOINT_EVENT(wakegap, poll,
	LTTNG_UST_TP_ARGS(uint32_t, loop, uint32_t, found),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint32_t, loop, loop)
		lttng_ust_field_integer(uint32_t, found, found)))

LTTNG_UST_TRACEPOINT_EVENT(wakegap, deliver,
	LTTNG_UST_TP_ARGS(uint32_t, loop, uint64_t, op, int64_t, result),
	LTTNG_UST_TP_FIELDS(
		lttng_ust_field_integer(uint32_t, loop, loop)
		lttng_ust_field_integer(uint64_t, op, op)
		lttng_ust_field_integer(int64_t, result, result)))

#endif /* WG_TP_H */

#include <lttng/tracepoint-event.h>
