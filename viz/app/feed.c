/*
 * feed.c: see feed.h.
 */
#include "viz/app/feed.h"

int wg_feed_fd(const struct wg_feed *feed)
{
	return feed && feed->due_ns == 0 ? feed->fd : -1;
}

unsigned wg_feed_polled(struct wg_feed *feed, bool is_readable, int64_t now_ns)
{
	if (is_readable && feed->due_ns == 0)
		feed->due_ns = feed->taken_ns + WG_FEED_NS;
	if (feed->due_ns == 0 || now_ns < feed->due_ns)
		return 0;
	feed->taken_ns = now_ns;
	feed->due_ns = 0;
	return feed->take(feed->user, now_ns);
}

int64_t wg_feed_next(const struct wg_feed *feed, int64_t next_ns)
{
	if (!feed || feed->due_ns == 0)
		return next_ns;
	return next_ns >= 0 && next_ns < feed->due_ns ? next_ns : feed->due_ns;
}
