/*
 * recent.c: see recent.h.
 *
 * An event is settled when what happened before it has been read. Whoever asks for a snapshot waits
 * until the moment of asking is settled.
 */
#include "traces/gather/recent.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>

#include "traces/base/signals.h"
#include "traces/gather/stream.h"

#define LOOK_MS	  100
#define REST	  3 /* so many times as long as a look took nobody looks */
#define LAG_NS	  INT64_C(160000000)
#define SETTLE_MS 20

static int64_t now_ns(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static int on_event(void *user, const struct wg_event *event)
{
	struct wg__recent *r = user;
	bool is_place = event->record == WG_RECORD_OBJECT || event->record == WG_RECORD_SITE;

	if (r->only && !is_place && event->type != WG_EV_LOST && event->pid != (uint32_t)r->only)
		return 0;
	return wg__in_order_add(&r->event, event);
}

static int keep(void *user, const struct wg_event *event)
{
	struct wg__recent *r = user;
	int rc = wg_ctf_add(r->memory.ctf, event);

	if (rc == -EINVAL) /* no time that can be: the program wrote it */
		return 0;
	if (rc == 0)
		wg__flight_event(&r->flight, event);
	r->added++;
	return rc;
}

/* One look; what it brings goes into memory in the order of time. */
static void look(struct wg__recent *r, int64_t settled_ns)
{
	int rc = r->rc;

	if (rc == 0)
		rc = wg__stream_look(r->stream, now_ns(), settled_ns);
	if (rc == 0)
		rc = wg__in_order_pass(&r->event, keep, r);
	if (rc == 0)
		rc = wg_ctf_flush(r->memory.ctf);
	r->rc = rc;
}

/* What was asked for is what there is now. */
static void settle(struct wg__recent *r, int64_t until_ns)
{
	int64_t settled_ns = now_ns() - LAG_NS;

	while (settled_ns < until_ns && r->rc == 0) {
		(void)poll(NULL, 0, SETTLE_MS);
		settled_ns = now_ns() - LAG_NS;
		look(r, settled_ns);
	}
}

static int take(void *user, const char *dir, char ret[PATH_MAX], struct wg_error *err)
{
	struct wg__recent *r = user;

	if (!r->is_over)
		settle(r, now_ns());
	if (r->rc < 0)
		return wg_error_set(err, r->rc, "cannot record on: %s", strerror(-r->rc));
	if (r->added == 0)
		return wg_error_set(
			err, -ENODATA, "nothing was recorded yet: there is no snapshot");
	return wg__memory_snapshot(&r->memory, dir, ret, err);
}

int wg__recent_open(struct wg__recent *r, const struct wg_flight *options,
	const struct wg__room *room, struct wg__folder *folder, struct wg_error *err)
{
	int rc = wg__memory_open(&r->memory, "wakegap-preload", options->bytes, err);

	r->flight.control.fd = -1;
	if (rc < 0)
		return rc;
	r->stream = wg__stream_create(room, on_event, r, now_ns());
	if (!r->stream)
		return wg_error_set(err, -ENOMEM, "out of memory");
	r->from = (struct wg__flight_from){ .take = take, .user = r, .has_events = true };
	return wg__flight_open(&r->flight, options, &r->from, folder, err);
}

int64_t wg__recent_step(struct wg__recent *r)
{
	int64_t begin_ms = wg__now_ms(), took_ms;

	if (begin_ms >= r->look_ms) {
		look(r, now_ns() - LAG_NS);
		took_ms = wg__now_ms() - begin_ms;
		r->look_ms = wg__now_ms() + (took_ms * REST > LOOK_MS ? took_ms * REST : LOOK_MS);
	}
	(void)wg__flight_step(&r->flight);
	return r->look_ms - wg__now_ms();
}

int wg__recent_end(struct wg__recent *r, struct wg_gather_stats *ret_stats, struct wg_error *err)
{
	look(r, INT64_MAX);
	r->is_over = true;
	wg__stream_stats(r->stream, ret_stats);
	return wg__flight_end(&r->flight, err);
}

void wg__recent_close(struct wg__recent *r)
{
	wg__flight_close(&r->flight);
	wg__stream_destroy(r->stream);
	wg__memory_close(&r->memory);
	wg__in_order_fini(&r->event);
	*r = (struct wg__recent){ .added = 0 };
}
