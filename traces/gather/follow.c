/*
 * follow.c: see follow.h.
 *
 *      what                               undone by
 *      1 the folder of the trace          removed, if no trace is in it
 *      2 signals wait                     given back
 *      3 the folder of the arenas         removed when the trace is there; stays if we are killed
 *      4 the command, held back           killed
 *      5 the command runs                 waited for
 *      6 the arenas become the trace      removed, if it fails
 */
#include "traces/gather/follow.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "traces/base/say.h"
#include "traces/gather/recent.h"
#include "traces/gather/room.h"
#include "traces/gather/spill.h"
#include "traces/record/files.h"
#include "traces/record/run.h"
#include "traces/write/ctf.h"

#define LEFT_MAX (UINT64_C(256) << 20)

/* A program may write much from the beginning. */
#define FIRST_MS 10

struct follow {
	const struct wg_record_options *options;
	const char *library;
	struct wg__folder folder;
	struct wg__signals signals;
	struct wg__room room;	  /* of the arenas */
	struct wg__recent recent; /* of a flight recorder */
	struct wg__spill spill;	  /* of any other */
	struct wg__child child;
	pid_t pid; /* of the command, also when it has ended */
	struct wg_ctf *ctf;
	int64_t first_ns, last_ns; /* of its records */
	bool has_moments;	   /* in it; a wait that did not end is one */
	bool is_left;		   /* there is no trace, but what it is made of */
};

/* --- the command --- */

static int hold(struct follow *f, struct wg_error *err)
{
	const struct wg_record_options *o = f->options;
	const struct wg__child_setup setup = { { -1, o->stdout_fd, -1 }, false, f->room.env };
	int rc = wg__room_invite(&f->room, f->library, o->argv[0], err);

	if (rc < 0)
		return rc;
	f->child.dies_with_us = o->dies_with_us;
	f->child.adopts = o->adopts || o->until_idle;
	rc = wg__child_hold(&f->child, o->argv, &setup, &f->signals, err);
	f->pid = f->child.pid;
	f->recent.only = o->only_command ? f->pid : 0;
	return rc;
}

static int64_t step(void *user)
{
	struct follow *f = user;

	return f->options->flight ? wg__recent_step(&f->recent) : wg__spill_step(&f->spill);
}

static int run(struct follow *f, struct wg_record_result *result, struct wg_error *err)
{
	const struct wg__run_look look = { step, f, 0, FIRST_MS };
	int rc = wg__signals_interrupted(&f->signals) ? 0 : hold(f, err);

	if (rc == 0 && f->child.pid > 0 && !wg__signals_interrupted(&f->signals))
		rc = wg__run(&f->child, &f->signals, f->options, &look, result, err);
	if (rc == 0 && !result->has_run)
		result->exit_code = 128 + f->signals.first;
	wg__room_stop(&f->room);
	wg__child_abandon(&f->child);
	return rc;
}

/* --- the trace --- */

static int on_event(void *user, const struct wg_event *event)
{
	struct follow *f = user;
	bool is_place = event->record == WG_RECORD_OBJECT || event->record == WG_RECORD_SITE;

	if (f->options && f->options->only_command && !is_place && event->pid != (uint32_t)f->pid)
		return 0;
	if (f->first_ns == 0 || event->ts_ns < f->first_ns)
		f->first_ns = event->ts_ns;
	if (event->ts_ns > f->last_ns)
		f->last_ns = event->ts_ns;
	f->has_moments |= !is_place;
	return wg_ctf_add(f->ctf, event);
}

/* When it was that there was no room, nobody wrote down. */
static int add_hole(struct follow *f, uint64_t lost)
{
	struct wg_event hole = { .type = WG_EV_LOST, .ts_ns = f->last_ns, .procname = "" };

	hole.lost.begin_ns = f->first_ns;
	hole.lost.count = lost;
	return lost ? wg_ctf_add(f->ctf, &hole) : 0;
}

static int gather(struct follow *f, struct wg_gather_stats *stats, struct wg_error *err)
{
	int rc;

	if (!f->spill.is_on)
		return wg_gather(f->room.dir, on_event, f, stats, err);
	rc = wg__spill_gather(&f->spill, on_event, f, stats);
	return rc == 0 ? 0
		       : wg_error_set(err, rc, "cannot make a trace of what is in '%.200s': %s",
				 f->spill.dir, strerror(-rc));
}

static int make_trace(struct follow *f, struct wg_record_result *result,
	struct wg_gather_stats *stats, struct wg_error *err)
{
	const struct wg_ctf_about about = { .tracer = "wakegap-preload", .grows = f->spill.is_on };
	struct wg_error later = { 0, "" };
	int rc = wg_ctf_create(f->folder.path, &about, &f->ctf, err), done;

	if (rc < 0)
		return rc;
	rc = gather(f, stats, err);
	if (rc == 0)
		rc = add_hole(f, stats->lost);
	result->discarded = stats->lost;
	result->has_events = f->has_moments;
	done = wg_ctf_finish(f->ctf, rc == 0 && result->has_events, &later);
	if (done < 0) {
		if (err)
			*err = later;
		return done;
	}
	return rc;
}

