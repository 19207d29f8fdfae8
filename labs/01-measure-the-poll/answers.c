/*
 * answers.c: what you expect from the loop in lab01.h, before you run it.
 *
 * TODO(lab01): replace every NOT_YET in `first` and run the check. When `first` is correct, choose
 * another tick and do the same for `again`.
 */
#include "lab01.h"

const struct answers first = {
	.tick_ms = 10,
	.waste_ms = NOT_YET,
	.ready_percent = NOT_YET,
	.empty_wakes = NOT_YET,
	.random_ms = NOT_YET,
	.idle_wakes = NOT_YET,
};

const struct answers again = {
	.tick_ms = 1, /* 1 to 5, or 20 to 50 */
	.waste_ms = NOT_YET,
	.ready_percent = NOT_YET,
	.empty_wakes = NOT_YET,
	.random_ms = NOT_YET,
	.idle_wakes = NOT_YET,
};
