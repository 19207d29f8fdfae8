/*
 * answers.c: what the loop in lab01.h costs.
 *
 * A chain is locked to the tick: each read begins right after a tick, so it costs one whole tick,
 * and the waste is the tick minus the read. A result at a random moment waits half a tick.
 */
#include "lab01.h"

const struct answers first = {
	.tick_ms = 10,
	.waste_ms = 7.3,     /* 10 - 2.7 */
	.ready_percent = 73, /* 7.3 of 10 */
	.empty_wakes = 0,    /* every tick finds a result */
	.random_ms = 5,	     /* 10 / 2 */
	.idle_wakes = 100,   /* 1 s / 10 ms */
};

const struct answers again = {
	.tick_ms = 1,
	.waste_ms = 0.3,     /* found at 3 ms, ready at 2.7 */
	.ready_percent = 10, /* 0.3 of 3 */
	.empty_wakes = 320,  /* at 1 and 2 ms, 160 times */
	.random_ms = 0.5,
	.idle_wakes = 1000,
};
