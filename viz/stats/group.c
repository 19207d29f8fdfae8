/*
 * group.c: the loops of a trace put together as they were asked for (see stats.h).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "viz/stats/stats.h"
#include "traces/base/map.h"
#include "traces/base/names.h"
#include "traces/base/units.h"

/* Groups on their way: there may be as many as loops, so a key is not searched for one by one. */
struct making {
	struct stats_groups *groups;
	struct wg__names *names;   /* keys, and names of processes */
	struct wg__map groups_map; /* by key */
	struct wg__map count_map;  /* of processes seen so far, by name */
	uint32_t *nth;		   /* by number of the process: which of those of its name it is */
};

/* There are never more groups than loops and kinds, so the array was made large enough. */
static int add_to(
	struct making *making, const char *key, const struct wg_loop_stats *s, int64_t life_ns)
{
	struct stats_groups *groups = making->groups;
	const char *known = wg__names_intern(making->names, key);
	size_t i = known ? wg__map_get(&making->groups_map, 0, (uintptr_t)known) : 0;

	if (!known)
		return -ENOMEM;
	if (i == WG__MAP_NONE) {
		i = groups->count;
		if (wg__map_put(&making->groups_map, 0, (uintptr_t)known, i) < 0)
			return -ENOMEM;
		(void)snprintf(groups->group[i].key, sizeof(groups->group[i].key), "%s", key);
		groups->count++;
	}
	groups->group[i].loops++;
	groups->group[i].life_ns += life_ns;
	return wg_stats_sum_add(&groups->group[i].sum, s);
}

/* Number the processes of a name, so that two runs of a program match. 0 or -ENOMEM. */
static int number_processes(struct making *making, const struct wg_measure *m)
{
	const struct wg_loop_stats *s;
	uint32_t count = 0;
	size_t i;

	for (i = 0; (s = wg_measure_loop(m, i)); i++)
		count = s->who >= count ? s->who + 1 : count;
	making->nth = calloc(count + 1, sizeof(*making->nth));
	if (!making->nth)
		return -ENOMEM;
	for (i = 0; (s = wg_measure_loop(m, i)); i++) {
		const char *name;
		size_t seen;

		if (making->nth[s->who])
			continue;
		name = wg__names_intern(making->names, s->process);
		seen = name ? wg__map_get(&making->count_map, 0, (uintptr_t)name) : 0;
		seen = seen == WG__MAP_NONE ? 1 : seen + 1;
		making->nth[s->who] = (uint32_t)seen;
		if (!name || wg__map_put(&making->count_map, 0, (uintptr_t)name, seen) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int add_loop(struct making *making, const struct wg_measure *m, size_t i, enum stats_by by)
{
	const struct wg_loop_stats *s = wg_measure_loop(m, i);
	char key[96] = "";

	if (by == STATS_BY_PROCESS)
		(void)snprintf(key, sizeof(key), "%s #%u", s->process, making->nth[s->who]);
	else if (by == STATS_BY_LOOP)
		(void)snprintf(key, sizeof(key), "%s #%u, loop %" PRIu64, s->process,
			making->nth[s->who], s->loop);
	return add_to(making, key, s, wg_measure_life_ns(m, i));
}

static int add_all(struct making *making, const struct wg_measure *m, enum stats_by by)
{
	size_t i;
	int rc = number_processes(making, m);

	for (i = 0; by == STATS_BY_KIND && i < WG_KIND_COUNT && rc == 0; i++) {
		const struct wg_loop_stats *s = wg_measure_kind(m, (enum wg_kind)i);

		if (s)
			rc = add_to(making, wg_kind_name((enum wg_kind)i), s, 0);
	}
	for (i = 0; by != STATS_BY_KIND && wg_measure_loop(m, i) && rc == 0; i++)
		rc = add_loop(making, m, i, by);
	return rc;
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
			s->process, s->pid, again, g->loops, wg_s(g->loops), s->wait, tick);
	else
		(void)snprintf(g->title, sizeof(g->title), "%s", g->key);
}

int wg_stats_groups_init(
	struct stats_groups *groups, const struct stats_trace *trace, enum stats_by by)
{
	const struct wg_measure *m = trace->summary->measure;
	struct making making = { .groups = groups };
	size_t most = WG_KIND_COUNT, i;
	int rc = -ENOMEM;

	for (i = 0; wg_measure_loop(m, i); i++)
		most++;
	*groups = (struct stats_groups){ .group = calloc(most, sizeof(*groups->group)) };
	making.names = wg__names_create();
	if (groups->group && making.names)
		rc = add_all(&making, m, by);
	wg__names_destroy(making.names);
	wg__map_fini(&making.groups_map);
	wg__map_fini(&making.count_map);
	free(making.nth);
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
