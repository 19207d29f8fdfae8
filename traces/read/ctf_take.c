/*
 * ctf_take.c: the items of all streams of a folder, merged by time. See ctf.h.
 *
 * Events are handed out where they were decoded: merging reads their tags and writes pointers. They
 * are looked at only if the trace has something to add to them.
 */
#include <errno.h>
#include <string.h>

#include "traces/read/ctf_impl.h"
#include "traces/read/take.h"

/* Known with the first message, as that of source.c is. */
static int learn_origin(struct wg__ctf *ctf)
{
	const struct wg__ctf_schema *s = &ctf->schema;
	struct wg__origin *o = &ctf->origin;
	struct wg__names *names = ctf->shared->names;

	ctf->has_origin = true;
	o->clock.has_uuid = s->clock_has_uuid;
	memcpy(o->clock.uuid, s->clock_uuid, sizeof(o->clock.uuid));
	o->clock.is_real = s->clock_is_absolute && s->offset_s > 0;
	if (o->clock.is_real)
		o->clock.offset_ns = s->offset_s * 1000000000 + s->offset_ns;
	o->pid = (uint32_t)s->vpid;
	o->procname = wg__names_intern(names, s->procname);
	o->clock.host = wg__names_intern(names, s->hostname);
	return wg__origin_place(o, s->uuid, ctf->dir, names, &ctf->shared->spaces);
}

static int find_space(
	struct wg__ctf *ctf, const struct wg__ctf_stream_of *s, uint64_t ns, struct wg_event *ev)
{
	ev->space = ctf->origin.space & INT32_MAX;
	if (!s->has_pid_ns)
		return 0;
	if (!ctf->has_ns || ctf->ns != ns) {
		if (wg__space_in(&ctf->shared->spaces, ctf->origin.space, ns, &ctf->space_in_ns) <
			0)
			return -ENOMEM;
		ctf->has_ns = true;
		ctf->ns = ns;
	}
	ev->space = ctf->space_in_ns & INT32_MAX;
	return 0;
}

/* Events need no more than what stands in their bytes. */
static bool is_plain(const struct wg__ctf *ctf, const struct wg__ctf_stream_of *s)
{
	return s->has_vpid && s->has_procname && !s->has_pid_ns && ctf->origin.space == 0 &&
	       ctf->schema.stream_count == 1;
}

/* 1 it counts, 0 it was in another channel as well, -ENOMEM. */
static int complete(struct wg__ctf *ctf, const struct wg__ctf_stream_of *s, size_t i)
{
	struct wg_event *ev = &s->items->event[i];

	if (!s->has_vpid)
		ev->pid = ctf->origin.pid;
	if (!s->has_procname)
		ev->procname = ctf->origin.procname;
	if (find_space(ctf, s, s->items->ns[i], ev) < 0)
		return -ENOMEM;
	return wg__take_event(
		ctf->shared, ctf->schema.stream_count > 1 ? &ctf->doubles : NULL, s->channel, ev);
}

/* Before anything of an item is used: what is counted, and what the first message tells. */
static int account(struct wg__ctf *ctf, struct wg__ctf_stream_of *s, const struct wg__ctf_tag *tag)
{
	bool is_message = tag->what < WG__CTF_LAST;

	s->messages += tag->foreign + (uint64_t)is_message;
	ctf->shared->foreign += tag->foreign;
	return !ctf->has_origin && (tag->foreign || is_message) ? learn_origin(ctf) : 0;
}

/* Events of the first stream before limit_ns, the first of them in any case. 0 or -ENOMEM. */
static int take_run(struct wg__ctf *ctf, struct wg__ctf_stream_of *s, int64_t limit_ns)
{
	const struct wg__ctf_items *items = s->items;
	size_t count = ctf->run_count, i = s->next, most = items->count;
	uint64_t foreign = 0;
	bool plain;

	if (!ctf->has_origin && learn_origin(ctf) < 0)
		return -ENOMEM;
	plain = is_plain(ctf, s);
	if (most - i > WG__CTF_RUN_MAX - count)
		most = i + WG__CTF_RUN_MAX - count;
	do {
		int rc = 1;

		foreign += items->tag[i].foreign;
		ctf->run[count] = &items->event[i];
		if (!plain || items->tag[i].what == WG__CTF_EVENT_TO_SAY)
			rc = complete(ctf, s, i);
		if (rc < 0)
			return rc;
		count += (size_t)rc;
		i++;
	} while (i < most && items->tag[i].at_ns < limit_ns &&
		 items->tag[i].what <= WG__CTF_EVENT_TO_SAY);
	s->messages += foreign + (i - s->next);
	ctf->shared->foreign += foreign;
	s->next = i;
	ctf->run_count = count;
	return 0;
}

