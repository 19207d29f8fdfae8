/*
 * export_html.c: one page that works from disk: the sentence, the figures, the timeline, the
 * histogram and the longest gaps.
 *
 * All of it works without a script; the timeline is then a still picture, which the script replaces
 * by one that moves. The page may load nothing (see its Content-Security-Policy), so it looks the
 * same everywhere, and no server learns of it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "traces/picture/export_svg.h"
#include "traces/picture/markup.h"
#include "traces/picture/page.h"
#include "traces/picture/svg.h"
#include "traces/base/units.h"

#define LONGEST 12

static void put_time(FILE *out, int64_t ns)
{
	char text[32];

	(void)fputs(wg_format_time(text, sizeof(text), ns), out);
}

static void write_head(FILE *out, const struct wg_picture *p)
{
	size_t i;

	(void)fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		    "style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
		    "base-uri 'none'; form-action 'none'\">\n"
		    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		    "<meta name=\"color-scheme\" content=\"light dark\">\n"
		    "<meta name=\"generator\" content=\"wakegap " WG_VERSION "\">\n"
		    "<link rel=\"icon\" href=\"data:,\">\n<title>wakegap: ",
		out);
	for (i = 0; i < p->count; i++) {
		(void)fputs(i ? " and " : "", out);
		wg_markup_text(out, p->figures[i].strategy);
	}
	(void)fputs("</title>\n<style>\n", out);
	(void)fputs(wg__page_css, out);
	(void)fputs("</style>\n</head>\n<body>\n<svg class=\"defs\" width=\"0\" height=\"0\" "
		    "aria-hidden=\"true\">",
		out);
	wg_svg_defs(out);
	(void)fputs("</svg>\n<header>\n<p class=\"brand\">wakegap</p>\n<h1>", out);
	wg_markup_text(out, p->verdict);
	(void)fputs("</h1>\n", out);
	if (p->has_range) {
		(void)fputs("<p class=\"lead\">The timeline shows ", out);
		put_time(out, p->from_ns);
		(void)fputs(" to ", out);
		put_time(out, p->to_ns);
		(void)fputs("; the figures are those of the whole recording.</p>\n", out);
	}
	(void)fputs("</header>\n<main>\n", out);
}

/* ---- cards ---- */

static void write_part(FILE *out, const char *class, double share)
{
	if (share > 0)
		(void)fprintf(out, "<i class=\"%s\" style=\"width:%.3f%%\"></i>", class,
			100 * (share > 1 ? 1 : share));
}

/* Where the loops' time went. A stuck loop's last sleep has no wake, so it is not among asleep_ns.
 */
static void write_shares(FILE *out, const struct wg_figures *f, double all)
{
	double stuck = (double)f->stuck_ns / all, wasted = (double)f->wasted_ns / all;
	double asleep = (double)f->asleep_ns / all - wasted, rest;

	asleep = asleep > 0 ? asleep : 0;
	rest = 1 - stuck - wasted - asleep;
	rest = rest > 0 ? rest : 0;
	(void)fputs("<div class=\"bar\" aria-hidden=\"true\">", out);
	write_part(out, "bw", wasted);
	write_part(out, "bk", stuck);
	write_part(out, "bs", asleep);
	write_part(out, "ba", rest);
	(void)fprintf(
		out, "</div>\n<p class=\"small\"><span>%.3g&#160;%% wasted</span> ", 100 * wasted);
	if (f->stuck)
		(void)fprintf(out, "<span>%.3g&#160;%% stuck</span> ", 100 * stuck);
	(void)fprintf(out,
		"<span>%.3g&#160;%% asleep, nothing ready</span> "
		"<span>%.3g&#160;%% awake%s</span></p>\n",
		100 * asleep, 100 * rest, f->stuck || f->discarded ? " or not seen" : "");
}

