/*
 * ready.c: see ready.h.
 */
#include "core/ready.h"

#include "core/loop_state.h"
#include "core/trace.h"

void wg__loop_note_ready(struct wg_loop *loop, struct wg_op *op)
{
	op->state = WG_OP_READY;
	op->ready_turn = loop->turns;
	loop->unreported++;
	loop->ready_count++;
	loop->callbacks += op->done != NULL;
	loop->net_waits -= wg__op_is_net(op);
}

void wg__loop_complete(struct wg_loop *loop, struct wg_op *op, int64_t result)
{
	WG_TRACE(done, loop->id, op->id, result);
	op->result = result;
	wg__loop_note_ready(loop, op);
	wg_list_push(&loop->ready, &op->node);
}

int64_t wg__loop_finish(struct wg_loop *loop, struct wg_op *op)
{
	wg_list_remove(&op->node);
	loop->ready_count--;
	loop->unreported -= op->ready_turn == loop->turns;
	loop->callbacks -= op->done != NULL;
	loop->in_flight--;
	op->state = WG_OP_IDLE;
	/* relaxed: a number to look at; no data rides on it */
	atomic_fetch_add_explicit(&loop->delivered, 1, memory_order_relaxed);
	WG_TRACE(deliver, loop->id, op->id, op->result);
	return op->result;
}
