/*
 * rows.c: see rows.h. Here is the pass over a trace, and the rows of events.
 */
#include "traces/query/rows.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "traces/base/text_out.h"
#include "traces/measure/summary.h"
#include "traces/query/fill.h"
#include "traces/read/ahead.h"
#include "traces/read/read.h"

#define ASK_EVERY 0x4000u /* events: well below a tenth of a second */

/* --- events --- */

/* The reader has interned it, so its address is the name. */
static int name_of(struct wg__fill *f, const char *name, uint32_t *ret)
{
	struct wg__rows *r = f->rows;
	size_t i;

	if (!name)
		name = "";
	if (name == f->last_name && r->name_count) {
		*ret = f->last_name_idx;
		return 0;
	}
	i = wg__map_get(&f->name, 0, (uintptr_t)name);
	if (i == WG__MAP_NONE) {
		i = r->name_count;
		if (wg__grow(&r->name, &r->name_cap, i, sizeof(*r->name)) < 0 ||
			wg__map_put(&f->name, 0, (uintptr_t)name, i) < 0)
			return -ENOMEM;
		r->name[r->name_count++] = name;
	}
	f->last_name = name;
	f->last_name_idx = *ret = (uint32_t)i;
	return 0;
}

static void set_value(struct wg__event_row *row, int64_t value)
{
	row->value = value;
	row->has_value = 1;
}

static void fill_record(struct wg__event_row *row, const struct wg_event *ev)
{
	switch (ev->record) {
	case WG_RECORD_WAIT:
		row->word = (uint8_t)ev->thread_wait.how;
		if (ev->thread_wait.timeout_ns != WG_NOT_OBSERVABLE)
			set_value(row, ev->thread_wait.timeout_ns);
		break;
	case WG_RECORD_WAKE:
		row->word = ev->thread_wake.reason;
		if (ev->thread_wake.ret != WG_RET_UNKNOWN)
			set_value(row, ev->thread_wake.ret);
		break;
	case WG_RECORD_NOTIFY: row->word = (uint8_t)ev->thread_notify.how; break;
	default: break;
	}
}

static void fill_fields(struct wg__event_row *row, const struct wg_event *ev)
{
	switch (ev->type) {
	case WG_EV_LOOP: set_value(row, ev->loop_.tick_ns); break;
	case WG_EV_SUBMIT:
		row->word = (uint8_t)ev->submit.kind;
		set_value(row, ev->submit.arg);
		break;
	case WG_EV_START: row->number = ev->start.worker; break;
	case WG_EV_DONE: set_value(row, ev->done.result); break;
	case WG_EV_DELIVER: set_value(row, ev->deliver.result); break;
	case WG_EV_NOTIFY: row->number = ev->notify.sent; break;
	case WG_EV_WAIT:
		set_value(row, ev->wait.timeout_ns);
		row->number = ev->wait.ready;
		break;
	case WG_EV_WAKE:
		row->word = (uint8_t)ev->wake.reason;
		row->number = ev->wake.ready;
		break;
	case WG_EV_POLL: row->number = ev->poll.found; break;
	case WG_EV_LOST:
		set_value(row, ev->lost.begin_ns);
		row->op = ev->lost.count;
		break;
	default: break;
	}
}

int wg__fill_event(struct wg__fill *f, const struct wg_event *ev, uint32_t lane)
{
	struct wg__rows *r = f->rows;
	struct wg__event_row *row;

	if (wg__grow(&r->event, &r->event_cap, r->event_count, sizeof(*r->event)) < 0)
		return -ENOMEM;
	row = &r->event[r->event_count];
	*row = (struct wg__event_row){ .t_ns = ev->ts_ns,
		.op = ev->op,
		.pid = ev->pid,
		.tid = ev->tid,
		.cpu = ev->cpu,
		.lane = lane,
		.type = (uint8_t)ev->type,
		.record = (uint8_t)ev->record };
	if (ev->record != WG_RECORD_NONE)
		fill_record(row, ev);
	else
		fill_fields(row, ev);
	if (ev->type == WG_EV_LOOP && name_of(f, ev->loop_.wait, &row->wait) < 0)
		return -ENOMEM;
	if (name_of(f, ev->procname, &row->name) < 0)
		return -ENOMEM;
	r->event_count++;
	return 0;
}

/* --- the pass --- */

static int feed(struct wg__fill *f, const struct wg_event *ev)
{
	struct wg__rows *r = f->rows;
	uint32_t lane = WG__NO_ROW;
	int rc = 0;

	f->stages = 0;
	f->woken = 0;
	if (wg_measure_feed(r->measure, ev) < 0 || f->rc < 0)
		return -ENOMEM;
	if (ev->record != WG_RECORD_NONE)
		rc = wg__fill_thread(f, ev, &lane);
	else if (ev->type != WG_EV_LOST && ev->type != WG_EV_OTHER)
		rc = wg__fill_loop(f, ev, &lane);
	if (rc == 0 && r->holds & WG__HOLDS_EVENTS)
		rc = wg__fill_event(f, ev, lane);
	return rc;
}