static void write_card(FILE *out, const struct wg_figures *f, size_t index)
{
	const struct wg_figure empty = WG_FIGURE(COUNT, empty_wakes);
	char wasted[32], all[32], text[64];

	(void)wg_format_time(wasted, sizeof(wasted), f->wasted_ns);
	(void)wg_format_time(all, sizeof(all), f->life_ns);
	(void)fprintf(out, "<article class=\"card\">\n<h2><b class=\"tag t%c\">%c</b> ",
		'a' + (int)index, 'A' + (int)index);
	wg_markup_text(out, f->strategy);
	if (wg_figures_unseen(text, sizeof(text), f, WG_SEES_GAPS))
		(void)fprintf(out,
			"</h2>\n<p class=\"big\">?</p>\n<p>time asleep with a result ready: "
			"%s</p>\n",
			text);
	else if (f->stuck)
		(void)fprintf(out,
			"</h2>\n<p class=\"big\">stuck</p>\n<p>asleep %s with %" PRIu64
			" result%s ready%s%s; before that, %s of %s wasted</p>\n",
			f->stuck_for_ever ? "for ever" : "to the end", f->stuck_results,
			wg_s(f->stuck_results), f->stuck_for_ever ? "" : ", the last ",
			f->stuck_for_ever ? "" : wg_format_time(text, sizeof(text), f->stuck_ns),
			wasted, all);
	else
		(void)fprintf(out,
			"</h2>\n<p class=\"big\">%s</p>\n<p>asleep %s: %.3g&#160;%% of %s</p>\n",
			wasted, f->loops || !f->threads ? "with a result ready" : "after a notify",
			100 * wg_figures_share(f), all);
	if (wg_figures_sees(f, WG_SEES_GAPS))
		write_shares(out, f, f->life_ns > 0 ? (double)f->life_ns : 1);
	if (f->loops == 0 && f->threads)
		(void)fprintf(out,
			"<p class=\"small\">%" PRIu32 " thread%s, %" PRIu64
			" wakes, %s of them empty",
			f->threads, wg_s(f->threads), f->wakes,
			wg_figure_text(text, sizeof(text), f, &empty));
	else
		(void)fprintf(out, "<p class=\"small\">%" PRIu64 " operation%s, %" PRIu64 " wake%s",
			f->ops, wg_s(f->ops), f->wakes, wg_s(f->wakes));
	if (f->gaps)
		(void)fprintf(
			out, ", typical gap %s", wg_format_time(text, sizeof(text), f->gap_p50_ns));
	(void)fputs("</p>\n", out);
	if (f->discarded)
		(void)fprintf(out,
			"<p class=\"alert\">%" PRIu64 " event%s lost: these are lower bounds</p>\n",
			f->discarded, wg_s(f->discarded));
	(void)fputs("</article>\n", out);
}

/* ---- timeline ---- */

static void write_legend(FILE *out, const struct wg_picture *p)
{
	const enum wg_look *look;
	size_t i;

	(void)fputs("<ul class=\"legend\">\n", out);
	for (i = 0; (look = wg_picture_legend(p, i)); i++) {
		(void)fputs("<li><svg width=\"28\" height=\"18\" aria-hidden=\"true\">", out);
		wg_svg_sample(out, *look, 0, 0);
		(void)fprintf(out, "</svg> %s</li>\n", wg_picture_look_name(p, *look));
	}
	(void)fputs("</ul>\n", out);
}

static void write_grain(FILE *out, const struct wg_picture *p)
{
	size_t i;

	for (i = 0; i < p->count; i++) {
		int64_t grain = wg_page_grain(p, i);

		if (grain) {
			(void)fprintf(out,
				"<p class=\"note\">%c has too many intervals for a page: those "
				"closer "
				"than ",
				'A' + (int)i);
			put_time(out, grain);
			(void)fputs(" are drawn as one, and no wasted one is left out. "
				    "Export a --range to see each.</p>\n",
				out);
		}
		if (!wg_page_has_ops(p, i))
			(void)fprintf(out,
				"<p class=\"note\">%c has more than %d operations: they are not in "
				"the page one by one. Export a --range to follow each.</p>\n",
				'A' + (int)i, WG_PAGE_OPS_MAX);
	}
}

