/*
 * main.c: `make bench`: one table of all bounds that the core must keep, with peers in the same
 * run.
 *
 *     wakegap-bench [--json] [--quick] [--group NAME] [--rounds N]
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/bench/events.h"
#include "traces/base/units.h"

struct wg_bench_setup wg_bench_setup = { .scale = 1 };

static struct wg_bench_group *const groups[] = { &wg_bench_stream, &wg_bench_handover,
	&wg_bench_timers, &wg_bench_echo, &wg_bench_events, &wg_bench_idle, &wg_bench_recording };

#define GROUP_COUNT (sizeof(groups) / sizeof(groups[0]))

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double wg_bench_percentile(double *v, size_t n, double p)
{
	size_t rank = (size_t)(p * (double)n + 0.999999);

	qsort(v, n, sizeof(*v), ascending);
	return n ? v[rank ? rank - 1 : 0] : 0;
}

double wg_bench_median(const double *v, unsigned n)
{
	double copy[WG_BENCH_ROUNDS_MAX];

	memcpy(copy, v, n * sizeof(*v));
	qsort(copy, n, sizeof(*copy), ascending);
	if (n == 0)
		return 0;
	return n % 2 ? copy[n / 2] : (copy[n / 2 - 1] + copy[n / 2]) / 2;
}

/* ---- running ---- */

static void progress(const struct wg_bench_row *row, unsigned round, unsigned rounds)
{
	if (!isatty(STDERR_FILENO))
		return;
	if (row)
		(void)fprintf(stderr, "\r\033[K%s: %s (%u of %u)", row->group, row->name, round + 1,
			rounds);
	else
		(void)fprintf(stderr, "\r\033[K");
}

static void run_group(struct wg_bench_group *g, unsigned rounds)
{
	struct wg_bench_row *row;
	unsigned r;

	for (r = 0; r < rounds; r++) {
		for (row = g->rows; row->name; row++) {
			double value = 0, extra = 0;

			if (row->why_skipped)
				continue;
			progress(row, r, rounds);
			if (row->measure(row, &value, &extra, &row->why_skipped) < 0) {
				if (!row->why_skipped)
					row->why_skipped = "failed";
				continue;
			}
			row->samples[row->count] = value;
			row->extras[row->count++] = extra;
		}
	}
	progress(NULL, 0, 0);
}

/* ---- printing ---- */

static const struct wg_bench_row *find(const struct wg_bench_group *g, const char *name)
{
	const struct wg_bench_row *row;

	for (row = g->rows; row->name; row++) {
		if (strcmp(row->name, name) == 0)
			return row;
	}
	return NULL;
}

/* The ratio to the row it is held against; 0: none. */
static double ratio(const struct wg_bench_group *g, const struct wg_bench_row *row)
{
	const struct wg_bench_row *base = row->against ? find(g, row->against) : NULL;

	if (!base || !base->count || !row->count)
		return 0;
	return wg_bench_median(row->samples, row->count) /
	       wg_bench_median(base->samples, base->count);
}

/* Is the bound kept? For rates more is better. */
static bool holds(const struct wg_bench_group *g, const struct wg_bench_row *row)
{
	double v = row->against ? ratio(g, row) : wg_bench_median(row->samples, row->count);

	return row->unit == WG_BENCH_PER_SEC ? v >= row->want : v <= row->want;
}

static const char *show(char *buf, size_t len, enum wg_bench_unit unit, double v)
{
	if (unit == WG_BENCH_NS && v < 100)
		(void)snprintf(buf, len, "%.1f ns", v);
	else if (unit == WG_BENCH_NS)
		(void)wg_format_time(buf, len, (int64_t)v);
	else if (unit == WG_BENCH_PER_SEC)
		(void)snprintf(buf, len, "%.0f/s", v);
	else
		(void)snprintf(buf, len, v < 10 ? "%.2f" : "%.1f", v);
	return buf;
}

static void print_row(const struct wg_bench_group *g, const struct wg_bench_row *row)
{
	char median[32], extra[32] = "", against[48] = "", want[48] = "";
	double r = ratio(g, row);

	if (row->why_skipped) {
		printf("  %-22s skipped: %s\n", row->name, row->why_skipped);
		return;
	}
	if (wg_bench_median(row->extras, row->count) > 0)
		(void)show(
			extra, sizeof(extra), row->unit, wg_bench_median(row->extras, row->count));
	if (r > 0)
		(void)snprintf(against, sizeof(against), "%.2f x %s", r, row->against);
	if (row->want > 0)
		(void)snprintf(want, sizeof(want), "%s %.4g: %s",
			row->unit == WG_BENCH_PER_SEC ? ">=" : "<=", row->want,
			holds(g, row) ? "holds" : "OVER");
	printf("  %-22s %12s %12s  %-22s %s\n", row->name,
		show(median, sizeof(median), row->unit, wg_bench_median(row->samples, row->count)),
		extra, against, want);
}

