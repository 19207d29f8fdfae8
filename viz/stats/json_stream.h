/*
 * json_stream.h: JSON that is printed while it is made, as json_dumps() with JSON_INDENT(2) would.
 *
 * A tree of jansson's takes 20 KB for a loop. So lists that are as long as the trace has loops are
 * never whole in memory: what surrounds them is opened and closed here, and each value is printed
 * and freed.
 */
#ifndef VIZ_STATS_JSON_STREAM_H
#define VIZ_STATS_JSON_STREAM_H

#include <jansson.h>
#include <stdbool.h>

/* All zero: nothing printed yet. An error sticks: after it nothing is printed any more. */
struct wg__json_stream {
	int depth;
	bool has_before; /* something stands before in the object or list that is open */
	int rc;		 /* 0 or -ENOMEM */
};

/* key: NULL in a list, and for the outermost. bracket: '{' or '['. */
void wg__json_open(struct wg__json_stream *s, const char *key, char bracket);
void wg__json_close(struct wg__json_stream *s, char bracket);

/* Print value and free it; NULL: there was no memory for it. */
void wg__json_put(struct wg__json_stream *s, const char *key, json_t *value);

#endif
