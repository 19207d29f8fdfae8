/*
 * formats.h: the formats of wakegap export. The one place that knows them all.
 */
#ifndef TRACES_FORMATS_H
#define TRACES_FORMATS_H

#include "traces/base/format.h"

/* The i-th format, or NULL past the last; the one of a name, or NULL. Static. */
const struct wg_export_format *wg_export_format_at(size_t i);
const struct wg_export_format *wg_export_format_of(const char *name);

#endif