static int read_all(struct wg__fill *f, struct wg__ahead *ahead, wg__stopped_fn is_stopped,
	void *user, struct wg_error *err)
{
	struct wg__rows *r = f->rows;
	const struct wg_event *ev;
	bool is_first = true;
	uint32_t n = 0;
	int rc;

	while ((rc = wg__ahead_next(ahead, &ev, err)) > 0) {
		if (is_first)
			r->begin_ns = ev->type == WG_EV_LOST ? ev->lost.begin_ns : ev->ts_ns;
		is_first = false;
		r->end_ns = ev->ts_ns;
		if (feed(f, ev) < 0)
			return wg_error_set(err, -ENOMEM, "out of memory");
		if (++n % ASK_EVERY == 0 && is_stopped && is_stopped(user))
			return wg_error_set(err, -ECANCELED, "interrupted");
	}
	return rc;
}

/* A gap that is not observable is none: an event that it needs is not emitted (sees.h). */
static void drop_unseen(struct wg__rows *r)
{
	size_t i, kept = 0;

	for (i = 0; i < r->gap_count; i++) {
		const struct wg__gap_row *gap = &r->gap[i];
		const struct wg_loop_stats *kind =
			gap->flags & WG__GAP_THREAD
				? NULL
				: wg_measure_kind(r->measure, (enum wg_kind)gap->kind);

		if (!kind || wg_stats_sees(kind, WG_SEES_GAPS))
			r->gap[kept++] = *gap;
	}
	r->gap_count = kept;
}

static void finish(struct wg__fill *f, const struct wg_reader *reader)
{
	struct wg__rows *r = f->rows;

	wg__fill_end_ops(f);
	wg_measure_recorded(r->measure, wg_reader_end_ns(reader));
	wg_measure_finish(r->measure);
	drop_unseen(r);
	if (!r->threads)
		return;
	wg_threads_finish(r->threads, true);
	wg__fill_end_threads(f);
}

static int note(struct wg__rows *r, const struct wg_reader *reader, struct wg_error *err)
{
	size_t faults;

	if (wg__copy_notes(reader, r->measure, &r->notes.line, &r->notes.count, &faults) < 0)
		return wg_error_set(err, -ENOMEM, "out of memory");
	return 0;
}

static int begin(struct wg__rows *r, struct wg__fill *f, struct wg_error *err)
{
	const struct wg_measure_hooks hooks = wg__fill_hooks(f);

	r->cleaned = wg__names_create();
	if (!r->cleaned || wg_measure_create(&hooks, &r->measure) < 0)
		return wg_error_set(err, -ENOMEM, "out of memory");
	wg_measure_keep_no_samples(r->measure);
	if (wg_measure_by_kind(r->measure) < 0)
		return wg_error_set(err, -ENOMEM, "out of memory");
	return 0;
}

int wg__rows_load(
	struct wg__rows *rows, wg__stopped_fn is_stopped, void *user, struct wg_error *err)
{
	struct wg__fill fill = { .rows = rows };
	struct wg__ahead *ahead = NULL;
	struct wg_reader *reader;
	int rc = begin(rows, &fill, err);

	if (rc == 0)
		rc = wg__ahead_open(rows->path, &ahead, err);
	if (rc < 0)
		return rc;
	rc = read_all(&fill, ahead, is_stopped, user, err);
	reader = wg__ahead_stop(ahead);
	if (rc == 0)
		finish(&fill, reader);
	if (rc == 0 && wg_measure_events(rows->measure) == 0)
		rc = wg__no_events(rows->path, reader, err);
	if (rc == 0)
		rc = note(rows, reader, err);
	rows->names = wg__reader_take_names(reader);
	wg__ahead_close(ahead);
	wg__fill_fini(&fill);
	return rc;
}

void wg__rows_fini(struct wg__rows *r)
{
	struct wg__rows empty = { .path = r->path,
		.lane_base = r->lane_base,
		.wait_base = r->wait_base,
		.holds = r->holds };

	memcpy(empty.label, r->label, sizeof(empty.label));
	wg_measure_destroy(r->measure);
	wg_threads_destroy(r->threads);
	if (r->names)
		wg__names_destroy(r->names);
	if (r->cleaned)
		wg__names_destroy(r->cleaned);
	wg__map_fini(&r->clean_of);
	wg__notes_fini(&r->notes);
	free(r->clean);
	free(r->name);
	free(r->event);
	free(r->op);
	free(r->wait);
	free(r->wake);
	free(r->gap);
	free(r->lane);
	free(r->site);
	*r = empty;
}

const char *wg__rows_clean(struct wg__rows *r, const char *text)
{
	const unsigned char *c = (const unsigned char *)text;
	char buf[4096];
	size_t i;

	while (*c && *c < 0x80)
		c++;
	if (!*c)
		return text;
	i = wg__map_get(&r->clean_of, 0, (uintptr_t)text);
	if (i != WG__MAP_NONE)
		return r->clean[i];
	(void)wg_utf8_clean(text, buf, sizeof(buf));
	i = r->clean_count;
	if (wg__grow(&r->clean, &r->clean_cap, i, sizeof(*r->clean)) < 0 ||
		!(r->clean[i] = wg__names_intern(r->cleaned, buf)) ||
		wg__map_put(&r->clean_of, 0, (uintptr_t)text, i) < 0)
		return NULL;
	r->clean_count++;
	return r->clean[i];
}
