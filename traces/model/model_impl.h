/*
 * model_impl.h: what belongs to the struct wg_trace that callers see: its columns, the names its
 * events point to, and the map that finds an operation. Private to traces/.
 */
#ifndef TRACES_MODEL_MODEL_IMPL_H
#define TRACES_MODEL_MODEL_IMPL_H

#include "traces/base/finder.h"
#include "traces/model/cache_key.h"
#include "traces/model/columns.h"
#include "traces/model/levels.h"
#include "traces/base/names.h"

/* A file in memory, whose rows the columns use where they stand. */
struct wg__mapped {
	void *at; /* NULL: none */
	size_t bytes;
};

/* Whether the model is worth to be kept in one; see cache.h. */
struct wg__cached {
	struct wg__cache_key key; /* before it was read */
	size_t least_events;
	bool is_wanted;
	bool is_whole; /* it was read to its end, and nothing was damaged */
};

struct wg__loaded {
	struct wg_trace trace; /* first, so that one pointer is the other */
	struct wg__columns columns;
	struct wg__packed *spans;  /* of each lane */
	size_t lane_count;	   /* so many */
	struct wg__levels *levels; /* NULL: it grows */
	struct wg__names *names;
	struct wg__finder op_map;
	struct wg__mapped file;
	struct wg__cached cached;
};

/* Frees all but notes, names and map. */
void wg__loaded_fini(struct wg__loaded *loaded);

#endif
