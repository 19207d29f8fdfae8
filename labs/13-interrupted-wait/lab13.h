/*
 * lab13.h: the queue of results, and what an event is. Given; do not edit.
 */
#ifndef LAB13_H
#define LAB13_H

#include "labs/explore/lab.h"

#define NO_TIMER INT64_MAX

/* A queue of operations that have a result; all calls are safe in any thread. */
void queue_push(int op);
int queue_pop(void); /* 0: it is empty. The loop looks here. */

int64_t now_ns(void); /* of CLOCK_MONOTONIC */

/* What next_event() returns beside an operation, which is greater than 0. */
enum { TIMER = 0, STOPPED = -1, FAILED = -2 };

/* ---- loop.c: the learner's ---- */

void loop_open(void); /* before any other thread starts */
void publish(int op); /* in a worker: op has its result */
void loop_close(void);

/* In the loop: waits for a result, for due_ns of CLOCK_MONOTONIC, or for SIGTERM. */
int next_event(int64_t due_ns);

#endif
