/*
 * threads_beside.c: threads of several recordings side by side.
 *
 * Pids and tids differ from run to run, so threads are matched by name: a row is the sum of all
 * threads of one name, as the threads of a pool have one.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/base/map.h"
#include "traces/base/names.h"
#include "traces/base/units.h"
#include "viz/stats/stats.h"
#include "viz/stats/threads.h"

#define NAME_WIDTH 15
#define SHOWN	   3 /* findings of each recording: `wakegap stats` of one has all */

/* The threads of one name, in one recording. */
struct cell {
	uint64_t wakes;
	double wakes_per_s;
	bool has_rate;
};

struct row {
	const char *name;   /* of the trace */
	struct cell *cells; /* one each recording */
	uint64_t most;	    /* wakes, in the recording that has most */
};

struct beside {
	const struct wg_threads *const *of; /* NULL: a recording without threads */
	size_t count;
	struct row *rows;
	size_t row_count, cap;
	struct wg__map by_name;	 /* of interned names */
	struct wg__names *names; /* two recordings have a copy of a name each */
};

static const char *name_of(const struct wg_thread_stats *s)
{
	return *s->name ? s->name : "thread";
}

/* The row of a name, new if there is none. NULL: no memory. */
static struct row *row_of(struct beside *b, const char *text)
{
	const char *name = wg__names_intern(b->names, text);
	size_t i = name ? wg__map_get(&b->by_name, 0, (uintptr_t)name) : 0;
	struct row *row;

	if (!name)
		return NULL;
	if (i != WG__MAP_NONE)
		return &b->rows[i];
	if (wg__grow(&b->rows, &b->cap, b->row_count, sizeof(*b->rows)) < 0)
		return NULL;
	row = &b->rows[b->row_count];
	*row = (struct row){ .name = name, .cells = calloc(b->count, sizeof(*row->cells)) };
	if (!row->cells)
		return NULL;
	if (wg__map_put(&b->by_name, 0, (uintptr_t)name, b->row_count) < 0) {
		free(row->cells);
		return NULL;
	}
	b->row_count++;
	return row;
}

static int collect(struct beside *b)
{
	const struct wg_thread_stats *s;
	size_t i, k;

	for (i = 0; i < b->count; i++) {
		for (k = 0; b->of[i] && (s = wg_thread_at(b->of[i], k)); k++) {
			struct row *row = s->waits ? row_of(b, name_of(s)) : NULL;
			struct cell *cell = row ? &row->cells[i] : NULL;

			if (s->waits && !row)
				return -ENOMEM;
			if (!cell)
				continue;
			cell->wakes += s->wakes;
			if (s->wakes_per_s >= 0) {
				cell->has_rate = true;
				cell->wakes_per_s += s->wakes_per_s;
			}
			if (cell->wakes > row->most)
				row->most = cell->wakes;
		}
	}
	return 0;
}

/* Most wakes first: a thread that lived for a moment has a high rate and says little. */
static int by_wakes(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->most != y->most)
		return x->most < y->most ? 1 : -1;
	return strcmp(x->name, y->name);
}

/* ---- what is printed ---- */

static void print_counts(const struct beside *b, const char *name, const uint64_t *value)
{
	char text[32], ratio[32];
	size_t i;

	printf("  %-*s", NAME_WIDTH, name);
	for (i = 0; i < b->count; i++) {
		if (b->of[i])
			(void)snprintf(text, sizeof(text), "%" PRIu64, value[i]);
		wg_stats_ratio(ratio, sizeof(ratio), b->of[0] && b->of[i] ? (double)value[0] : 0,
			(double)value[i]);
		wg_stats_column(b->of[i] ? text : "-", i > 0 ? ratio : NULL, i + 1 == b->count);
	}
	putchar('\n');
}

static void print_times(const struct beside *b, const char *name, const int64_t *value)
{
	char text[32], ratio[32];
	size_t i;

	printf("  %-*s", NAME_WIDTH, name);
	for (i = 0; i < b->count; i++) {
		bool has = b->of[i] && wg_threads_have_times(b->of[i]);

		wg_stats_ratio(ratio, sizeof(ratio), has ? (double)value[0] : 0, (double)value[i]);
		wg_stats_column(has ? wg_format_time(text, sizeof(text), value[i]) : "-",
			i > 0 ? ratio : NULL, i + 1 == b->count);
	}
	putchar('\n');
}

