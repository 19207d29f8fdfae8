/*
 * image.h: the loaded lab: its scenarios, and its variables, restored before every schedule.
 */
#ifndef LABS_EXPLORE_LAB_IMAGE_H
#define LABS_EXPLORE_LAB_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lab_scenario;

#define LX_NO_MEMORY "out of memory"

/* Load the shared object and copy its variables. NULL, or why not: LX_NO_MEMORY if the explorer has
 * none. */
const char *lx_image_load(const char *path, const struct lab_scenario **ret_scenarios);

/* Restore all variables to their values after loading. */
void lx_image_restore(void);

/* Thread-local variables: every fiber has its own. */
void lx_image_new_tls(int thread);
void lx_image_swap_tls(int from, int to);

/* The offset of a return address in the lab, as addr2line wants it; 0: not in the lab. */
uint64_t lx_image_offset(const void *place);

/* The offset of a variable that all threads share; 0: this is none. */
uint64_t lx_image_data(const void *at);

/* Is this address in the code of the lab? And where that begins and ends. */
bool lx_image_has_code(const void *address);
const char *lx_image_code(void);
const char *lx_image_code_end(void);

#endif
