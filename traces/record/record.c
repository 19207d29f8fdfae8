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
#include <stdlib.h>
#include <string.h>

#include "traces/record/child.h"
#include "traces/record/daemon.h"
#include "traces/record/files.h"
#include "traces/record/guardian.h"
#include "traces/base/program.h"
#include "traces/record/session.h"
#include "traces/base/signals.h"

struct recording {
	const struct wg_record_options *options;
	struct wg__signals signals;
	struct wg__daemon daemon;
	struct wg__guardian guardian;
	struct wg__child child;
	char dir[PATH_MAX]; /* absolute: the daemon has another current folder */
	char session[64];   /* its name */
};

/* Up to the moment at which the command runs. 0 with the command not released: interrupted. */
static int set_up(struct recording *r, struct wg_error *err)
{
	const struct wg_record_options *o = r->options;
	const struct wg__child_setup setup = { { -1, o->stdout_fd, -1 }, false };
	int code = wg__session_create(r->session, r->dir, err);

	r->child.dies_with_us = o->dies_with_us;
	if (code == 0 && !wg__signals_interrupted(&r->signals))
		code = wg__child_hold(&r->child, o->argv, &setup, &r->signals, err);
	if (code == 0 && r->child.pid > 0 && o->only_command)
		code = wg__session_only(r->session, r->child.pid, err);
	if (code == 0 && r->child.pid > 0)
		code = wg__session_start(r->session, err);
	return code;
}

static int record(struct recording *r, struct wg_record_result *result, struct wg_error *err)
{
	int code = set_up(r, err);

	if (code != 0)
		return code;
	if (wg__signals_interrupted(&r->signals)) {
		/* The command never ran; the status is what the signal would have given it. */
		result->exit_code = 128 + r->signals.first;
		return 0;
	}
	code = wg__child_release(&r->child, r->options->argv[0], err);
	if (code == 0)
		code = wg__child_wait(&r->child, &r->signals, &result->exit_code, err);
	if (code == 0)
		code = wg__session_stop(r->session, &result->discarded, &result->lost_packets, err);
	return code;
}

/* Steps 5 to 7, and their undoing. */
static int record_and_clean_up(
	struct recording *r, struct wg_record_result *result, struct wg_error *err)
{
	struct wg_error later = { 0, "" };
	bool is_gone;
	int code;

	code = record(r, result, err);
	wg__child_abandon(&r->child);
	is_gone = wg__session_destroy(r->session, &later) == 0;
	wg__guardian_finish(&r->guardian, is_gone);
	if (code == 0 && !is_gone)
		code = wg_error_set(err, later.code, "%s", later.text);
	return code;
}

/* Steps 2 to 4, and their undoing. */
static int record_guarded(
	struct recording *r, struct wg_record_result *result, struct wg_error *err)
{
	const struct wg__duty duty = { .session = r->session };
	int code;

	wg__signals_start(&r->signals);
	code = wg__daemon_open(&r->daemon, err);
	if (code == 0)
		code = wg__guardian_start(&r->guardian, &r->daemon, &duty, err);
	if (code == 0)
		code = record_and_clean_up(r, result, err);
	/* The guardian has left already; if somebody killed it, this does it in its place. */
	wg__daemon_leave(&r->daemon);
	wg__signals_stop(&r->signals);
	result->interrupted_by = r->signals.first;
	return code;
}

/* What is on the disk counts, whatever LTTng said before. */
static int look_at_files(
	struct recording *r, int code, struct wg_record_result *result, struct wg_error *err)
{
	struct wg__files files;
	int seen = wg__files_look(r->dir, &files);

	if (seen == 0)
		result->has_events = files.has_events;
	if (files.is_full)
		return wg_error_set(err, -ENOSPC,
			"the trace in '%s' is incomplete: no space left on the disk",
			r->options->dir);
	if (code == 0 && seen == 0 && files.is_cut)
		return wg_error_set(err, -EIO,
			"the trace in '%s' is incomplete: LTTng could not write all of it (is the "
			"disk full, or over a quota?)",
			r->options->dir);
	if (code == 0 && seen != 0)
		return wg_error_set(err, -EIO, "cannot read the trace in '%s': %s", r->options->dir,
			strerror(-seen));
	return code;
}

static int find_command(const char *name, struct wg_error *err)
{
	const char *search = getenv("PATH");
	char path[PATH_MAX];
	int code = wg__program_find(name, search ? search : "/bin:/usr/bin", path, sizeof(path));

	return code == 0 ? 0 : wg__child_no_command(name, code, err);
}

int wg_record(const struct wg_record_options *options, struct wg_record_result *ret_result,
	struct wg_error *err)
{
	struct wg_record_result result = { 0 };
	struct recording r;
	int code;

	memset(&r, 0, sizeof(r));
	r.options = options;
	r.daemon.lock_fd = r.child.exec_fd = r.child.hold[0] = r.child.hold[1] = -1;
	/* The most common mistakes first: they start no daemon and leave no folder. */
	code = find_command(options->argv[0], err);
	if (code == 0)
		code = wg__files_make_dir(options->dir, r.dir, sizeof(r.dir), err);
	if (code != 0)
		return code;
	wg__session_name(r.session, sizeof(r.session));
	code = record_guarded(&r, &result, err);
	code = look_at_files(&r, code, &result, err);
	if (code != 0)
		wg__files_remove_if_bare(r.dir);
	else
		*ret_result = result;
	return code;
}
