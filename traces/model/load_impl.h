/*
 * load_impl.h: what load.c has for cache.c. Private to traces/model.
 */
#ifndef TRACES_MODEL_LOAD_IMPL_H
#define TRACES_MODEL_LOAD_IMPL_H

#include "traces/model/load.h"
#include "traces/model/model_impl.h"

/* A load that is over, of a model that it owns from now on, also after an error. 0 or -ENOMEM. */
int wg__load_whole(struct wg__loaded *loaded, struct wg_load **ret_load, struct wg_error *err);

/* What it loads, borrowed. */
struct wg__loaded *wg__load_loaded(struct wg_load *load);

/* Opened with rc: read all of it, take the trace, close it. rc, or an error of wg_load_read(). */
int wg__load_all(int rc, struct wg_load *load, struct wg_trace **ret_trace, struct wg_error *err);

#endif
