/*
 * record.c: the order in which a recording is set up and taken down.
 *
 *      what                         undone by                       when we are killed
 *      1 the folder                 removed, if no trace is in it    stays
 *      2 signals wait               given back
 *      3 the lock (daemon.c)        left                            the guardian leaves it
 *      4 the guardian, the daemon   told "done", reaped             the guardian stops it
 *      5 the session                destroyed                       the guardian destroys it
 *      6 the command, held back     killed                          it ends, unrun
 *      7 tracing, then the command  waited for                      it runs on, unobserved
 *
 * Each step is undone by its own file, in the opposite order. Undoing a step that was never done is
 * harmless, so there is one way out for success, failure and interruption.
 */
#include "traces/record/record.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "traces/record/ask.h"
#include "traces/record/bystanders.h"
#include "traces/record/child.h"
#include "traces/record/chunks.h"
#include "traces/record/daemon.h"
#include "traces/record/files.h"
#include "traces/record/flight.h"
#include "traces/record/guardian.h"
#include "traces/record/processes.h"
#include "traces/record/remote.h"
#include "traces/record/run.h"
#include "traces/record/session.h"
#include "traces/base/signals.h"

/* It writes at most 16 MiB for each CPU. */
#define CONSUMER_MS 10000
#define LOOK_MS	    1000

struct recording {
	const struct wg_record_options *options;
	struct wg__signals signals;
	struct wg__daemon daemon;
	struct wg__guardian guardian;
	struct wg__child child;
	struct wg__folder folder;
	struct wg__session session;
	char place[512]; /* of the trace, below the folder of the relay daemon */
	struct wg__flight flight;
	struct wg__flight_from from;
	struct wg__bystanders bystanders;
	struct wg__remote remote;
	struct wg_error remote_gone; /* code 0: it is there */
	bool stays;		     /* the session, since the guardian could not destroy it */
	struct wg__process sessiond, consumerd; /* as they were when the command started */
};

/* For looking after the daemons while the command runs. */
struct running {
	struct recording *r;
	struct wg_record_result *result;
	int64_t begin_ms, said_ms, next_ms;
};

static bool is_rotated(const struct wg_record_options *o)
{
	return o->rotate_bytes || o->rotate_ns;
}

/* By size: what counts is what the folder takes. A chunk has at most half of --max-size, whatever
 * --rotate says: the one that is being written cannot be removed, and the one before it stays. */
static void rotate(const struct recording *r)
{
	const struct wg_record_options *o = r->options;
	uint64_t most = o->rotate_bytes, half = is_rotated(o) ? o->max_bytes / 2 : 0;

	if (half && (!most || half < most))
		most = half;
	if (most && r->remote_gone.code == 0 && wg__chunks_bytes_now(&r->folder) >= most)
		(void)wg__session_rotate(&r->session, NULL);
}

/* Within --max-size the newest chunks are kept. */
static void prune(const struct recording *r, struct wg_record_result *result)
{
	const struct wg_record_options *o = r->options;

	if (is_rotated(o) && o->max_bytes && !o->to)
		result->chunks_removed += wg__chunks_prune(&r->folder, o->max_bytes);
}

/* Where it goes; readers that attach meanwhile must know at once. */
static int say_place(struct recording *r, struct wg_error *err)
{
	const struct wg_record_options *o = r->options;
	char line[700], host[256] = "localhost";
	int code = wg__session_place(&r->session, r->place, sizeof(r->place), err);

	(void)gethostname(host, sizeof(host) - 1);
	(void)snprintf(line, sizeof(line), "watch it with `wakegap live net://%s/host/%s/%s`",
		r->remote.host, host, r->session.name);
	if (code == 0 && o->is_live && o->say)
		o->say(line);
	return code;
}

/* If it is gone, that is said at once while the command runs on, and in any case at the end. */
static void look_at_remote(struct recording *r, bool runs)
{
	const struct wg_record_options *o = r->options;
	char line[700];

	if (!o->to || r->remote_gone.code || wg__remote_check(&r->remote, &r->remote_gone) == 0)
		return;
	r->session.stop_fd = r->signals.fd;
	if (!runs)
		return;
	(void)snprintf(line, sizeof(line), "%s: the command runs on, but is not recorded any more",
		r->remote_gone.text);
	if (o->say)
		o->say(line);
}

