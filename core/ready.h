/*
 * ready.h: the end of an operation's way: its result is here; it is delivered. The loop's thread.
 */
#ifndef CORE_READY_H
#define CORE_READY_H

#include <stdint.h>

struct wg_loop;
struct wg_op;

/* op, which is about to join the ready list, has its result. */
void wg__loop_note_ready(struct wg_loop *loop, struct wg_op *op);

/* op ends with result here and now: no inbox, no notification. */
void wg__loop_complete(struct wg_loop *loop, struct wg_op *op, int64_t result);

/* Deliver: op is the caller's again. Returns its result. */
int64_t wg__loop_finish(struct wg_loop *loop, struct wg_op *op);

#endif