static int write_timeline(FILE *out, const struct wg_picture *p)
{
	struct wg_svg svg;
	int rc = wg_svg_init(&svg, out, p), height;

	if (rc < 0)
		return rc;
	height = wg_svg_timeline_height(&svg);
	(void)fputs("<section id=\"timeline\">\n<h2>Timeline</h2>\n", out);
	write_legend(out, p);
	(void)fputs("<div class=\"tools\" id=\"tools\" hidden></div>\n", out);
	(void)fprintf(out,
		"<figure id=\"stage\"><svg id=\"still\" viewBox=\"0 0 %d %d\" role=\"img\" "
		"aria-label=\"Timeline of loops and workers; the tables below say the same\">\n",
		svg.width, height);
	(void)wg_svg_timeline(&svg, 0);
	(void)fputs("</svg></figure>\n<p id=\"status\" class=\"status\" aria-live=\"polite\" "
		    "hidden></p>\n",
		out);
	write_grain(out, p);
	(void)fputs("</section>\n", out);
	wg_svg_fini(&svg);
	return 0;
}

/* ---- tables ---- */

/* A wait with a gap: what decides its place in the list. */
struct gap {
	int64_t ns, wait_ns;
	size_t wait;
	bool open;
};

static int by_gap(const void *a, const void *b)
{
	const struct gap *x = a, *y = b;

	if (x->open != y->open)
		return x->open ? -1 : 1;
	return x->ns < y->ns   ? 1
	       : x->ns > y->ns ? -1
			       : (x->wait_ns > y->wait_ns) - (x->wait_ns < y->wait_ns);
}

/* What was ready, or who notified the thread. */
static void write_cause(FILE *out, const struct wg_trace *t, const struct wg_wait_rec *rec)
{
	const struct wg_lane *lane = &t->lanes[wg_wait_lane(t, rec)];
	struct wg_op_life room;
	const struct wg_op_life *op = wg_trace_op(t, lane->who, rec->interval.gap_op, &room);

	if (!rec->is_thread)
		(void)fprintf(out, "%s %" PRIu64, op ? wg_kind_name(op->kind) : "op",
			rec->interval.gap_op);
	else if (rec->by_tid)
		(void)fprintf(out, "thread %" PRIu32, rec->by_tid);
	else
		(void)fputs("a notify", out);
}

static void write_row(
	FILE *out, const struct wg_picture *p, size_t index, const struct wg_wait_rec *rec)
{
	const struct wg_trace *t = p->trace[index];
	const struct wg_interval *gap = &rec->interval;
	const struct wg_lane *lane = &t->lanes[wg_wait_lane(t, rec)];
	int64_t at = gap->gap_begin_ns - p->origin_ns[index];

	(void)fprintf(out, "<tr data-from=\"%" PRId64 "\" data-to=\"%" PRId64 "\"><td>", at,
		gap->wake_ns - p->origin_ns[index]);
	put_time(out, gap->wake_ns - gap->gap_begin_ns);
	(void)fputs("</td><td>", out);
	put_time(out, at);
	(void)fputs("</td><td>", out);
	if (rec->is_thread) {
		wg_markup_text(out, lane->name);
	} else {
		(void)fprintf(out, "%" PRIu64 " ", lane->loop);
		wg_markup_text(out, wg_measure_loop(t->measure, gap->loop_idx)->wait);
	}
	(void)fputs("</td><td>", out);
	write_cause(out, t, rec);
	(void)fprintf(out, "</td><td>%s</td></tr>\n",
		gap->open ? "end of the trace: stuck" : wg_reason_name(gap->reason));
}

