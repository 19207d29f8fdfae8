/*
 * columns_keep.c: the columns of a finished model in a file (keep.h). What is read may be made up
 * by a stranger, so each number that leads somewhere is checked here, once: whoever follows it need
 * not.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "traces/base/packed_keep.h"
#include "traces/model/columns_impl.h"
#include "traces/model/model_keep.h"

static void check_time(
	struct wg__keep *k, const struct wg__packed *p, size_t field, int64_t besides)
{
	wg__keep_within(k, p, field,
		(struct wg__packed_range){
			.low = -WG__KEEP_TIME_MAX, .high = WG__KEEP_TIME_MAX, .besides = besides });
}

static void check_times(struct wg__keep *k, const struct wg__packed *p, const uint8_t *fields)
{
	for (; *fields != UINT8_MAX; fields++)
		check_time(k, p, *fields, 0);
}

static void check_events(struct wg__keep *k, const struct wg__columns *c)
{
	check_time(k, &c->events, EVENT_TS, 0);
	check_time(k, &c->events, EVENT_TIME, WG_NO_TIME);
	wg__keep_below(k, &c->events, EVENT_TYPE, WG_EV_COUNT);
	wg__keep_below(k, &c->events, EVENT_SOURCE, c->source_count);
	wg__keep_below(k, &c->events, EVENT_RECORD, WG_RECORD_COUNT);
}

static void check_ops(struct wg__keep *k, const struct wg__columns *c, size_t loop_count)
{
	static const uint8_t times[] = { OP_START, OP_DONE, OP_NOTIFY, OP_WAKE, OP_DELIVER,
		UINT8_MAX };

	check_time(k, &c->ops, OP_SUBMIT, WG_NO_TIME);
	check_times(k, &c->ops, times);
	wg__keep_below(k, &c->ops, OP_LOOP, loop_count);
	wg__keep_below(k, &c->ops, OP_KIND, WG_KIND_COUNT);
}

/* Of a trace that has both: is it one of the loops, or of the threads? */
static bool has_sleeper(const struct wg__packed *waits, const struct wg_trace *t, size_t i)
{
	bool is_thread = wg__packed_value(waits, i, WAIT_IS) & WAIT_IS_THREAD;

	return wg__packed_value(waits, i, WAIT_LOOP) <
	       (is_thread ? t->thread_count : t->loop_count);
}

static void check_sleepers(
	struct wg__keep *k, const struct wg__packed *waits, const struct wg_trace *t)
{
	const struct wg__packed_range is = { .low = t->loop_count ? 0 : WAIT_IS_THREAD,
		.high = (t->thread_count ? 2 : 1) * WAIT_IS_THREAD - 1,
		.besides = t->loop_count ? 0 : WAIT_IS_THREAD };
	size_t count = wg__keep_reads(k) ? waits->count : 0, i;

	wg__keep_within(k, waits, WAIT_IS, is);
	wg__keep_below(k, waits, WAIT_LOOP,
		t->loop_count > t->thread_count ? t->loop_count : t->thread_count);
	for (i = 0; t->loop_count && t->thread_count && i < count && k->rc == 0; i++)
		wg__keep_refuse(k, !has_sleeper(waits, t, i));
}

static void check_waits(struct wg__keep *k, const struct wg__columns *c, const struct wg_trace *t)
{
	static const uint8_t times[] = { WAIT_BEGIN, WAIT_GAP_BEGIN, WAIT_WAITED, UINT8_MAX };
	/* Those that no wake closed left the list; 0 would be one. */
	static const struct wg__packed_range wake = { 1, WG__KEEP_TIME_MAX, 1, 0 };
	size_t count = wg__keep_reads(k) ? c->waits.count : 0, i;

	check_times(k, &c->waits, times);
	wg__keep_within(k, &c->waits, WAIT_WAKE, wake);
	check_sleepers(k, &c->waits, t);
	wg__keep_below(k, &c->waits, WAIT_REASON, WG_REASON_COUNT);
	wg__keep_below(k, &c->waits, WAIT_GAP_KIND, WG_KIND_COUNT);
	/* So many rows further on: there is one, and who follows them comes to an end. */
	for (i = 0; i < count && k->rc == 0; i++)
		wg__keep_refuse(k, wg__packed_value(&c->waits, i, WAIT_NEXT) >= count - i);
}

static void keep_source(struct wg__keep *k, struct wg__source *s)
{
	uint32_t v[] = { s->space, s->has_cpu_time, s->pid, s->tid, s->who };

	wg__keep_value(k, v, sizeof(v));
	wg__keep_text(k, &s->procname);
	wg__keep_refuse(k, !s->procname);
	if (wg__keep_reads(k) && k->rc == 0)
		*s = (struct wg__source){ .space = v[0] & INT32_MAX,
			.has_cpu_time = v[1] & 1,
			.pid = v[2],
			.tid = v[3],
			.who = v[4],
			.procname = s->procname };
}

static void keep_names(struct wg__keep *k, struct wg__columns *c)
{
	size_t i;

	wg__keep_value(k, &c->source_count, sizeof(c->source_count));
	if (wg__keep_reads(k))
		c->sources = wg__keep_room(k, c->source_count, sizeof(*c->sources));
	for (i = 0; i < c->source_count && k->rc == 0; i++)
		keep_source(k, &c->sources[i]);
	wg__keep_value(k, &c->name_count, sizeof(c->name_count));
	if (wg__keep_reads(k))
		c->names = wg__keep_room(k, c->name_count, sizeof(*c->names));
	for (i = 0; i < c->name_count && k->rc == 0; i++)
		wg__keep_text(k, &c->names[i]);
}

void wg__keep_columns(
	struct wg__keep *k, struct wg__columns *c, const struct wg_trace *t, size_t lane_count)
{
	size_t i;

	keep_names(k, c);
	wg__keep_array(k, &c->worker_lane, &c->worker_count, sizeof(*c->worker_lane));
	for (i = 0; i < c->worker_count; i++)
		wg__keep_refuse(k, c->worker_lane[i] >= lane_count);
	wg__keep_packed(k, &c->events);
	wg__keep_packed(k, &c->ops);
	wg__keep_packed(k, &c->waits);
	check_events(k, c);
	check_ops(k, c, t->loop_count);
	check_waits(k, c, t);
}

void wg__keep_spans(
	struct wg__keep *k, struct wg__packed *spans, enum wg_lane_kind kind, size_t wait_count)
{
	static const uint8_t times[] = { SPAN_BEGIN, SPAN_LENGTH, UINT8_MAX };

	wg__keep_packed(k, spans);
	check_times(k, spans, times);
	wg__keep_below(k, spans, SPAN_WAIT, wait_count + 1);
	/* Neither a loop nor a worker has the states of a thread. */
	wg__keep_within(k, spans, SPAN_STATE,
		(struct wg__packed_range){
			.high = kind == WG_LANE_THREAD ? WG_SPAN_STATE_COUNT - 1 : WG_SPAN_LOST,
			.flags = SPAN_IS_OPEN });
}
