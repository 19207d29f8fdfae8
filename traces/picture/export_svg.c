/*
 * export_svg.c: the timeline as a picture of its own, for slides and papers: SVG 1.1, no script, no
 * font of its own, text that can be selected.
 */
#include <errno.h>
#include <string.h>

#include "traces/picture/export_svg.h"
#include "traces/base/columns.h"
#include "traces/picture/markup.h"
#include "traces/picture/svg.h"
#include "traces/base/units.h"

#define LINE_H	   22 /* of the sentence */
#define SENTENCE_W 9  /* of a letter of the sentence, at 16 px and bold */
#define CHAR_W	   7
#define FIGURE_H   18
#define NOTES_MAX  4
#define LEGEND_H   26
/*
 * The parts are drawn twice: first without output, to learn the height, which a picture states at
 * its top.
 */
struct sheet {
	struct wg_svg *svg;
	FILE *out; /* NULL: only measure */
};

/* The colours for a light ground; a page has its own. */
static void write_style(FILE *out, const struct wg_picture *p)
{
	size_t i;
	bool has_threads = false;

	for (i = 0; i < p->count; i++)
		has_threads |= p->trace[i]->thread_count > 0;
	(void)fputs("<style type=\"text/css\">\n"
		    "text{font-family:Helvetica,Arial,sans-serif;font-size:11px;fill:#1b1f24}\n"
		    ".v{font-size:16px;font-weight:bold}.b{font-size:13px;font-weight:bold}\n"
		    ".h{font-size:12px}.d{fill:#57606a}.m{text-anchor:middle}.e2{text-anchor:end}\n"
		    ".bad{fill:#b34700;font-weight:bold}.paper{fill:#fff}\n"
		    ".r{stroke:#d0d7de}.x{stroke:#e3e7eb}.g{fill:#f3f5f7}.i{fill:#b6bec8}\n"
		    ".w{fill:#d55e00}.a{fill:#0072b2}.k{fill:url(#wg-k)}.k2{fill-opacity:.55}\n"
		    ".l{fill:url(#wg-l)}.s{fill:url(#wg-s)}\n"
		    ".e{fill:#fff;stroke:#1b1f24;stroke-width:1.5}\n"
		    ".kb{fill:#7fceb5}.kl{stroke:#00664a;stroke-width:1.6;fill:none}\n"
		    ".lb{fill:#f3dbe8}.ll{stroke:#a03d75;fill:none}.sd{fill:#6c7f94}\n"
		    "rect,.lane path{shape-rendering:crispEdges}\n",
		out);
	if (has_threads)
		(void)fputs(
			".ic{fill:#56b4e9}.il{fill:#b58a00}.is{fill:#009e73}.io{fill:#6c7f94}\n",
			out);
	(void)fputs("</style>\n", out);
}

/* Text in lines of at most so many columns, broken at blanks; returns the y below. */
static int draw_lines(const struct sheet *s, const char *text, const char *class, int y, int letter)
{
	size_t most = (size_t)((s->svg->width - 2 * WG_SVG_MARGIN) / letter);
	char line[512];

	while (*text) {
		size_t n = wg_columns_break(text, most);

		n = n < sizeof(line) ? n : sizeof(line) - 1;
		memcpy(line, text, n);
		line[n] = '\0';
		if (s->out) {
			(void)fprintf(s->out, "<text class=\"%s\" x=\"%d\" y=\"%d\">", class,
				WG_SVG_MARGIN, y + LINE_H - 6);
			wg_markup_text(s->out, line);
			(void)fputs("</text>\n", s->out);
		}
		y += LINE_H;
		text += n + (text[n] == ' ' || text[n] == '\n');
	}
	return y;
}

static int draw_legend(const struct sheet *s, int y)
{
	int x = WG_SVG_MARGIN;
	const enum wg_look *look;
	size_t i;

	for (i = 0; (look = wg_picture_legend(s->svg->picture, i)); i++) {
		const char *name = wg_picture_look_name(s->svg->picture, *look);
		int width = 28 + 8 + (int)strlen(name) * 6 + 18;

		if (x + width > s->svg->width && x > WG_SVG_MARGIN) {
			x = WG_SVG_MARGIN;
			y += LEGEND_H;
		}
		if (s->out) {
			wg_svg_sample(s->out, *look, x, y + 3);
			(void)fprintf(s->out, "<text class=\"d\" x=\"%d\" y=\"%d\">%s</text>\n",
				x + 36, y + 16, name);
		}
		x += width;
	}
	return y + LEGEND_H;
}

static int figure_width(const struct wg_picture *p, size_t i)
{
	size_t k, chars = strlen(wg_picture_figure(i)->head);
	char text[48];

	for (k = 0; k < p->count; k++) {
		size_t n = strlen(wg_picture_value(&p->figures[k], i, text, sizeof(text)));

		chars = n > chars ? n : chars;
	}
	return (int)chars * CHAR_W + 10;
}

