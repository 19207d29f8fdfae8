/*
 * words.c: see words.h. Lines begin with what they are about, so that grep and a listener find
 * them.
 */
#include "viz/app/words.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "viz/app/app.h"
#include "viz/app/describe.h"
#include "viz/app/figure_rows.h"
#include "viz/app/findings.h"
#include "viz/app/seek.h"
#include "viz/app/thread_words.h"
#include "traces/base/columns.h"
#include "traces/base/units.h"

/* So many visible waits get a line each. */
#define WAITS_LISTED 12

void wg_words_print(FILE *out, const char *fmt, ...)
{
	char line[4096];
	size_t i, len;
	va_list ap;
	bool ends;

	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	len = strlen(line);
	ends = fmt[strlen(fmt) - 1] == '\n';
	if (ends && len + 1 < sizeof(line))
		len--;
	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)line[i];

		if (c < ' ' || c == 0x7f)
			(void)fprintf(out, "\\x%02x", c);
		else
			(void)fputc(c, out);
	}
	if (ends)
		(void)fputc('\n', out);
}

/* ---- lanes ---- */

/* "wasted 121 ms in 12 spans" of what is in sight, for each state that is there. */
static void print_lane(const struct wg_app *app, const struct wg_pane *pane, size_t lane_idx,
	bool chosen, FILE *out)
{
	static const char *const names[WG_SPAN_STATE_COUNT] = { "asleep", "wasted", "awake", "busy",
		"lost", "asleep for descriptors", "asleep in a condition", "asleep for a lock",
		"asleep for a time", "asleep for else" };
	const struct wg_lane *lane = &pane->trace->lanes[lane_idx];
	int64_t from = app->scale.from_ns + pane->origin_ns, ns[WG_SPAN_STATE_COUNT] = { 0 };
	int64_t to = wg_scale_end(&app->scale) + pane->origin_ns;
	size_t n[WG_SPAN_STATE_COUNT] = { 0 }, i;
	bool any = false;
	char time[32];

	for (i = wg_lane_first(lane, from); i < lane->span_count; i++) {
		const struct wg_span *span = WG_SPAN(lane, i);

		if (span->begin_ns >= to)
			break;
		ns[span->state] += (span->end_ns < to ? span->end_ns : to) -
				   (span->begin_ns > from ? span->begin_ns : from);
		n[span->state]++;
	}
	wg_words_print(out, "lane: %s%s:", lane->name, chosen ? " (chosen)" : "");
	for (i = 0; i < WG_SPAN_STATE_COUNT; i++) {
		if (n[i] == 0)
			continue;
		wg_words_print(out, "%s %s %s in %zu", any ? "," : "", names[i],
			wg_format_time(time, sizeof(time), ns[i]), n[i]);
		any = true;
	}
	wg_words_print(out, "%s\n", any ? "" : " nothing in sight");
}

/* What only a thread's wait has, a line each. */
static void print_thread(const struct wg_trace *trace, const struct wg_wait_rec *rec, FILE *out)
{
	char lines[WG_WAIT_LINES][WG_WAIT_LINE];
	size_t n = wg_wait_lines(trace, rec, lines), i;

	wg_words_print(out, "  of %s: ", trace->lanes[wg_wait_lane(trace, rec)].name);
	for (i = 0; i < n; i++)
		wg_words_print(out, "%s%s", i ? "; " : "", lines[i]);
	(void)fputc('\n', out);
}