/* Of all records together; 0: no limit. A wait of 72 bytes becomes two events of 177. */
static uint64_t most_bytes(const struct wg_record_options *options)
{
	return options->max_bytes / 5 * 2;
}

/* Of the arenas. */
static int64_t most_in_memory(const struct wg_record_options *options)
{
	uint64_t most = most_bytes(options);

	if (options->flight)
		return WG__RECENT_LEFT;
	return most && most < LEFT_MAX ? (int64_t)most : (int64_t)LEFT_MAX;
}

/* Without a trace what was recorded stays: the disk may be full. */
static int end_with_trace(struct follow *f, struct wg_record_result *result,
	struct wg_gather_stats *stats, struct wg_error *err)
{
	char word[WG_SHELL_MAX];
	struct wg_error why = { 0, "" };
	int rc = make_trace(f, result, stats, &why);

	if (rc == 0)
		return 0;
	f->is_left = true;
	wg__room_leave(&f->room);
	(void)wg_shell_word(word, "%s", f->folder.path);
	return wg_error_set(err, rc,
		"%.300s: what was recorded is kept, and `wakegap record --finish %s` tries again",
		why.text, word);
}

static int end_with_snapshot(struct follow *f, struct wg_record_result *result,
	struct wg_gather_stats *stats, struct wg_error *err)
{
	int rc = wg__recent_end(&f->recent, stats, err);

	result->discarded = stats->lost;
	result->snapshots = f->recent.flight.kept;
	result->not_kept = f->recent.flight.not_kept;
	result->has_events = result->snapshots > 0;
	return rc;
}

static int follow(struct follow *f, struct wg_record_result *result, struct wg_gather_stats *stats,
	struct wg_error *err)
{
	int rc;

	wg__signals_start(&f->signals);
	rc = wg__room_open(&f->room, f->folder.path, most_in_memory(f->options), err);
	wg__spill_open(&f->spill, &f->room, f->folder.path, most_bytes(f->options));
	if (rc == 0 && f->options->flight)
		rc = wg__recent_open(&f->recent, f->options->flight, &f->room, &f->folder, err);
	else if (rc == 0)
		rc = wg__room_keep(&f->room, f->folder.path, err);
	if (rc == 0)
		rc = run(f, result, err);
	if (rc == 0 && result->has_run)
		rc = f->options->flight ? end_with_snapshot(f, result, stats, err)
					: end_with_trace(f, result, stats, err);
	if (f->options->flight)
		wg__recent_close(&f->recent);
	wg__spill_close(&f->spill, !f->is_left);
	wg__room_close(&f->room);
	wg__signals_stop(&f->signals);
	result->interrupted_by = f->signals.first;
	return rc;
}

int wg_follow(const struct wg_record_options *options, const char *library,
	struct wg_record_result *ret_result, struct wg_gather_stats *ret_stats,
	struct wg_error *err)
{
	struct wg_record_result result = { 0 };
	struct wg_gather_stats stats = { 0 };
	struct follow f;
	char path[PATH_MAX];
	int rc;

	*ret_result = result;
	*ret_stats = stats;
	memset(&f, 0, sizeof(f));
	f.options = options;
	f.library = library;
	f.child.exec_fd = f.child.hold[0] = f.child.hold[1] = -1;
	rc = wg__run_find(options->argv[0], path, err);
	if (rc == 0)
		rc = wg__folder_make(options->dir, &f.folder, err);
	if (rc != 0)
		return rc;
	rc = follow(&f, &result, &stats, err);
	(void)snprintf(result.dir, sizeof(result.dir), "%s", options->dir);
	wg__folder_end(&f.folder, f.is_left, f.is_left || (rc == 0 && result.has_events));
	*ret_result = result;
	*ret_stats = stats;
	return rc;
}

int wg_follow_finish(const char *dir, struct wg_record_result *ret_result,
	struct wg_gather_stats *ret_stats, struct wg_error *err)
{
	struct follow f;
	int rc;

	*ret_result = (struct wg_record_result){ 0 };
	*ret_stats = (struct wg_gather_stats){ 0 };
	memset(&f, 0, sizeof(f));
	(void)snprintf(ret_result->dir, sizeof(ret_result->dir), "%s", dir);
	rc = wg__folder_open(dir, &f.folder, err);
	if (rc < 0)
		return rc;
	rc = wg__room_find(&f.room, f.folder.path, err);
	if (rc < 0) {
		wg__room_leave(&f.room);
		wg__folder_close(&f.folder);
		return rc;
	}
	wg__room_stop(&f.room);
	wg__spill_open(&f.spill, &f.room, f.folder.path, 0);
	rc = end_with_trace(&f, ret_result, ret_stats, err);
	wg__spill_close(&f.spill, !f.is_left);
	wg__room_close(&f.room);
	wg__folder_end(&f.folder, f.is_left, rc < 0 || ret_result->has_events);
	return rc;
}
