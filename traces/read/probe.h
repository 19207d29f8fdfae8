/*
 * probe.h: a trace is opened first where a failure of the decoder harms nobody. Private to traces/.
 */
#ifndef TRACES_READ_PROBE_H
#define TRACES_READ_PROBE_H

#include <stdbool.h>
#include <stdint.h>

struct wg__probe {
	bool has_died;
	bool has_opened;      /* it died later, while events were read */
	uint64_t messages;    /* what wg__source_next() took until then */
	uint64_t taken_bytes; /* the most memory that it needed; 0 if only its beginning was read */
	char why[260];	      /* one line; "" if nothing is known */
};

/*
 * Read the folder dir in a child process: all of it, or only its beginning. The child may
 * take what is left of the budget (budget.h) and 20 s without an event. Where no child can be made,
 * *ret says that all is well. Blocks; any thread.
 */
void wg__probe(const char *dir, bool to_the_end, struct wg__probe *ret);

#endif
