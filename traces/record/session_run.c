/*
 * session_run.c: a session that exists: narrowed, started, stopped, destroyed. See session.h.
 */
#include <dirent.h>
#include <errno.h>
#include <lttng/lttng.h>
#include <lttng/rotation.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "traces/base/signals.h"
#include "traces/record/ask.h"
#include "traces/record/files.h"
#include "traces/record/session.h"
#include "traces/record/session_impl.h"

/* Enough to write 16 MiB for each CPU to a slow disk; beyond that something is broken. */
#define DRAIN_MS 60000
#define POLL_MS	 5

int wg__session_failed(struct wg_error *err, const char *what, int code)
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

void wg__session_domain(struct lttng_domain *domain)
{
	memset(domain, 0, sizeof(*domain));
	domain->type = LTTNG_DOMAIN_UST;
	domain->buf_type = LTTNG_BUFFER_PER_UID;
}

int wg__session_ask(const struct wg__session *s, wg__request_fn fn, struct wg__session_request *r,
	int64_t limit_ms, struct wg_error *err)
{
	memcpy(r->name, s->name, sizeof(r->name));
	return wg__ask(fn, r, sizeof(*r), limit_ms, s->stop_fd, err);
}

static int request_only(void *arg, struct wg_error *err)
{
	const struct wg__session_request *r = arg;
	struct lttng_process_attr_tracker_handle *tracker = NULL;
	int code, status;

	code = (int)lttng_session_get_tracker_handle(
		r->name, LTTNG_DOMAIN_UST, LTTNG_PROCESS_ATTR_VIRTUAL_PROCESS_ID, &tracker);
	if (code != LTTNG_OK)
		return wg__session_failed(err, "track one process", code);
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
	struct wg__session_request r = { .pid = pid };

	return wg__session_ask(s, request_only, &r, WG__ASK_MS, err);
}

static int request_start(void *arg, struct wg_error *err)
{
	const struct wg__session_request *r = arg;
	int code = lttng_start_tracing(r->name);

	return code < 0 ? wg__session_failed(err, "start tracing", code) : 0;
}

int wg__session_start(const struct wg__session *s, struct wg_error *err)
{
	struct wg__session_request r = { .pid = 0 };

	return wg__session_ask(s, request_start, &r, WG__ASK_MS, err);
}

static int count_losses(struct wg__session_request *r, struct wg_error *err)
{
	struct lttng_channel *channels = NULL;
	struct lttng_domain domain;
	struct lttng_handle *handle;
	int n, i;

	wg__session_domain(&domain);
	handle = lttng_create_handle(r->name, &domain);
	if (!handle)
		return wg_error_set(err, -ENOMEM, "out of memory");
	n = lttng_list_channels(handle, &channels);
	lttng_destroy_handle(handle);
	if (n < 0)
		return wg__session_failed(err, "count discarded events", n);
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
	struct wg__session_request *r = arg;
	int code;

	/* lttng_stop_tracing() waits as well, but without a limit. */
	code = lttng_stop_tracing_no_wait(r->name);
	if (code < 0 && code != -LTTNG_ERR_TRACE_ALREADY_STOPPED)
		return wg__session_failed(err, "stop tracing", code);
	while ((code = lttng_data_pending(r->name)) == 1) {
		if (wg__now_ms() >= deadline)
			return wg_error_set(err, -EIO,
				"LTTng did not write the trace out within %d s", DRAIN_MS / 1000);
		wg__pause_ms(POLL_MS);
	}
	return code < 0 ? wg__session_failed(err, "wait for the trace", code)
			: count_losses(r, err);
}

int wg__session_stop(const struct wg__session *s, uint64_t *ret_discarded,
	uint64_t *ret_lost_packets, struct wg_error *err)
{
	struct wg__session_request r = { .pid = 0 };
	int code = wg__session_ask(s, request_stop, &r, DRAIN_MS + WG__ASK_MS, err);

	if (code == 0) {
		*ret_discarded = r.discarded;
		*ret_lost_packets = r.lost_packets;
	}
	return code;
}

static int request_count(void *arg, struct wg_error *err)
{
	return count_losses(arg, err);
}

int wg__session_count(
	const struct wg__session *s, uint64_t *ret_discarded, uint64_t *ret_lost_packets)
{
	struct wg__session_request r = { .pid = 0 };
	int code = wg__session_ask(s, request_count, &r, WG__ASK_MS, NULL);

	*ret_discarded = r.discarded;
	if (ret_lost_packets)
		*ret_lost_packets = r.lost_packets;
	return code;
}

