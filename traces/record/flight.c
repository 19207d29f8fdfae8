/*
 * flight.c: see flight.h.
 *
 * A gap is looked for in a snapshot, and that very snapshot is kept; or among events that have gone
 * into memory already, from which the next snapshot is made: so it has the gap.
 */
#include "traces/record/flight.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/base/signals.h"
#include "traces/base/tree.h"

#define TAKING	 ".taking"
#define SHARE	 19 /* so many times as long as a look took nobody looks: 5 % */
#define LOOK_MIN 200
#define REST_MS	 1000

const char *wg_snapshot_name(enum wg_snapshot why)
{
	static const char *const names[] = {
		[WG_SNAPSHOT_GAP] = "gap", [WG_SNAPSHOT_ASKED] = "asked", [WG_SNAPSHOT_END] = "end"
	};

	return why < WG_SNAPSHOT_REASONS ? names[why] : "?";
}

/* What the buffers hold, in a folder that is removed next time. */
static int take(const struct wg__flight *f, char taken[PATH_MAX], struct wg_error *err)
{
	char dir[PATH_MAX + 16];
	int rc;

	if (wg__folder_find(f->folder) < 0)
		return wg_error_set(err, -ENOENT, "the folder of the recording was removed");
	(void)snprintf(dir, sizeof(dir), "%s/" TAKING, f->folder->path);
	(void)wg_remove_tree(dir);
	if (mkdir(dir, 0777) != 0)
		return wg_error_set(err, -errno, "cannot write a snapshot to '%.200s': %s",
			f->folder->path, strerror(errno));
	rc = f->from->take(f->from->user, dir, taken, err);
	/* LTTng may say that it is done all the same. */
	if (rc != -EPIPE && wg__folder_is_full(f->folder))
		rc = wg_error_set(err, -ENOSPC,
			"cannot write a snapshot: no space left on the disk of '%.200s'",
			f->folder->path);
	return rc;
}

/* Give it its name. */
static int keep(struct wg__flight *f, const char *taken, enum wg_snapshot why, char path[PATH_MAX],
	struct wg_error *err)
{
	if ((size_t)snprintf(path, PATH_MAX, "%s/%u-%s", f->folder->path, f->kept + 1,
		    wg_snapshot_name(why)) >= PATH_MAX)
		return wg_error_set(err, -ENAMETOOLONG, "the name of the folder is too long");
	if (rename(taken, path) != 0)
		return wg_error_set(err, -errno, "cannot keep the snapshot '%.200s': %s", path,
			strerror(errno));
	f->kept++;
	wg__folder_give_back(f->folder);
	if (f->options->kept)
		f->options->kept(f->options->user, why, path);
	return 0;
}

static int take_asked(void *user, char ret[PATH_MAX], struct wg_error *err)
{
	struct wg__flight *f = user;
	char taken[PATH_MAX];
	int rc = take(f, taken, err);

	return rc < 0 ? rc : keep(f, taken, WG_SNAPSHOT_ASKED, ret, err);
}

int wg__flight_open(struct wg__flight *f, const struct wg_flight *options,
	const struct wg__flight_from *from, struct wg__folder *folder, struct wg_error *err)
{
	memset(f, 0, sizeof(*f));
	f->control.fd = -1;
	f->options = options;
	f->from = from;
	f->folder = folder;
	return options ? wg__control_open(&f->control, err) : 0;
}

/* What fails is said at the end: the command is not to notice it. */
static void note_failure(struct wg__flight *f, const struct wg_error *err)
{
	if (err->code != -ENODATA && f->failed.code == 0)
		f->failed = *err;
}

/* As often as is allowed. */
static void keep_gap(struct wg__flight *f, const char *taken)
{
	char path[PATH_MAX];
	struct wg_error err = { 0, "" };

	if (f->options->max && f->by_look >= f->options->max) {
		f->not_kept++;
		return;
	}
	f->by_look++;
	if (keep(f, taken, WG_SNAPSHOT_GAP, path, &err) < 0)
		note_failure(f, &err);
}

static void look(struct wg__flight *f)
{
	char taken[PATH_MAX];
	struct wg_error err = { 0, "" };
	int rc = take(f, taken, &err);

	if (rc == 0)
		rc = f->options->look(f->options->user, taken, &err);
	if (rc == 1)
		keep_gap(f, taken);
	if (rc < 0)
		note_failure(f, &err);
}

void wg__flight_event(struct wg__flight *f, const struct wg_event *event)
{
	int rc = f->options && f->options->event ? f->options->event(f->options->user, event) : 0;
	struct wg_error err = { 0, "" };

	f->is_due |= rc == 1;
	if (rc < 0) {
		(void)wg_error_set(&err, rc, "%s", strerror(-rc));
		note_failure(f, &err);
	}
}

/* A gap was among the events. */
static void keep_due(struct wg__flight *f)
{
	char taken[PATH_MAX];
	struct wg_error err = { 0, "" };

	if (!f->is_due)
		return;
	f->is_due = false;
	if (f->options->max && f->by_look >= f->options->max)
		f->not_kept++;
	else if (take(f, taken, &err) == 0)
		keep_gap(f, taken);
	else
		note_failure(f, &err);
}

/* Looking costs time: it rests for many times as long. */
static int64_t look_at_times(struct wg__flight *f)
{
	int64_t begin_ms = wg__now_ms(), took_ms;

	if (begin_ms < f->look_ms)
		return f->look_ms - begin_ms;
	look(f);
	took_ms = wg__now_ms() - begin_ms + 1;
	took_ms = took_ms * SHARE < LOOK_MIN ? LOOK_MIN : took_ms * SHARE;
	f->look_ms = wg__now_ms() + took_ms;
	return took_ms < REST_MS ? took_ms : REST_MS;
}

int64_t wg__flight_step(struct wg__flight *f)
{
	if (!f->options)
		return REST_MS;
	wg__control_answer(&f->control, f->folder->path, take_asked, f);
	keep_due(f);
	return f->options->look && !f->from->has_events ? look_at_times(f) : REST_MS;
}

int wg__flight_end(struct wg__flight *f, struct wg_error *err)
{
	char taken[PATH_MAX], path[PATH_MAX];
	int rc;

	if (!f->options)
		return 0;
	wg__control_answer(&f->control, f->folder->path, take_asked, f);
	keep_due(f);
	if (f->options->look && !f->from->has_events)
		look(f);
	rc = take(f, taken, err);
	if (rc == 0)
		rc = keep(f, taken, WG_SNAPSHOT_END, path, err);
	if (rc == -ENODATA)
		rc = 0;
	if (rc == 0 && f->failed.code)
		rc = wg_error_set(
			err, f->failed.code, "looking for gaps failed: %.400s", f->failed.text);
	return rc;
}

void wg__flight_close(struct wg__flight *f)
{
	char dir[PATH_MAX + 16];

	if (!f->options)
		return;
	wg__control_close(&f->control);
	(void)snprintf(dir, sizeof(dir), "%s/" TAKING, f->folder->path);
	(void)wg_remove_tree(dir);
}
