/*
 * planted_run.h: what a trace says of the threads of a plan of tests/planted, to be compared with
 * the plan.
 */
#ifndef TESTS_TRACES_PLANTED_RUN_H
#define TESTS_TRACES_PLANTED_RUN_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/planted/planted.h"

struct planted_tally {
	unsigned waits, notified, exact, timed_out, other, how[WG_IN_COUNT];
	unsigned ready; /* of the others: something was there */
	unsigned notifies, woke, woke_nobody, unclear;
	unsigned placed; /* notifies that were called from `notifies` or `notify_...` */
	unsigned open;	 /* waits without a wake */
	bool has_object[WG_OBJECT_KIND_COUNT], has_site;
	bool has_symbol; /* a wait was called from `site` */
};

/*
 * The threads of that name, and those that notify them ("n-NAME"). site: the function that waits,
 * or NULL.
 */
struct planted_tally planted_look(const char *dir, const char *name, const char *site);

/* The same for events that are in memory, in the order of time. */
struct planted_tally planted_count(
	const struct wg_event *events, size_t count, const char *name, const char *site);

/* Is it the plan, as the preload library sees it? */
void planted_check(const struct planted_tally *tally, const struct plan *plan);

/*
 * From now on live reading (read/tail.h) goes by the time of the program whose output fd is, and
 * not by the machine's. Before the reader is opened; -1 ends it, after the reader is closed.
 */
void planted_follow(int fd);

/* All that this program has printed; once the reader has ended. */
const char *planted_said(void);

/* For people: what was found. */
void planted_print(const char *name, const struct planted_tally *tally);

#endif
