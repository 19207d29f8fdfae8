/*
 * When a loop polls, every wake is empty.
 */
#include "lab01.h"

const struct answers first = {
	.tick_ms = 10,
	.waste_ms = 7.3,
	.ready_percent = 73,
	.empty_wakes = 160,
	.random_ms = 5,
	.idle_wakes = 100,
};

const struct answers again = {
	.tick_ms = 1,
	.waste_ms = 0.3,
	.ready_percent = 10,
	.empty_wakes = 480,
	.random_ms = 0.5,
	.idle_wakes = 1000,
};
