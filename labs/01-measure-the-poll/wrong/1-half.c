/*
 * Half a tick, as for everything that waits for a tick.
 */
#include "lab01.h"

const struct answers first = {
	.tick_ms = 10,
	.waste_ms = 5,
	.ready_percent = 65,
	.empty_wakes = 0,
	.random_ms = 5,
	.idle_wakes = 100,
};

const struct answers again = {
	.tick_ms = 1,
	.waste_ms = 0.3,
	.ready_percent = 10,
	.empty_wakes = 320,
	.random_ms = 0.5,
	.idle_wakes = 1000,
};
