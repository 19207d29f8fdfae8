/*
 * live.c: see live.h.
 */
#include "traces/gather/live.h"

#include <errno.h>
#include <stdlib.h>

#include "traces/gather/room.h"
#include "traces/gather/stream.h"
#include "traces/read/tail.h"

#define LEFT_MAX (INT64_C(64) << 20)

struct wg_gather_live {
	struct wg__room room;
	struct wg__stream *stream;
	struct wg__tail *tail; /* while it takes */
	pid_t only;	       /* 0: all */
};

static int on_event(void *user, const struct wg_event *event)
{
	const struct wg_gather_live *l = user;
	bool is_place = event->record == WG_RECORD_OBJECT || event->record == WG_RECORD_SITE;

	if (l->only && !is_place && event->type != WG_EV_LOST && event->pid != (uint32_t)l->only)
		return 0;
	return wg__tail_add(l->tail, event);
}

static int take(void *user, struct wg__tail *tail, int64_t now_ns, int64_t settled_ns)
{
	struct wg_gather_live *l = user;
	struct wg_gather_stats stats;
	int rc;

	l->tail = tail;
	rc = wg__stream_look(l->stream, now_ns, settled_ns);
	wg__stream_stats(l->stream, &stats);
	wg__tail_set_nobody(tail, stats.nobody);
	return rc;
}

void wg_gather_live_drop(struct wg_gather_live *l)
{
	if (!l)
		return;
	wg__stream_destroy(l->stream);
	wg__room_close(&l->room);
	free(l);
}

static void destroy(void *user)
{
	wg_gather_live_drop(user);
}

int wg_gather_live_prepare(
	const char *library, const char *command, struct wg_gather_live **ret, struct wg_error *err)
{
	struct wg_gather_live *l = calloc(1, sizeof(*l));
	const char *tmp = getenv("TMPDIR");
	int rc;

	if (!l)
		return wg_error_set(err, -ENOMEM, "out of memory");
	rc = wg__room_open(&l->room, tmp && *tmp ? tmp : "/tmp", LEFT_MAX, err);
	if (rc == 0)
		rc = wg__room_invite(&l->room, library, command, err);
	l->stream = wg__stream_create(&l->room, on_event, l, wg__tail_now_ns());
	if (rc == 0 && !l->stream)
		rc = wg_error_set(err, -ENOMEM, "out of memory");
	if (rc < 0)
		wg_gather_live_drop(l);
	else
		*ret = l;
	return rc;
}

const char *const *wg_gather_live_env(const struct wg_gather_live *live)
{
	return live->room.env;
}

int wg_gather_live_open(struct wg_gather_live *l, pid_t pid, bool only, struct wg_live **ret_live,
	struct wg_error *err)
{
	static const struct wg__tail_ops ops = { take, destroy };

	l->only = only ? pid : 0;
	return wg__tail_open(&ops, l, &pid, 1, ret_live, err);
}
