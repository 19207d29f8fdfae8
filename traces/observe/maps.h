/*
 * maps.h: which file an address of a process belongs to.
 */
#ifndef TRACES_OBSERVE_MAPS_H
#define TRACES_OBSERVE_MAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A piece of a file, or of memory without one, that can be executed. */
struct wg__map_part {
	uint64_t begin, end;
	uint64_t base; /* where offsets count from; 0: from 0, as in a program with fixed places */
	char *path;    /* owned; "" without a file */
	bool is_libc;  /* of the C library, or a library that stands in front of it */
};

struct wg__maps {
	struct wg__map_part *part; /* by address; owned */
	size_t count, cap;
};

/* dir: the folder of one of its threads, tid. 0 or a negative errno. */
int wg__maps_read(int dir, pid_t tid, struct wg__maps *ret);
void wg__maps_fini(struct wg__maps *maps);

/* NULL: nothing that can be executed is there. */
const struct wg__map_part *wg__maps_find(const struct wg__maps *maps, uint64_t address);

/* The last part of its path; "[anonymous]" without a file. */
const char *wg__map_name(const struct wg__map_part *part);

#endif