static void print_waits(const struct wg_app *app, const struct wg_pane *pane, FILE *out)
{
	int64_t from = app->scale.from_ns + pane->origin_ns;
	int64_t to = wg_scale_end(&app->scale) + pane->origin_ns;
	size_t i, listed = 0, more = 0;
	bool is_endless;
	char at[48], time[32];

	for (i = 0; i < pane->trace->wait_count; i++) {
		const struct wg_wait_rec *rec = WG_WAIT(pane->trace, i);
		const struct wg_interval *in = &rec->interval;

		if (in->wake_ns < from || in->wait_ns >= to)
			continue;
		if (listed == WAITS_LISTED) {
			more++;
			continue;
		}
		listed++;
		wg_words_print(out, "wait: at %s",
			wg_scale_exact(at, sizeof(at), in->wait_ns - pane->origin_ns));
		is_endless = in->open && wg_trace_is_schedule(pane->trace);
		if (!is_endless)
			wg_words_print(out, " for %s",
				wg_format_time(time, sizeof(time), in->wake_ns - in->wait_ns));
		if (in->gap_begin_ns >= 0 && !is_endless)
			wg_words_print(out, ", wasted %s",
				wg_format_time(time, sizeof(time), in->wake_ns - in->gap_begin_ns));
		if (in->gap_begin_ns >= 0 && !rec->is_thread)
			wg_words_print(out, " with op %llu ready", (unsigned long long)in->gap_op);
		wg_words_print(out, "%s%s%s%s\n", in->open ? ", never woke" : ", woke by ",
			in->open ? "" : wg_reason_name(in->reason), in->late ? ", late" : "",
			rec->empty ? ", empty" : "");
		if (rec->is_thread)
			print_thread(pane->trace, rec, out);
	}
	if (more)
		wg_words_print(out, "wait: and %zu more in sight\n", more);
}

static void print_step(const struct wg_app *app, const struct wg_pane *pane, FILE *out)
{
	char lines[WG_STEP_LINES][WG_STEP_LINE];
	size_t n = wg_step_lines(app, pane, lines), i;

	for (i = 0; i < n; i++)
		wg_words_print(out, "%s%s\n", i ? "  " : "", lines[i]);
}

static void print_cursor(const struct wg_app *app, FILE *out)
{
	const struct wg_pane *pane = &app->panes[app->active];
	struct wg_op_life op_room;
	struct wg_wait_rec wait_room;
	const struct wg_op_life *op = wg_app_op(app, app->active, &op_room);
	const struct wg_wait_rec *wait = wg_app_wait(app, app->active, &wait_room);
	int64_t t = app->cursor_ns + pane->origin_ns;
	struct wg_op_part parts[WG_PARTS_MAX];
	char time[48], text[96];
	size_t i, n;

	wg_words_print(out, "cursor: %c at %s", 'A' + (int)app->active,
		wg_scale_exact(time, sizeof(time), app->cursor_ns));
	if (pane->lane < pane->trace->lane_count) {
		const struct wg_lane *lane = &pane->trace->lanes[pane->lane];
		struct wg_span room;
		const struct wg_span *span = wg_seek_span(lane, t, app->scale.step_ns, &room);

		wg_words_print(out, ", %s %s", wg_lane_title(text, sizeof(text), pane->trace, lane),
			wg_state_text(pane->trace, lane, span, t));
		wg_words_print(
			out, "%s", wg_span_lasts(time, sizeof(time), pane->trace, lane, span));
	}
	wg_event_text(app, pane, text, sizeof(text));
	wg_words_print(out, "%s%s\n", text[0] ? ", " : "", text);
	print_step(app, pane, out);
	if (wait)
		print_thread(pane->trace, wait, out);
	if (!op)
		return;
	wg_op_name(text, sizeof(text), op);
	wg_words_print(out, "operation: %s%s", text, pane->op ? " (selected)" : "");
	n = wg_op_parts(op, pane->trace->end_ns, parts);
	for (i = 0; i < n; i++)
		wg_words_print(out, ", %s%s%s", parts[i].name, parts[i].is_moment ? "" : " ",
			parts[i].is_moment ? ""
					   : wg_format_time(time, sizeof(time),
						     parts[i].end - parts[i].begin));
	(void)fputc('\n', out);
}

