/*
 * session.c: the calls into liblttng-ctl, and the choices that are made there.
 *
 * Discard mode, not blocking mode: a full buffer would block its writer in steps of up to 100 ms,
 * and so cause the very gaps this tool measures. So the buffers are large, and what does not fit is
 * counted and shown.
 *
 * Buffers per user, not per process: their memory does not grow with the number of processes, and a
 * trace of a shell script with many children stays a handful of files.
 *
 * The CLI's current session (~/.lttngrc) is never touched.
 */
#include "traces/record/session.h"

#include <errno.h>
#include <inttypes.h>
#include <lttng/lttng.h>
#include <lttng/rotation.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "traces/base/signals.h"
#include "traces/record/ask.h"
#include "traces/record/remote.h"
#include "traces/record/session_impl.h"

#define CHANNEL "wakegap"
#define SHM	"/dev/shm"
/* Buffers are one file for each CPU, and these. */
#define FEW_FILES 4

/*
 * Four sub-buffers of 4 MiB on each CPU. An event with its contexts is about 60 bytes and a busy
 * loop makes a few million in a second, so 16 MiB last for some 0.1 s, in which the consumer, on a
 * loaded disk, may well not be scheduled. Few and large also means few sub-buffer switches, which
 * are the one cost of tracing that can be seen in the gaps.
 */
#define SUBBUF_COUNT	 4
#define SUBBUF_MAX_BYTES (UINT64_C(4) << 20)
#define SUBBUF_MIN_BYTES (UINT64_C(64) << 10)

/* A flight recorder has the same room in smaller parts. */
#define FLIGHT_PARTS	 4
#define FLIGHT_MIN_BYTES (UINT64_C(16) << 10)

/* A recording within a size is so many files for each CPU; the oldest is written over. */
#define SIZED_FILES 8

/* What a killed daemon or a crash of the machine can cost. */
#define SWITCH_US   1000000
#define METADATA_US 200000

/*
 * A live session is flushed ten times a second, and nobody reads what the relay daemon has on disk
 * twice: it keeps four files of 16 MiB for each stream and writes over the oldest.
 */
#define LIVE_TIMER_US	100000
#define LIVE_FILE_BYTES (UINT64_C(16) << 20)
#define LIVE_FILE_COUNT 4

void wg__session_init(struct wg__session *s)
{
	struct timespec ts;

	/* A pid may come again; with the clock it is unique. */
	(void)clock_gettime(CLOCK_REALTIME, &ts);
	s->stop_fd = -1;
	(void)snprintf(s->name, sizeof(s->name), "wakegap-%ld-%llx", (long)getpid(),
		(unsigned long long)ts.tv_sec * 1000000 + (unsigned long long)ts.tv_nsec / 1000);
}

static uint64_t count_cpus(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF);

	return cpus < 1 ? 1 : (uint64_t)cpus;
}

/*
 * The buffers are shared memory. Where that is scarce (a container has 64 MiB) channels of full
 * size cannot be created, and events would be missing without a message; smaller ones can.
 */
static uint64_t buffers_bytes(uint64_t subbuf_bytes)
{
	/* And a quarter for what describes them. */
	return subbuf_bytes * SUBBUF_COUNT * count_cpus() * 5 / 4;
}

static uint64_t free_bytes(void)
{
	struct statvfs fs;

	return statvfs(SHM, &fs) == 0 ? (uint64_t)fs.f_bavail * fs.f_frsize : 0;
}

static uint64_t subbuf_bytes(void)
{
	uint64_t bytes = SUBBUF_MAX_BYTES, room = free_bytes() / 2;

	while (bytes > SUBBUF_MIN_BYTES && buffers_bytes(bytes) > room)
		bytes /= 2;
	return bytes;
}

int wg__session_has_room(struct wg_error *err)
{
	uint64_t room = free_bytes(), need = buffers_bytes(SUBBUF_MIN_BYTES);
	long files = sysconf(_SC_NPROCESSORS_CONF) + FEW_FILES;
	struct statvfs fs;

	if (statvfs(SHM, &fs) != 0 || access(SHM, W_OK | X_OK) != 0)
		return wg_error_set(err, -errno,
			"no events can be recorded: LTTng's buffers are in " SHM
			": %s" WG_SEE_DOCTOR,
			strerror(errno));
	if (fs.f_files > 0 && fs.f_favail < (fsfilcnt_t)files)
		return wg_error_set(err, -ENOSPC,
			"no events can be recorded: " SHM " has room for %" PRIu64
			" more files, and LTTng's buffers are %ld" WG_SEE_DOCTOR,
			(uint64_t)fs.f_favail, files);
	if (room >= need)
		return 0;
	return wg_error_set(err, -ENOSPC,
		"no events can be recorded: " SHM " has %" PRIu64 " KiB free, and LTTng's buffers "
		"need %" PRIu64 " KiB: `mount -o remount,size=64m " SHM "`, or "
		"`docker run --shm-size=64m`" WG_SEE_DOCTOR,
		room >> 10, need >> 10);
}