static void print_group(const struct wg_bench_group *g, unsigned rounds)
{
	const struct wg_bench_row *row;

	printf("\n%s (median of %u)\n", g->title, rounds);
	for (row = g->rows; row->name; row++)
		print_row(g, row);
	(void)fflush(stdout);
}

static json_t *row_json(const struct wg_bench_group *g, const struct wg_bench_row *row)
{
	static const char *const units[] = { "ns", "per_second", "count" };
	json_t *o = json_pack("{s:s, s:s, s:s}", "group", row->group, "name", row->name, "unit",
		units[row->unit]);

	if (row->why_skipped) {
		(void)json_object_set_new(o, "skipped", json_string(row->why_skipped));
		return o;
	}
	(void)json_object_set_new(
		o, "median", json_real(wg_bench_median(row->samples, row->count)));
	(void)json_object_set_new(o, "p99", json_real(wg_bench_median(row->extras, row->count)));
	(void)json_object_set_new(o, "rounds", json_integer(row->count));
	if (row->against) {
		(void)json_object_set_new(o, "against", json_string(row->against));
		(void)json_object_set_new(o, "ratio", json_real(ratio(g, row)));
	}
	if (row->want > 0) {
		(void)json_object_set_new(o, "want", json_real(row->want));
		(void)json_object_set_new(o, "holds", json_boolean(holds(g, row)));
	}
	return o;
}

/* ---- setting up ---- */

static char dir[64], file[96];

static void clean_up(void)
{
	(void)unlink(file);
	(void)rmdir(dir);
}

static int set_up(char *self)
{
	static char block[1 << 16];
	unsigned i, seed = 1;
	size_t k;
	int fd;

	wg_bench_setup.self = self;
	(void)snprintf(dir, sizeof(dir), "/tmp/wakegap-bench-XXXXXX");
	if (!mkdtemp(dir))
		return -errno;
	(void)snprintf(file, sizeof(file), "%s/file", dir);
	wg_bench_setup.dir = dir;
	wg_bench_setup.file = file;
	(void)atexit(clean_up);
	fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	for (k = 0; k < sizeof(block); k++)
		block[k] = (char)rand_r(&seed);
	for (i = 0; fd >= 0 && i < 160; i++) {
		if (write(fd, block, sizeof(block)) != sizeof(block))
			return -EIO;
	}
	return fd < 0 ? -errno : close(fd);
}

int main(int argc, char **argv)
{
	static const struct option options[] = { { "json", no_argument, NULL, 'j' },
		{ "quick", no_argument, NULL, 'q' }, { "group", required_argument, NULL, 'g' },
		{ "rounds", required_argument, NULL, 'r' }, { "emit", no_argument, NULL, 'e' },
		{ NULL, 0, NULL, 0 } };
	const char *only = NULL;
	unsigned rounds = 0;
	json_t *rows = NULL;
	size_t i;
	int opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (opt) {
		case 'j': rows = json_array(); break;
		case 'q': wg_bench_setup.scale = 0.1; break;
		case 'g': only = optarg; break;
		case 'r': rounds = (unsigned)strtoul(optarg, NULL, 10); break;
		case 'e': return wg_bench_emit();
		default: return 2;
		}
	}
	if (rounds > WG_BENCH_ROUNDS_MAX || set_up(argv[0]) < 0) {
		(void)fprintf(stderr, "wakegap-bench: cannot set up\n");
		return 1;
	}
	for (i = 0; i < GROUP_COUNT; i++) {
		struct wg_bench_group *g = groups[i];
		unsigned n = rounds ? rounds : g->rounds;
		const struct wg_bench_row *row;

		if (only && strcmp(only, g->name) != 0)
			continue;
		run_group(g, n);
		if (!rows)
			print_group(g, n);
		for (row = g->rows; rows && row->name; row++)
			(void)json_array_append_new(rows, row_json(g, row));
	}
	if (rows) {
		json_t *root = json_pack("{s:o}", "rows", rows);

		(void)json_dumpf(root, stdout, JSON_INDENT(1));
		puts("");
		json_decref(root);
	}
	return fflush(stdout) == 0 ? 0 : 1;
}
