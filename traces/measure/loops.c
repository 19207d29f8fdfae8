/*
 * loops.c: see loops.h.
 *
 * Two maps: (space, pid) to an index of pids, and (that index, id) to the loop that began last. One
 * look-up is left out while events are of the same loop.
 */
#include "traces/measure/loops.h"

#include <errno.h>
#include <stdlib.h>

#include "traces/base/names.h"
#include "traces/measure/life.h"

/* A process of this pid begins. 0 or -ENOMEM. */
static int begin_process(struct wg__loops *l, size_t pid_idx, uint32_t life)
{
	if (wg__grow(&l->who, &l->who_cap, l->who_count, sizeof(*l->who)) < 0)
		return -ENOMEM;
	l->now[pid_idx] = (uint32_t)l->who_count;
	l->who[l->who_count++] =
		(struct wg__who){ .pid_idx = pid_idx, .life = life, .anew_ns = WG_NO_TIME };
	return 0;
}

static size_t pid_of(struct wg__loops *l, const struct wg_event *ev)
{
	size_t i = wg__map_get(&l->pid_map, ev->space, ev->pid);

	if (i != WG__MAP_NONE)
		return i;
	i = l->pid_count;
	if (wg__grow(&l->now, &l->pid_cap, i, sizeof(*l->now)) < 0 || begin_process(l, i, 1) < 0 ||
		wg__map_put(&l->pid_map, ev->space, ev->pid, i) < 0)
		return SIZE_MAX;
	return l->pid_count++;
}

/* A loop begins; `before` is the last one of its id, or WG__MAP_NONE. */
static size_t begin_loop(
	struct wg__loops *l, size_t pid_idx, const struct wg_event *ev, size_t before)
{
	size_t i = l->loop_count;
	uint32_t who = l->now[pid_idx];

	/* I3. If `before` is of an earlier process of this pid, the new one is known already. */
	if (before != WG__MAP_NONE && l->loop[before].who == who) {
		if (begin_process(l, pid_idx, l->who[who].life + 1) < 0)
			return WG__NO_LOOP;
		l->who[who].anew_ns = ev->ts_ns;
		who = l->now[pid_idx];
	}
	if (wg__grow(&l->loop, &l->loop_cap, i, sizeof(*l->loop)) < 0 ||
		wg__map_put(&l->loop_map, (uint32_t)pid_idx, ev->loop, i) < 0)
		return WG__NO_LOOP;
	l->loop[i] = (struct wg__loop_id){ who, l->who[who].life, before != WG__MAP_NONE };
	return l->loop_count++;
}

size_t wg__loops_of(struct wg__loops *l, const struct wg_event *ev)
{
	bool begins = ev->type == WG_EV_LOOP;
	size_t pid_idx, i;

	if (l->has_last && !begins && l->last_id == ev->loop && l->last_pid == ev->pid &&
		l->last_space == ev->space)
		return l->last;
	pid_idx = pid_of(l, ev);
	if (pid_idx == SIZE_MAX)
		return WG__NO_LOOP;
	i = wg__map_get(&l->loop_map, (uint32_t)pid_idx, ev->loop);
	if (begins || i == WG__MAP_NONE)
		i = begin_loop(l, pid_idx, ev, i);
	if (i == WG__NO_LOOP)
		return i;
	l->has_last = true;
	l->last_space = ev->space;
	l->last_pid = ev->pid;
	l->last_id = ev->loop;
	l->last = i;
	return i;
}

uint32_t wg__loops_process(struct wg__loops *l, const struct wg_event *ev)
{
	size_t i = pid_of(l, ev);

	return i == SIZE_MAX ? WG__NO_WHO : l->now[i];
}

int64_t wg__loops_end_ns(const struct wg__loops *l, size_t loop, int64_t last_ns)
{
	int64_t anew_ns = l->who[l->loop[loop].who].anew_ns;

	return anew_ns != WG_NO_TIME && last_ns <= anew_ns ? anew_ns : WG_NO_TIME;
}

void wg__loops_fini(struct wg__loops *l)
{
	free(l->loop);
	free(l->who);
	free(l->now);
	wg__map_fini(&l->pid_map);
	wg__map_fini(&l->loop_map);
	*l = (struct wg__loops){ 0 };
}
