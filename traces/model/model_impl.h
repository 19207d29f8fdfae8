/*
 * model_impl.h: what belongs to the struct wg_trace that callers see: the names its events point
 * to, and the map that finds an operation. Private to traces/.
 */
#ifndef TRACES_MODEL_MODEL_IMPL_H
#define TRACES_MODEL_MODEL_IMPL_H

#include "traces/base/finder.h"
#include "traces/model/model.h"
#include "traces/base/names.h"

struct wg__loaded {
	struct wg_trace trace; /* first, so that one pointer is the other */
	struct wg__names *names;
	struct wg__finder op_map;
};

#endif
