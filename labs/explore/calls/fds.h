/*
 * fds.h: descriptors that the scheduler models: eventfd, pipes, socket pairs, timerfd, epoll.
 */
#ifndef LABS_EXPLORE_CALLS_FDS_H
#define LABS_EXPLORE_CALLS_FDS_H

#include <stdint.h>

void lx_fds_reset(void);

/* How many are open. */
int lx_fds_open(void);

/* The earliest expiry of a timerfd, or LX_NEVER; and expire those whose time has come. */
int64_t lx_fds_deadline(void);
void lx_fds_time(void);

#endif
