/*
 * json.c: `wakegap scan --json`. Keys are a promise: some may be added, none renamed.
 */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

#include "traces/base/text_out.h"
#include "viz/scan/scan.h"

#define TEXT_MAX   1024
#define FRAMES_MAX 256
#define I(value)   ((json_int_t)(value))

/* Out of memory for a part: the whole is freed and NULL, so none of it is shown. */
static void set(json_t **o, const char *key, json_t *value)
{
	if (json_object_set_new(*o, key, value) < 0) {
		json_decref(*o);
		*o = NULL;
	}
}

static void append(json_t **list, json_t *value)
{
	if (json_array_append_new(*list, value) < 0) {
		json_decref(*list);
		*list = NULL;
	}
}

/* NULL and "" are null; bytes that are no UTF-8 are \xNN. */
static json_t *text_json(const char *text)
{
	char clean[TEXT_MAX];

	if (!text || !*text)
		return json_null();
	(void)wg_utf8_clean(text, clean, sizeof(clean));
	return json_string(clean);
}

static json_t *object_json(const struct wg_object *object)
{
	json_t *o = json_object();
	char address[24];

	(void)snprintf(address, sizeof(address), object->address ? "0x%llx" : "%.0llx",
		(unsigned long long)object->address);
	set(&o, "kind", text_json(object->kind));
	set(&o, "fd", object->fd >= 0 ? json_integer(I(object->fd)) : json_null());
	set(&o, "count", json_integer(I(object->count)));
	set(&o, "address", text_json(address));
	set(&o, "period_ns", object->period_ns ? json_integer(object->period_ns) : json_null());
	set(&o, "text", text_json(object->text));
	return o;
}

static json_t *frame_json(const struct wg_frame *f)
{
	json_t *o = json_object();

	set(&o, "module", text_json(f->module));
	set(&o, "offset", json_integer(I(f->offset)));
	set(&o, "symbol", text_json(f->symbol));
	set(&o, "certainty", json_string(f->is_likely ? "likely" : "exact"));
	return o;
}

static void add_site(json_t **o, struct wg_scan *scan, const struct wg_scan_row *row,
	const struct wg_frame *site)
{
	char text[TEXT_MAX] = "", id[72] = "";

	if (site) {
		(void)snprintf(text, sizeof(text), "%s+0x%llx", site->module ? site->module : "?",
			(unsigned long long)site->offset);
		wg_scan_build_id(scan, row, site, id, sizeof(id));
	}
	set(o, "site", text_json(text));
	set(o, "symbol", site ? text_json(site->symbol) : json_null());
	set(o, "build_id", text_json(id));
	set(o, "certainty", site ? json_string(site->is_likely ? "likely" : "exact") : json_null());
}

static void add_wait(json_t **o, const struct wg_scan_row *row)
{
	bool has_wait = row->here > 0;

	set(o, "how", has_wait ? text_json(wg_wait_how_name(row->how)) : json_null());
	set(o, "call", has_wait ? text_json(row->call) : json_null());
	set(o, "number", has_wait ? json_integer(I(row->number)) : json_null());
	set(o, "function", has_wait ? text_json(row->function) : json_null());
	set(o, "timeout_ns", json_integer(row->timeout_ns));
	set(o, "timeout_min_ns", json_integer(row->timeout_min_ns));
	set(o, "deadline_ns",
		has_wait && row->deadline_ns ? json_integer(row->deadline_ns) : json_null());
	set(o, "object", has_wait && row->object.text[0] ? object_json(&row->object) : json_null());
	set(o, "hidden", text_json(row->hidden));
	set(o, "looks",
		json_pack("{s:I, s:I, s:I}", "all", I(row->looks), "here", I(row->here), "running",
			I(row->running)));
}

static void add_counts(json_t **o, const struct wg_scan_row *row)
{
	set(o, "wakes_per_s", json_real(row->wakes_per_s));
	set(o, "wakes", json_integer(I(row->wakes)));
	set(o, "involuntary", json_integer(I(row->involuntary)));
	set(o, "cpu_ns_per_wake",
		row->cpu_per_wake_ns >= 0 ? json_integer(row->cpu_per_wake_ns) : json_null());
	set(o, "cpu_ns", json_integer(row->cpu_ns));
	set(o, "seen_ns", json_integer(row->seen_ns));
	set(o, "began", json_boolean(row->is_new));
	set(o, "ended", json_boolean(row->has_ended));
}

static json_t *row_json(
	struct wg_scan *scan, struct wg_scan_row *row, bool is_hang, struct wg_frame *frames)
{
	size_t site, count = wg_scan_frames(scan, row, frames, FRAMES_MAX, &site), i;
	json_t *o = json_object(), *list = is_hang ? json_array() : NULL;

	set(&o, "pid", json_integer(I(row->pid)));
	set(&o, "tid", json_integer(I(row->tid)));
	set(&o, "process", text_json(row->process));
	set(&o, "name", text_json(row->name));
	if (!is_hang)
		add_counts(&o, row);
	add_wait(&o, row);
	add_site(&o, scan, row, site < count ? &frames[site] : NULL);
	for (i = 0; is_hang && i < count; i++)
		append(&list, frame_json(&frames[i]));
	if (is_hang)
		set(&o, "frames", list);
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
		append(&threads, row_json(scan, row, is_hang, frames));
	for (i = 0; wg_scan_note(scan, i); i++)
		append(&notes, text_json(wg_scan_note(scan, i)));
	if (!is_hang)
		set(&root, "seconds", json_real((double)wg_scan_seconds_ns(scan) / 1e9));
	set(&root, "threads", threads);
	set(&root, "notes", notes);
	text = root && frames ? json_dumps(root, JSON_INDENT(2)) : NULL;
	json_decref(root);
	free(frames);
	if (!text)
		return -ENOMEM;
	(void)puts(text);
	free(text);
	return 0;
}
