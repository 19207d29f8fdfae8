/*
 * lane_list.c: see lane_list.h. Lists are short and built on a key press or when the trace has
 * grown, so all look-ups are linear.
 */
#include "viz/app/lane_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/model/levels.h"

static struct wg_lane_id id_of(const struct wg_lane *lane)
{
	return (struct wg_lane_id){ .who = lane->who,
		.id = lane->kind == WG_LANE_LOOP     ? lane->loop
		      : lane->kind == WG_LANE_WORKER ? lane->worker
						     : lane->tid,
		.kind = lane->kind };
}

static bool is_same(const struct wg_lane_id *a, const struct wg_lane_id *b)
{
	return a->who == b->who && a->id == b->id && a->kind == b->kind;
}

static bool is_hidden(const struct wg_lane_list *list, const struct wg_lane *lane)
{
	struct wg_lane_id id = id_of(lane);
	size_t i;

	for (i = 0; i < list->hidden_count; i++) {
		if (is_same(&list->hidden[i], &id))
			return true;
	}
	return false;
}

static size_t folded_at(const struct wg_lane_list *list, uint32_t who)
{
	size_t i = 0;

	while (i < list->folded_count && list->folded[i] != who)
		i++;
	return i;
}

static bool add(struct wg_lane_list *list, enum wg_entry_kind kind, size_t lane, size_t members)
{
	if (list->count == WG_ENTRIES_MAX || lane > UINT16_MAX) {
		list->beyond += kind == WG_ENTRY_PROCESS ? 0 : members;
		return false;
	}
	list->entries[list->count++] = (struct wg_entry){ .kind = (uint8_t)kind,
		.lane = (uint16_t)lane,
		.members = (uint16_t)(members < UINT16_MAX ? members : UINT16_MAX) };
	return true;
}

/* ---- order ---- */

struct key {
	struct wg_entry entry;
	const struct wg_lane *lane;
	int64_t weight;
};

/* Time in the state by which lanes are sorted. */
static int64_t weight_of(const struct wg_lane *lane)
{
	enum wg_span_state state = lane->kind == WG_LANE_WORKER ? WG_SPAN_WORKING : WG_SPAN_WASTED;

	return wg_lane_ns(lane, state);
}

static int by_place(const struct key *a, const struct key *b)
{
	return a->entry.lane < b->entry.lane ? -1 : a->entry.lane > b->entry.lane;
}

static int by_weight(const void *va, const void *vb)
{
	const struct key *a = va, *b = vb;

	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	return by_place(a, b);
}

static int by_name(const void *va, const void *vb)
{
	const struct key *a = va, *b = vb;
	int order = strcmp(a->lane->name, b->lane->name);

	return order ? order : by_place(a, b);
}

/* Sort entries [first, count), which are lanes of one process and one kind. */
static void sort(struct wg_lane_list *list, const struct wg_trace *trace, size_t first)
{
	size_t n = list->count - first, i;
	struct key *keys;

	if (list->order == WG_ORDER_TRACE || n < 2)
		return;
	keys = calloc(n, sizeof(*keys));
	if (!keys)
		return; /* keep the trace's own order */
	for (i = 0; i < n; i++) {
		keys[i].entry = list->entries[first + i];
		keys[i].lane = &trace->lanes[keys[i].entry.lane];
		keys[i].weight = list->order == WG_ORDER_WASTED ? weight_of(keys[i].lane) : 0;
	}
	qsort(keys, n, sizeof(*keys), list->order == WG_ORDER_WASTED ? by_weight : by_name);
	for (i = 0; i < n; i++)
		list->entries[first + i] = keys[i].entry;
	free(keys);
}

/* ---- building ---- */

/* Lanes [from, to) of one process and one kind. */
static void list_kind(
	struct wg_lane_list *list, const struct wg_trace *trace, size_t from, size_t to)
{
	size_t first = list->count, i, hidden = 0;
	uint32_t who;

	if (from == to)
		return;
	who = trace->lanes[from].who;
	for (i = from; i < to; i++)
		hidden += is_hidden(list, &trace->lanes[i]);
	list->hidden_lanes += hidden;
	if (trace->lanes[from].kind == WG_LANE_WORKER && to - from > 1 &&
		folded_at(list, who) < list->folded_count) {
		if (hidden < to - from)
			(void)add(list, WG_ENTRY_FOLD, from, to - from);
		else
			return;
		list->hidden_lanes -= hidden; /* the fold shows them */
		return;
	}
	for (i = from; i < to; i++) {
		if (!is_hidden(list, &trace->lanes[i]))
			(void)add(list, WG_ENTRY_LANE, i, 1);
	}
	sort(list, trace, first);
}

