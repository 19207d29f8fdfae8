/*
 * columns_impl.h: what columns.c and columns_event.c share. Private to traces/model.
 */
#ifndef TRACES_MODEL_COLUMNS_IMPL_H
#define TRACES_MODEL_COLUMNS_IMPL_H

#include "traces/model/columns.h"

/* Their fields, in the order of their tables: those that are looked at by themselves, or checked.
 */
enum { EVENT_TS, EVENT_TYPE, EVENT_SOURCE, EVENT_RECORD = 10, EVENT_TIME };
enum {
	OP_SUBMIT,
	OP_ID,
	OP_WHO,
	OP_START,
	OP_DONE,
	OP_NOTIFY,
	OP_WAKE,
	OP_DELIVER,
	OP_LOOP = 10,
	OP_WORKER,
	OP_KIND,
	OP_SENT
};
enum {
	WAIT_BEGIN,
	WAIT_WAKE,
	WAIT_GAP_BEGIN,
	WAIT_WAITED = 4,
	WAIT_LOOP = 6,
	WAIT_NEXT,
	WAIT_REASON = 9,
	WAIT_GAP_KIND,
	WAIT_IS
};
enum { SPAN_BEGIN, SPAN_LENGTH, SPAN_WAIT = 3, SPAN_STATE };

#define WAIT_IS_THREAD 16   /* of WAIT_IS: the flags below it are of any wait */
#define SPAN_IS_OPEN   0x80 /* of SPAN_STATE */

/* The table of events, and the map of their sources. */
void wg__events_init(struct wg__columns *columns, bool stays_open);

#endif
