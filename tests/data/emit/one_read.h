/*
 * one_read.h: one operation of loop 1, with all that is emitted of it.
 */
#ifndef TESTS_DATA_EMIT_ONE_READ_H
#define TESTS_DATA_EMIT_ONE_READ_H

#include "../../../core/emit/wakegap/trace.h"

static void one_read(uint64_t op)
{
	wg_trace_submit(1, op, WG_TRACE_READ, 0);
	wg_trace_wait(1, -1, 0);
	wg_trace_start(1, op, 0);
	wg_trace_done(1, op, 0);
	wg_trace_notify(1, op, 1);
	wg_trace_wake(1, WG_TRACE_NOTIFIED, 1);
	wg_trace_poll(1, 1);
	wg_trace_deliver(1, op, 0);
}

#endif
