/*
 * parts.h: the table through which the engine reaches calls, lab and report; see engine/parts.h.
 */
#ifndef LABS_EXPLORE_PARTS_H
#define LABS_EXPLORE_PARTS_H

#include "labs/explore/engine/parts.h"

extern const struct lx_parts lx_parts;

#endif
