/*
 * turn.h: one turn of the loop. wg_loop_run_once() makes one; see loop.h.
 */
#ifndef CORE_TURN_H
#define CORE_TURN_H

struct wg_loop;

/* Look, without sleeping, at all that may be ready: how many operations became so. */
unsigned wg__loop_look(struct wg_loop *loop);

#endif
