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
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "traces/base/signals.h"
#include "traces/record/ask.h"

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

/* Enough to write 16 MiB for each CPU to a slow disk; beyond that something is broken. */
#define DRAIN_MS 60000
#define POLL_MS	 5

/* What a request gets and gives; see ask.h. */
struct request {
	char name[sizeof(((struct wg__session *)NULL)->name)];
	const char *dir;
	unsigned control_port, data_port;
	pid_t pid;
	uint64_t discarded, lost_packets;
};

static int ask(const struct wg__session *s, wg__request_fn fn, struct request *r, int64_t limit_ms,
	struct wg_error *err)
{
	memcpy(r->name, s->name, sizeof(r->name));
	return wg__ask(fn, r, sizeof(*r), limit_ms, s->stop_fd, err);
}

void wg__session_init(struct wg__session *s)
{
	struct timespec ts;

	/* A pid may come again; with the clock it is unique. */
	(void)clock_gettime(CLOCK_REALTIME, &ts);
	s->stop_fd = -1;
	(void)snprintf(s->name, sizeof(s->name), "wakegap-%ld-%llx", (long)getpid(),
		(unsigned long long)ts.tv_sec * 1000000 + (unsigned long long)ts.tv_nsec / 1000);
}

static int lttng_failed(struct wg_error *err, const char *what, int code)
{
	/* lttng_strerror() takes the negative code; some calls return it positive. */
	int lttng = code > 0 ? -code : code;

	switch (-lttng) {
	case LTTNG_ERR_NO_SESSIOND: return wg_error_set(err, -EPIPE, WG__SESSIOND_ENDED);
	case LTTNG_ERR_NO_USTCONSUMERD:
	case LTTNG_ERR_UST_CONSUMER64_FAIL: return wg_error_set(err, -EIO, WG__CONSUMERD_ENDED);
	case LTTNG_ERR_SESS_NOT_FOUND:
	case LTTNG_ERR_NO_SESSION: return wg_error_set(err, -EIO, WG__SESSION_DESTROYED);
	default:
		return wg_error_set(
			err, -EIO, "cannot %s: LTTng says: %s", what, lttng_strerror(lttng));
	}
}

/*
 * The buffers are shared memory. Where that is scarce (a container has 64 MiB) channels of full
 * size cannot be created, and events would be missing without a message; smaller ones can.
 */
static uint64_t buffers_bytes(uint64_t subbuf_bytes)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF);

	/* And a quarter for what describes them. */
	return subbuf_bytes * SUBBUF_COUNT * (uint64_t)(cpus < 1 ? 1 : cpus) * 5 / 4;
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

static void fill_domain(struct lttng_domain *domain)
{
	memset(domain, 0, sizeof(*domain));
	domain->type = LTTNG_DOMAIN_UST;
	domain->buf_type = LTTNG_BUFFER_PER_UID;
}

static int add_channel(struct lttng_handle *handle, bool is_live, struct wg_error *err)
{
	struct lttng_channel *channel = lttng_channel_create(&handle->domain);
	int code;

	if (!channel)
		return wg_error_set(err, -ENOMEM, "out of memory");
	(void)snprintf(channel->name, sizeof(channel->name), CHANNEL);
	channel->attr.overwrite = 0;
	channel->attr.num_subbuf = SUBBUF_COUNT;
	channel->attr.subbuf_size = subbuf_bytes();
	channel->attr.switch_timer_interval = SWITCH_US;
	if (is_live) {
		channel->attr.switch_timer_interval = 0; /* the session has its own */
		channel->attr.tracefile_size = LIVE_FILE_BYTES;
		channel->attr.tracefile_count = LIVE_FILE_COUNT;
	}
	code = lttng_enable_channel(handle, channel);
	lttng_channel_destroy(channel);
	return code < 0 ? lttng_failed(err, "create a channel", code) : 0;
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
	return code < 0 ? lttng_failed(err, "create the metadata channel", code) : 0;
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
			return lttng_failed(err, "add a context", code);
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
	return code < 0 ? lttng_failed(err, "enable the events wakegap:*", code) : 0;
}

