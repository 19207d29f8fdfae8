/*
 * columns_impl.h: what columns.c and columns_event.c share. Private to traces/model.
 */
#ifndef TRACES_MODEL_COLUMNS_IMPL_H
#define TRACES_MODEL_COLUMNS_IMPL_H

#include "traces/model/columns.h"

/* The table of events, and the map of their sources. */
void wg__events_init(struct wg__columns *columns, bool stays_open);

#endif
