/*
 * loop_impl.h: what the pool may know of a loop.
 */
#ifndef CORE_LOOP_IMPL_H
#define CORE_LOOP_IMPL_H

#include "core/loop.h"

uint32_t wg__loop_id(const struct wg_loop *loop);

/*
 * Publish op's result to its loop and ring. A worker's thread, no lock held. op belongs to the loop
 * from here on.
 */
void wg__loop_publish(struct wg_loop *loop, struct wg_op *op, int64_t result);

#endif
