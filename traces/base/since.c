/*
 * since.c: see since.h. LTTng numbers the packets of a stream from 0 on.
 */
#include "traces/base/since.h"

#include <errno.h>
#include <stdlib.h>

#include "traces/base/index.h"
#include "traces/base/names.h"

int wg__since_put(struct wg__since *since, const struct wg__since_stream *first)
{
	size_t i;

	for (i = 0; i < since->count; i++) {
		struct wg__since_stream *s = &since->v[i];

		if (s->stream != first->stream || s->instance != first->instance)
			continue;
		if (first->first < s->first)
			*s = *first;
		return 0;
	}
	if (wg__grow(&since->v, &since->cap, since->count, sizeof(*since->v)) < 0)
		return -ENOMEM;
	since->v[since->count++] = *first;
	return 0;
}

int wg__since_add(struct wg__since *since, const struct wg__index *index)
{
	struct wg__since_stream first;
	struct wg__index_entry e;

	if (index->count == 0 || !wg__index_entry(index, 0, &e))
		return 0;
	first = (struct wg__since_stream){ e.stream, e.instance, e.number, e.begin };
	return wg__since_put(since, &first);
}

uint64_t wg__since_begin(const struct wg__since *since, uint64_t *ret_packets)
{
	uint64_t begin = 0, packets = 0;
	size_t i;

	for (i = 0; i < since->count; i++) {
		const struct wg__since_stream *stream = &since->v[i];

		packets += stream->first;
		if (stream->first > 0 && stream->begin > begin)
			begin = stream->begin;
	}
	if (ret_packets)
		*ret_packets = packets;
	return begin;
}

void wg__since_fini(struct wg__since *since)
{
	free(since->v);
	*since = (struct wg__since){ 0 };
}