static void print_pane(const struct wg_app *app, size_t index, FILE *out)
{
	const struct wg_figure empty = WG_FIGURE(COUNT, empty_wakes);
	const struct wg_pane *pane = &app->panes[index];
	const struct wg_figures *f = &pane->figures;
	size_t chosen = wg_lane_list_find(&pane->list, pane->lane), i, k;
	char wasted[48], all[32], share[32], name[96], line[300];
	unsigned next = 0;

	wg_words_print(out, "trace: %c %s, %s, ", 'A' + (int)index,
		pane->trace->path ? pane->trace->path : "", f->strategy);
	if (f->loops == 0 && f->threads)
		wg_words_print(out, "%u threads, %llu wakes, %s empty, wasted %s\n", f->threads,
			(unsigned long long)f->wakes, wg_figure_text(all, sizeof(all), f, &empty),
			wg_format_time(wasted, sizeof(wasted), f->wasted_ns));
	else if (wg_figures_sees(f, WG_SEES_GAPS))
		wg_words_print(out, "wasted %s of %s (%s), %llu operation%s\n",
			wg_format_time(wasted, sizeof(wasted), f->wasted_ns),
			wg_format_time(all, sizeof(all), f->life_ns),
			wg_figures_share_text(share, sizeof(share), f), (unsigned long long)f->ops,
			wg_s(f->ops));
	else
		wg_words_print(out, "%llu operation%s\n", (unsigned long long)f->ops, wg_s(f->ops));
	while (wg_figures_unseen_line(line, sizeof(line), f, &next))
		wg_words_print(out, "%s\n", line);
	for (i = 0; i < pane->trace->note_count; i++)
		wg_words_print(out, "note: %s\n", pane->trace->notes[i]);
	for (i = 0; i < pane->list.count; i++) {
		const struct wg_entry *entry = &pane->list.entries[i];

		if (entry->kind != WG_ENTRY_LANE)
			wg_words_print(out, "%s: %s\n",
				entry->kind == WG_ENTRY_PROCESS ? "process" : "folded",
				wg_entry_name(name, sizeof(name), pane->trace, entry));
		for (k = 0; entry->kind != WG_ENTRY_PROCESS && k < entry->members; k++)
			print_lane(app, pane, entry->lane + k,
				index == app->active && i == chosen && k == 0, out);
	}
	if (pane->list.hidden_lanes)
		wg_words_print(out, "hidden: %zu lanes\n", pane->list.hidden_lanes);
	for (i = 0; i < pane->bookmarks.count; i++)
		wg_words_print(out, "bookmark: at %s %s\n",
			wg_scale_exact(
				wasted, sizeof(wasted), pane->bookmarks.v[i].t - pane->origin_ns),
			pane->bookmarks.v[i].name);
}

static void print_lanes(const struct wg_app *app, FILE *out)
{
	char from[48], to[48];
	size_t i;

	wg_words_print(out, "verdict: %s\n", app->verdict);
	wg_words_print(out, "in sight: %s to %s\n",
		wg_scale_exact(from, sizeof(from), app->scale.from_ns),
		wg_scale_exact(to, sizeof(to), wg_scale_end(&app->scale)));
	if (app->filter.count)
		wg_words_print(
			out, "filter: %s (the text below covers everything)\n", app->filter.text);
	for (i = 0; i < 2; i++) {
		if (app->mark_ns[i] != WG_NO_TIME)
			wg_words_print(out, "mark: %zu at %s\n", i + 1,
				wg_scale_exact(from, sizeof(from), app->mark_ns[i]));
	}
	if (app->mark_ns[0] != WG_NO_TIME && app->mark_ns[1] != WG_NO_TIME)
		wg_words_print(out, "mark: 1 to 2 is %s\n",
			wg_scale_exact(from, sizeof(from), app->mark_ns[1] - app->mark_ns[0]));
	for (i = 0; i < app->pane_count; i++)
		print_pane(app, i, out);
	print_cursor(app, out);
	print_waits(app, &app->panes[app->active], out);
}

/* ---- other screens ---- */