static int take_snapshot(void *user, const char *dir, char ret[PATH_MAX], struct wg_error *err)
{
	const struct recording *r = user;

	return wg__session_snapshot(&r->session, dir, ret, err);
}

/* Up to the moment at which the command runs. 0 with the command not released: interrupted. */
static int set_up(struct recording *r, struct wg_error *err)
{
	const struct wg_record_options *o = r->options;
	const struct wg__child_setup setup = { { -1, o->stdout_fd, -1 }, false, NULL };
	const struct wg__session_plan plan = { .is_flight = o->flight != NULL,
		.flight_bytes = o->flight ? o->flight->bytes : 0,
		.max_bytes = is_rotated(o) ? 0 : o->max_bytes,
		.to = o->to ? &r->remote : NULL,
		.is_live = o->is_live,
		.rotate_ns = o->rotate_ns };
	int code = wg__session_create(&r->session, r->folder.path, &plan, err);

	r->child.dies_with_us = o->dies_with_us;
	r->child.adopts = o->adopts || o->until_idle || o->without_others;
	if (code == 0 && !wg__signals_interrupted(&r->signals))
		code = wg__child_hold(&r->child, o->argv, &setup, &r->signals, err);
	if (code == 0 && r->child.pid > 0 && o->only_command)
		code = wg__session_only(&r->session, r->child.pid, err);
	if (code == 0 && r->child.pid > 0)
		code = wg__flight_open(&r->flight, o->flight, &r->from, &r->folder, err);
	if (code == 0 && r->child.pid > 0 && o->without_others && !o->to)
		wg__bystanders_begin(&r->bystanders, r->folder.fd);
	if (code == 0 && r->child.pid > 0)
		code = wg__session_start(&r->session, err);
	if (code == 0 && o->to)
		code = say_place(r, err);
	if (code == 0 && wg__find_sessiond(r->daemon.rundir, &r->sessiond))
		(void)wg__find_consumerd(r->sessiond.pid, &r->consumerd);
	return code;
}

/* Whoever stops our daemons holds back every process that starts: LTTng lets it wait. */
static void unblock(struct recording *r, struct wg_record_result *result)
{
	if (!wg__process_is_stopped(&r->sessiond) && !wg__process_is_stopped(&r->consumerd))
		return;
	if (wg__daemon_unblock(&r->daemon))
		result->were_stopped = true;
}

