/*
 * hold.c: several recordings, one daemon.
 *
 * A hold is a recording without a session: it has the shared lock and a guardian, which starts the
 * daemon and leaves it last. The recordings in between find a daemon that answers, and cannot get
 * the exclusive lock when they leave.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "traces/daemon.h"
#include "traces/guardian.h"
#include "traces/record.h"
#include "traces/scratch.h"

struct wg_record_hold {
	struct wg__daemon daemon;
	struct wg__guardian guardian;
	struct wg__scratch scratch;
};

int wg_record_hold(bool with_folder, struct wg_record_hold **ret_hold, struct wg_error *err)
{
	struct wg_record_hold *h = calloc(1, sizeof(*h));
	struct wg__duty duty = { NULL, NULL };
	int code;

	if (!h)
		return wg_error_set(err, -ENOMEM, "out of memory");
	h->daemon.lock_fd = -1;
	code = with_folder ? wg__scratch_root(&h->scratch) : 0;
	if (code < 0)
		(void)wg_error_set(
			err, code, "cannot make a temporary folder: %s", strerror(-code));
	duty.folder = h->scratch.root;
	if (code == 0)
		code = wg__daemon_open(&h->daemon, err);
	if (code == 0)
		code = wg__guardian_start(&h->guardian, &h->daemon, &duty, err);
	if (code == 0)
		*ret_hold = h;
	else
		wg_record_release(h);
	return code;
}

const char *wg_record_hold_folder(const struct wg_record_hold *hold)
{
	return hold->scratch.root;
}

void wg_record_release(struct wg_record_hold *hold)
{
	if (!hold)
		return;
	wg__guardian_finish(&hold->guardian, true);
	/* The guardian has left already; if somebody killed it, this does it in its place. */
	wg__daemon_leave(&hold->daemon);
	wg__scratch_fini(&hold->scratch);
	free(hold);
}
