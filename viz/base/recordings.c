/*
 * recordings.c: see recordings.h.
 */
#include "viz/base/recordings.h"

#include "traces/base/say.h"

void wg_recordings_in(const char *path, size_t max, struct wg_recordings *ret_found)
{
	if (wg_recordings_find(path, ret_found) < 0 || ret_found->count < 2) {
		wg_recordings_fini(ret_found);
	} else if (ret_found->count > max) {
		wg_say("'%s' holds %zu recordings, which are read as one here: name those to "
		       "compare, such as '%s'",
			path, ret_found->count, ret_found->path[0]);
		wg_recordings_fini(ret_found);
	} else {
		wg_say("'%s' holds %zu recordings, which stand side by side here", path,
			ret_found->count);
	}
}
