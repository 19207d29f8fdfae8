/*
 * recordings.c: see recordings.h.
 */
#include "viz/base/recordings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "traces/base/say.h"

#define BELOW "/**"

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

/* Without BELOW at the end; NULL: it has none. Freed by the caller. */
static char *folder_of(const char *path)
{
	size_t len = strlen(path), end = strlen(BELOW);

	return len > end && strcmp(path + len - end, BELOW) == 0 ? strndup(path, len - end) : NULL;
}

/* Those of `from` go to the end of `to`. */
static int append(struct wg_recordings *to, struct wg_recordings *from)
{
	char **path = realloc(to->path, (to->count + from->count + 1) * sizeof(*path));

	if (!path)
		return -ENOMEM;
	to->path = path;
	memcpy(path + to->count, from->path, from->count * sizeof(*path));
	to->count += from->count;
	from->count = 0;
	return 0;
}

int wg_recordings_expand(const char *const *paths, size_t count, struct wg_recordings *ret)
{
	size_t i;
	int rc = 0;

	*ret = (struct wg_recordings){ 0 };
	for (i = 0; i < count && rc == 0; i++) {
		struct wg_recordings found = { 0 };
		char *dir = folder_of(paths[i]), *self = NULL;

		if (dir && wg_recordings_find(dir, &found) < 0)
			wg_recordings_fini(&found);
		free(dir);
		if (found.count == 0) {
			self = strdup(paths[i]);
			rc = self ? append(ret, &(struct wg_recordings){ &self, 1 }) : -ENOMEM;
			if (rc < 0)
				free(self);
		} else {
			rc = append(ret, &found);
		}
		wg_recordings_fini(&found);
	}
	return rc;
}