/* A hole, which is a run of its own. */
static void take_lost(struct wg__ctf *ctf, const struct wg__ctf_stream_of *s,
	const struct wg__ctf_tag *tag, const struct wg_event *ev)
{
	bool is_packets = tag->what == WG__CTF_LOST_PACKETS;

	if (is_packets)
		wg__take_lost_packets(ctf->shared, s->name, ev->lost.count);
	wg__take_lost_events(ctf->shared, s->name, ev->lost.begin_ns, ev->ts_ns,
		is_packets ? 0 : ev->lost.count, &ctf->lost);
	ctf->run[0] = &ctf->lost;
	ctf->run_count = 1;
}

/* What is no event, before which all that there was is handed out. 0, -EIO or -ENOMEM. */
static int take_other(struct wg__ctf *ctf, struct wg__ctf_stream_of *s)
{
	const struct wg__ctf_tag *tag = &s->items->tag[s->next];

	if (account(ctf, s, tag) < 0)
		return -ENOMEM;
	if (tag->what == WG__CTF_BROKEN)
		return ctf->is_narrow ? -EAGAIN : -EIO;
	if (tag->what == WG__CTF_NO_ROOM)
		return -ENOMEM;
	if (tag->what == WG__CTF_LAST) {
		wg__order_drop_first(&ctf->order);
		return 0;
	}
	take_lost(ctf, s, tag, &s->items->event[s->next++]);
	return 0;
}

/* The first stream has another head. */
static void set_head(struct wg__ctf *ctf, const struct wg__ctf_stream_of *s)
{
	struct wg__head head = { s->items->tag[s->next].at_ns, ctf->order.head[0].i };

	wg__order_put_first(&ctf->order, head);
}

int wg__ctf_run(struct wg__ctf *ctf, const struct wg_event *const **ret_run, size_t *ret_count,
	struct wg_error *err)
{
	bool is_hole = false;
	int rc = 0;

	ctf->run_count = 0;
	while (rc == 0 && ctf->order.count && ctf->run_count < WG__CTF_RUN_MAX && !is_hole) {
		size_t i = ctf->order.head[0].i;
		struct wg__ctf_stream_of *s = &ctf->stream[i];

		if (s->next == s->items->count) {
			if (ctf->run_count) /* what was handed out is in there */
				break;
			s->items = wg__ctf_pool_take(ctf->pool, i);
			s->next = 0;
			set_head(ctf, s);
			continue;
		}
		if (s->items->tag[s->next].what <= WG__CTF_EVENT_TO_SAY) {
			rc = take_run(ctf, s, wg__order_limit(&ctf->order));
		} else if (s->items->tag[s->next].what == WG__CTF_LAST) {
			rc = take_other(ctf, s);
			continue;
		} else if (ctf->run_count) {
			break;
		} else {
			rc = take_other(ctf, s);
			is_hole = true;
		}
		if (rc == 0 && s->next < s->items->count)
			set_head(ctf, s);
	}
	if (rc < 0)
		return wg_error_set(err, rc, "%s",
			rc == -ENOMEM ? "out of memory" : "a packet cannot be decoded");
	*ret_run = ctf->run;
	*ret_count = ctf->run_count;
	return ctf->run_count > 0;
}

void wg__ctf_bytes(const struct wg__ctf *ctf, uint64_t *ret_done, uint64_t *ret_all)
{
	size_t i;

	*ret_done = 0;
	*ret_all = ctf->bytes;
	for (i = 0; i < ctf->streams; i++)
		*ret_done += ctf->stream[i].items ? ctf->stream[i].items->bytes : 0;
}