/* Takes `what`. */
static int create(
	const char *name, struct lttng_session_descriptor *what, bool is_live, struct wg_error *err)
{
	struct lttng_domain domain;
	struct lttng_handle *handle;
	int code = (int)lttng_create_session_ext(what);

	lttng_session_descriptor_destroy(what);
	if (code != LTTNG_OK)
		return lttng_failed(err, "create a session", code);
	fill_domain(&domain);
	handle = lttng_create_handle(name, &domain);
	if (!handle)
		return wg_error_set(err, -ENOMEM, "out of memory");
	code = is_live ? 0 : add_metadata(handle, err);
	if (code == 0)
		code = add_channel(handle, is_live, err);
	if (code == 0)
		code = add_contexts(handle, err);
	if (code == 0)
		code = add_events(handle, err);
	lttng_destroy_handle(handle);
	return code;
}

static int request_create(void *arg, struct wg_error *err)
{
	const struct request *r = arg;
	struct lttng_session_descriptor *what =
		lttng_session_descriptor_local_create(r->name, r->dir);

	if (!what)
		return wg_error_set(err, -EIO, "LTTng cannot write to the folder '%s'", r->dir);
	return create(r->name, what, false, err);
}

int wg__session_create(const struct wg__session *s, const char *dir, struct wg_error *err)
{
	struct request r = { .dir = dir };
	int code = wg__session_has_room(err);

	return code < 0 ? code : ask(s, request_create, &r, WG__ASK_MS, err);
}

static int request_create_live(void *arg, struct wg_error *err)
{
	const struct request *r = arg;
	struct lttng_session_descriptor *what;
	char control[64], data[64];

	(void)snprintf(control, sizeof(control), "tcp://127.0.0.1:%u", r->control_port);
	(void)snprintf(data, sizeof(data), "tcp://127.0.0.1:%u", r->data_port);
	what = lttng_session_descriptor_live_network_create(r->name, control, data, LIVE_TIMER_US);
	if (!what)
		return wg_error_set(err, -EIO, "LTTng cannot send to '%s'", control);
	return create(r->name, what, true, err);
}

int wg__session_create_live(const struct wg__session *s, unsigned control_port, unsigned data_port,
	struct wg_error *err)
{
	struct request r = { .control_port = control_port, .data_port = data_port };
	int code = wg__session_has_room(err);

	return code < 0 ? code : ask(s, request_create_live, &r, WG__ASK_MS, err);
}

static int request_only(void *arg, struct wg_error *err)
{
	const struct request *r = arg;
	struct lttng_process_attr_tracker_handle *tracker = NULL;
	int code, status;

	code = (int)lttng_session_get_tracker_handle(
		r->name, LTTNG_DOMAIN_UST, LTTNG_PROCESS_ATTR_VIRTUAL_PROCESS_ID, &tracker);
	if (code != LTTNG_OK)
		return lttng_failed(err, "track one process", code);
	status = lttng_process_attr_tracker_handle_set_tracking_policy(
		tracker, LTTNG_TRACKING_POLICY_INCLUDE_SET);
	if (status == LTTNG_PROCESS_ATTR_TRACKER_HANDLE_STATUS_OK)
		status = lttng_process_attr_virtual_process_id_tracker_handle_add_pid(
			tracker, r->pid);
	lttng_process_attr_tracker_handle_destroy(tracker);
	if (status != LTTNG_PROCESS_ATTR_TRACKER_HANDLE_STATUS_OK)
		return wg_error_set(err, -EIO, "cannot track process %ld: LTTng's tracker says %d",
			(long)r->pid, status);
	return 0;
}

int wg__session_only(const struct wg__session *s, pid_t pid, struct wg_error *err)
{
	struct request r = { .pid = pid };

	return ask(s, request_only, &r, WG__ASK_MS, err);
}

