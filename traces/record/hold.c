/*
 * hold.c: several recordings, one daemon, or one folder.
 *
 * A hold is a recording without a session: it has the shared lock and a guardian, which starts the
 * daemon and leaves it last. The recordings in between find a daemon that answers; when they leave
 * they cannot get the exclusive lock, so the daemon stays. One that needs a folder alone has a
 * guardian that asks for no daemon.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/record/daemon.h"
#include "traces/record/guardian.h"
#include "traces/record/record.h"

struct wg_record_hold {
	struct wg__daemon daemon;
	struct wg__guardian guardian;
	char folder[WG__FOLDER_MAX]; /* "": none */
};

static int hold(struct wg__duty *duty, struct wg_record_hold *h, struct wg_record_hold **ret_hold,
	struct wg_error *err)
{
	int code = duty->is_folder_alone ? 0 : wg__daemon_open(&h->daemon, -1, err);

	if (code == 0)
		code = wg__guardian_start(&h->guardian, &h->daemon, duty, -1, err);
	if (code == 0)
		*ret_hold = h;
	else
		wg_record_release(h);
	return code;
}

static struct wg_record_hold *make_hold(struct wg_error *err)
{
	struct wg_record_hold *h = calloc(1, sizeof(*h));

	if (h)
		h->daemon.lock_fd = -1;
	else
		(void)wg_error_set(err, -ENOMEM, "out of memory");
	return h;
}

int wg_record_hold(struct wg_record_hold **ret_hold, struct wg_error *err)
{
	struct wg__duty duty = { .session = NULL };
	struct wg_record_hold *h = make_hold(err);

	return h ? hold(&duty, h, ret_hold, err) : -ENOMEM;
}

int wg_record_hold_room(struct wg_record_hold **ret_hold, struct wg_error *err)
{
	struct wg__duty duty = { .is_folder_alone = true };
	struct wg_record_hold *h = make_hold(err);
	const char *tmp = getenv("TMPDIR");
	char real[PATH_MAX];
	int code;

	if (!h)
		return -ENOMEM;
	/* Absolute, since the guardian has another current folder. */
	if (!tmp || !*tmp)
		tmp = "/tmp";
	code = realpath(tmp, real) ? 0 : -errno;
	if (code == 0 && strlen(real) > sizeof(h->folder) / 2)
		code = -ENAMETOOLONG;
	if (code < 0) {
		(void)wg_error_set(err, code, "no temporary folder: TMPDIR is '%.300s': %s", tmp,
			strerror(-code));
		free(h);
		return code;
	}
	(void)snprintf(h->folder, sizeof(h->folder), "%.240s/wakegap-XXXXXX", real);
	duty.folder = h->folder;
	return hold(&duty, h, ret_hold, err);
}

const char *wg_record_hold_folder(const struct wg_record_hold *hold)
{
	return hold->folder;
}

void wg_record_release(struct wg_record_hold *hold)
{
	if (!hold)
		return;
	(void)wg__guardian_finish(&hold->guardian, true);
	/* The guardian has left already; if somebody killed it, this does it in its place. */
	wg__daemon_leave(&hold->daemon);
	free(hold);
}
