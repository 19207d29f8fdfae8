/*
 * recordings.h: a folder that holds several recordings stands for each of them.
 *
 * `wakegap run --record DIR` leaves one recording for each strategy in DIR. Read as one trace, they
 * would be added up.
 */
#ifndef VIZ_BASE_RECORDINGS_H
#define VIZ_BASE_RECORDINGS_H

#include "traces/read/read.h"

/*
 * If path holds from two to max recordings, *ret_found has them; else it is empty, and one line
 * says so if there are more. Free it with wg_recordings_fini().
 */
void wg_recordings_in(const char *path, size_t max, struct wg_recordings *ret_found);

/*
 * Paths as they were typed; one that ends in slash and two stars stands for each recording below
 * that folder, sorted by name. What cannot be looked through stays as it is, and reading it says
 * why. 0 or -ENOMEM; free *ret with wg_recordings_fini() in any case.
 */
int wg_recordings_expand(const char *const *paths, size_t count, struct wg_recordings *ret);

#endif