static int write_longest(FILE *out, const struct wg_picture *p, size_t index)
{
	const struct wg_trace *t = p->trace[index];
	struct gap *gaps = malloc((t->wait_count + 1) * sizeof(*gaps));
	size_t i, count = 0, stuck = 0;

	if (!gaps)
		return -ENOMEM;
	for (i = 0; i < t->wait_count; i++) {
		const struct wg_wait_rec *rec = WG_WAIT(t, i);
		const struct wg_interval *in = &rec->interval;

		if (in->gap_begin_ns < 0 || in->open != in->stuck ||
			(!rec->is_thread &&
				!wg_stats_sees(
					wg_measure_loop(t->measure, in->loop_idx), WG_SEES_GAPS)))
			continue;
		stuck += in->open;
		gaps[count++] =
			(struct gap){ in->wake_ns - in->gap_begin_ns, in->wait_ns, i, in->open };
	}
	qsort(gaps, count, sizeof(*gaps), by_gap);
	(void)fprintf(out,
		"<div class=\"scroll\"><table class=\"longest\"><caption>"
		"<b class=\"tag t%c\">%c</b> ",
		'a' + (int)index, 'A' + (int)index);
	wg_markup_text(out, p->figures[index].strategy);
	/* A sleep without an end is no gap; it comes first. */
	if (stuck)
		(void)fprintf(out, ": %zu stuck", stuck);
	if (count > LONGEST && stuck < LONGEST)
		(void)fprintf(out, "%s the longest %zu of %zu gaps", stuck ? ", then" : ":",
			LONGEST - stuck, count - stuck);
	else if (count > stuck)
		(void)fprintf(out, "%s all %zu gap%s", stuck ? ", then" : ":", count - stuck,
			wg_s(count - stuck));
	(void)fputs(
		"</caption>\n<thead><tr><th scope=\"col\">wasted</th><th scope=\"col\">from</th>"
		"<th scope=\"col\">",
		out);
	(void)fputs(t->loop_count ? "loop</th><th scope=\"col\">operation"
				  : "thread</th><th scope=\"col\">notified by",
		out);
	(void)fputs("</th><th scope=\"col\">ended by</th></tr></thead><tbody>\n", out);
	for (i = 0; i < count && i < LONGEST; i++)
		write_row(out, p, index, WG_WAIT(t, gaps[i].wait));
	if (count == 0)
		(void)fputs(t->loop_count ? "<tr><td colspan=\"5\">none: the loop never slept "
					    "with a result ready</td></tr>\n"
					  : "<tr><td colspan=\"5\">none: no thread slept on after "
					    "a notify, as far as it is known</td></tr>\n",
			out);
	(void)fputs("</tbody></table></div>\n", out);
	free(gaps);
	return 0;
}

static void write_figures(FILE *out, const struct wg_picture *p)
{
	const struct wg_picture_figure *figure;
	char text[48];
	size_t i, k;

	(void)fputs("<section>\n<h2>Figures</h2>\n<div class=\"scroll\"><table class=\"figures\">"
		    "<thead><tr><th scope=\"col\"></th>",
		out);
	for (k = 0; k < p->count; k++) {
		(void)fprintf(out, "<th scope=\"col\"><b class=\"tag t%c\">%c</b> ", 'a' + (int)k,
			'A' + (int)k);
		wg_markup_text(out, p->figures[k].strategy);
		(void)fputs("</th>", out);
	}
	(void)fputs("<th scope=\"col\" class=\"what\">what it is</th></tr></thead><tbody>\n", out);
	for (i = 0; (figure = wg_picture_figure(i)); i++) {
		(void)fprintf(out, "<tr><th scope=\"row\">%s</th>", figure->head);
		for (k = 0; k < p->count; k++)
			(void)fprintf(out, "<td%s>%s</td>",
				wg_picture_is_bad(&p->figures[k], i) ? " class=\"bad\"" : "",
				wg_picture_value(&p->figures[k], i, text, sizeof(text)));
		(void)fprintf(out, "<td class=\"what\">%s</td></tr>\n", figure->meaning);
	}
	(void)fputs("</tbody></table></div>\n</section>\n", out);
}

