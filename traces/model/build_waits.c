/*
 * build_waits.c: the list of waits: each leads to the next one of its loop or thread, and those
 * that no wake closed leave it at the end (see build.h).
 */
#include <errno.h>
#include <stdlib.h>

#include "traces/model/build.h"

static int move_wait(struct wg__build *b, size_t from, size_t to)
{
	struct wg_wait_rec rec;

	wg__columns_wait(b->columns, from, &rec);
	return wg__columns_set_wait(b->columns, to, &rec);
}

static int renumber_spans(struct wg__packed *spans, const size_t *to)
{
	struct wg_span span;
	size_t i;

	for (i = 0; i < spans->count; i++) {
		wg__spans_get(spans, i, &span);
		if (!span.wait || to[span.wait - 1] + 1 == span.wait)
			continue;
		span.wait = (uint32_t)(to[span.wait - 1] + 1);
		if (wg__spans_set(spans, i, &span) < 0)
			return -ENOMEM;
	}
	return 0;
}

int wg__build_drop_unclosed(struct wg__build *b)
{
	struct wg_trace *t = b->trace;
	size_t i = 0, kept, *to;
	int rc = 0;

	/* Usually there is none, or few at the end. */
	while (i < t->wait_count && !wg__columns_is_unclosed(b->columns, i))
		i++;
	if (i == t->wait_count)
		return 0;
	to = calloc(t->wait_count + 1, sizeof(*to));
	if (!to)
		return -ENOMEM;
	for (kept = 0; kept < i; kept++)
		to[kept] = kept;
	for (; i < t->wait_count && rc == 0; i++) {
		to[i] = kept;
		if (!wg__columns_is_unclosed(b->columns, i))
			rc = move_wait(b, i, kept++);
	}
	wg__packed_drop_last(&b->columns->waits, t->wait_count - kept);
	t->wait_count = kept;
	for (i = 0; i < wg__build_lane_count(b) && rc == 0; i++)
		rc = renumber_spans(&wg__build_grown(b, i)->spans, to);
	free(to);
	return rc == 0 ? wg__build_chain_waits(b) : rc;
}

int wg__build_chain_wait(struct wg__build *b, struct wg__lane *lane, size_t wait)
{
	int rc = lane->last_wait ? wg__columns_link_wait(b->columns, lane->last_wait - 1, wait + 1)
				 : 0;

	if (!lane->first_wait)
		lane->first_wait = wait + 1;
	lane->last_wait = wait + 1;
	return rc;
}

int wg__build_chain_waits(struct wg__build *b)
{
	struct wg_wait_rec rec;
	size_t i;
	int rc = 0;

	for (i = 0; i < wg__build_lane_count(b); i++) {
		struct wg__lane *lane = wg__build_grown(b, i);

		lane->first_wait = lane->last_wait = 0;
	}
	for (i = 0; i < b->trace->wait_count && rc == 0; i++) {
		wg__columns_wait(b->columns, i, &rec);
		if (rec.next)
			rc = wg__columns_link_wait(b->columns, i, 0);
		if (rc == 0)
			rc = wg__build_chain_wait(b, wg__build_sleeper(b, &rec), i);
	}
	return rc;
}
