/*
 * row_formats.h: what the two files of sheets share. Private to traces/.
 */
#ifndef TRACES_EXPORT_ROW_FORMATS_H
#define TRACES_EXPORT_ROW_FORMATS_H

#include "traces/base/format.h"
#include "traces/export/rows.h"
#include "traces/read/schema.h"

struct wg__pass;

/* A sheet lists its columns once, as X(trace), X(pid), ...: for the numbers and for the names. */
#define WG__COLUMN_NAME(name) #name

int wg__export_intervals(
	const struct wg_export *ex, const struct wg__row_format *format, struct wg_error *err);
int wg__export_operations(
	const struct wg_export *ex, const struct wg__row_format *format, struct wg_error *err);
int wg__export_threads(
	const struct wg_export *ex, const struct wg__row_format *format, struct wg_error *err);

/* For struct wg__pass_ops; user begins with a pointer to its row format. */
void wg__row_note(void *user, const struct wg__pass *pass, const char *line);

/* A hole, as the sheet of events writes it. */
void wg__row_hole(const struct wg__pass *pass, const struct wg__row_format *format,
	const struct wg_event *ev);

#endif