static int request_start(void *arg, struct wg_error *err)
{
	const struct request *r = arg;
	int code = lttng_start_tracing(r->name);

	return code < 0 ? lttng_failed(err, "start tracing", code) : 0;
}

int wg__session_start(const struct wg__session *s, struct wg_error *err)
{
	struct request r = { .pid = 0 };

	return ask(s, request_start, &r, WG__ASK_MS, err);
}

static int count_losses(struct request *r, struct wg_error *err)
{
	struct lttng_channel *channels = NULL;
	struct lttng_domain domain;
	struct lttng_handle *handle;
	int n, i;

	fill_domain(&domain);
	handle = lttng_create_handle(r->name, &domain);
	if (!handle)
		return wg_error_set(err, -ENOMEM, "out of memory");
	n = lttng_list_channels(handle, &channels);
	lttng_destroy_handle(handle);
	if (n < 0)
		return lttng_failed(err, "count discarded events", n);
	for (i = 0; i < n; i++) {
		uint64_t discarded = 0, lost = 0;

		if (lttng_channel_get_discarded_event_count(&channels[i], &discarded) == 0)
			r->discarded += discarded;
		if (lttng_channel_get_lost_packet_count(&channels[i], &lost) == 0)
			r->lost_packets += lost;
	}
	free(channels);
	return 0;
}

static int request_stop(void *arg, struct wg_error *err)
{
	int64_t deadline = wg__now_ms() + DRAIN_MS;
	struct request *r = arg;
	int code;

	/* lttng_stop_tracing() waits as well, but without a limit. */
	code = lttng_stop_tracing_no_wait(r->name);
	if (code < 0 && code != -LTTNG_ERR_TRACE_ALREADY_STOPPED)
		return lttng_failed(err, "stop tracing", code);
	while ((code = lttng_data_pending(r->name)) == 1) {
		if (wg__now_ms() >= deadline)
			return wg_error_set(err, -EIO,
				"LTTng did not write the trace out within %d s", DRAIN_MS / 1000);
		wg__pause_ms(POLL_MS);
	}
	return code < 0 ? lttng_failed(err, "wait for the trace", code) : count_losses(r, err);
}

int wg__session_stop(const struct wg__session *s, uint64_t *ret_discarded,
	uint64_t *ret_lost_packets, struct wg_error *err)
{
	struct request r = { .pid = 0 };
	int code = ask(s, request_stop, &r, DRAIN_MS + WG__ASK_MS, err);

	if (code == 0) {
		*ret_discarded = r.discarded;
		*ret_lost_packets = r.lost_packets;
	}
	return code;
}

static int request_destroy(void *arg, struct wg_error *err)
{
	const struct request *r = arg;
	struct lttng_destruction_handle *handle = NULL;
	enum lttng_destruction_handle_status status;
	enum lttng_error_code result;
	int code = (int)lttng_destroy_session_ext(r->name, &handle);

	if (code == LTTNG_ERR_SESS_NOT_FOUND || code == LTTNG_ERR_NO_SESSION ||
		code == LTTNG_ERR_NO_SESSIOND)
		return 0;
	if (code != LTTNG_OK)
		return lttng_failed(err, "destroy the session", code);
	status = lttng_destruction_handle_wait_for_completion(handle, DRAIN_MS);
	if (status != LTTNG_DESTRUCTION_HANDLE_STATUS_COMPLETED ||
		lttng_destruction_handle_get_result(handle, &result) !=
			LTTNG_DESTRUCTION_HANDLE_STATUS_OK)
		code = wg_error_set(err, -EIO, "the end of session %s was not confirmed", r->name);
	else if (result != LTTNG_OK && result != LTTNG_ERR_SESS_NOT_FOUND)
		code = lttng_failed(err, "destroy the session", (int)result);
	else
		code = 0;
	lttng_destruction_handle_destroy(handle);
	return code;
}

int wg__session_destroy(const struct wg__session *s, int64_t limit_ms, struct wg_error *err)
{
	struct request r = { .pid = 0 };

	return ask(s, request_destroy, &r, limit_ms, err);
}
