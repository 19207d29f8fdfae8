/*
 * row_formats.h: what the two files of sheets share. Private to traces/.
 */
#ifndef TRACES_EXPORT_ROW_FORMATS_H
#define TRACES_EXPORT_ROW_FORMATS_H

#include "traces/base/format.h"
#include "traces/export/rows.h"
#include "traces/read/schema.h"

struct wg__pass;

int wg__export_intervals(
	const struct wg_export *ex, const struct wg__row_format *format, struct wg_error *err);
int wg__export_operations(
	const struct wg_export *ex, const struct wg__row_format *format, struct wg_error *err);

/* A hole, as the sheet of events writes it. */
void wg__row_hole(const struct wg__pass *pass, const struct wg__row_format *format,
	const struct wg_event *ev);

#endif
