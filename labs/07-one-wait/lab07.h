/*
 * lab07.h: where results and bytes go. Given; do not edit.
 */
#ifndef LAB07_H
#define LAB07_H

#include "labs/explore/lab.h"

/* A queue of operations that have a result; any thread may call these functions. */
void queue_push(int op);
int queue_pop(void); /* 0: it is empty. The loop looks here. */

/* In the loop. */
bool is_done(void); /* all results and all bytes have arrived */
void got_result(int op);
void got_bytes(long count); /* read from the socket */

/* ---- loop.c: the learner's ---- */

void loop_open(int fd); /* a socket that does not block; another thread writes to it */
void publish(int op);	/* in a worker: op has its result */
void loop_run(void);	/* in the loop, until is_done() */
void loop_close(void);	/* but not the socket */

#endif
