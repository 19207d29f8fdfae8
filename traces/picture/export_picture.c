/*
 * export_picture.c: svg and html as formats of wakegap export: a picture wants whole traces,
 * so they are loaded. The document is made in memory, to have no half of it if memory runs out; it
 * is bounded by its width and by what a page may embed, not by the trace.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/base/format.h"
#include "traces/picture/export_svg.h"
#include "traces/read/read.h"

typedef int (*picture_fn)(FILE *out, const struct wg_trace *const traces[], size_t count,
	const struct wg_picture_options *options);

static int write_picture(const struct wg_export *ex, picture_fn draw,
	const struct wg_trace *const traces[], struct wg_error *err)
{
	struct wg_picture_options options = { .has_range = ex->from_ns > 0 || ex->to_ns < INT64_MAX,
		.from_ns = ex->from_ns,
		.to_ns = ex->to_ns };
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	int rc;

	if (!out)
		return wg_error_set(err, -ENOMEM, "out of memory");
	rc = draw(out, traces, ex->path_count, &options);
	if (fclose(out) != 0 && rc == 0)
		rc = -ENOMEM;
	if (rc == 0)
		wg_out_write(ex->out, text, len);
	else if (rc == -ERANGE)
		(void)wg_error_set(err, rc, "nothing was recorded in that range");
	else
		(void)wg_error_set(err, rc, "cannot draw: %s", strerror(-rc));
	free(text);
	return rc;
}

/* What is missing from trace i. */
static void say(const struct wg_export *ex, size_t i, const struct wg_trace *trace)
{
	uint64_t discarded = wg_measure_discarded(trace->measure);
	char label[256], line[80];
	size_t k;

	(void)wg_export_label(ex, i, label, sizeof(label));
	for (k = 0; k < trace->note_count; k++)
		wg_export_say(ex, label, trace->notes[k]);
	if (!discarded)
		return;
	(void)snprintf(line, sizeof(line), "at least %" PRIu64 " events are missing", discarded);
	wg_export_say(ex, label, line);
}

static int export_paths(const struct wg_export *ex, picture_fn draw, struct wg_error *err)
{
	struct wg_trace *traces[WG_PICTURE_TRACES_MAX] = { NULL };
	size_t i;
	int rc = 0;

	if (ex->path_count > WG_PICTURE_TRACES_MAX)
		return wg_error_set(err, -EINVAL, "a picture shows one trace or two");
	for (i = 0; rc == 0 && i < ex->path_count; i++) {
		rc = wg_trace_load(ex->paths[i], &traces[i], err);
		if (rc == 0)
			say(ex, i, traces[i]);
	}
	if (rc == 0)
		rc = write_picture(ex, draw, (const struct wg_trace *const *)traces, err);
	for (i = 0; i < ex->path_count; i++)
		wg_trace_free(traces[i]);
	return rc;
}

/* A folder that holds two recordings stands for both: as one they would be added up. */
static int export_picture(const struct wg_export *ex, picture_fn draw, struct wg_error *err)
{
	struct wg_export both = *ex;
	struct wg_recordings found = { 0 };
	int rc;

	if (ex->path_count == 1 && wg_recordings_find(ex->paths[0], &found) == 0 &&
		found.count == WG_PICTURE_TRACES_MAX) {
		both.paths = (const char *const *)found.path;
		both.path_count = found.count;
	}
	rc = export_paths(&both, draw, err);
	wg_recordings_fini(&found);
	return rc;
}

static int export_svg(const struct wg_export *ex, struct wg_error *err)
{
	return export_picture(ex, wg_export_svg, err);
}

static int export_html(const struct wg_export *ex, struct wg_error *err)
{
	return export_picture(ex, wg_export_html, err);
}

const struct wg_export_format wg__format_svg = { "svg", "svg",
	"a picture of one trace or two, for slides and papers", WG_EXPORT_WHOLE, export_svg };

const struct wg_export_format wg__format_html = { "html", "html",
	"a page to look around in: one file, no network", WG_EXPORT_WHOLE, export_html };