void wg_lane_list_build(struct wg_lane_list *list, const struct wg_trace *trace)
{
	size_t from = 0, next, to, i;
	bool several = trace->lane_count > 0 &&
		       trace->lanes[0].who != trace->lanes[trace->lane_count - 1].who;

	list->count = list->hidden_lanes = list->beyond = 0;
	for (; from < trace->lane_count; from = to) {
		uint32_t who = trace->lanes[from].who;

		for (to = from; to < trace->lane_count && trace->lanes[to].who == who; to++)
			;
		if (several)
			(void)add(list, WG_ENTRY_PROCESS, from, to - from);
		for (; from < to; from = next) {
			enum wg_lane_kind kind = trace->lanes[from].kind;

			for (next = from; next < to && trace->lanes[next].kind == kind; next++)
				;
			list_kind(list, trace, from, next);
		}
	}
	for (i = 0; i < list->count; i++)
		list->ids[i] = id_of(&trace->lanes[list->entries[i].lane]);
}

size_t wg_lane_list_again(struct wg_lane_list *list, const struct wg_trace *trace, size_t lane)
{
	size_t at = wg_lane_list_find(list, lane), i;
	bool is_known = lane > 0 && at < list->count;
	struct wg_lane_id id = is_known ? list->ids[at] : (struct wg_lane_id){ 0 };

	wg_lane_list_build(list, trace);
	for (i = 0; is_known && i < trace->lane_count; i++) {
		const struct wg_lane_id other = id_of(&trace->lanes[i]);

		if (is_same(&id, &other))
			return i;
	}
	return lane < trace->lane_count && !is_known ? lane : 0;
}

size_t wg_lane_list_find(const struct wg_lane_list *list, size_t lane)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		const struct wg_entry *entry = &list->entries[i];

		if (entry->kind != WG_ENTRY_PROCESS && lane >= entry->lane &&
			lane - entry->lane < entry->members)
			return i;
	}
	return list->count;
}

bool wg_lane_list_fold(struct wg_lane_list *list, const struct wg_trace *trace, size_t lane)
{
	uint32_t who;
	size_t i, workers = 0;

	if (lane >= trace->lane_count)
		return false;
	who = trace->lanes[lane].who;
	for (i = 0; i < trace->lane_count; i++)
		workers += trace->lanes[i].who == who && trace->lanes[i].kind == WG_LANE_WORKER;
	i = folded_at(list, who);
	if (workers < 2 || (i == list->folded_count && i == WG_FOLDED_MAX))
		return false;
	if (i < list->folded_count)
		list->folded[i] = list->folded[--list->folded_count];
	else
		list->folded[list->folded_count++] = who;
	wg_lane_list_build(list, trace);
	return true;
}

bool wg_lane_list_hide(struct wg_lane_list *list, const struct wg_trace *trace, size_t at)
{
	struct wg_entry entry;
	size_t i, lanes = 0;

	if (at >= list->count)
		return false;
	entry = list->entries[at];
	for (i = 0; i < list->count; i++)
		lanes += list->entries[i].kind != WG_ENTRY_PROCESS;
	if (lanes < 2 || list->hidden_count + entry.members > WG_HIDDEN_MAX)
		return false;
	for (i = 0; i < entry.members; i++)
		list->hidden[list->hidden_count++] = id_of(&trace->lanes[entry.lane + i]);
	wg_lane_list_build(list, trace);
	return true;
}

void wg_lane_list_show_all(struct wg_lane_list *list, const struct wg_trace *trace)
{
	list->hidden_count = list->folded_count = 0;
	wg_lane_list_build(list, trace);
}

/* ---- names ---- */

char *wg_entry_name(
	char *buf, size_t len, const struct wg_trace *trace, const struct wg_entry *entry)
{
	const struct wg_lane *lane = &trace->lanes[entry->lane];
	char again[16];

	if (entry->kind == WG_ENTRY_PROCESS)
		(void)snprintf(buf, len, "process %u%s %s", lane->pid,
			wg_trace_again(again, sizeof(again), trace, lane->who),
			wg_trace_process(trace, lane->who));
	else if (entry->kind == WG_ENTRY_FOLD)
		(void)snprintf(buf, len, "%u workers", entry->members);
	else
		(void)snprintf(buf, len, "%s", lane->name);
	return buf;
}

const char *wg_order_name(enum wg_order order)
{
	static const char *const names[WG_ORDER_COUNT] = { "as in the trace",
		"most wasted and busiest first", "by name" };

	return names[order];
}
