/*
 * page_hist.c: see page.h.
 *
 * The time axis is logarithmic, three bins a decade (1, 2, 5), since a gap of 10 ms and one of 6 us
 * must fit in one picture. Bars of two traces share the bins, side by side, so neither hides the
 * other; the numbers on them are the counts.
 */
#include "traces/picture/page.h"

#include <inttypes.h>
#include <string.h>

#define BINS	 42 /* 1 ns to 5000 s, beyond that the last one */
#define WIDTH	 720
#define HEIGHT	 250
#define LEFT	 56
#define RIGHT	 32 /* half of the last label */
#define TOP	 26
#define DIGIT	 8  /* as wide as one of a count is */
#define LINE	 13 /* as high as it is */
#define BOTTOM	 206
#define BINS_MIN 9 /* a single bar as wide as the page shows nothing */

struct hist {
	uint64_t count[WG_PICTURE_TRACES_MAX][BINS];
	uint64_t most;
	int first, last; /* bins drawn */
	int left, top;	 /* of the bars' field: numbers stand outside it */
	int wide;	 /* of a bin */
	bool is_turned;	 /* the counts stand upright, for they are wider than their bars */
	bool is_thin;	 /* the bars are thinner than even that: the counts are in their titles */
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

/* The gaps are those of measure.h and threads.h, looked at and not counted again. */
static bool fill(struct hist *h, const struct wg_picture *p)
{
	const struct wg_loop_stats *loop;
	const struct wg_threads *threads;
	const struct wg_thread_stats *thread;
	struct filling filling = { .hist = h };
	size_t i;

	memset(h, 0, sizeof(*h));
	h->first = BINS;
	h->last = -1;
	for (; filling.trace < p->count; filling.trace++) {
		for (i = 0; (loop = wg_measure_loop(p->trace[filling.trace]->measure, i)); i++)
			if (wg_stats_sees(loop, WG_SEES_GAPS))
				wg_dist_each(&loop->gap, count_gap, &filling);
		threads = p->trace[filling.trace]->threads;
		for (i = 0; threads && (thread = wg_thread_at(threads, i)); i++)
			wg_dist_each(&thread->notify_to_wake, count_gap, &filling);
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
	int height = (int)((double)count / (double)h->most * (BOTTOM - h->top) + 0.5);

	return BOTTOM - (count && height < 2 ? 2 : height);
}

/* Where the bar of a trace stands in its bin; alone it takes all of it. */
static int bar_of(const struct hist *h, const struct wg_picture *p, int bin, size_t t, int *ret_x)
{
	bool is_alone = p->count == 1 || !h->count[!t][bin];
	int width = (h->wide - 4) / (is_alone ? 1 : 2);

	*ret_x = h->left + (bin - h->first) * h->wide + 2 + (is_alone ? 0 : (int)t * width);
	return width;
}

static int digits_of(uint64_t count)
{
	int digits = 1;

	for (; count >= 10; count /= 10)
		digits++;
	return digits;
}

/* Make room for the numbers: those of the axis, and the counts on the bars. */
static void lay_out(struct hist *h, const struct wg_picture *p)
{
	int bin, x;
	size_t t;

	h->left = digits_of(h->most) * DIGIT + 12;
	h->left = h->left > LEFT ? h->left : LEFT;
	h->wide = (WIDTH - h->left - RIGHT) / (h->last - h->first + 1);
	for (bin = h->first; bin <= h->last; bin++) {
		for (t = 0; t < p->count; t++) {
			int width = bar_of(h, p, bin, t, &x);

			if (!h->count[t][bin])
				continue;
			if (digits_of(h->count[t][bin]) * DIGIT > width)
				h->is_turned = true;
			if (width < LINE)
				h->is_thin = true;
		}
	}
	h->top = h->is_turned && !h->is_thin ? TOP + (digits_of(h->most) - 1) * DIGIT : TOP;
}

static void draw_count(FILE *out, const struct hist *h, int x, int y, uint64_t count)
{
	if (h->is_thin)
		return;
	if (h->is_turned)
		(void)fprintf(out,
			"<text class=\"c\" transform=\"translate(%d %d) rotate(-90)\">%" PRIu64
			"</text>\n",
			x + 4, y - 4, count);
	else
		(void)fprintf(out, "<text class=\"m c\" x=\"%d\" y=\"%d\">%" PRIu64 "</text>\n", x,
			y - 4, count);
}

static void draw_bars(FILE *out, const struct hist *h, const struct wg_picture *p)
{
	int bin, x, y, width;
	size_t t;

	for (bin = h->first; bin <= h->last; bin++) {
		for (t = 0; t < p->count; t++) {
			if (!h->count[t][bin])
				continue;
			width = bar_of(h, p, bin, t, &x);
			y = y_of(h, h->count[t][bin]);
			(void)fprintf(out,
				"<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\">"
				"<title>%c: %" PRIu64 " gaps</title></rect>\n",
				t ? "hb" : "ha", x, y, width - 1, BOTTOM - y, 'A' + (int)t,
				h->count[t][bin]);
			draw_count(out, h, x + width / 2, y, h->count[t][bin]);
		}
	}
}

static void draw_axes(FILE *out, const struct hist *h)
{
	int bin, i;

	for (i = 0; i <= 2; i++) {
		uint64_t count = h->most * (uint64_t)i / 2;
		int y = y_of(h, count);

		if (i == 1 && count == 0)
			continue;
		(void)fprintf(
			out, "<path class=\"x\" d=\"M%d %d.5H%d\"/>\n", h->left, y, WIDTH - RIGHT);
		(void)fprintf(out, "<text class=\"e2 d\" x=\"%d\" y=\"%d\">%" PRIu64 "</text>\n",
			h->left - 8, y + 4, count);
	}
	for (bin = h->first; bin <= h->last + 1 && bin < BINS; bin++) {
		int x = h->left + (bin - h->first) * h->wide;

		if (h->wide >= 48 || bin % 3 == 0) {
			(void)fprintf(out, "<path class=\"r\" d=\"M%d.5 %dv5\"/>\n", x, BOTTOM);
			label(out, x, BOTTOM + 18, edge(bin));
		}
	}
	(void)fprintf(out,
		"<text class=\"m d\" x=\"%d\" y=\"%d\">length of a gap</text>\n"
		"<text class=\"d\" x=\"4\" y=\"12\">gaps</text>\n",
		(h->left + WIDTH - RIGHT) / 2, HEIGHT - 6);
}

bool wg_page_hist(FILE *out, const struct wg_picture *p)
{
	struct hist h;

	if (!fill(&h, p))
		return false;
	lay_out(&h, p);
	(void)fprintf(out,
		"<div class=\"scroll\"><svg class=\"hist\" viewBox=\"0 0 %d %d\" role=\"img\" "
		"aria-label=\"Histogram of gaps\">\n",
		WIDTH, HEIGHT);
	draw_axes(out, &h);
	draw_bars(out, &h, p);
	(void)fputs("</svg></div>\n", out);
	return true;
}
