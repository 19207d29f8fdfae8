/*
 * json.c: `wakegap scan --json`. Keys are a promise: some may be added, none renamed.
 */
#include <errno.h>
#include <stdlib.h>

#include "viz/base/json.h"
#include "viz/scan/scan.h"

#define FRAMES_MAX 256

static json_t *object_json(const struct wg_object *object)
{
	json_t *o = json_object();
	char address[24];

	(void)snprintf(address, sizeof(address), object->address ? "0x%llx" : "%.0llx",
		(unsigned long long)object->address);
	wg__json_set(&o, "kind", wg__json_text_or_null(object->kind));
	wg__json_set(&o, "fd", object->fd >= 0 ? json_integer(I(object->fd)) : json_null());
	wg__json_set(&o, "count", json_integer(I(object->count)));
	wg__json_set(&o, "address", wg__json_text_or_null(address));
	wg__json_set(
		&o, "period_ns", object->period_ns ? json_integer(object->period_ns) : json_null());
	wg__json_set(&o, "text", wg__json_text_or_null(object->text));
	return o;
}

static json_t *frame_json(const struct wg_frame *f)
{
	json_t *o = json_object();

	wg__json_set(&o, "module", wg__json_text_or_null(f->module));
	wg__json_set(&o, "offset", json_integer(I(f->offset)));
	wg__json_set(&o, "symbol", wg__json_text_or_null(f->symbol));
	wg__json_set(&o, "certainty", json_string(f->is_likely ? "likely" : "exact"));
	return o;
}

static void add_site(json_t **o, struct wg_scan *scan, const struct wg_scan_row *row,
	const struct wg_frame *site)
{
	char text[WG_TEXT_MAX] = "", id[72] = "";

	if (site) {
		(void)snprintf(text, sizeof(text), "%s+0x%llx", site->module ? site->module : "?",
			(unsigned long long)site->offset);
		wg_scan_build_id(scan, row, site, id, sizeof(id));
	}
	wg__json_set(o, "site", wg__json_text_or_null(text));
	wg__json_set(o, "symbol", site ? wg__json_text_or_null(site->symbol) : json_null());
	wg__json_set(o, "build_id", wg__json_text_or_null(id));
	wg__json_set(o, "certainty",
		site ? json_string(site->is_likely ? "likely" : "exact") : json_null());
}

static void add_wait(json_t **o, const struct wg_scan_row *row)
{
	bool has_wait = row->here > 0;

	wg__json_set(o, "how",
		has_wait && row->how != WG_IN_NONE ? json_string(wg_wait_in_name(row->how))
						   : json_null());
	wg__json_set(o, "call", has_wait ? wg__json_text_or_null(row->call) : json_null());
	wg__json_set(o, "number", has_wait ? json_integer(I(row->number)) : json_null());
	wg__json_set(o, "function", has_wait ? wg__json_text_or_null(row->function) : json_null());
	wg__json_set(o, "timeout_ns", json_integer(row->timeout_ns));
	wg__json_set(o, "timeout_min_ns", json_integer(row->timeout_min_ns));
	wg__json_set(o, "deadline_ns",
		has_wait && row->deadline_ns ? json_integer(row->deadline_ns) : json_null());
	wg__json_set(o, "object",
		has_wait && row->object.text[0] ? object_json(&row->object) : json_null());
	wg__json_set(o, "hidden", wg__json_text_or_null(row->hidden));
	wg__json_set(o, "looks",
		json_pack("{s:I, s:I, s:I}", "all", I(row->looks), "here", I(row->here), "running",
			I(row->running)));
}

static void add_counts(json_t **o, const struct wg_scan_row *row)
{
	wg__json_set(o, "wakes_per_s", json_real(row->wakes_per_s));
	wg__json_set(o, "wakes", json_integer(I(row->wakes)));
	wg__json_set(o, "involuntary", json_integer(I(row->involuntary)));
	wg__json_set(o, "cpu_ns_per_wake",
		row->cpu_per_wake_ns >= 0 ? json_integer(row->cpu_per_wake_ns) : json_null());
	wg__json_set(o, "cpu_ns", json_integer(row->cpu_ns));
	wg__json_set(o, "seen_ns", json_integer(row->seen_ns));
	wg__json_set(o, "began", json_boolean(row->is_new));
	wg__json_set(o, "ended", json_boolean(row->has_ended));
}

static json_t *row_json(
	struct wg_scan *scan, struct wg_scan_row *row, bool is_hang, struct wg_frame *frames)
{
	size_t site, count = wg_scan_frames(scan, row, frames, FRAMES_MAX, &site), i;
	json_t *o = json_object(), *list = is_hang ? json_array() : NULL;

	wg__json_set(&o, "pid", json_integer(I(row->pid)));
	wg__json_set(&o, "tid", json_integer(I(row->tid)));
	wg__json_set(&o, "process", wg__json_text_or_null(row->process));
	wg__json_set(&o, "name", wg__json_text_or_null(row->name));
	if (!is_hang)
		add_counts(&o, row);
	add_wait(&o, row);
	add_site(&o, scan, row, site < count ? &frames[site] : NULL);
	for (i = 0; is_hang && i < count; i++)
		wg__json_append(&list, frame_json(&frames[i]));
	if (is_hang)
		wg__json_set(&o, "frames", list);
	return o;
}

int wg_scan_print_json(struct wg_scan *scan, bool is_hang)
{
	json_t *root = json_object(), *threads = json_array(), *notes = json_array();
	struct wg_frame *frames = calloc(FRAMES_MAX, sizeof(*frames));
	struct wg_scan_row *row;
	char *text;
	size_t i;

	for (i = 0; frames && (row = wg_scan_row(scan, i)); i++)
		wg__json_append(&threads, row_json(scan, row, is_hang, frames));
	for (i = 0; wg_scan_note(scan, i); i++)
		wg__json_append(&notes, wg__json_text_or_null(wg_scan_note(scan, i)));
	if (!is_hang)
		wg__json_set(&root, "seconds", json_real((double)wg_scan_seconds_ns(scan) / 1e9));
	wg__json_set(&root, "threads", threads);
	wg__json_set(&root, "notes", notes);
	text = root && frames ? json_dumps(root, JSON_INDENT(2)) : NULL;
	json_decref(root);
	free(frames);
	if (!text)
		return -ENOMEM;
	(void)puts(text);
	free(text);
	return 0;
}
