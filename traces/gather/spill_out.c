/*
 * spill_out.c: the copies become events, a slice of time after the other. See S5 of spill.h.
 *
 * A slice is as long as it has a hundred thousand records or two. What happened in the last of it,
 * a time as long as two slices, waits for the next one: pairs are found in what is there together.
 */
#include <errno.h>

#include "traces/gather/in_order.h"
#include "traces/gather/spill_impl.h"
#include "traces/gather/stream.h"

#define MANY	     200000 /* records */
#define SLICE_MIN_NS INT64_C(1000000)
#define SLICE_MAX_NS INT64_C(500000000)
#define PAIR_MIN_NS  INT64_C(50000000)

/* What was lost has no time here: whoever calls knows. */
static int on_event(void *user, const struct wg_event *event)
{
	return event->type == WG_EV_LOST ? 0 : wg__in_order_add(user, event);
}

static int64_t next_slice_ns(int64_t slice_ns, uint64_t records)
{
	if (records > MANY && slice_ns / 2 >= SLICE_MIN_NS)
		return slice_ns / 2;
	if (records < MANY / 2 && slice_ns * 2 <= SLICE_MAX_NS)
		return slice_ns * 2;
	return slice_ns;
}

static int64_t pair_ns(int64_t slice_ns)
{
	return slice_ns * 2 > PAIR_MIN_NS ? slice_ns * 2 : PAIR_MIN_NS;
}

static int hand_out(struct wg__stream *stream, struct wg__in_order *in_order,
	int (*sink)(void *user, const struct wg_event *event), void *user)
{
	struct wg_gather_stats stats;
	int64_t until_ns = 0, slice_ns = SLICE_MIN_NS;
	uint64_t before = 0;
	int rc = wg__stream_look(stream, 0, 0); /* finds what there is */

	while (rc == 0 && wg__stream_next_ns(stream) != INT64_MAX) {
		if (wg__stream_next_ns(stream) > until_ns)
			until_ns = wg__stream_next_ns(stream);
		until_ns += slice_ns;
		rc = wg__stream_look(stream, until_ns, until_ns - pair_ns(slice_ns));
		if (rc == 0)
			rc = wg__in_order_pass(in_order, sink, user);
		wg__stream_stats(stream, &stats);
		slice_ns = next_slice_ns(slice_ns, stats.records - before);
		before = stats.records;
	}
	if (rc == 0)
		rc = wg__stream_look(stream, INT64_MAX, INT64_MAX);
	return rc == 0 ? wg__in_order_pass(in_order, sink, user) : rc;
}

int wg__spill_gather(struct wg__spill *s, int (*sink)(void *user, const struct wg_event *event),
	void *user, struct wg_gather_stats *ret_stats)
{
	const struct wg__room copies = { .dir = s->dir };
	struct wg__in_order in_order = { .v = NULL };
	struct wg__stream *stream;
	int rc = wg__arena_tail_look(&s->tail, &s->threads, INT64_MAX, true);

	*ret_stats = (struct wg_gather_stats){ 0 };
	if (rc < 0)
		return rc;
	stream = wg__stream_create(&copies, on_event, &in_order, 0);
	if (!stream)
		return -ENOMEM;
	wg__stream_set_over(stream);
	rc = hand_out(stream, &in_order, sink, user);
	wg__stream_stats(stream, ret_stats);
	wg__stream_destroy(stream);
	wg__in_order_fini(&in_order);
	return rc;
}
