/*
 * cache_key.h: what a kept model depends on: the files of its trace, and this build of wakegap.
 * Private to traces/model.
 */
#ifndef TRACES_MODEL_CACHE_KEY_H
#define TRACES_MODEL_CACHE_KEY_H

#include <stdbool.h>
#include <stdint.h>

struct wg__cache_key {
	uint64_t v[2];
	int64_t newest_ns; /* when the last of the files was changed, by the clock of the system */
};

/*
 * The key of the trace below path: of each file the name, the size, the inode and when it was
 * changed, and so of the file OTHER-PROGRAMS above it. Files whose names begin with a dot are of no
 * trace. 0, or a negative errno: -ELOOP:
 * there is a link in it, so what it depends on may be elsewhere; -ENOEXEC: this build has no id.
 */
int wg__cache_key(const char *path, struct wg__cache_key *ret_key);

static inline bool wg__cache_key_is(const struct wg__cache_key *a, const struct wg__cache_key *b)
{
	return a->v[0] == b->v[0] && a->v[1] == b->v[1];
}

#endif
