/*
 * answers.c: what you expect of the loop in lab01.h, before you look.
 *
 * TODO(lab01): replace every NOT_YET of `first` and run the check. When `first` agrees with your
 * trace, choose another tick and do the same for `again`.
 */
#include "lab01.h"

const struct answers first = {
	.tick_ms = 10,
	.waste_ms = NOT_YET,
	.ready_percent = NOT_YET,
	.empty_wakes = NOT_YET,
	.stranger_ms = NOT_YET,
	.idle_wakes = NOT_YET,
};

const struct answers again = {
	.tick_ms = 1, /* 1 to 5, or 20 to 50 */
	.waste_ms = NOT_YET,
	.ready_percent = NOT_YET,
	.empty_wakes = NOT_YET,
	.stranger_ms = NOT_YET,
	.idle_wakes = NOT_YET,
};
