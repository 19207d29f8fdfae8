/*
 * fork.h: a loop that goes on in both processes after fork(2).
 */
#ifndef CORE_FORK_H
#define CORE_FORK_H

#include <sys/types.h>

struct wg_loop;

/*
 * fork(2); for loops with a pool of their own. In the child, what was queued, running or waiting
 * for a socket ends with -ECANCELED: the parent has it. What was published is delivered in both,
 * timers fire in both, and sockets can be used (and must be closed) in both. The loop's thread;
 * blocks until the child has its workers. The pid, or 0 in the child. -ENOTSUP the pool is
 * borrowed, -EBUSY inside `done`, or the error of fork(2) or of making the child's loop: then there
 * is no child.
 */
pid_t wg_loop_fork(struct wg_loop *loop);

#endif