/* What a wake was for, of all threads; classes that no recording has are left out. */
static void print_classes(const struct beside *b, uint64_t *value)
{
	const struct wg_thread_stats *s;
	size_t class, i, k;
	bool has;

	for (class = 0; class < WG_CLASS_COUNT; class ++) {
		char name[32];
		char *c;

		for (i = 0, has = false; i < b->count; i++) {
			value[i] = 0;
			for (k = 0; b->of[i] && (s = wg_thread_at(b->of[i], k)); k++)
				value[i] += s->class[class];
			has = has || value[i];
		}
		(void)snprintf(name, sizeof(name), "  %s", wg_wake_class_name(class));
		for (c = name; (c = strchr(c, '_')); c++)
			*c = ' ';
		if (has)
			print_counts(b, name, value);
	}
}

static int print_all(const struct beside *b)
{
	uint64_t *wakes = calloc(b->count, sizeof(*wakes));
	int64_t *asleep = calloc(b->count, sizeof(*asleep));
	int64_t *wasted = calloc(b->count, sizeof(*wasted));
	const struct wg_thread_stats *s;
	size_t i, k;
	int rc = wakes && asleep && wasted ? 0 : -ENOMEM;

	for (i = 0; i < b->count && rc == 0; i++) {
		for (k = 0; b->of[i] && (s = wg_thread_at(b->of[i], k)); k++) {
			wakes[i] += s->wakes;
			asleep[i] += s->asleep_ns;
			wasted[i] += s->wasted_ns;
		}
	}
	if (rc == 0) {
		print_counts(b, "wakes", wakes);
		print_times(b, "asleep", asleep);
		print_times(b, "wasted", wasted);
		print_classes(b, wakes);
	}
	free(wakes);
	free(asleep);
	free(wasted);
	return rc;
}

/* "redis-server    10.0    5.0  2.0x less" */
static void print_names(const struct beside *b, size_t rows)
{
	char text[32], ratio[32];
	size_t i, k;

	printf("\nwakes a second, by name of the thread\n");
	for (i = 0; i < b->row_count && i < rows; i++) {
		const struct row *row = &b->rows[i];

		printf("  %-*s", NAME_WIDTH, row->name);
		for (k = 0; k < b->count; k++) {
			const struct cell *cell = &row->cells[k];

			(void)snprintf(text, sizeof(text), "%.1f", cell->wakes_per_s);
			wg_stats_ratio(
				ratio, sizeof(ratio), row->cells[0].wakes_per_s, cell->wakes_per_s);
			wg_stats_column(cell->has_rate ? text : "-", k > 0 ? ratio : NULL,
				k + 1 == b->count);
		}
		putchar('\n');
	}
	if (b->row_count > rows)
		printf("%zu more names wake less often\n", b->row_count - rows);
}

static int print_findings(const struct beside *b, const char *const *titles)
{
	struct wg_thread_finding *findings;
	size_t count, i, k;
	int rc;

	for (i = 0; i < b->count; i++) {
		if (!b->of[i])
			continue;
		rc = wg_thread_findings(b->of[i], &findings, &count);
		if (rc < 0)
			return rc;
		printf("\n%s:\n", titles[i]);
		for (k = 0; k < count && k < SHOWN; k++)
			printf("%2zu. %s\n", k + 1, findings[k].text);
		if (count == 0)
			printf("no findings\n");
		wg_thread_findings_free(findings, count);
	}
	return 0;
}

int wg_threads_print_beside(const struct wg_threads *const *threads, const char *const *titles,
	size_t count, size_t rows)
{
	struct beside b = { .of = threads, .count = count, .names = wg__names_create() };
	size_t i;
	int rc = b.names ? collect(&b) : -ENOMEM;

	if (rc == 0 && b.row_count)
		qsort(b.rows, b.row_count, sizeof(*b.rows), by_wakes);
	if (rc == 0) {
		printf("  %-*s", NAME_WIDTH, "all threads");
		for (i = 0; i < count; i++) {
			char head[32];

			(void)snprintf(head, sizeof(head), "%zu", i + 1);
			wg_stats_column(head, i > 0 ? "" : NULL, i + 1 == count);
		}
		putchar('\n');
		rc = print_all(&b);
	}
	if (rc == 0) {
		print_names(&b, rows);
		rc = print_findings(&b, titles);
	}
	for (i = 0; i < b.row_count; i++)
		free(b.rows[i].cells);
	free(b.rows);
	wg__map_fini(&b.by_name);
	wg__names_destroy(b.names);
	return rc;
}