static void print_figures(const struct wg_app *app, FILE *out)
{
	const struct wg_figures *a = &app->panes[0].figures, *b = &app->panes[1].figures;
	const struct wg_figure_row *row;
	const char *group = "";
	char text[32], begin[32], end[32];
	size_t i;
	int k;

	for (i = 0; (row = wg_figure_row(i)); i++) {
		const char *name = row->name;
		bool under = name[0] == ' ';

		if (!under)
			group = name;
		wg_words_print(out, "figure: %s%s%s%s: A %s", (int)i == app->row ? "(chosen) " : "",
			under ? group : "", under ? " " : "", name + strspn(name, " "),
			wg_figure_text(text, sizeof(text), a, &row->is));
		if (app->pane_count > 1) {
			wg_words_print(
				out, ", B %s", wg_figure_text(text, sizeof(text), b, &row->is));
			(void)wg_figure_row_ratio(text, sizeof(text), a, b, i);
			wg_words_print(out, "%s%s", text[0] ? ", A to B " : "", text);
		}
		(void)fputc('\n', out);
	}
	for (k = 0; k < WG_BUCKETS; k++) {
		if (a->histogram[k] == 0 && (app->pane_count < 2 || b->histogram[k] == 0))
			continue;
		wg_words_print(out, "gaps: from %s to %s: A %u",
			wg_format_time(begin, sizeof(begin), wg_bucket_begin_ns(k)),
			wg_format_time(end, sizeof(end), wg_bucket_begin_ns(k + 1)),
			a->histogram[k]);
		if (app->pane_count > 1)
			wg_words_print(out, ", B %u", b->histogram[k]);
		(void)fputc('\n', out);
	}
}

static void print_findings(const struct wg_app *app, FILE *out)
{
	static const char *const words[] = { "good", "idle", "waste", "alarm" };
	struct wg_finding findings[WG_FINDINGS_MAX];
	size_t n = wg_app_findings(app, findings, WG_FINDINGS_MAX), i;

	if (n == 0)
		wg_words_print(out, "finding: none: no result waited, no wake was empty\n");
	for (i = 0; i < n; i++)
		wg_words_print(out, "finding: %s%c, %s, %s\n",
			(int)i == app->row ? "(chosen) " : "", 'A' + (int)findings[i].pane,
			words[findings[i].severity], findings[i].text);
}

static void print_keys(FILE *out)
{
	const struct wg_key_row *row;
	size_t i;

	for (i = 0; (row = wg_key_row(i)); i++) {
		if (row->keys[0])
			wg_words_print(out, "key: %s: %s\n", row->keys, row->help);
	}
}

void wg_words_of(const struct wg_app *app, enum wg_view view, FILE *out)
{
	switch (view) {
	case WG_VIEW_FIGURES: print_figures(app, out); break;
	case WG_VIEW_FINDINGS: print_findings(app, out); break;
	case WG_VIEW_HELP: print_keys(out); break;
	default: print_lanes(app, out);
	}
}

/* ---- what is cut on the screen ---- */

/* Of the lanes all but the lanes: the sentence, the notes, what is at the cursor, the waits. */
static void print_here(const struct wg_app *app, FILE *out)
{
	size_t i, k;

	wg_words_print(out, "%s\n", app->verdict);
	for (i = 0; i < app->pane_count; i++) {
		const struct wg_trace *trace = app->panes[i].trace;

		wg_words_print(out, "trace: %c %s\n", 'A' + (int)i, trace->path ? trace->path : "");
		for (k = 0; k < trace->note_count; k++)
			wg_words_print(out, "note %c: %s\n", 'A' + (int)i, trace->notes[k]);
	}
	print_cursor(app, out);
	print_waits(app, &app->panes[app->active], out);
}

char *wg_words_here(const struct wg_app *app)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	if (app->under == WG_VIEW_LANES)
		print_here(app, out);
	else
		wg_words_of(app, app->under, out);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

/* Lines that go on are indented. */
#define INDENT 2

const char *wg_words_line(const char *text, int width, int line, int *ret_len, int *ret_indent)
{
	int i, indent = 0;

	for (i = 0; *text; i++) {
		size_t len = wg_columns_break(text, (size_t)(width - indent));

		if (i == line) {
			*ret_len = (int)len;
			*ret_indent = indent;
			return text;
		}
		text += len;
		indent = *text == '\n' ? 0 : INDENT;
		text += *text == '\n' || *text == ' ';
	}
	return NULL;
}

int wg_words_lines(const struct wg_app *app)
{
	char *text = wg_words_here(app);
	int lines = 0, len, indent;

	while (text && wg_words_line(text, app->cols - 2, lines, &len, &indent))
		lines++;
	free(text);
	return lines;
}
