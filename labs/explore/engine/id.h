/*
 * id.h: a schedule as a word, and back.
 *
 * By default the running thread goes on while it can, else the first thread that can. An id holds
 * only what differs from this default; `0` is the schedule in which nothing differs. `a3b1`: thread
 * a makes three steps, then b. Threads are a to n in the order of their creation. `Da`: a's oldest
 * store reaches memory. `Sa`: its wait ends without cause. `Ia`: its call is interrupted. `T`: time
 * passes. `E`: nothing more happens. `.1`: the second of several equal choices.
 */
#ifndef LABS_EXPLORE_ENGINE_ID_H
#define LABS_EXPLORE_ENGINE_ID_H

#include "labs/explore/engine/shared.h"

#include <stddef.h>

/* False: it does not fit, and text ends with "...". */
bool lx_id_print(const struct lx_log *log, char *text, size_t len);

bool lx_id_parse(const char *text, struct lx_segment *segment, uint32_t max, uint32_t *ret_count);

#endif