static int64_t now_ns(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* Once a second. */
static void say_progress(struct running *running)
{
	const struct wg_record_options *o = running->r->options;
	struct wg_record_progress now = { .ms = wg__now_ms() - running->begin_ms };

	if (!o->progress || wg__now_ms() < running->said_ms + LOOK_MS)
		return;
	running->said_ms = wg__now_ms();
	now.bytes = wg__folder_bytes(&running->r->folder);
	now.snapshots = running->r->flight.kept;
	if (running->r->remote_gone.code == 0) /* else LTTng waits for it before it answers */
		(void)wg__session_count(&running->r->session, &now.discarded, NULL);
	o->progress(o->progress_user, &now);
}

/* Whoever came and went between two looks at the processes is not known, so those are often; and
 * whoever asks for a snapshot waits. */
static int64_t look_after(void *user)
{
	struct running *running = user;
	int64_t next_ms = wg__bystanders_step(&running->r->bystanders),
		flight_ms = wg__flight_step(&running->r->flight), left_ms;

	if (wg__now_ms() >= running->next_ms) {
		unblock(running->r, running->result);
		look_at_remote(running->r, true);
		rotate(running->r);
		prune(running->r, running->result);
		say_progress(running);
		running->next_ms = wg__now_ms() + LOOK_MS;
	}
	left_ms = running->next_ms - wg__now_ms();
	next_ms = flight_ms < next_ms ? flight_ms : next_ms;
	return left_ms < next_ms ? left_ms : next_ms;
}

static int record(struct recording *r, struct wg_record_result *result, struct wg_error *err)
{
	int64_t now_ms = wg__now_ms();
	struct running running = { r, result, now_ms, now_ms, now_ms + LOOK_MS };
	struct wg__run_look look = { look_after, &running, r->guardian.pid,
		WG__BYSTANDERS_STEP_MS };
	int code = set_up(r, err);

	result->begin_ns = now_ns();
	if (wg__signals_interrupted(&r->signals) && (code == 0 || code == -EINTR)) {
		/* The command never ran; the status is what the signal would have given it. */
		result->exit_code = 128 + r->signals.first;
		return code;
	}
	if (code == 0)
		code = wg__run(&r->child, &r->signals, r->options, &look, result, err);
	if (code == 0)
		unblock(r, result);
	if (code == 0)
		code = wg__flight_end(&r->flight, err);
	look_at_remote(r, false);
	if (code < 0 || r->remote_gone.code)
		return code;
	code = wg__session_stop(&r->session, &result->discarded, &result->lost_packets, err);
	if (r->options->to) {
		look_at_remote(r, false);
		/* LTTng gives a silent one up, and then calls the session stopped. */
		if (r->remote_gone.code == 0 && code == 0)
			(void)wg__remote_ask(&r->remote, r->signals.fd, &r->remote_gone);
		code = r->remote_gone.code ? 0 : code;
	}
	return code;
}

/*
 * The consumer daemon of a session daemon that was killed writes what it has, and ends when the
 * recorded processes have. If it is ours and does not, nobody else will end it.
 */
static void await_consumerd(struct recording *r)
{
	if (r->sessiond.pid <= 0 || wg__process_runs(&r->sessiond) || r->consumerd.pid <= 0)
		return;
	if (wg__daemon_is_ours(&r->daemon, &r->sessiond))
		(void)kill(r->consumerd.pid, SIGCONT);
	if (!wg__process_await(&r->consumerd, CONSUMER_MS, r->signals.fd) &&
		wg__daemon_is_ours(&r->daemon, &r->sessiond))
		(void)wg__process_end(&r->consumerd, CONSUMER_MS);
}

/* Steps 5 to 7, and their undoing. */
static int record_and_clean_up(
	struct recording *r, struct wg_record_result *result, struct wg_error *err)
{
	struct wg_error later = { 0, "" };
	bool is_gone, is_hung;
	int code;

	code = record(r, result, err);
	result->snapshots = r->flight.kept;
	result->not_kept = r->flight.not_kept;
	wg__flight_close(&r->flight);
	wg__bystanders_end(&r->bystanders); /* as long as we are the parent of what it left */
	wg__child_abandon(&r->child);
	/* A daemon that did not answer is left to the guardian, which may know how to make it. */
	is_hung = code == -ETIMEDOUT || code == -EINTR || r->remote_gone.code == -ETIMEDOUT;
	is_gone = !is_hung && wg__session_destroy(&r->session, WG__ASK_MS, &later) == 0;
	if (is_hung || later.code == -ETIMEDOUT)
		wg__guardian_say_hung(&r->guardian);
	r->stays = !wg__guardian_finish(&r->guardian, is_gone);
	if (r->stays && (code == 0 || code == -EINTR))
		code = wg_error_set(err, later.code ? later.code : -ETIMEDOUT, "%s",
			later.code ? later.text : "LTTng does not answer" WG_SEE_DOCTOR);
	await_consumerd(r);
	return code;
}

/* Steps 2 to 4, and their undoing. */
static int record_guarded(
	struct recording *r, struct wg_record_result *result, struct wg_error *err)
{
	const struct wg__duty duty = { .session = &r->session };
	int code;

	wg__signals_start(&r->signals);
	r->session.stop_fd = r->signals.fd;
	code = r->options->to ? wg__remote_connect(&r->remote, r->signals.fd, err) : 0;
	if (code == 0 && r->options->to)
		r->session.stop_fd = wg__remote_watch(&r->remote, r->signals.fd);
	if (code == 0)
		code = wg__daemon_open(&r->daemon, r->signals.fd, err);
	if (code == 0)
		code = wg__guardian_start(&r->guardian, &r->daemon, &duty, r->signals.fd, err);
	if (code == 0)
		code = record_and_clean_up(r, result, err);
	/* The guardian has left already; if somebody killed it, this does it in its place. */
	wg__daemon_leave(&r->daemon);
	if (r->stays && err && wg__find_sessiond(r->daemon.rundir, &r->sessiond)) {
		struct wg_error before = *err;

		(void)wg_error_set(err, code,
			"%.300s; the session stays: `lttng destroy %s` when it answers again",
			before.text, r->session.name);
	}
	wg__signals_stop(&r->signals);
	result->interrupted_by = r->signals.first;
	if (code == -EINTR && !result->has_run && r->signals.first) {
		result->exit_code = 128 + r->signals.first;
		code = 0;
	}
	return code;
}

/* Add to the line of a recording that failed what became of it. */
static int say_what_is_there(
	const char *dir, const struct wg_record_result *result, int code, struct wg_error *err)
{
	struct wg_error before;

	if (!err || !result->has_run)
		return code;
	before = *err;
	return wg_error_set(err, code, "%.320s: %s '%.100s'", before.text,
		result->has_events ? "the end may be missing in the trace in"
				   : "no event that can be read was written to",
		dir);
}

/* The same of a trace that another host stores: what that host has is not seen from here. */
static int look_at_place(
	struct recording *r, int code, struct wg_record_result *result, struct wg_error *err)
{
	struct wg_error before = r->remote_gone;

	result->has_events = result->has_registered = result->has_run;
	(void)snprintf(result->dir, sizeof(result->dir), "%s", r->place);
	if (before.code == 0 || !result->has_run)
		return code;
	return wg_error_set(err, before.code,
		"%s: what it received until then is in its folder %s and can be read; when "
		"`lttng-relayd` runs there and can be reached, record again",
		before.text, r->place);
}

/* What is on the disk counts, whatever LTTng said before. */
static int look_at_files(
	struct recording *r, int code, struct wg_record_result *result, struct wg_error *err)
{
	const char *dir = r->options->dir;
	struct wg__files files;
	int seen = wg__files_look(&r->folder, &files);
	int moved = wg__folder_find(&r->folder);

	result->has_moved = moved == 1;
	(void)snprintf(result->dir, sizeof(result->dir), "%s", moved == 1 ? r->folder.path : dir);
	if (seen == 0)
		result->has_events = files.has_events && files.has_description;
	result->has_registered = files.has_streams;
	prune(r, result);
	if (is_rotated(r->options)) {
		result->chunks = wg__chunks_count(&r->folder);
	} else if (r->options->max_bytes) {
		result->dropped_packets = files.dropped;
		result->since_ns = files.since_ns;
	}
	if (files.is_full)
		return wg_error_set(err, -ENOSPC,
			"the trace in '%s' is incomplete: no space left on the disk", dir);
	if (moved == -ENOENT && result->has_run)
		return wg_error_set(err, moved,
			"the folder '%s' was removed while recording: there is no trace", dir);
	dir = result->dir;
	if (code == 0 && seen == 0 && result->has_run && !files.has_streams &&
		wg__session_has_room(err) < 0)
		return -ENOSPC;
	if (code == 0 && seen == 0 && files.is_cut)
		return wg_error_set(err, -EIO,
			"the trace in '%s' is incomplete: LTTng could not write all of it (is the "
			"disk full, or over a quota?)",
			dir);
	if (code == 0 && seen != 0)
		return wg_error_set(
			err, -EIO, "cannot read the trace in '%s': %s", dir, strerror(-seen));
	return code < 0 ? say_what_is_there(dir, result, code, err) : 0;
}

int wg_record(const struct wg_record_options *options, struct wg_record_result *ret_result,
	struct wg_error *err)
{
	struct wg_record_result result = { 0 };
	struct recording r;
	char path[PATH_MAX];
	int code;

	*ret_result = result;
	memset(&r, 0, sizeof(r));
	r.options = options;
	r.flight.control.fd = r.folder.fd = -1;
	r.remote.fd = r.remote.watch_fd = -1;
	r.daemon.lock_fd = r.child.exec_fd = r.child.hold[0] = r.child.hold[1] = -1;
	/* The most common mistakes first: they start no daemon and leave no folder. */
	code = wg__run_find(options->argv[0], path, err);
	if (code == 0)
		code = options->to ? wg__remote_parse(options->to, &r.remote, err)
				   : wg__folder_make(options->dir, &r.folder, err);
	if (code != 0)
		return code;
	wg__session_init(&r.session);
	r.from = (struct wg__flight_from){ .take = take_snapshot, .user = &r };
	code = record_guarded(&r, &result, err);
	if (options->to) {
		code = look_at_place(&r, code, &result, err);
	} else {
		code = look_at_files(&r, code, &result, err);
		wg__folder_end(&r.folder, r.stays || (code < 0 && result.has_events),
			code == 0 && result.has_run);
	}
	wg__remote_close(&r.remote);
	*ret_result = result;
	return code;
}
