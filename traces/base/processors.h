/*
 * processors.h: how many threads can run at once.
 */
#ifndef TRACES_BASE_PROCESSORS_H
#define TRACES_BASE_PROCESSORS_H

/* The processors that this process may use; at least one. */
unsigned wg_processors(void);

#endif