static int request_destroy(void *arg, struct wg_error *err)
{
	const struct wg__session_request *r = arg;
	struct lttng_destruction_handle *handle = NULL;
	enum lttng_destruction_handle_status status;
	enum lttng_error_code result;
	int code = (int)lttng_destroy_session_ext(r->name, &handle);

	if (code == LTTNG_ERR_SESS_NOT_FOUND || code == LTTNG_ERR_NO_SESSION ||
		code == LTTNG_ERR_NO_SESSIOND)
		return 0;
	if (code != LTTNG_OK)
		return wg__session_failed(err, "destroy the session", code);
	status = lttng_destruction_handle_wait_for_completion(handle, DRAIN_MS);
	if (status != LTTNG_DESTRUCTION_HANDLE_STATUS_COMPLETED ||
		lttng_destruction_handle_get_result(handle, &result) !=
			LTTNG_DESTRUCTION_HANDLE_STATUS_OK)
		code = wg_error_set(err, -EIO, "the end of session %s was not confirmed", r->name);
	else if (result != LTTNG_OK && result != LTTNG_ERR_SESS_NOT_FOUND)
		code = wg__session_failed(err, "destroy the session", (int)result);
	else
		code = 0;
	lttng_destruction_handle_destroy(handle);
	return code;
}

int wg__session_destroy(const struct wg__session *s, int64_t limit_ms, struct wg_error *err)
{
	struct wg__session_request r = { .pid = 0 };

	return wg__session_ask(s, request_destroy, &r, limit_ms, err);
}

static int request_created(void *arg, struct wg_error *err)
{
	struct wg__session_request *r = arg;
	struct lttng_session *sessions = NULL;
	int n = lttng_list_sessions(&sessions), i;

	if (n < 0)
		return wg__session_failed(err, "list sessions", n);
	for (i = 0; i < n; i++) {
		if (strcmp(sessions[i].name, r->name) == 0)
			(void)lttng_session_get_creation_time(&sessions[i], &r->created_s);
	}
	free(sessions);
	return 0;
}

int wg__session_place(
	const struct wg__session *s, char *ret_place, size_t len, struct wg_error *err)
{
	struct wg__session_request r = { .pid = 0 };
	char host[256] = "localhost", date[32] = "";
	int code = wg__session_ask(s, request_created, &r, WG__ASK_MS, err);
	time_t at = (time_t)r.created_s;
	struct tm tm;

	(void)gethostname(host, sizeof(host) - 1);
	if (code == 0 && localtime_r(&at, &tm))
		(void)strftime(date, sizeof(date), "%Y%m%d-%H%M%S", &tm);
	(void)snprintf(ret_place, len, "%s/%s-%s", host, s->name, date);
	return code;
}

static int request_rotate(void *arg, struct wg_error *err)
{
	const struct wg__session_request *r = arg;
	struct lttng_rotation_handle *handle = NULL;
	int code = lttng_rotate_session(r->name, NULL, &handle);

	lttng_rotation_handle_destroy(handle);
	return code < 0 && code != -LTTNG_ERR_ROTATION_PENDING
		       ? wg__session_failed(err, "begin a chunk", code)
		       : 0;
}

int wg__session_rotate(const struct wg__session *s, struct wg_error *err)
{
	struct wg__session_request r = { .pid = 0 };

	return wg__session_ask(s, request_rotate, &r, WG__ASK_MS, err);
}

static int request_snapshot(void *arg, struct wg_error *err)
{
	const struct wg__session_request *r = arg;
	struct lttng_snapshot_output *output = lttng_snapshot_output_create();
	int code;

	if (!output)
		return wg_error_set(err, -ENOMEM, "out of memory");
	code = lttng_snapshot_output_set_local_path(r->dir, output);
	if (code == 0)
		code = lttng_snapshot_output_set_name("snapshot", output);
	if (code == 0)
		code = lttng_snapshot_record(r->name, output, 0);
	lttng_snapshot_output_destroy(output);
	return code < 0 ? wg__session_failed(err, "take a snapshot", code) : 0;
}

/* The one folder in it. -ENODATA: there is none. */
static int find_only(const char *dir, char ret[PATH_MAX])
{
	DIR *d = opendir(dir);
	struct dirent *e;
	int rc = -ENODATA;

	if (!d)
		return -errno;
	while (rc != 0 && (e = readdir(d))) {
		if (e->d_name[0] != '.')
			rc = (size_t)snprintf(ret, PATH_MAX, "%s/%s", dir, e->d_name) < PATH_MAX
				     ? 0
				     : -ENAMETOOLONG;
	}
	(void)closedir(d);
	return rc;
}

static bool has_trace(const char *dir)
{
	struct wg__folder folder;
	struct wg__files files;
	struct wg_error err;

	if (wg__folder_open(dir, &folder, &err) < 0)
		return true; /* who reads it says why */
	if (wg__files_look(&folder, &files) < 0)
		files.has_metadata = true;
	wg__folder_close(&folder);
	return files.has_metadata;
}

int wg__snapshot_in(const char *dir, char ret[PATH_MAX])
{
	int rc = find_only(dir, ret);

	return rc == 0 && !has_trace(ret) ? -ENODATA : rc;
}

int wg__session_snapshot(
	const struct wg__session *s, const char *dir, char ret[PATH_MAX], struct wg_error *err)
{
	struct wg__session_request r = { .dir = dir };
	int rc = wg__session_ask(s, request_snapshot, &r, DRAIN_MS, err);

	if (rc == 0 && (rc = wg__snapshot_in(dir, ret)) < 0)
		(void)wg_error_set(err, rc, "nothing was recorded yet: there is no snapshot");
	return rc;
}
