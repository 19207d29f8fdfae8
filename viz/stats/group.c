/*
 * group.c: the loops of a trace put together as they were asked for (see stats.h).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "viz/stats/stats.h"
#include "traces/base/units.h"

static struct stats_group *find(const struct stats_groups *groups, const char *key)
{
	size_t i;

	for (i = 0; i < groups->count; i++) {
		if (strcmp(groups->group[i].key, key) == 0)
			return &groups->group[i];
	}
	return NULL;
}

/* There are never more groups than loops and kinds, so the array was made large enough. */
static int add_to(struct stats_groups *groups, const char *key, const struct wg_loop_stats *s,
	int64_t life_ns)
{
	struct stats_group *g = find(groups, key);

	if (!g) {
		g = &groups->group[groups->count++];
		(void)snprintf(g->key, sizeof(g->key), "%s", key);
	}
	g->loops++;
	g->life_ns += life_ns;
	return wg_stats_sum_add(&g->sum, s);
}

/* The number of this process among those of its name, so that two runs of a program match. */
static size_t nth_process(const struct wg_measure *m, const struct wg_loop_stats *of)
{
	const struct wg_loop_stats *s, *earlier;
	size_t i, k, nth = 1;

	for (i = 0; (s = wg_measure_loop(m, i)) && s->who != of->who; i++) {
		for (k = 0; (earlier = wg_measure_loop(m, k)) != s && earlier->who != s->who; k++)
			;
		nth += earlier == s && strcmp(s->process, of->process) == 0;
	}
	return nth;
}

static int add_loop(
	struct stats_groups *groups, const struct wg_measure *m, size_t i, enum stats_by by)
{
	const struct wg_loop_stats *s = wg_measure_loop(m, i);
	char key[96] = "";

	if (by == STATS_BY_PROCESS)
		(void)snprintf(key, sizeof(key), "%s #%zu", s->process, nth_process(m, s));
	else if (by == STATS_BY_LOOP)
		(void)snprintf(key, sizeof(key), "%s #%zu, loop %" PRIu64, s->process,
			nth_process(m, s), s->loop);
	return add_to(groups, key, s, wg_measure_life_ns(m, i));
}

static void name_group(struct stats_group *g, enum stats_by by)
{
	const struct wg_loop_stats *s = &g->sum;
	char tick[72] = "", time[64], again[16] = "";

	/* A pid that was used again: its second process and so on. */
	if (s->life > 1)
		(void)snprintf(again, sizeof(again), " #%" PRIu32, s->life);

	/* What it asked for: sockets have a tick of their own. */
	if (s->tick_ns && s->asked_max_ns)
		(void)snprintf(tick, sizeof(tick), " (%s)",
			wg_format_times(time, sizeof(time), s->asked_min_ns, s->asked_max_ns));
	else if (s->tick_ns)
		(void)snprintf(tick, sizeof(tick), " (%s)",
			wg_format_time(time, sizeof(time), s->tick_ns));
	if (by == STATS_BY_LOOP)
		(void)snprintf(g->title, sizeof(g->title),
			"%s %" PRIu32 "%s, loop %" PRIu64 ", %s%s", s->process, s->pid, again,
			s->loop, s->wait, tick);
	else if (by == STATS_BY_PROCESS)
		(void)snprintf(g->title, sizeof(g->title), "%s %" PRIu32 "%s, %zu loop%s, %s%s",
			s->process, s->pid, again, g->loops, g->loops == 1 ? "" : "s", s->wait,
			tick);
	else
		(void)snprintf(g->title, sizeof(g->title), "%s", g->key);
}

int wg_stats_groups_init(
	struct stats_groups *groups, const struct stats_trace *trace, enum stats_by by)
{
	const struct wg_measure *m = trace->summary->measure;
	size_t most = WG_KIND_COUNT, i, k;
	int rc = 0;

	for (i = 0; wg_measure_loop(m, i); i++)
		most++;
	*groups = (struct stats_groups){ .group = calloc(most, sizeof(*groups->group)) };
	if (!groups->group)
		return -ENOMEM;
	for (k = 0; k < WG_KIND_COUNT && by == STATS_BY_KIND; k++) {
		const struct wg_loop_stats *s = wg_measure_kind(m, (enum wg_kind)k);

		if (s && rc == 0)
			rc = add_to(groups, wg_kind_name((enum wg_kind)k), s, 0);
	}
	for (i = 0; by != STATS_BY_KIND && wg_measure_loop(m, i) && rc == 0; i++)
		rc = add_loop(groups, m, i, by);
	for (i = 0; i < groups->count; i++) {
		struct stats_group *g = &groups->group[i];

		wg_stats_sum_finish(&g->sum);
		g->duration_ns = by == STATS_BY_LOOP ? g->life_ns
				 : by == STATS_BY_PROCESS
					 ? g->sum.last_ns - g->sum.first_ns
					 : wg_measure_end_ns(m) - wg_measure_begin_ns(m);
		name_group(g, by);
	}
	return rc;
}

void wg_stats_groups_fini(struct stats_groups *groups)
{
	size_t i;

	for (i = 0; i < groups->count; i++)
		wg_stats_sum_fini(&groups->group[i].sum);
	free(groups->group);
	*groups = (struct stats_groups){ 0 };
}
