/*
 * bench.h: rows that are measured in one run, one after another, several rounds.
 *
 * A machine of two cores with neighbours gives no absolute figures worth keeping. So all that is
 * compared is measured in the same run, the rows of a group in turn, round after round. What is
 * printed are medians, and the ratio to the row to compare with.
 */
#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum wg_bench_unit {
	WG_BENCH_NS,	  /* a duration */
	WG_BENCH_PER_SEC, /* a rate: more is better */
	WG_BENCH_COUNT,	  /* a number */
};

#define WG_BENCH_ROUNDS_MAX 64

struct wg_bench_row {
	const char *group, *name;
	enum wg_bench_unit unit;

	/* One measurement, in the row's unit; extra is the second figure (p99), or 0. 0, or a
	 * negative errno: the row is skipped, with *ret_why for a person. */
	int (*measure)(const struct wg_bench_row *row, double *ret, double *ret_extra,
		const char **ret_why);
	const char *arg;     /* for measure: a strategy's name */
	const char *against; /* the row of this group to divide by, or NULL */
	double want; /* the ratio (or, without `against`, the value) it is held to; 0: none */

	/* filled by the run */
	double samples[WG_BENCH_ROUNDS_MAX], extras[WG_BENCH_ROUNDS_MAX];
	unsigned count;
	const char *why_skipped;
};

struct wg_bench_group {
	const char *name, *title;
	unsigned rounds;
	struct wg_bench_row *rows; /* until one without a name */
};

extern struct wg_bench_group wg_bench_stream, wg_bench_handover, wg_bench_timers, wg_bench_echo,
	wg_bench_events, wg_bench_idle, wg_bench_recording;

/* What the groups share. */
struct wg_bench_setup {
	const char *self; /* this program */
	const char *dir;  /* a folder for files */
	const char *file; /* 10 MiB, in the page cache */
	double scale;	  /* 1, or less for a quick look */
};
extern struct wg_bench_setup wg_bench_setup;

double wg_bench_median(const double *v, unsigned n);

/* Nearest rank; sorts v. */
double wg_bench_percentile(double *v, size_t n, double p);

/* Peers in libuv; each says -ENOTSUP and why where there is no libuv. */
int wg_uv_stream(double *ret_ns, const char **ret_why);
int wg_uv_timers(unsigned count, double *ret_ns, const char **ret_why);
int wg_uv_handover(double *v, size_t n, const char **ret_why);
int wg_uv_echo_start(uint16_t *ret_port, void **ret_server, const char **ret_why);
void wg_uv_echo_stop(void *server);

#endif
