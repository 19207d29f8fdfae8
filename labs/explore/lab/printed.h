/*
 * printed.h: what the lab prints while a schedule is recorded, beside the step in which it did.
 *
 * Otherwise standard output and error lead nowhere. Here they lead into a pipe that is emptied
 * before each next step, so every way to print is seen. What does not fit into the pipe is lost.
 */
#ifndef LABS_EXPLORE_LAB_PRINTED_H
#define LABS_EXPLORE_LAB_PRINTED_H

/* Descriptors 1 and 2 become the pipe. Without one they stay as they are. */
void lx_printed_open(void);

/* A schedule begins: what is in the pipe is of another one. */
void lx_printed_begin(void);

/* What the running thread has printed since the last call belongs to the latest step. */
void lx_printed_take(void);

#endif