static void draw_figure(const struct sheet *s, size_t i, int right, int y)
{
	const struct wg_picture *p = s->svg->picture;
	const struct wg_picture_figure *figure = wg_picture_figure(i);
	char text[48];
	size_t k;

	if (!s->out)
		return;
	(void)fprintf(s->out, "<text class=\"d e2\" x=\"%d\" y=\"%d\">%s<title>%s</title></text>\n",
		right, y, figure->head, figure->meaning);
	for (k = 0; k < p->count; k++)
		(void)fprintf(s->out, "<text class=\"e2%s\" x=\"%d\" y=\"%d\">%s</text>\n",
			wg_picture_is_bad(&p->figures[k], i) ? " bad" : "", right,
			y + FIGURE_H * ((int)k + 1),
			wg_picture_value(&p->figures[k], i, text, sizeof(text)));
}

static void draw_figure_names(const struct sheet *s, int y)
{
	const struct wg_picture *p = s->svg->picture;
	size_t k;

	for (k = 0; s->out && k < p->count; k++) {
		(void)fprintf(s->out, "<text class=\"n\" x=\"%d\" y=\"%d\">%c ", WG_SVG_MARGIN,
			y + FIGURE_H * ((int)k + 1), 'A' + (int)k);
		wg_markup_clipped(s->out, p->figures[k].strategy, 11);
		(void)fputs("</text>\n", s->out);
	}
}

/* As many columns as fit, then a new block of rows. */
static int draw_figures(const struct sheet *s, int y)
{
	int first = WG_SVG_MARGIN + 13 * CHAR_W, x = first, block;
	size_t i;

	block = FIGURE_H * ((int)s->svg->picture->count + 1) + 10;
	y += FIGURE_H;
	draw_figure_names(s, y);
	for (i = 0; wg_picture_figure(i); i++) {
		int width = figure_width(s->svg->picture, i);

		if (x + width > s->svg->width - WG_SVG_MARGIN && x > first) {
			x = first;
			y += block;
			draw_figure_names(s, y);
		}
		x += width;
		draw_figure(s, i, x, y);
	}
	return y + block - FIGURE_H;
}

static int draw_notes(const struct sheet *s, int y)
{
	const struct wg_picture *p = s->svg->picture;
	char line[512], from[32], to[32];
	size_t i, k, said = 0;

	if (p->has_range) {
		(void)snprintf(line, sizeof(line),
			"Shown: %s to %s. The figures are those of the whole recording.",
			wg_format_time(from, sizeof(from), p->from_ns),
			wg_format_time(to, sizeof(to), p->to_ns));
		y = draw_lines(s, line, "d", y, CHAR_W);
	}
	for (i = 0; i < p->count; i++) {
		for (k = 0; k < p->trace[i]->note_count && said < NOTES_MAX; k++, said++) {
			(void)snprintf(line, sizeof(line), "note %c: %s", 'A' + (int)i,
				p->trace[i]->notes[k]);
			y = draw_lines(s, line, "bad", y, CHAR_W);
		}
	}
	return y;
}

static int draw_sheet(const struct sheet *s)
{
	int y = draw_lines(s, s->svg->picture->verdict, "v", WG_SVG_MARGIN - 4, SENTENCE_W);

	y = draw_legend(s, y + 6);
	if (s->out)
		y = wg_svg_timeline(s->svg, y + 4);
	else
		y += 4 + wg_svg_timeline_height(s->svg);
	y = draw_figures(s, y);
	return draw_notes(s, y + 2) + 8;
}

int wg_export_svg(FILE *out, const struct wg_trace *const traces[], size_t count,
	const struct wg_picture_options *options)
{
	struct wg_picture picture;
	struct wg_svg svg;
	struct sheet sheet = { .svg = &svg };
	int rc = wg_picture_init(&picture, traces, count, options), height;

	if (rc < 0)
		return rc;
	rc = wg_svg_init(&svg, out, &picture);
	if (rc < 0)
		return rc;
	height = draw_sheet(&sheet);
	(void)fprintf(out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"%d\" "
		"height=\"%d\" viewBox=\"0 0 %d %d\">\n<title>",
		svg.width, height, svg.width, height);
	wg_markup_text(out, picture.verdict);
	(void)fputs("</title>\n<desc>A timeline of event loops, made by wakegap " WG_VERSION
		    "</desc>\n",
		out);
	write_style(out, &picture);
	wg_svg_defs(out);
	(void)fprintf(
		out, "<rect class=\"paper\" width=\"%d\" height=\"%d\"/>\n", svg.width, height);
	sheet.out = out;
	(void)draw_sheet(&sheet);
	(void)fputs("</svg>\n", out);
	wg_svg_fini(&svg);
	return ferror(out) ? -EIO : 0;
}
