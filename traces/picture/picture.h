/*
 * picture.h: what a picture of one trace or two shows: which part of the time, the figures and the
 * sentence. Shared by svg and html, so both say the same.
 *
 * Times in a picture are relative to each trace's t=0, its first submit, as in the viewer.
 */
#ifndef TRACES_PICTURE_PICTURE_H
#define TRACES_PICTURE_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/model/bins.h"
#include "traces/model/figures.h"
#include "traces/model/model.h"

#define WG_PICTURE_TRACES_MAX 2

struct wg_picture_options {
	bool has_range;		/* else all of both traces */
	int64_t from_ns, to_ns; /* relative to t=0; 0 is the beginning, INT64_MAX the end */
	int width;		/* svg: in pixels, 0 for the usual */
};

struct wg_picture {
	const struct wg_trace *trace[WG_PICTURE_TRACES_MAX]; /* borrowed */
	size_t count;
	int64_t origin_ns[WG_PICTURE_TRACES_MAX]; /* t=0 of each */
	int64_t from_ns, to_ns;			  /* shown; to > from */
	bool has_range;
	struct wg_figures figures[WG_PICTURE_TRACES_MAX]; /* of the whole traces, range or not */
	char verdict[512];
	int width;
};

/* 0; -EINVAL for no trace or more than two; -ERANGE if nothing is in the range; -ENOMEM. Nothing to
 * free. */
int wg_picture_init(struct wg_picture *picture, const struct wg_trace *const traces[], size_t count,
	const struct wg_picture_options *options); /* NULL: all defaults */

/* A row of the table of figures. */
struct wg_picture_figure {
	struct wg_figure is;
	const char *head, *meaning;
	bool is_alarm; /* bad news in a trace that has it */
};
/* Static; NULL past the last. */
const struct wg_picture_figure *wg_picture_figure(size_t i);
/* Of one trace: the figure as text (returns buf), and whether it is bad news. */
char *wg_picture_value(const struct wg_figures *f, size_t i, char *buf, size_t len);
bool wg_picture_is_bad(const struct wg_figures *f, size_t i);

/* "wasted 1.60 s of 1.61 s (99.5 %), 160 ops". Returns buf. */
char *wg_picture_headline(const struct wg_figures *f, char *buf, size_t len);

/* The words for a look, as in the legend. Static. */
const char *wg_look_name(int look);

/* Is there a loop in it, or no thread either? */
bool wg_picture_has_loops(const struct wg_picture *picture);

/* What a look is called in a legend of this picture. Static. */
const char *wg_picture_look_name(const struct wg_picture *picture, enum wg_look look);

/* The looks that a legend explains, in its order; NULL past the last. */
const enum wg_look *wg_picture_legend(const struct wg_picture *picture, size_t i);

#endif