/* As many as were asked for, and as there is room: a power of two each. */
static uint64_t flight_bytes(uint64_t asked)
{
	uint64_t most = asked < free_bytes() / 2 ? asked : free_bytes() / 2;
	uint64_t bytes = FLIGHT_MIN_BYTES;

	while (bytes * 2 * SUBBUF_COUNT * FLIGHT_PARTS * count_cpus() <= most)
		bytes *= 2;
	return bytes;
}

/* A flight recorder forgets a sub-buffer at a time: the smaller, the more it still has. */
static void fill_channel(struct lttng_channel *channel, const struct wg__session_plan *plan)
{
	uint64_t bytes = subbuf_bytes();
	uint64_t cpus = count_cpus();

	channel->attr.overwrite = plan->is_flight;
	channel->attr.num_subbuf = SUBBUF_COUNT;
	channel->attr.switch_timer_interval = plan->is_live ? 0 : SWITCH_US; /* of the session */
	if (plan->is_flight) {
		channel->attr.num_subbuf = (uint64_t)SUBBUF_COUNT * FLIGHT_PARTS;
		bytes = bytes / FLIGHT_PARTS < FLIGHT_MIN_BYTES ? FLIGHT_MIN_BYTES
								: bytes / FLIGHT_PARTS;
		if (plan->flight_bytes)
			bytes = flight_bytes(plan->flight_bytes);
		channel->attr.switch_timer_interval = 0; /* a snapshot has what is unfinished */
	}
	if (plan->max_bytes) {
		uint64_t part = plan->max_bytes / cpus / SIZED_FILES;

		/* More of them, so that there is as much memory. */
		while (bytes > FLIGHT_MIN_BYTES && bytes > part / 2) {
			bytes /= 2;
			channel->attr.num_subbuf *= 2;
		}
		channel->attr.tracefile_size = part < bytes ? bytes : part;
		channel->attr.tracefile_count = SIZED_FILES;
	}
	channel->attr.subbuf_size = bytes;
}

static int add_channel(
	struct lttng_handle *handle, const struct wg__session_plan *plan, struct wg_error *err)
{
	static const struct wg__session_plan all = { .is_flight = false };
	struct lttng_channel *channel = lttng_channel_create(&handle->domain);
	int code;

	if (!channel)
		return wg_error_set(err, -ENOMEM, "out of memory");
	(void)snprintf(channel->name, sizeof(channel->name), CHANNEL);
	fill_channel(channel, plan ? plan : &all);
	if (!plan) {
		channel->attr.switch_timer_interval = 0; /* the session has its own */
		channel->attr.tracefile_size = LIVE_FILE_BYTES;
		channel->attr.tracefile_count = LIVE_FILE_COUNT;
	}
	code = lttng_enable_channel(handle, channel);
	lttng_channel_destroy(channel);
	return code < 0 ? wg__session_failed(err, "create a channel", code) : 0;
}

/*
 * What describes the events stays in the session daemon's memory until somebody wants it: a daemon
 * that is killed would leave streams that nobody can read. With a timer the consumer daemon fetches
 * it.
 */
static int add_metadata(struct lttng_handle *handle, struct wg_error *err)
{
	struct lttng_channel *channel = lttng_channel_create(&handle->domain);
	int code;

	if (!channel)
		return wg_error_set(err, -ENOMEM, "out of memory");
	(void)snprintf(channel->name, sizeof(channel->name), "metadata");
	channel->attr.switch_timer_interval = METADATA_US;
	code = lttng_enable_channel(handle, channel);
	lttng_channel_destroy(channel);
	return code < 0 ? wg__session_failed(err, "create the metadata channel", code) : 0;
}

static int add_contexts(struct lttng_handle *handle, struct wg_error *err)
{
	static const enum lttng_event_context_type types[] = { LTTNG_EVENT_CONTEXT_VPID,
		LTTNG_EVENT_CONTEXT_VTID, LTTNG_EVENT_CONTEXT_PROCNAME };
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct lttng_event_context context;
		int code;

		memset(&context, 0, sizeof(context));
		context.ctx = types[i];
		code = lttng_add_context(handle, &context, NULL, CHANNEL);
		if (code < 0)
			return wg__session_failed(err, "add a context", code);
	}
	return 0;
}

static int add_events(struct lttng_handle *handle, struct wg_error *err)
{
	struct lttng_event *event = lttng_event_create();
	int code;

	if (!event)
		return wg_error_set(err, -ENOMEM, "out of memory");
	event->type = LTTNG_EVENT_TRACEPOINT;
	event->loglevel_type = LTTNG_EVENT_LOGLEVEL_ALL;
	event->loglevel = -1;
	(void)snprintf(event->name, sizeof(event->name), "wakegap:*");
	code = lttng_enable_event(handle, event, CHANNEL);
	lttng_event_destroy(event);
	return code < 0 ? wg__session_failed(err, "enable the events wakegap:*", code) : 0;
}

