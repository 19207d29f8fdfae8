/*
 * model_impl.h: what belongs to the struct wg_trace that callers see: its columns, the names its
 * events point to, and the map that finds an operation. Private to traces/.
 */
#ifndef TRACES_MODEL_MODEL_IMPL_H
#define TRACES_MODEL_MODEL_IMPL_H

#include "traces/base/finder.h"
#include "traces/model/columns.h"
#include "traces/model/levels.h"
#include "traces/base/names.h"

struct wg__loaded {
	struct wg_trace trace; /* first, so that one pointer is the other */
	struct wg__columns columns;
	struct wg__packed *spans;  /* of each lane */
	size_t lane_count;	   /* so many */
	struct wg__levels *levels; /* NULL: it grows */
	struct wg__names *names;
	struct wg__finder op_map;
};

/* Frees all but notes, names and map. */
void wg__loaded_fini(struct wg__loaded *loaded);

#endif
