/*
 * net_local.h: a loop's socket operations.
 *
 * If its strategy can wait for descriptors (fds.h), all happens on the loop's thread. If not, the
 * pool's net thread does it (net_thread.h). Everything here is for the loop's thread.
 */
#ifndef CORE_NET_LOCAL_H
#define CORE_NET_LOCAL_H

#include <stdbool.h>
#include <stdint.h>

struct wg_loop;
struct wg_op;

/* Hand a socket operation to the strategy's sleep, or to the net thread. */
void wg__net_submit(struct wg_loop *loop, struct wg_op *op);

/* Take it back: true if it was still waiting. */
bool wg__net_cancel(struct wg_loop *loop, struct wg_op *op);

/* Do what the descriptors that the last sleep reported allow: how many operations ended. */
unsigned wg__net_harvest(struct wg_loop *loop);

/*
 * The same without a sleep: ask the kernel now. For a turn that found work, and so does not sleep:
 * sockets would starve on a loop that always finds some. ticket: from this turn's arm().
 */
unsigned wg__net_glance(struct wg_loop *loop, uint64_t ticket);

#endif
