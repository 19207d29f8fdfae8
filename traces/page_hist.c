/*
 * page_hist.c: see page_hist.h.
 *
 * The axis of time is logarithmic, three bins a decade (1, 2, 5): a gap of 10 ms and one of 6 us
 * are three decades apart, which is what the picture is there to show. Bars of two traces stand in
 * the same bins, side by side where both have some, so neither can hide the other; the numbers on
 * them are the counts.
 */
#include "traces/page_hist.h"

#include <inttypes.h>
#include <string.h>

#define BINS	 42 /* 1 ns to 5000 s, beyond that the last one */
#define WIDTH	 720
#define HEIGHT	 250
#define LEFT	 56
#define RIGHT	 16
#define TOP	 26
#define BOTTOM	 206
#define BINS_MIN 9 /* a single bar as wide as the page would say nothing */

struct hist {
	uint64_t count[WG_PICTURE_TRACES_MAX][BINS];
	uint64_t most;
	int first, last; /* bins drawn */
};

static int64_t edge(int bin)
{
	static const int64_t nice[] = { 1, 2, 5 };
	int64_t value = nice[bin % 3];
	int i;

	for (i = bin / 3; i > 0; i--)
		value *= 10;
	return value;
}

static int bin_of(int64_t ns)
{
	int bin = 0;

	while (bin + 1 < BINS && ns >= edge(bin + 1))
		bin++;
	return bin;
}

struct filling {
	struct hist *hist;
	size_t trace;
};

static void count_gap(void *user, int64_t ns, uint64_t count)
{
	const struct filling *filling = user;
	struct hist *h = filling->hist;
	int bin = bin_of(ns);

	h->count[filling->trace][bin] += count;
	if (h->count[filling->trace][bin] > h->most)
		h->most = h->count[filling->trace][bin];
	h->first = bin < h->first ? bin : h->first;
	h->last = bin > h->last ? bin : h->last;
}

/* The gaps are those of measure.h, looked at and not counted again. */
static bool fill(struct hist *h, const struct wg_picture *p)
{
	const struct wg_loop_stats *loop;
	struct filling filling = { .hist = h };
	size_t i;

	memset(h, 0, sizeof(*h));
	h->first = BINS;
	h->last = -1;
	for (; filling.trace < p->count; filling.trace++) {
		for (i = 0; (loop = wg_measure_loop(p->trace[filling.trace]->measure, i)); i++)
			wg_dist_each(&loop->gap, count_gap, &filling);
	}
	while (h->last >= 0 && h->last - h->first + 1 < BINS_MIN) {
		h->first -= h->first > 0;
		h->last += h->last < BINS - 1;
	}
	return h->last >= 0;
}

static void label(FILE *out, int x, int y, int64_t ns)
{
	static const char *const names[] = { "ns", "us", "ms", "s" };
	int unit = 0;

	for (; ns >= 1000 && unit < 3; unit++)
		ns /= 1000;
	(void)fprintf(out, "<text class=\"m d\" x=\"%d\" y=\"%d\">%" PRId64 " %s</text>\n", x, y,
		ns, names[unit]);
}

static int y_of(const struct hist *h, uint64_t count)
{
	int height = (int)((double)count / (double)h->most * (BOTTOM - TOP) + 0.5);

	return BOTTOM - (count && height < 2 ? 2 : height);
}

static void draw_bars(FILE *out, const struct hist *h, const struct wg_picture *p, int wide)
{
	int bar = (wide - 4) / (int)p->count, bin;
	size_t t;

	for (bin = h->first; bin <= h->last; bin++) {
		for (t = 0; t < p->count; t++) {
			int x = LEFT + (bin - h->first) * wide + 2 + (int)t * bar;
			int y = y_of(h, h->count[t][bin]), width = bar;

			if (!h->count[t][bin])
				continue;
			if (p->count > 1 && !h->count[!t][bin]) { /* nobody to stand beside */
				x = LEFT + (bin - h->first) * wide + 2;
				width = wide - 4;
			}
			(void)fprintf(out,
				"<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\">"
				"<title>%c: %" PRIu64 " gaps</title></rect>\n",
				t ? "hb" : "ha", x, y, width - 1, BOTTOM - y, 'A' + (int)t,
				h->count[t][bin]);
			(void)fprintf(out,
				"<text class=\"m c\" x=\"%d\" y=\"%d\">%" PRIu64 "</text>\n",
				x + width / 2, y - 4, h->count[t][bin]);
		}
	}
}

static void draw_axes(FILE *out, const struct hist *h, int wide)
{
	int bin, i;

	for (i = 0; i <= 2; i++) {
		uint64_t count = h->most * (uint64_t)i / 2;
		int y = y_of(h, count);

		(void)fprintf(
			out, "<path class=\"x\" d=\"M%d %d.5H%d\"/>\n", LEFT, y, WIDTH - RIGHT);
		(void)fprintf(out, "<text class=\"e2 d\" x=\"%d\" y=\"%d\">%" PRIu64 "</text>\n",
			LEFT - 8, y + 4, count);
	}
	for (bin = h->first; bin <= h->last + 1 && bin < BINS; bin++) {
		int x = LEFT + (bin - h->first) * wide;

		if (wide >= 48 || bin % 3 == 0) {
			(void)fprintf(out, "<path class=\"r\" d=\"M%d.5 %dv5\"/>\n", x, BOTTOM);
			label(out, x, BOTTOM + 18, edge(bin));
		}
	}
	(void)fprintf(out,
		"<text class=\"m d\" x=\"%d\" y=\"%d\">length of a gap</text>\n"
		"<text class=\"d\" x=\"4\" y=\"12\">gaps</text>\n",
		(LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6);
}

bool wg_page_hist(FILE *out, const struct wg_picture *p)
{
	struct hist h;
	int wide;

	if (!fill(&h, p))
		return false;
	wide = (WIDTH - LEFT - RIGHT) / (h.last - h.first + 1);
	(void)fprintf(out,
		"<div class=\"scroll\"><svg class=\"hist\" viewBox=\"0 0 %d %d\" role=\"img\" "
		"aria-label=\"Histogram of gaps\">\n",
		WIDTH, HEIGHT);
	draw_axes(out, &h, wide);
	draw_bars(out, &h, p, wide);
	(void)fputs("</svg></div>\n", out);
	return true;
}
