/*
 * bars.c: gaps and service times as bars of a terminal.
 *
 * The edges of the bins are 1, 2, 5, 10, ... ns, so that nanoseconds and seconds fit one picture.
 * Side by side means one scale: the same bins and the same length for the same count.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "viz/stats/stats.h"

#define BIN_MAX 60

/* 0, 1, 2, 5, 10, 20, 50, ... Index BIN_MAX and beyond: no more. */
static int64_t edge(size_t i)
{
	static const int64_t steps[] = { 1, 2, 5 };
	int64_t value = 1;
	size_t k;

	if (i == 0)
		return 0;
	for (k = 0; k < (i - 1) / 3; k++) {
		if (value > INT64_MAX / 10 / 5)
			return INT64_MAX;
		value *= 10;
	}
	return value * steps[(i - 1) % 3];
}

/* Edges are round: "50 us", "1 s". */
static void format_edge(char *buf, size_t len, int64_t ns)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	size_t u = 0;

	while (ns >= 1000 && u < 3) {
		ns /= 1000;
		u++;
	}
	(void)snprintf(buf, len, "%" PRId64 " %s", ns, units[u]);
}

static uint64_t in_bin(const struct wg_dist *d, size_t bin)
{
	return wg_dist_below(d, edge(bin + 1)) - wg_dist_below(d, edge(bin));
}

static void print_bar(uint64_t count, uint64_t most, int width, bool ascii)
{
	static const char *const eighths[] = { "", "\xe2\x96\x8f", "\xe2\x96\x8e", "\xe2\x96\x8d",
		"\xe2\x96\x8c", "\xe2\x96\x8b", "\xe2\x96\x8a", "\xe2\x96\x89" };
	/* A count above 0 is always visible. */
	uint64_t parts = most ? (uint64_t)((double)count / (double)most * width * 8 + 0.5) : 0;
	uint64_t i;

	if (count && parts < (ascii ? 8u : 1u))
		parts = ascii ? 8 : 1;
	for (i = 0; i < parts / 8; i++)
		(void)fputs(ascii ? "#" : "\xe2\x96\x88", stdout);
	if (!ascii)
		(void)fputs(eighths[parts % 8], stdout);
}

static void print_bins(const struct wg_dist *d, size_t first, size_t last, uint64_t most,
	const struct stats_options *options)
{
	int width = options->cols - 34;
	size_t i;

	for (i = first; i <= last; i++) {
		char from[24], to[24];
		uint64_t count = in_bin(d, i);

		format_edge(from, sizeof(from), edge(i));
		format_edge(to, sizeof(to), edge(i + 1));
		printf("    %7s .. %7s %9" PRIu64, from, to, count);
		if (count) {
			(void)fputs("  ", stdout);
			print_bar(count, most, width < 8 ? 8 : width, options->ascii);
		}
		putchar('\n');
	}
}

static void print_histogram(const struct stats_group *const *groups, size_t count, const char *what,
	bool of_gaps, const struct stats_options *options)
{
	size_t first = BIN_MAX, last = 0, i, b;
	uint64_t most = 0;

	for (i = 0; i < count; i++) {
		for (b = 0; groups[i] && b < BIN_MAX; b++) {
			uint64_t n =
				in_bin(of_gaps ? &groups[i]->sum.gap : &groups[i]->sum.service, b);

			if (n == 0)
				continue;
			first = b < first ? b : first;
			last = b > last ? b : last;
			most = n > most ? n : most;
		}
	}
	for (i = 0; i < count; i++) {
		const struct wg_dist *d;

		if (!groups[i])
			continue;
		d = of_gaps ? &groups[i]->sum.gap : &groups[i]->sum.service;
		printf("  %s%s%s: %zu\n", what, count > 1 ? ", " : "",
			count > 1 ? groups[i]->sum.wait : "", d->count);
		if (most)
			print_bins(d, first, last, most, options);
	}
}

void wg_stats_print_histograms(
	const struct stats_group *const *groups, size_t count, const struct stats_options *options)
{
	print_histogram(groups, count, "gaps", true, options);
	print_histogram(groups, count, "service times", false, options);
}
