/*
 * lab13.h: the queue of results, and the events. Given; do not edit.
 */
#ifndef LAB13_H
#define LAB13_H

#include "labs/explore/lab.h"

#define NO_TIMER INT64_MAX

/* A queue of operations that have a result. Every thread may call these. */
void queue_push(int op);
int queue_pop(void); /* 0: it is empty */

int64_t now_ns(void); /* of CLOCK_MONOTONIC */

/* What next_event() returns if it is not an operation (operations are greater than 0). */
enum { TIMER = 0, STOPPED = -1, FAILED = -2 };

/* ---- loop.c: the learner's ---- */

void loop_open(void); /* before any other thread starts */
void publish(int op); /* in a worker: op has its result */
void loop_close(void);

/* In the loop: waits for a result, until due_ns of CLOCK_MONOTONIC, or for SIGTERM. */
int next_event(int64_t due_ns);

#endif
