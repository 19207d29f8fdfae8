/*
 * parts.c: see parts.h.
 */
#include "labs/explore/parts.h"

#include "labs/explore/calls/fds.h"
#include "labs/explore/calls/heap.h"
#include "labs/explore/calls/loops.h"
#include "labs/explore/calls/memory.h"
#include "labs/explore/calls/order.h"
#include "labs/explore/calls/races.h"
#include "labs/explore/calls/signals.h"
#include "labs/explore/calls/threads.h"
#include "labs/explore/calls/weak.h"
#include "labs/explore/lab/image.h"
#include "labs/explore/lab/printed.h"
#include "labs/explore/report/stuck.h"

static void begin(void)
{
	lx_image_restore();
	lx_printed_begin();
	lx_heap_reset();
	lx_fds_reset();
	lx_memory_begin();
	lx_signals_reset();
	lx_loops_begin();
	lx_order_begin();
	lx_weak_begin();
	lx_races_begin();
	lx_threads_begin();
}

static void new_thread(int thread)
{
	if (lx.self)
		lx_order_create(&lx.thread[thread]);
	lx_image_new_tls(thread);
}

static void deliver(struct lx_thread *t)
{
	lx_order_step(&t->op);
	lx_signals_deliver(t);
}

const struct lx_parts lx_parts = {
	.begin = begin,
	.at_rest = lx_check_stuck,
	.end = lx_heap_check,
	.deadline = lx_fds_deadline,
	.pass_time = lx_fds_time,
	.interrupt = lx_signal_interrupts,
	.deliver = deliver,
	.new_tls = new_thread,
	.swap_tls = lx_image_swap_tls,
	.take_printed = lx_printed_take,
	.data = lx_image_data,
	.place = lx_image_offset,
};
