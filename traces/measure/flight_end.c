/*
 * flight_end.c: the part of flight.h that looks at what is in flight, and ends it.
 */
#include <stdlib.h>

#include "traces/measure/flight.h"

void wg__flight_life(const struct wg__flight *f, uint32_t number, struct wg_op_life *ret_life)
{
	const struct wg__op *op = wg__flight_op(f, number);

	*ret_life = (struct wg_op_life){
		.op = op->op,
		.who = f->loops.loop[op->loop_idx].who,
		.loop_idx = op->loop_idx,
		.kind = op->kind,
		.worker_lane = WG_NO_LANE,
		.submit_ns = op->submit_ns,
		.start_ns = op->start_ns,
		.done_ns = op->done_ns,
		.notify_ns = WG_NO_TIME,
		.wake_ns = op->wake_ns,
		.deliver_ns = wg__flight_delivered_ns(f, number),
	};
}

/* ---- the end ---- */

/* Is a of those that began after b? The number is one of 32 bits. */
static bool is_later(const struct wg__flight *f, uint32_t a, uint32_t b)
{
	return (int32_t)(wg__flight_op(f, a)->seq - wg__flight_op(f, b)->seq) > 0;
}

static void sift(const struct wg__flight *f, uint32_t *v, size_t count, size_t i)
{
	uint32_t sinks = v[i];
	size_t child;

	while ((child = 2 * i + 1) < count) {
		if (child + 1 < count && is_later(f, v[child + 1], v[child]))
			child++;
		if (!is_later(f, v[child], sinks))
			break;
		v[i] = v[child];
		i = child;
	}
	v[i] = sinks;
}

/* In the order of beginning. By heapsort: qsort() would ask for as much memory again. */
static void sort(const struct wg__flight *f, uint32_t *v, size_t count)
{
	size_t i;

	for (i = count / 2; i > 0; i--)
		sift(f, v, count, i - 1);
	for (i = count; i > 1; i--) {
		uint32_t last = v[0];

		v[0] = v[i - 1];
		v[i - 1] = last;
		sift(f, v, i - 1, 0);
	}
}

int wg__flight_finish(struct wg__flight *f)
{
	uint32_t *left;
	size_t count, i;
	int rc = 0;

	while (rc == 0 && f->late_count)
		rc = wg__flight_forget(f, f->late[f->late_head].op);
	/* Nothing is looked up any more. */
	count = wg__finder_drain(&f->finder, &left);
	sort(f, left, count);
	for (i = 0; rc == 0 && i < count; i++)
		rc = wg__flight_forget(f, left[i]);
	free(left);
	return rc;
}

/* Its first event. */
static int64_t since_ns(const struct wg__op *op)
{
	if (op->submit_ns != WG_NO_TIME)
		return op->submit_ns;
	return op->start_ns != WG_NO_TIME ? op->start_ns : op->done_ns;
}

void wg__flight_sweep(struct wg__flight *f, int64_t before_ns)
{
	uint32_t i;

	for (i = 0; i < f->count; i++) {
		const struct wg__op *op = wg__flight_op(f, i);

		if (op->seq && !op->is_delivered && since_ns(op) < before_ns)
			(void)wg__flight_forget(f, i);
	}
}

size_t wg__flight_count(const struct wg__flight *f)
{
	return f->finder.count - f->late_count;
}
