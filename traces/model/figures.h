/*
 * figures.h: the figures of one trace, its loops added up, and one sentence about them.
 *
 * All counts are those of measure.h. Loops are summed and their gaps sorted together, so a
 * percentile is one of all gaps, not a mean of percentiles. Threads are added likewise, each as a
 * loop that has no operations: their gaps go from a notify to the wake that it caused.
 */
#ifndef TRACES_MODEL_FIGURES_H
#define TRACES_MODEL_FIGURES_H

#include <stddef.h>
#include <stdint.h>

#include "traces/measure/measure.h"
#include "traces/model/model.h"

#define WG_BUCKETS 128

struct wg_figures {
	/* "tick"; "tick+eventfd" for a trace with both; of a trace of threads the names of its
	 * processes; "?" if never said */
	char strategy[32];
	uint32_t loops, threads; /* threads that waited */
	uint64_t ops;		 /* submitted */
	uint64_t delivered;
	uint64_t waits;
	uint64_t wakes, reasons[WG_REASON_COUNT];
	uint32_t missing, unseen; /* as in struct wg_loop_stats: not in the figures below */
	uint64_t timer_wakes;	  /* of threads: by a timeout, empty or not */
	uint64_t empty_wakes, late_wakes, stuck, stuck_results, ready_at_end;
	int64_t stuck_ns;
	bool stuck_for_ever; /* known, of a schedule: stuck_ns is only as long as the picture */
	int64_t asleep_ns, wasted_ns;
	int64_t duration_ns, life_ns; /* of the trace; of all its loops, see wg_measure_life_ns() */
	int64_t gap_min_ns, gap_p50_ns, gap_p90_ns, gap_p99_ns, gap_p999_ns, gap_max_ns;
	uint64_t gaps;
	bool gaps_in_cells; /* counted so (hist.h): percentiles are the lower borders of cells */
	uint32_t histogram[WG_BUCKETS]; /* of the gaps, see wg_bucket_begin_ns() */
	uint64_t discarded;
};

/* Gaps range from nanoseconds to seconds, so buckets do: two for each doubling. */
int64_t wg_bucket_begin_ns(int bucket);

/* 0 or -ENOMEM. */
int wg_figures_init(struct wg_figures *figures, const struct wg_trace *trace);

/* Wasted time as a part of the loops' lives: 0 to 1. */
double wg_figures_share(const struct wg_figures *figures);
/* "99.5 %", "<0.01 %": never a power of ten. Returns buf. */
char *wg_figures_share_text(char *buf, size_t len, const struct wg_figures *figures);

/* "not observable: no deliver events", or NULL if the figure is. Else returns buf. */
char *wg_figures_unseen(
	char *buf, size_t len, const struct wg_figures *figures, enum wg_sees figure);
bool wg_figures_sees(const struct wg_figures *figures, enum wg_sees figure);

/* What is not observable, for each missing event a line, from *next on, which is 0 at first: "late
 * wakes, stuck, gaps: not observable: no deliver events". NULL past the last; else returns buf. */
char *wg_figures_unseen_line(
	char *buf, size_t len, const struct wg_figures *figures, unsigned *next);

/* A figure as a table names it, and how it is written: a gap is "none" if there is not one. */
enum wg_figure_unit { WG_FIGURE_COUNT, WG_FIGURE_TIME, WG_FIGURE_GAP, WG_FIGURE_SHARE };
struct wg_figure {
	enum wg_figure_unit unit;
	size_t offset; /* in struct wg_figures; a share has none */
};
#define WG_FIGURE(unit, field)                                                                     \
	{                                                                                          \
		WG_FIGURE_##unit, offsetof(struct wg_figures, field)                               \
	}

/* How many, how many ns, or a percentage. */
double wg_figure_value(const struct wg_figures *figures, const struct wg_figure *figure);
/* "160", "1.60 s", "none", "99.5 %", "?" if it is not observable. Returns buf. */
char *wg_figure_text(
	char *buf, size_t len, const struct wg_figures *figures, const struct wg_figure *figure);

/*
 * One sentence on what the traces show; b may be NULL. short_form is for narrow screens.
 * Returns buf.
 */
char *wg_verdict(char *buf, size_t len, const struct wg_figures *a, const struct wg_figures *b,
	bool short_form);

#endif
