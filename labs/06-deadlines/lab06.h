/*
 * lab06.h: the table of timers. Given; do not edit.
 */
#ifndef LAB06_H
#define LAB06_H

#include "labs/explore/lab.h"

#define NO_TIMER INT64_MAX

/* Any thread may use the table. Times are nanoseconds of CLOCK_MONOTONIC. */
void timers_add(int timer, int64_t due_ns);
int64_t timers_next(void); /* when the earliest timer is due; NO_TIMER: none is armed */

/* In the loop: fires the timers that are due. False: no timer is armed, and none will be. */
bool timers_fire(int64_t now_ns);

/* ---- loop.c: the learner's ---- */

void loop_open(void);			   /* before any other thread starts */
void timer_arm(int timer, int64_t due_ns); /* in any thread */
void loop_run(void);			   /* in the loop, until timers_fire() returns false */
void loop_close(void);

#endif
