/*
 * image.h: the lab, loaded: its scenarios, and its variables put back before every schedule.
 */
#ifndef LABS_EXPLORE_LAB_IMAGE_H
#define LABS_EXPLORE_LAB_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lab_scenario;

#define LX_NO_MEMORY "out of memory"

/* Load the shared object and remember its variables. NULL, or why not; if that is no fault of the
 * lab's, LX_NO_MEMORY. */
const char *lx_image_load(const char *path, const struct lab_scenario **ret_scenarios);

/* All variables as they were when the lab was loaded. */
void lx_image_restore(void);

/* Thread-local variables: every fiber has its own. */
void lx_image_new_tls(int thread);
void lx_image_swap_tls(int from, int to);

/* Where a place in the lab is, counted from its start, the way addr2line wants it; 0: not in it. */
uint64_t lx_image_offset(const void *place);

/* Is this address in the code of the lab? */
bool lx_image_has_code(const void *address);

#endif