static int add_rotation(const char *name, int64_t every_ns, struct wg_error *err)
{
	struct lttng_rotation_schedule *when = lttng_rotation_schedule_periodic_create();
	enum lttng_rotation_status status;

	if (!when)
		return wg_error_set(err, -ENOMEM, "out of memory");
	status = lttng_rotation_schedule_periodic_set_period(when, (uint64_t)every_ns / 1000);
	if (status == LTTNG_ROTATION_STATUS_OK)
		status = lttng_session_add_rotation_schedule(name, when);
	lttng_rotation_schedule_destroy(when);
	if (status == LTTNG_ROTATION_STATUS_OK)
		return 0;
	return wg_error_set(
		err, -EIO, "LTTng cannot record in chunks (rotation status %d)", (int)status);
}

/* Takes `what`. plan: NULL for a live one. */
static int create(const char *name, struct lttng_session_descriptor *what,
	const struct wg__session_plan *plan, struct wg_error *err)
{
	struct lttng_domain domain;
	struct lttng_handle *handle;
	int code = (int)lttng_create_session_ext(what);

	lttng_session_descriptor_destroy(what);
	if (code != LTTNG_OK)
		return wg__session_failed(err, "create a session", code);
	wg__session_domain(&domain);
	handle = lttng_create_handle(name, &domain);
	if (!handle)
		return wg_error_set(err, -ENOMEM, "out of memory");
	code = plan && !plan->is_flight && !plan->is_live ? add_metadata(handle, err) : 0;
	if (code == 0)
		code = add_channel(handle, plan, err);
	if (code == 0)
		code = add_contexts(handle, err);
	if (code == 0)
		code = add_events(handle, err);
	if (code == 0 && plan && plan->rotate_ns)
		code = add_rotation(name, plan->rotate_ns, err);
	lttng_destroy_handle(handle);
	return code;
}

static int create_remote(const struct wg__session_request *r, struct wg_error *err)
{
	const struct wg__remote *to = r->plan->to;
	const char *scheme = to->host[0] == '[' ? "tcp6" : "tcp";
	struct lttng_session_descriptor *what;
	char control[320], data[320];

	(void)snprintf(control, sizeof(control), "%s://%s:%s", scheme, to->host, to->control);
	(void)snprintf(data, sizeof(data), "%s://%s:%s", scheme, to->host, to->data);
	what = r->plan->is_live ? lttng_session_descriptor_live_network_create(
					  r->name, control, data, LIVE_TIMER_US)
				: lttng_session_descriptor_network_create(r->name, control, data);
	if (!what)
		return wg_error_set(err, -EIO, "LTTng cannot send to '%s'", control);
	return create(r->name, what, r->plan, err);
}

static int request_create(void *arg, struct wg_error *err)
{
	const struct wg__session_request *r = arg;
	struct lttng_session_descriptor *what;

	if (r->plan->to)
		return create_remote(r, err);
	what = r->plan->is_flight ? lttng_session_descriptor_snapshot_local_create(r->name, r->dir)
				  : lttng_session_descriptor_local_create(r->name, r->dir);
	if (!what)
		return wg_error_set(err, -EIO, "LTTng cannot write to the folder '%s'", r->dir);
	return create(r->name, what, r->plan, err);
}

int wg__session_create(const struct wg__session *s, const char *dir,
	const struct wg__session_plan *plan, struct wg_error *err)
{
	struct wg__session_request r = { .dir = dir, .plan = plan };
	int code = wg__session_has_room(err);

	return code < 0 ? code : wg__session_ask(s, request_create, &r, WG__ASK_MS, err);
}

static int request_create_live(void *arg, struct wg_error *err)
{
	const struct wg__session_request *r = arg;
	struct lttng_session_descriptor *what;
	char control[64], data[64];

	(void)snprintf(control, sizeof(control), "tcp://127.0.0.1:%u", r->control_port);
	(void)snprintf(data, sizeof(data), "tcp://127.0.0.1:%u", r->data_port);
	what = lttng_session_descriptor_live_network_create(r->name, control, data, LIVE_TIMER_US);
	if (!what)
		return wg_error_set(err, -EIO, "LTTng cannot send to '%s'", control);
	return create(r->name, what, NULL, err);
}

int wg__session_create_live(const struct wg__session *s, unsigned control_port, unsigned data_port,
	struct wg_error *err)
{
	struct wg__session_request r = { .control_port = control_port, .data_port = data_port };
	int code = wg__session_has_room(err);

	return code < 0 ? code : wg__session_ask(s, request_create_live, &r, WG__ASK_MS, err);
}