static void write_histogram(FILE *out, const struct wg_picture *p)
{
	size_t k;

	(void)fprintf(out, "<section>\n<h2>%s</h2>\n<p class=\"keys\">",
		wg_picture_has_loops(p) ? "How long a ready result waited"
					: "How long from a notify to the wake");
	for (k = 0; k < p->count; k++) {
		(void)fprintf(out, "<span><i class=\"key h%c\"></i> <b>%c</b> ", 'a' + (int)k,
			'A' + (int)k);
		wg_markup_text(out, p->figures[k].strategy);
		(void)fprintf(out, ", %" PRIu64 " gap%s</span> ", p->figures[k].gaps,
			wg_s(p->figures[k].gaps));
	}
	(void)fputs("</p>\n", out);
	if (!wg_page_hist(out, p))
		(void)fprintf(out, "<p>No gap: %s.</p>\n",
			wg_picture_has_loops(p) ? "no loop slept with a result ready"
						: "no wake is known to follow a notify");
	(void)fputs("</section>\n", out);
}

static void write_foot(FILE *out, const struct wg_picture *p)
{
	size_t i, k;

	for (i = 0; i < p->count; i++) {
		char line[300];
		unsigned next = 0;

		while (wg_figures_unseen_line(line, sizeof(line), &p->figures[i], &next))
			(void)fprintf(out, "<p class=\"alert\">%c: %s</p>\n", 'A' + (int)i, line);
		for (k = 0; k < p->trace[i]->note_count; k++) {
			(void)fprintf(out, "<p class=\"alert\">note %c: ", 'A' + (int)i);
			wg_markup_text(out, p->trace[i]->notes[k]);
			(void)fputs("</p>\n", out);
		}
	}
	(void)fputs("</main>\n<footer>\n<p>A <b>gap</b> is the time from a result being ready to "
		    "its loop waking, within one sleep; <b>wasted</b> is the sum of the gaps. "
		    "Time 0 is the first operation handed in.</p>\n<p>",
		out);
	for (i = 0; i < p->count; i++) {
		(void)fprintf(out, "%s%c: ", i ? "<br>" : "", 'A' + (int)i);
		wg_markup_text(out, p->trace[i]->path);
	}
	(void)fputs("</p>\n<p>made by wakegap " WG_VERSION "</p>\n</footer>\n", out);
}

int wg_export_html(FILE *out, const struct wg_trace *const traces[], size_t count,
	const struct wg_picture_options *options)
{
	struct wg_picture p;
	int rc = wg_picture_init(&p, traces, count, options);
	size_t i;

	if (rc < 0)
		return rc;
	write_head(out, &p);
	(void)fputs("<section class=\"cards\">\n", out);
	for (i = 0; i < count; i++)
		write_card(out, &p.figures[i], i);
	(void)fputs("</section>\n", out);
	rc = write_timeline(out, &p);
	if (rc < 0)
		return rc;
	write_histogram(out, &p);
	(void)fputs("<section>\n<h2>The longest gaps</h2>\n<div class=\"pair\">\n", out);
	for (i = 0; rc == 0 && i < count; i++)
		rc = write_longest(out, &p, i);
	if (rc < 0)
		return rc;
	(void)fputs("</div>\n</section>\n", out);
	write_figures(out, &p);
	write_foot(out, &p);
	(void)fputs("<script type=\"application/json\" id=\"data\">", out);
	rc = wg_page_data(out, &p);
	(void)fputs("</script>\n<script>\n", out);
	(void)fputs(wg__page_js, out);
	(void)fputs("</script>\n</body>\n</html>\n", out);
	return rc < 0 ? rc : ferror(out) ? -EIO : 0;
}
