/*
 * cache_file.h: the file of cache.h, written and read. Private to traces/model.
 *
 *     head | the model, as model_keep.h has it | its XXH3 sum
 */
#ifndef TRACES_MODEL_CACHE_FILE_H
#define TRACES_MODEL_CACHE_FILE_H

#include "traces/model/cache_key.h"
#include "traces/model/model_impl.h"

/*
 * The model that is kept below dir for that key; NULL: there is none, and *ret_why says why. Frees
 * with wg_trace_free().
 */
struct wg__loaded *wg__cache_read(
	const char *dir, const struct wg__cache_key *key, const char **ret_why);

/* 0 or a negative errno; nothing is left behind then. */
int wg__cache_write(const char *dir, const struct wg__cache_key *key, struct wg__loaded *loaded);

#endif
